/** Pooling of the answers of several sites into one answer, with notes on everything that a reader must know. */
import {
  counted,
  type GramPart,
  type Output,
  type OutputColumn,
  type OutputDeclaration,
  type OutputRow,
  type PooledOutput,
  type TableOutput,
  type TestResult
} from '@stimnet/protocol'
import { alike, type AskedProgram, otherThanAsked, shapeAsked, shapeOfColumns, tieNote } from './answers.ts'
import { type Cell, isValueless, poolCells, readsAs } from './pool-cell.ts'
import { pooledNoise } from './pool-noise.ts'
import { pooledRange } from './pool-range.ts'
import { pooledWithin } from './pool-rounding.ts'
import { modelKey } from '../models/gram.ts'
import { fitModel } from '../models/fit.ts'
import { referenceNotes } from '../models/references.ts'
import { type PooledOutputs, poolTyped, type SiteOutputs } from './pool-typed.ts'
import { type AccuracyOf, testAsked, testOf, testSite } from '../tests.ts'

/** The answer of one site: its output or, without one, the code of its refusal or failure. */
export interface SitePart {
  readonly site: string
  readonly output: Output | null
  readonly code?: string
}

/** Facts about the request that pooling needs. */
export interface PoolOptions {
  /** The contract of a script, which names the counts by which means and proportions are weighted. */
  readonly outputs?: readonly OutputDeclaration[]
  /** The question. A part that answers another question is left out. Without the question, parts are only compared with each other. */
  readonly asked?: AskedProgram | undefined
  /** The largest distance of a table's numbers from the exact numbers; by default derived from its parts and its card. */
  readonly accuracyOf?: AccuracyOf
}

interface SiteTable {
  readonly site: string
  readonly table: TableOutput
}

type Value = string | number | null

/**
 * Pools the answers of the sites. Counts and sums are added; means, spreads and correlations are computed from moments, shares
 * from their counts, and quantiles from bins. The notes name the sites that gave nothing, answered another question, withheld a
 * part, or have other columns than the remaining sites. The answer does not depend on the order of the parts, nor on the names of
 * the sites.
 */
export function pool(parts: readonly SitePart[], { outputs = [], asked, accuracyOf }: PoolOptions = {}): PooledOutput {
  const sorted = [...parts].sort((a, b) => (a.site < b.site ? -1 : a.site > b.site ? 1 : 0))
  const missing = sorted
    .filter((part) => part.output === null)
    .map(({ site, code }) => ({ site, code: code ?? 'INTERNAL' }))
  const notes = missing.map(({ site, code }) => `${site} gave no output (${code}).`)
  const leaveOut = (site: string, why: string, code = 'PARAMETER_INVALID') => {
    missing.push({ site, code })
    notes.push(`${site} answered ${why} and was left out.`)
  }
  const answers = sorted.flatMap(({ site, output }) => {
    if (output === null) return []
    const why = otherThanAsked(output, { asked, outputs })
    const isBroken = output.kind === 'table' && !isSound(output)
    if (why !== undefined) leaveOut(site, why)
    else if (isBroken) leaveOut(site, 'with a table that contradicts itself', 'MALFORMED')
    return why === undefined && !isBroken ? [{ site, output }] : []
  })
  const told = { missing, notes, leaveOut }
  // One request has one kind of answer, and a single site with another kind does not decide which.
  const agreed = agreeing(answers, { ...ofShape(({ output }) => output.kind, 'kinds of output'), told })
  const typed = agreed.flatMap(({ site, output }): SiteOutputs[] =>
    output.kind === 'typed' ? [{ site, typed: output }] : []
  )
  const tables = agreed.flatMap(({ site, output }): SiteTable[] =>
    output.kind === 'table' ? [{ site, table: output }] : []
  )
  if (typed.length > 0) return onlyTyped(poolTyped(typed, outputs), told)
  if (tables.length === 0) return onlyParts(agreed, told)
  return poolTables(sameColumns(tables, { asked, told }), { ...told, accuracyOf })
}

/** The missing sites, and the notes for the reader; filled while the parts are checked. */
interface Told {
  readonly missing: PooledOutput['missing'][number][]
  readonly notes: string[]
  leaveOut(site: string, why: string, code?: string): void
}

function onlyTyped(pooled: PooledOutputs, { missing, notes, leaveOut }: Told): PooledOutput {
  for (const site of pooled.left) leaveOut(site, 'with other outputs than the rest')
  const { outputs, sites } = pooled
  return { columns: [], rows: [], outputs, sites, missing, notes: [...notes, ...pooled.notes] }
}

function onlyParts(scripts: readonly { readonly site: string }[], { missing, notes }: Told): PooledOutput {
  if (scripts.length > 0) notes.push('The outputs of a script are shown site by site; they are not pooled.')
  return { columns: [], rows: [], sites: scripts.map((part) => part.site), missing, notes }
}

