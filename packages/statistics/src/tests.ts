/** Tests over an answer's own rows: Welch's t, analysis of variance, χ². They read released numbers and nothing else. */
import type { MomentsPart, OutputColumn, OutputRow, PlanTest, TableOutput, TestResult } from '@stimnet/protocol'
import { pOfChiSquared, pOfF, pOfT, tOfP } from './distributions.ts'
import { exactSum, poolMoments, valueOfMoments } from './moments.ts'

/** A cell of the answer, as a test needs it. */
export interface TestCell {
  readonly value: number | null
  readonly moments?: MomentsPart
}

/** The answer as a test reads it: keys by column name, cells by column name. */
export interface TestRow {
  readonly keys: Readonly<Record<string, string | null>>
  readonly cells: ReadonlyMap<string, TestCell>
}

/** What a test is made of. */
export interface TestTable {
  readonly rows: readonly TestRow[]
  /** Whether no group, and no cell of that column, was withheld anywhere: else what is not there may not be nobody. */
  isWhole(column: string): boolean
}

/** Of the confidence interval, both sides together. */
const ERROR_SHARE = 0.05
/** Fewer degrees of freedom than this say more about single values than about groups; privacy.md C.2. */
const DF_MIN = 10

/** A test asked for, over a table. */
export function testOf(test: PlanTest, table: TestTable): TestResult {
  switch (test.kind) {
    case 'welch':
      return welch(test, table)
    case 'anova':
      return anova(test, table)
    case 'chi_squared':
      return chiSquared(test, table)
  }
}

/** Tests over one site's own answer. */
export function testsOfOutput(
  asked: readonly PlanTest[],
  { columns, rows, withheld }: Pick<TableOutput, 'columns' | 'rows' | 'withheld'>
): TestResult[] {
  const isShown = (column: string) => rows.every(({ parts }) => Object.hasOwn(parts, column))
  const table: TestTable = {
    rows: rows.map((row) => testRow(columns, row.values, (column) => cellOf(row, column))),
    isWhole: (column) => withheld.groups === 0 && isShown(column)
  }
  return asked.map((test) => testOf(test, table))
}

function cellOf({ parts }: OutputRow, column: string): MomentsPart | undefined {
  const part = Object.hasOwn(parts, column) ? parts[column] : undefined
  return part !== undefined && 'moments' in part ? part.moments : undefined
}

/** A row of values as a test reads it. */
export function testRow(
  columns: readonly OutputColumn[],
  values: readonly (string | number | null)[],
  momentsOf: (column: string) => MomentsPart | undefined
): TestRow {
  const named = columns.map(({ name, role }, i) => ({ name, role, value: values[i] ?? null }))
  const keys = named.filter(({ role }) => role === 'key')
  const cells = named.filter(({ role }) => role === 'measure')
  return {
    keys: Object.fromEntries(keys.map(({ name, value }) => [name, value === null ? null : String(value)])),
    cells: new Map(
      cells.map(({ name, value }) => {
        const moments = momentsOf(name)
        return [name, { value: typeof value === 'number' ? value : null, ...(moments ? { moments } : {}) }]
      })
    )
  }
}

/** What was asked, out of a result; undefined where it is none of ours. */
export function testAsked({ kind, of, by, groups }: TestResult): PlanTest | undefined {
  const [first, second] = by
  if (first === undefined) return undefined
  if (kind === 'anova') return { kind, of, by: first }
  if (kind === 'chi_squared') return second === undefined ? undefined : { kind, of, by: [first, second] }
  const [one, other] = groups
  return one && other ? { kind, of, by: first, groups: [one.name, other.name] } : undefined
}

type Group = TestResult['groups'][number] & { readonly moments?: MomentsPart }

const NOTHING: Pick<TestResult, 'difference' | 'interval' | 'statistic' | 'df' | 'p'> = {
  ...{ difference: null, interval: null, statistic: null, df: [], p: null }
}

