/** Makes up rows from a catalog's description, in the format in which a script receives real rows. */
import { type RandomSource, randomUnit, StimnetError } from '@stimnet/protocol'

/** A variable in a catalog's description. */
export interface DescribedVariable {
  readonly name: string
  /** Type: integer, number, category, date or text. */
  readonly type: string
  readonly levels: readonly string[]
  /** Breakpoints: numbers, or days since 1970-01-01. */
  readonly breakpoints: readonly number[]
  readonly minimum: number | null
  readonly maximum: number | null
  /** Decimal places of a number. Default: as many as its bounds and breakpoints have, at least one. */
  readonly decimals?: number
}

/** The part of a catalog's description from which rows are made: `schema_definition` of a catalog. */
export interface DescribedTables {
  readonly subject_key: string
  readonly tables: readonly {
    readonly name: string
    readonly one_row_per_subject: boolean
    readonly variables: readonly DescribedVariable[]
  }[]
}

/** A table of made-up rows. */
export interface DummyTable {
  readonly name: string
  /** CSV (RFC 4180) with a header. The first column is the subject key; an empty field is a missing value. */
  readonly csv: string
}

/** Maximum number of rows of one table. */
const ROWS_MAX = 1_000_000
/** Rows per subject in a table with several rows per subject. */
const ROWS_EACH = 3
/** Share of missing values, so that a script is tested with missing values. */
const MISSING_SHARE = 0.05
const DAY_MS = 86_400_000
/** Range of dates without breakpoints: 2020-01-01 to 2024-12-31. */
const DAYS = [18_262, 20_088] as const

/**
 * Makes up rows: levels, numbers within bounds, and days, all independent and uniformly distributed, with a few missing values. The
 * same random source gives the same rows. Throws PARAMETER_INVALID for fewer than 1 or more than 1,000,000 rows.
 *
 * @example
 * const [catalog] = await client.meshCatalogs('clinical_trial_data')
 * const tables = dummyTables(catalog.schema_definition, { rows: 500, random: seededRandom(1) })
 */
export function dummyTables(
  { subject_key, tables }: DescribedTables,
  { rows, random }: { readonly rows: number; readonly random: RandomSource }
): readonly DummyTable[] {
  if (!Number.isInteger(rows) || rows < 1 || rows > ROWS_MAX) {
    throw StimnetError.told('PARAMETER_INVALID', `rows must be a whole number from 1 to ${ROWS_MAX}`)
  }
  const width = Math.max(4, String(rows).length)
  return tables.map(({ name, one_row_per_subject, variables }) => {
    const header = [subject_key, ...variables.map((variable) => variable.name)].map(field).join(',')
    const lines = Array.from({ length: rows }, (_, i) => {
      const subject = one_row_per_subject ? i : Math.floor(i / ROWS_EACH)
      const values = variables.map((variable) =>
        randomUnit(random) < MISSING_SHARE ? '' : field(madeUpValue(variable, random))
      )
      return [`S${String(subject + 1).padStart(width, '0')}`, ...values].join(',')
    })
    return { name, csv: `${[header, ...lines].join('\n')}\n` }
  })
}

function madeUpValue(variable: DescribedVariable, random: RandomSource): string {
  switch (variable.type) {
    case 'category':
      return variable.levels[between([0, variable.levels.length - 1], random)] ?? ''
    case 'integer':
    case 'number': {
      const unit = 10 ** decimalsOf(variable)
      const [low, high] = rangeOf(variable)
      return String(between([Math.ceil(low * unit), Math.floor(high * unit)], random) / unit)
    }
    case 'date': {
      const day = between(aroundPoints(variable.breakpoints, 365) ?? DAYS, random)
      return new Date(day * DAY_MS).toISOString().slice(0, 10)
    }
    default:
      return `text ${between([1, 999], random)}`
  }
}

/** A random whole number in a range, both ends included. */
function between([low, high]: readonly [number, number], random: RandomSource): number {
  return low + Math.floor(randomUnit(random) * (high - low + 1))
}

function rangeOf({ minimum, maximum, breakpoints }: DescribedVariable): readonly [number, number] {
  if (minimum !== null && maximum !== null) return [minimum, maximum]
  return aroundPoints(breakpoints, 1) ?? [0, 100]
}

/** A range from below the first breakpoint to above the last one, so that each bin has values. */
function aroundPoints(points: readonly number[], marginMin: number): readonly [number, number] | undefined {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const margin = Math.max(marginMin, (last - first) / 2)
  return [Math.floor(first - margin), Math.ceil(last + margin)]
}

function decimalsOf({ type, decimals, minimum, maximum, breakpoints }: DescribedVariable): number {
  if (type === 'integer') return 0
  const written = [minimum ?? 0, maximum ?? 0, ...breakpoints].map(
    (value) => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0
  )
  return decimals ?? Math.max(1, ...written)
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
