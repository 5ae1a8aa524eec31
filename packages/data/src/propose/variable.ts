/** A column's proposal as a variable of the catalog. Bounds and breakpoints are round numbers, which are nobody's values. */
import type { VariableConfig } from '../catalog/catalog-config.ts'
import { daysOf, isoDate } from '../dates.ts'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { readColumn } from '../sources/value-sql.ts'
import type { ColumnDraft } from './column.ts'
import { isGridded } from './names.ts'
import { fineBreakpoints, type Heads, peopleAtBounds, roundBounds, roundBreakpoints, roundGrid } from './round.ts'

/** A column of a loaded file with its proposed reading. */
export interface DraftedColumn {
  readonly name: string
  readonly draft: Exclude<ColumnDraft, { type: 'left out' }>
  readonly missing: readonly string[]
  /** SQL for the column and for the subject key in the table `raw`. */
  readonly column: string
  readonly key: string
  readonly raw: string
  /** The place where values can be changed, such as `in the export`. */
  readonly changed: string
}

/** A variable as it will be written, and the decisions that a person must make about it. */
export interface ProposedVariable {
  readonly variable: VariableConfig
  readonly decisions: readonly string[]
}

/** Usual bounds for variables with certain names. They disclose nothing about the people. */
const USUAL: readonly (readonly [RegExp, number, number])[] = [[/^(age|alter)(_.*)?$/i, 0, 120]]

/** The proposed variable for a drafted column. Throws NODE_ERROR. */
export async function variableOf(
  drafted: DraftedColumn,
  session: Session,
  peopleMin: number
): Promise<ProposedVariable> {
  const { name, draft, missing } = drafted
  switch (draft.type) {
    case 'category': {
      const rename = Object.fromEntries(draft.rename)
      const variable = { name, type: draft.type, levels: [...draft.levels], missing: [...missing] }
      return { variable: draft.rename.length === 0 ? variable : { ...variable, rename }, decisions: [] }
    }
    case 'date': {
      const variable: VariableConfig = { name, type: 'date', date_format: draft.format, missing: [...missing] }
      const heads = await headsOf(drafted, variable, session)
      const points = roundBreakpoints(heads, roundDays(heads), peopleMin).map(isoDate)
      return { variable: points.length === 0 ? variable : { ...variable, breakpoints: points }, decisions: [] }
    }
    case 'integer':
    case 'number': {
      const variable: VariableConfig = {
        name,
        type: draft.type,
        missing: [...missing],
        ...(draft.type === 'number' ? { decimals: draft.decimals } : {}),
        ...(draft.decimal === undefined ? {} : { decimal: draft.decimal })
      }
      return bounded(variable, await headsOf(drafted, variable, session), peopleMin, drafted.changed)
    }
  }
}

function bounded(variable: VariableConfig, heads: Heads, peopleMin: number, changed: string): ProposedVariable {
  const unit = 10 ** (variable.decimals ?? 0)
  const values = heads.map(([value]) => value)
  if (values.length === 0) return { variable, decisions: [] }
  const [least, most] = values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity])
  const bounds = roundBounds(least, most)
  if (!Number.isSafeInteger(bounds.minimum) || !Number.isSafeInteger(bounds.maximum)) {
    return { variable, decisions: [`Its values have too many digits to be counted exactly: round them ${changed}.`] }
  }
  const hasGrid = isGridded(variable.name)
  const grid = roundGrid(bounds, { least, most, partsMin: hasGrid ? FINE_STEPS_MIN : STEPS_MIN })
  const cuts = hasGrid ? fineBreakpoints(heads, grid, peopleMin) : roundBreakpoints(heads, grid, peopleMin)
  const breakpoints = cuts.map((cut) => cut / unit)
  const usual = USUAL.find(
    ([pattern, low, high]) => pattern.test(variable.name) && least >= low * unit && most <= high * unit
  )
  const [minimum, maximum] = usual ? [usual[1], usual[2]] : [bounds.minimum / unit, bounds.maximum / unit]
  return {
    variable: { ...variable, minimum, maximum, ...(breakpoints.length === 0 ? {} : { breakpoints }) },
    decisions: [
      ...(usual ? [] : boundsSentence(peopleAtBounds(heads, bounds), { minimum, maximum, peopleMin })),
      ...(hasGrid ? gridSentence(breakpoints.length) : [])
    ]
  }
}

/** Minimum number of steps into which a range is divided, and the larger minimum for the grid of survival and medians. */
const [STEPS_MIN, FINE_STEPS_MIN] = [20, 50]

function gridSentence(breakpoints: number): string[] {
  const what =
    'the grid at which survival, medians and quantiles of it can be read, and all institutions need the same one'
  if (breakpoints === 0) return [`It has no breakpoints, for too few people. They would be ${what}.`]
  return [
    `Its ${breakpoints === 1 ? 'breakpoint is' : `${breakpoints} breakpoints are`} ${what}. Are they where it matters?`
  ]
}

function boundsSentence(
  { below, above }: { below: number; above: number },
  { minimum, maximum, peopleMin }: { minimum: number; maximum: number; peopleMin: number }
): string[] {
  const few = [
    ...(below < peopleMin ? [`the minimum ${minimum}`] : []),
    ...(above < peopleMin ? [`the maximum ${maximum}`] : [])
  ]
  if (few.length === 0) return []
  return [
    `Fewer than ${peopleMin} people are near ${few.join(' and near ')}. Is a value among them a mistake? If not, write the bounds of ` +
      'the instrument, which say nothing about these people.'
  ]
}

/** Numbers of people by their smallest value, so that each person is counted once. The values are scaled integers, or days. */
async function headsOf(
  { column, key, raw }: DraftedColumn,
  variable: VariableConfig,
  session: Session
): Promise<Heads> {
  const { value } = readColumn(variable, {}, column)
  const smallest = `SELECT ${key} AS k, min(${value}) AS v FROM ${quoteName(raw)} WHERE coalesce(${key}, '') != '' GROUP BY k`
  const largest = await session.rows(`SELECT max(${value}) FROM ${quoteName(raw)}`)
  const rows = await session.rows(`SELECT v, count(*) FROM (${smallest}) WHERE v IS NOT NULL GROUP BY v ORDER BY v`)
  const heads = rows.map(([v, n]) => [Number(v), Number(n)] as const)
  const top = largest[0]?.[0]
  // The largest value may not be the smallest value of any person, but it is needed for the bounds.
  return top === null || top === undefined || heads.some(([v]) => v === Number(top))
    ? heads
    : [...heads, [Number(top), 0]]
}

/** The first days of the years between the first and the last day, or of the quarters if there is only one year. */
function roundDays(heads: Heads): number[] {
  const years = heads.map(([day]) => Number(isoDate(day).slice(0, 4)))
  const [first, last] = years.reduce(([low, high], year) => [Math.min(low, year), Math.max(high, year)], [9999, 0])
  const all = Array.from({ length: Math.max(0, Math.min(YEARS_MAX, last - first + 1)) }, (_, i) => first + i)
  const months = all.length <= 1 ? ['01', '04', '07', '10'] : ['01']
  return all.flatMap((year) => months.flatMap((month) => daysOf(`${String(year).padStart(4, '0')}-${month}-01`) ?? []))
}

/** Maximum number of years; smaller than the maximum number of breakpoints of a variable. */
const YEARS_MAX = 200