function welch(test: Extract<PlanTest, { kind: 'welch' }>, { rows }: TestTable): TestResult {
  const { kind, of, by } = test
  const groups = test.groups.map((name) => groupOf(name, rows.find(({ keys }) => keys[by] === name)?.cells.get(of)))
  const shown = { kind, of, by: [by], groups: groups.map(bare) }
  const [one, other] = groups.map(({ moments }) => moments)
  const result = one && other ? welchOf(one, other) : null
  if (result === null) return { ...shown, ...NOTHING, note: 'A group is missing, withheld, or does not vary.' }
  if (result.df < DF_MIN) {
    return { ...shown, ...NOTHING, difference: result.difference, note: `Fewer than ${DF_MIN} degrees of freedom.` }
  }
  const { difference, interval, statistic, df, p } = result
  return { ...shown, difference, interval: [...interval], statistic, df: [df], p, note: rowsNote(rows, of) }
}

/** A comparison of two means that does not take their variances for equal. */
export interface Welch {
  /** First mean less the second. */
  readonly difference: number
  /** 95 %, low and high. */
  readonly interval: readonly [number, number]
  readonly statistic: number
  /** After Welch and Satterthwaite; seldom whole. */
  readonly df: number
  /** Two-sided. */
  readonly p: number
}

/** Null where a group has fewer than two values or neither varies. */
export function welchOf(one: MomentsPart, other: MomentsPart): Welch | null {
  const errors = [one, other].map((part) => (valueOfMoments('variance', part) ?? Number.NaN) / part.n)
  const square = exactSum(errors)
  if (!(square > 0) || !Number.isFinite(square)) return null
  const freedoms = [one, other].map((part, i) => (errors[i] ?? 0) ** 2 / (part.n - 1))
  const difference = one.sum / one.n - other.sum / other.n
  const df = square ** 2 / exactSum(freedoms)
  const statistic = difference / Math.sqrt(square)
  const half = tOfP(ERROR_SHARE, df) * Math.sqrt(square)
  return { difference, interval: [difference - half, difference + half], statistic, df, p: pOfT(statistic, df) }
}

function anova({ kind, of, by }: Extract<PlanTest, { kind: 'anova' }>, table: TestTable): TestResult {
  const groups = table.rows.flatMap(({ keys, cells }): Group[] => {
    const name = keys[by] ?? null
    return name === null ? [] : [groupOf(name, cells.get(of))]
  })
  const shown = { kind, of, by: [by], groups: groups.map(bare) }
  const moments = groups.flatMap((group) => (group.moments ? [group.moments] : []))
  const isWhole = moments.length === groups.length && table.isWhole(of)
  if (!isWhole) return { ...shown, ...NOTHING, note: 'A group is withheld: the groups shown are not all there are.' }
  const result = anovaOf(moments)
  if (result === null) return { ...shown, ...NOTHING, note: 'Fewer than two groups, or none that varies.' }
  if (result.within < DF_MIN) return { ...shown, ...NOTHING, note: `Fewer than ${DF_MIN} degrees of freedom.` }
  const { statistic, between, within, p } = result
  return { ...shown, ...NOTHING, statistic, df: [between, within], p, note: rowsNote(table.rows, of) }
}

/** A one-way analysis of variance. */
export interface Anova {
  readonly statistic: number
  /** Degrees of freedom between and within groups. */
  readonly between: number
  readonly within: number
  readonly p: number
}

/** Null with fewer than two groups, without values to spare, or where nothing varies within the groups. */
export function anovaOf(groups: readonly MomentsPart[]): Anova | null {
  const whole = poolMoments(groups)
  if (groups.length < 2 || whole === null || groups.some(({ deviations }) => deviations === undefined)) return null
  const inside = exactSum(groups.map(({ deviations }) => deviations ?? 0))
  const mean = whole.sum / whole.n
  const outside = exactSum(groups.map(({ n, sum }) => n * (sum / n - mean) ** 2))
  const [between, within] = [groups.length - 1, whole.n - groups.length]
  if (within < 1 || !(inside > 0)) return null
  const statistic = outside / between / (inside / within)
  return { statistic, between, within, p: pOfF(statistic, between, within) }
}