/** The rule by which answers are compared, and the description of those that differ. */
interface Compared<T> {
  readonly shapeOf: (one: T) => string
  /** The compared things, for a note that no shape is the most common one: `models`. */
  readonly what: string
  /** The difference between one answer and the remaining answers: `another model`. */
  readonly differsIn: (one: T, rest: T) => string
  /** The requested shape, if it is known. */
  readonly asked?: string | undefined
}

function ofShape<T>(shapeOf: (one: T) => string, what: string): Compared<T> {
  return { shapeOf, what, differsIn: () => `other ${what}` }
}

/** The answers of one shape, as for `alike`; the other sites are named in the notes. */
function agreeing<T extends { readonly site: string }>(
  all: readonly T[],
  { shapeOf, what, differsIn, asked, told }: Compared<T> & { readonly told: Told }
): readonly T[] {
  const { agreed, isTied } = alike(all, shapeOf, asked)
  const others = all.filter((one) => !agreed.includes(one))
  if (isTied)
    told.notes.push(
      tieNote(
        others.map(({ site }) => site),
        what
      )
    )
  const [rest] = agreed
  for (const one of others) {
    if (rest === undefined) told.missing.push({ site: one.site, code: 'PARAMETER_INVALID' })
    else told.leaveOut(one.site, `with ${differsIn(one, rest)} than the rest`)
  }
  return agreed
}

/** The tables with the requested columns or, if these are not known, with the most common columns; all of one model. */
function sameColumns(
  tables: readonly SiteTable[],
  { asked, told }: { readonly asked: AskedProgram | undefined; readonly told: Told }
): readonly SiteTable[] {
  const columns = ofShape<SiteTable>(({ table }) => shapeOfColumns(table.columns), 'columns or units')
  // Older sites do not report whether their groups can contain the same people, so this is not compared.
  const tests = ofShape<SiteTable>(
    ({ table: { tests: made = [] } }) =>
      JSON.stringify(made.map((test) => ({ ...testAsked(test), repeated: undefined, clustered: undefined }))),
    'tests'
  )
  const models: Compared<SiteTable> = {
    shapeOf: ({ table }) => gramsIn(table).map(modelKey).join(),
    what: 'models, or levels of a category (map them)',
    differsIn: otherModel
  }
  const named = agreeing(tables, { ...columns, asked: asked && shapeAsked(asked), told })
  return agreeing(agreeing(named, { ...tests, told }), { ...models, told })
}

function otherModel(one: SiteTable, rest: SiteTable): string {
  const [[own], [other]] = [gramsIn(one.table), gramsIn(rest.table)]
  if (JSON.stringify(own?.factors) !== JSON.stringify(other?.factors))
    return 'other levels of a category, or in another order (map them),'
  return own?.formula === other?.formula && own?.round !== undefined
    ? 'another round or other estimates'
    : 'another model'
}

/** The parts of models in the columns of a table. */
function gramsIn({ columns, rows }: Pick<TableOutput, 'columns' | 'rows'>): GramPart[] {
  const names = columns.map(({ name }) => name)
  return rows.flatMap(({ parts }) =>
    Object.entries(parts).flatMap(([name, part]) => (names.includes(name) && 'gram' in part ? [part.gram] : []))
  )
}

function poolTables(
  sound: readonly SiteTable[],
  { missing, notes, accuracyOf }: Told & { readonly accuracyOf: AccuracyOf | undefined }
): PooledOutput {
  const columns = (sound[0]?.table.columns ?? []).map((column, i) => ({
    ...column,
    ...(sound.some(({ table }) => table.columns[i]?.left_out) ? { left_out: true as const } : {})
  }))
  const unpooled = new Set<string>()
  const rows = rowKeys(sound).map((key) => poolRow(key, columns, sound, unpooled))
  for (const { site, table } of sound) {
    const { groups, cells, digits = 0 } = table.withheld
    if (groups > 0)
      notes.push(
        `${site} withheld ${counted(groups, 'group')}: rows without ${site} among their institutions may be without people of it.`
      )
    if (cells > 0) notes.push(`${site} withheld ${counted(cells, 'number')}: those columns are pooled without it.`)
    if (digits > 0)
      notes.push(`${site} released some numbers with fewer digits: to half of their standard error, or a whole one.`)
  }
  notes.push(...cellNotes(columns, sound), ...leftOutNotes(columns, sound))
  for (const name of unpooled)
    notes.push(
      hasPart(sound, name, 'choice')
        ? `${name} was chosen with noise by each site: compare what they chose, it does not pool.`
        : hasPart(sound, name, 'noisy')
          ? `${name} is not known in every row: the noise leaves too little of it.`
          : `${name} could not be pooled in every row: the parts of the sites do not fit.`
    )
  return {
    columns: columns.map((column) => ({ ...column, pools: column.role === 'measure' && !unpooled.has(column.name) })),
    rows,
    ...testsOver(sound, accuracyOf),
    ...modelsOver(sound, notes),
    sites: sound.map((entry) => entry.site),
    missing,
    notes
  }
}

