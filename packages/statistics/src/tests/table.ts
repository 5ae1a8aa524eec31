/** The answers of the sites as a test reads them: rows by name, with what is known of each cell. */
import type { MomentsPart, OutputColumn, OutputRow, TableOutput, TestResult } from '@stimnet/protocol'
import { type Accuracy, type AccuracyOf, accuracyOfCard, EXACT } from './accuracy.ts'

/** A cell of an answer, as a test needs it. */
export interface TestCell {
  readonly value: number | null
  readonly moments?: Measured
  /** Of a share: how many have the level, of how many. */
  readonly share?: { readonly having: number; readonly of: number }
  readonly accuracy: Accuracy
}

/** Moments, and how far they can be from the exact ones. */
export interface Measured extends MomentsPart {
  readonly within?: Accuracy
}

/** A row of an answer: keys and cells by column name. */
export interface TestRow {
  readonly keys: Readonly<Record<string, string | null>>
  readonly cells: ReadonlyMap<string, TestCell>
}

/** What one site gave to a test. */
export interface TestSite {
  readonly site: string
  readonly rows: readonly TestRow[]
  /** Whether it withheld no group, and no cell of that column: else what is not there may not be nobody. */
  isWhole(column: string): boolean
}

/** Of a test, what is computed. */
export type Computed = Pick<TestResult, 'difference' | 'interval' | 'statistic' | 'df' | 'p'>

/** A test that is not made. */
export const NOTHING: Computed = { difference: null, interval: null, statistic: null, df: [], p: null }

/** Of the confidence interval, both sides together. */
export const ERROR_SHARE = 0.05

/** Fewer degrees of freedom than this say more about single values than about groups; privacy.md C.2. */
export const DF_MIN = 10

/** What a test says where there are fewer. */
export const FEW_FREEDOMS = `Fewer than ${DF_MIN} degrees of freedom.`

/** What of a table a test reads; without a card its numbers are taken for exact. */
export type TestedTable = Pick<TableOutput, 'columns' | 'rows' | 'withheld'> & Partial<Pick<TableOutput, 'disclosure'>>

/** One site's table, as tests read it. */
export function testSite(
  site: string,
  { columns, rows, withheld, disclosure }: TestedTable,
  accuracyOf: AccuracyOf = accuracyOfCard
): TestSite {
  const accuracies = new Map(
    columns.map(({ name }) => [
      name,
      disclosure
        ? accuracyOf(
            disclosure,
            rows.flatMap(({ parts }) => momentsIn(parts, name) ?? [])
          )
        : () => EXACT
    ])
  )
  return {
    site,
    rows: rows.map((row) => testRow(columns, row, accuracies)),
    isWhole: (column) => withheld.groups === 0 && rows.every(({ parts }) => Object.hasOwn(parts, column))
  }
}

type Accuracies = ReadonlyMap<string, (moments?: MomentsPart) => Accuracy>

function testRow(columns: readonly OutputColumn[], { values, parts }: OutputRow, accuracies: Accuracies): TestRow {
  const named = columns.map(({ name, role }, i) => ({ name, role, value: values[i] ?? null }))
  const keys = named.filter(({ role }) => role === 'key')
  const cells = named.filter(({ role }) => role === 'measure')
  return {
    keys: Object.fromEntries(keys.map(({ name, value }) => [name, value === null ? null : String(value)])),
    cells: new Map(
      cells.map(({ name, value }) => {
        const moments = momentsIn(parts, name)
        const accuracy = accuracies.get(name)?.(moments) ?? EXACT
        const measured = moments ? { moments: { ...moments, within: accuracy } } : {}
        const part = partIn(parts, name)
        const share = part !== undefined && 'share' in part ? { share: part.share } : {}
        return [name, { value: typeof value === 'number' ? value : null, accuracy, ...measured, ...share }]
      })
    )
  }
}

function momentsIn(parts: OutputRow['parts'], name: string): MomentsPart | undefined {
  const part = partIn(parts, name)
  return part !== undefined && 'moments' in part ? part.moments : undefined
}

function partIn(parts: OutputRow['parts'], name: string): OutputRow['parts'][string] | undefined {
  return Object.hasOwn(parts, name) ? parts[name] : undefined
}