function chiSquared(test: Extract<PlanTest, { kind: 'chi_squared' }>, table: TestTable): TestResult {
  const { kind, of, by } = test
  const shown = { kind, of, by: [...by], groups: [] }
  const cells = table.rows.flatMap(({ keys, cells }) => {
    const [row, column] = by.map((key) => keys[key] ?? null)
    // Whoever misses one of both is in no cell of the table.
    return row === null || column === null
      ? []
      : [{ row: row ?? '', column: column ?? '', count: cells.get(of)?.value }]
  })
  const counts = cells.flatMap(({ row, column, count }) => (typeof count === 'number' ? [{ row, column, count }] : []))
  if (!table.isWhole(of) || counts.length < cells.length) {
    return { ...shown, ...NOTHING, note: 'A cell of the table is withheld: χ² needs all of them.' }
  }
  const result = chiSquaredOf(counts)
  if (result === null) return { ...shown, ...NOTHING, note: 'Fewer than two rows or columns.' }
  const { statistic, df, p, least } = result
  const note = least < 5 ? 'Fewer than five are expected in a cell: the p value is rough.' : ''
  return { ...shown, ...NOTHING, statistic, df: [df], p, note }
}

/** One cell of a two-way table. */
export interface CountCell {
  readonly row: string
  readonly column: string
  readonly count: number
}

/** Pearson's χ² without continuity correction. */
export interface ChiSquared {
  readonly statistic: number
  readonly df: number
  readonly p: number
  /** The smallest expected count. */
  readonly least: number
}

/** Cells that are not named are zero. Null with fewer than two rows or columns that have anybody. */
export function chiSquaredOf(cells: readonly CountCell[]): ChiSquared | null {
  const rows = totals(cells, ({ row }) => row)
  const columns = totals(cells, ({ column }) => column)
  if (rows.size < 2 || columns.size < 2) return null
  const all = exactSum(cells.map(({ count }) => count))
  const observed = new Map(cells.map(({ row, column, count }) => [JSON.stringify([row, column]), count]))
  let least = Number.POSITIVE_INFINITY
  const terms = [...rows].flatMap(([row, ofRow]) =>
    [...columns].map(([column, ofColumn]) => {
      const expected = (ofRow * ofColumn) / all
      least = Math.min(least, expected)
      return ((observed.get(JSON.stringify([row, column])) ?? 0) - expected) ** 2 / expected
    })
  )
  const [statistic, df] = [exactSum(terms), (rows.size - 1) * (columns.size - 1)]
  return { statistic, df, p: pOfChiSquared(statistic, df), least }
}

/** Sums by name, without those of nobody. */
function totals(cells: readonly CountCell[], nameOf: (cell: CountCell) => string): Map<string, number> {
  const found = new Map<string, number>()
  for (const cell of cells) {
    if (cell.count > 0) found.set(nameOf(cell), (found.get(nameOf(cell)) ?? 0) + cell.count)
  }
  return found
}

function groupOf(name: string, cell: TestCell | undefined): Group {
  const moments = cell?.value === null ? undefined : cell?.moments
  if (moments === undefined) return { name, n: null, mean: null, sd: null }
  return { name, n: moments.n, mean: moments.sum / moments.n, sd: valueOfMoments('sd', moments), moments }
}

function bare({ name, n, mean, sd }: Group): TestResult['groups'][number] {
  return { name, n, mean, sd }
}

/** Where the answer counts subjects as well: a test takes values for independent, and rows of one subject are not. */
function rowsNote(rows: readonly TestRow[], of: string): string {
  const several = rows.some(({ cells }) => {
    const subjects = cells.get('subjects')?.value
    return typeof subjects === 'number' && (cells.get(of)?.moments?.n ?? 0) > subjects
  })
  return several
    ? 'Several values are of the same subject: the test takes them for independent, and p is too small.'
    : ''
}
