/** The answers of the sites in the form that tests read: rows by name, with the accuracy of each cell. */
import type { MomentsPart, OutputColumn, OutputRow, TableOutput, TestResult } from '@stimnet/protocol'
import { type Accuracy, type AccuracyOf, accuracyOfCard, EXACT } from './accuracy.ts'
import type { MeasuredBins } from './binned/counted.ts'

/** A cell of an answer, in the form that a test needs. */
export interface TestCell {
  readonly value: number | null
  readonly moments?: Measured
  /** For a share: how many people have the level, and of how many. */
  readonly share?: MeasuredShare
  /** For a quantile, or for numbers in bins. */
  readonly bins?: MeasuredBins
  readonly accuracy: Accuracy
}

/** The two counts of a share with their accuracy. */
export interface MeasuredShare {
  readonly having: number
  readonly of: number
  /** The largest distance of the number of people with the level, and of the number without it, from the exact counts. */
  readonly within: { readonly having: number; readonly lacking: number }
}

/** Moments with their accuracy. */
export interface Measured extends MomentsPart {
  readonly within?: Accuracy
}

/** A row of an answer: keys and cells by column name. */
export interface TestRow {
  readonly keys: Readonly<Record<string, string | null>>
  readonly cells: ReadonlyMap<string, TestCell>
}

/** The answer of one site in the form that tests read. */
export interface TestSite {
  readonly site: string
  readonly rows: readonly TestRow[]
  /** Whether the site withheld no group and no cell of the column. Otherwise a missing group may not be empty. */
  isWhole(column: string): boolean
  /** Whether people were left out of the column, so that its numbers may be about other people than those of another column. */
  isLeftOut(column: string): boolean
}

/** The computed numbers of a test. */
export type Computed = Pick<TestResult, 'difference' | 'interval' | 'statistic' | 'df' | 'p'>

/** The numbers of a test that is not computed. */
export const NOTHING: Computed = { difference: null, interval: null, statistic: null, df: [], p: null }

/** Error probability of the confidence interval, both sides together. */
export const ERROR_SHARE = 0.05

/** Minimum degrees of freedom: with fewer, a test says more about single values than about groups. */
export const DF_MIN = 10

/** The note of a test with fewer degrees of freedom. */
export const FEW_FREEDOMS = `Fewer than ${DF_MIN} degrees of freedom.`

/** The parts of a table that a test reads. Without a card its numbers count as exact. */
export type TestedTable = Pick<TableOutput, 'columns' | 'rows' | 'withheld'> & Partial<Pick<TableOutput, 'disclosure'>>

/** Converts one site's table to the form that tests read. */
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
    isWhole: (column) => withheld.groups === 0 && rows.every(({ parts }) => Object.hasOwn(parts, column)),
    isLeftOut: (column) => columns.some(({ name, left_out }) => name === column && left_out === true)
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
        const part = partIn(parts, name)
        const implied = ofShare(part) ?? accuracies.get(name)?.(moments) ?? EXACT
        // A number of values can be rounded more coarsely than other counts.
        const said = part !== undefined && 'add' in part ? (part.accuracy ?? 0) : 0
        const accuracy = said > implied.count ? { ...implied, count: said } : implied
        const measured = moments ? { moments: { ...moments, within: accuracy } } : {}
        const share = part !== undefined && 'share' in part ? { share: shareOf(part, accuracy) } : {}
        const bins = part !== undefined && 'bins' in part ? { bins: binsOf(part, accuracy) } : {}
        return [name, { value: typeof value === 'number' ? value : null, accuracy, ...measured, ...share, ...bins }]
      })
    )
  }
}

/** The largest errors of the two counts of a share, with and without the level; undefined if its part does not state them. */
function ofShare(part: OutputRow['parts'][string] | undefined): Accuracy | undefined {
  if (part === undefined || !('share' in part) || part.accuracy === undefined) return undefined
  const { share, accuracy } = part
  const own = share.having / share.of
  const most = Math.max(own, 1 - own) + accuracy.share
  return { count: share.of * accuracy.share + most * accuracy.of, mean: 0, deviations: 0 }
}

/** In older results, each bin was rounded like all counts. */
function binsOf({ bins, accuracy }: BinsPart, { count }: Accuracy): MeasuredBins {
  return { bins, within: accuracy ?? { each: count, sum: count * bins.length } }
}

type BinsPart = Extract<OutputRow['parts'][string], { bins: unknown }>

/** In older results, both counts were rounded like all counts. */
function shareOf({ share, accuracy }: SharePart, { count }: Accuracy): MeasuredShare {
  if (accuracy === undefined) return { ...share, within: { having: count, lacking: 2 * count } }
  const most = share.of + accuracy.of
  const own = share.having / share.of
  // The exact share and the exact number of values are both taken at their largest.
  const off = (part: number) => (part + accuracy.share) * most - part * share.of
  return { ...share, within: { having: off(own), lacking: off(1 - own) } }
}

type SharePart = Extract<OutputRow['parts'][string], { share: unknown }>

function momentsIn(parts: OutputRow['parts'], name: string): MomentsPart | undefined {
  const part = partIn(parts, name)
  return part !== undefined && 'moments' in part ? part.moments : undefined
}

function partIn(parts: OutputRow['parts'], name: string): OutputRow['parts'][string] | undefined {
  return Object.hasOwn(parts, name) ? parts[name] : undefined
}