/**
 * The tests that the sites computed from their own rows, computed again over all sites. No test is computed from noisy numbers.
 */
function testsOver(
  tables: readonly SiteTable[],
  accuracyOf: AccuracyOf | undefined
): { tests: TestResult[] } | Record<string, never> {
  const { tests = [] } = tables[0]?.table ?? {}
  const asked = tests.flatMap((test, at) => {
    const plain = testAsked(test)
    const said = (name: 'repeated' | 'clustered') => {
      const found = tables.map(({ table }) => table.tests?.[at]?.[name]).find((one) => one !== undefined)
      return found === undefined ? {} : { [name]: found }
    }
    return plain ? [{ ...plain, ...said('repeated'), ...said('clustered') }] : []
  })
  if (asked.length === 0 || tables.some(({ table }) => table.disclosure.level === 'P2')) return {}
  const sites = tables.map(({ site, table }) => testSite(site, table, accuracyOf))
  return { tests: asked.map((test) => testOf(test, sites)) }
}

/** The models that the sites fitted to their own Gram matrices, fitted again to all of these matrices. */
function modelsOver(tables: readonly SiteTable[], notes: string[]): Pick<PooledOutput, 'models'> {
  const all = tables.flatMap(({ site, table }) => gramsIn(table).map((gram) => ({ site, gram })))
  if (all.length === 0) return {}
  const model = fitModel(all)
  notes.push(...referenceNotes(all, model))
  return { models: [model] }
}

function hasPart(tables: readonly SiteTable[], name: string, form: 'choice' | 'noisy'): boolean {
  return tables.some(({ table }) =>
    table.rows.some(({ parts }) => Object.hasOwn(parts, name) && form in (parts[name] ?? {}))
  )
}

function keyOf(columns: readonly OutputColumn[], row: OutputRow): string {
  return JSON.stringify(columns.flatMap((column, i) => (column.role === 'key' ? [row.values[i] ?? null] : [])))
}

/**
 * Whether a table is consistent: as many values as columns, no duplicate row, and for each shown measure a part that gives its
 * value.
 */
function isSound({ columns, rows }: TableOutput): boolean {
  const keys = rows.map((row) => keyOf(columns, row))
  if (new Set(keys).size < keys.length || gramsIn({ columns, rows }).length > 1) return false
  return rows.every(
    (row) =>
      row.values.length === columns.length && columns.every((column, i) => readsAs(column, row, row.values[i] ?? null))
  )
}

/** The keys of the rows of all sites, each after the row that precedes it at the first site that has it. */
function rowKeys(tables: readonly SiteTable[]): string[] {
  const order: string[] = []
  for (const { table } of tables) {
    let before = -1
    for (const row of table.rows) {
      const key = keyOf(table.columns, row)
      const known = order.indexOf(key)
      if (known < 0) order.splice(before + 1, 0, key)
      before = known < 0 ? before + 1 : known
    }
  }
  return inOrderOfBins(order)
}

/** Rows by bins of one variable in the order of their lower ends, with a missing value last. Any other rows are returned unchanged. */
function inOrderOfBins(keys: readonly string[]): string[] {
  const rows = keys.map((key) => ({ key, from: lowerEndOf(JSON.parse(key) as Value[]) }))
  if (rows.some(({ from }) => from === undefined)) return [...keys]
  return rows.sort(({ from: a = 0 }, { from: b = 0 }) => (a < b ? -1 : a > b ? 1 : 0)).map(({ key }) => key)
}

const BIN = /^(<|>=|\[)(-?\d[\d.e+-]*)/

/** The lower end of the bin of a row; undefined if the row does not belong to a bin. */
function lowerEndOf([label, ...more]: readonly Value[]): number | undefined {
  if (more.length > 0 || label === undefined || typeof label === 'number') return undefined
  if (label === null) return Number.POSITIVE_INFINITY
  const [, side, text = ''] = BIN.exec(label) ?? []
  // The digits of days sort in the order of the days.
  const from = Number(/^\d{4}-\d\d-\d\d$/.test(text) ? text.replaceAll('-', '') : text)
  if (side === undefined || Number.isNaN(from)) return undefined
  return side === '<' ? Number.NEGATIVE_INFINITY : from
}

function poolRow(
  key: string,
  columns: readonly OutputColumn[],
  tables: readonly SiteTable[],
  unpooled: Set<string>
): PooledOutput['rows'][number] {
  const found = tables.flatMap(({ site, table }) => {
    const row = table.rows.find((candidate) => keyOf(columns, candidate) === key)
    return row ? [{ site, row }] : []
  })
  const behind = columns.map((column, i) =>
    found.flatMap(({ site, row }) => cellOf(column, row, i).map((cell) => ({ site, cell })))
  )
  const cellsAt = (at: number): Cell[] => (behind[at] ?? []).map(({ cell }) => cell)
  const mechanism = tables[0]?.table.disclosure.dp?.mechanism
  const ranges = columns.map((column, i) => pooledRange(column, cellsAt(i), mechanism))
  const values = columns.map((column, i): Value => {
    if (column.role === 'key') return found[0]?.row.values[i] ?? null
    if (cellsAt(i).length === 0) return null
    const value = poolCells(column, cellsAt(i))
    if (value === null && !ranges[i]) unpooled.add(column.name)
    return value
  })
  const noise = columns.map((column, i) => pooledNoise(column, column.role === 'key' ? [] : cellsAt(i), mechanism))
  const bounds = columns.map((column, i) => (column.role === 'key' ? null : pooledWithin(column, cellsAt(i))))
  // For numbers from which people were left out, the bound is about the remaining people.
  const of = (isLeftOut: boolean) =>
    bounds.map((one, i) => ((columns[i]?.left_out ?? false) === isLeftOut ? one : null))
  const [within, remaining] = [of(false), of(true)]
  return {
    values,
    ...sitesOf(
      columns,
      behind.map((cells) => cells.map(({ site }) => site)),
      found.map(({ site }) => site)
    ),
    ...(noise.some(({ sd }) => sd !== null) ? { noise: noise.map(({ sd }) => sd) } : {}),
    ...(noise.some(({ error95 }) => error95 !== null) ? { error_95: noise.map(({ error95 }) => error95) } : {}),
    ...(within.some((one) => one !== null) ? { within } : {}),
    ...(remaining.some((one) => one !== null) ? { within_remaining: remaining } : {}),
    ...(ranges.some((one) => one !== null) ? { ranges } : {})
  }
}

/** The sites behind the numbers of a row, and also by column if not every site is behind each column. */
function sitesOf(
  columns: readonly OutputColumn[],
  behind: readonly (readonly string[])[],
  found: readonly string[]
): Pick<PooledOutput['rows'][number], 'sites' | 'column_sites'> {
  const sites = found.filter((site) => behind.some((cells) => cells.includes(site)))
  const isMeasure = (at: number) => columns[at]?.role === 'measure'
  if (!behind.some((cells, at) => isMeasure(at) && cells.length < sites.length)) return { sites }
  return { sites, column_sites: behind.map((cells, at) => (isMeasure(at) ? [...cells] : null)) }
}

/**
 * The part to pool, if there is one. A quantile beyond the last breakpoint, and the correlation with a variable that does not
 * vary at the site, have no value at the site, but count in the pooled value.
 */
function cellOf(column: OutputColumn, row: OutputRow, at: number): Cell[] {
  const part = Object.hasOwn(row.parts, column.name) ? row.parts[column.name] : undefined
  if (part === undefined) return []
  return row.values[at] === null && !isValueless(column, part) ? [] : [part]
}

/** Notes on sites that left people out of a column. */
function leftOutNotes(columns: readonly OutputColumn[], tables: readonly SiteTable[]): string[] {
  return columns.flatMap(({ name, left_out }, i) => {
    if (!left_out) return []
    const sites = tables.filter(({ table }) => table.columns[i]?.left_out).map(({ site }) => site)
    return [
      `${name}: ${sites.join(', ')} left people out for privacy. How far it is from the number of all people is not known.`
    ]
  })
}

/** Measures that can be undefined at one site and defined over several. */
const COEFFICIENTS = ['correlation', 'covariance', 'skewness', 'kurtosis']

/** Notes on sites that withheld a cell of a row that they show. */
function cellNotes(columns: readonly OutputColumn[], tables: readonly SiteTable[]): string[] {
  return columns.flatMap((column, i) => {
    if (column.role === 'key') return []
    const sites = tables
      .filter(({ table }) => table.rows.some((row) => cellOf(column, row, i).length === 0))
      .map(({ site }) => site)
    if (sites.length === 0) return []
    if (!COEFFICIENTS.includes(column.kind)) return [`${column.name} was withheld in some rows by ${sites.join(', ')}.`]
    return [
      `${column.name} is without ${sites.join(', ')} in some rows, where it was withheld. Where a variable does not vary at ` +
        'an institution, that of all can be another, even in its sign.'
    ]
  })
}
