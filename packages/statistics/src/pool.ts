/** One answer out of many: the tables of several sites put together, with everything a reader must know beside it. */
import type { Output, OutputColumn, OutputRow, PooledOutput, TableOutput, TestResult } from '@stimnet/protocol'
import { type Cell, poolCells, pooledMoments, readsAs } from './pool-cell.ts'
import { pooledNoise } from './pool-noise.ts'
import { poolTyped, type SiteOutputs } from './pool-typed.ts'
import { testAsked, testOf, testRow } from './tests.ts'

/** What one site answered; without an output, the code of its refusal or failure. */
export interface SitePart {
  readonly site: string
  readonly output: Output | null
  readonly code?: string
}

interface SiteTable {
  readonly site: string
  readonly table: TableOutput
}

type Value = string | number | null

/**
 * Pools what adds: counts and sums by adding, means to correlations from moments, shares from their cells, quantiles from
 * bins. Sites that gave nothing, withheld a part, or whose columns differ from the others' are named in the notes. The
 * answer does not depend on the order of the parts.
 */
export function pool(parts: readonly SitePart[]): PooledOutput {
  const sorted = [...parts].sort((a, b) => (a.site < b.site ? -1 : a.site > b.site ? 1 : 0))
  const missing = sorted
    .filter((part) => part.output === null)
    .map(({ site, code }) => ({ site, code: code ?? 'INTERNAL' }))
  const notes = missing.map(({ site, code }) => `${site} gave no output (${code}).`)
  const scripts = sorted.filter((part) => part.output?.kind === 'values')
  const tables = sorted.flatMap(({ site, output }): SiteTable[] =>
    output?.kind === 'table' ? [{ site, table: output }] : []
  )
  const typed = sorted.flatMap(({ site, output }): SiteOutputs[] =>
    output?.kind === 'typed' ? [{ site, typed: output }] : []
  )
  // One request has one kind of answer: a site that gives another does not decide which.
  if (typed.length > tables.length + scripts.length) return onlyTyped(typed, [...tables, ...scripts], missing, notes)
  if (tables.length === 0) return onlyParts(scripts, missing, notes)
  const { agreed, others } = sameColumns(tables)
  for (const { site } of [...others, ...scripts, ...typed]) {
    missing.push({ site, code: 'PARAMETER_INVALID' })
    notes.push(`${site} answered with other columns or units than the rest and was left out.`)
  }
  return poolTables(agreed, missing, notes)
}

function onlyTyped(
  typed: readonly SiteOutputs[],
  others: readonly { readonly site: string }[],
  missing: PooledOutput['missing'],
  notes: readonly string[]
): PooledOutput {
  const pooled = poolTyped(typed)
  const left = [...pooled.left, ...others.map(({ site }) => site)]
  return {
    columns: [],
    rows: [],
    outputs: pooled.outputs,
    sites: pooled.sites,
    missing: [...missing, ...left.map((site) => ({ site, code: 'PARAMETER_INVALID' }))],
    notes: [
      ...notes,
      ...left.map((site) => `${site} answered with other outputs than the rest and was left out.`),
      ...pooled.notes
    ]
  }
}

function onlyParts(scripts: readonly SitePart[], missing: PooledOutput['missing'], notes: string[]): PooledOutput {
  if (scripts.length > 0) notes.push('The outputs of a script are shown site by site; they are not pooled.')
  return { columns: [], rows: [], sites: scripts.map((part) => part.site), missing, notes }
}

/**
 * The sites that have the most common columns. With no majority nobody can tell which are right, so none is pooled:
 * a wrong answer that looks right is worse than none.
 */
function sameColumns(tables: readonly SiteTable[]): { agreed: SiteTable[]; others: SiteTable[] } {
  const byShape = new Map<string, SiteTable[]>()
  for (const entry of tables) {
    const { columns, tests = [] } = entry.table
    const shape = JSON.stringify([
      columns.map((c) => [c.name, c.role, c.kind, c.unit ?? '', c.argument ?? '']),
      tests.map(testAsked)
    ])
    byShape.set(shape, [...(byShape.get(shape) ?? []), entry])
  }
  const [most = [], next] = [...byShape.values()].sort((a, b) => b.length - a.length)
  const agreed = next !== undefined && next.length === most.length ? [] : most
  return { agreed, others: tables.filter((entry) => !agreed.includes(entry)) }
}

function poolTables(tables: SiteTable[], missing: PooledOutput['missing'], notes: string[]): PooledOutput {
  const sound = tables.filter(({ table }) => isSound(table))
  for (const { site } of tables.filter((entry) => !sound.includes(entry))) {
    missing.push({ site, code: 'MALFORMED' })
    notes.push(`${site} answered with a table that contradicts itself and was left out.`)
  }
  const columns = sound[0]?.table.columns ?? []
  const unpooled = new Set<string>()
  const rows = rowKeys(sound).map((key) => poolRow(key, columns, sound, unpooled))
  for (const { site, table } of sound) {
    const { groups, cells } = table.withheld
    if (groups > 0) notes.push(`${site} withheld ${groups} group(s): rows that do not name it may lack its subjects.`)
    if (cells > 0) notes.push(`${site} withheld ${cells} cell(s): those columns are pooled without it.`)
  }
  notes.push(...cellNotes(columns, sound))
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
    ...testsOver(sound, rows),
    sites: sound.map((entry) => entry.site),
    missing,
    notes
  }
}

/** The tests that the sites made of their own rows, made again of the pooled ones. Of noisy numbers none is made. */
function testsOver(
  tables: readonly SiteTable[],
  pooled: PooledOutput['rows']
): { tests: TestResult[] } | Record<string, never> {
  const { columns = [], tests = [] } = tables[0]?.table ?? {}
  const asked = tests.flatMap((test) => testAsked(test) ?? [])
  if (asked.length === 0 || tables.some(({ table }) => table.disclosure.level === 'P2')) return {}
  const isShown = (name: string) =>
    tables.every(({ table }) => table.rows.every((row) => Object.hasOwn(row.parts, name)))
  const rows = rowKeys(tables).map((key, i) => {
    const found = tables.flatMap(({ table }) => table.rows.filter((row) => keyOf(columns, row) === key))
    return testRow(columns, pooled[i]?.values ?? [], (name) => {
      const at = columns.findIndex((column) => column.name === name)
      const column = columns[at]
      return column ? (pooledMoments(found.flatMap((row) => cellOf(column, row, at))) ?? undefined) : undefined
    })
  })
  const isWhole = (name: string) => tables.every(({ table }) => table.withheld.groups === 0) && isShown(name)
  return { tests: asked.map((test) => testOf(test, { rows, isWhole })) }
}

function hasPart(tables: readonly SiteTable[], name: string, form: 'choice' | 'noisy'): boolean {
  return tables.some(({ table }) =>
    table.rows.some(({ parts }) => Object.hasOwn(parts, name) && form in (parts[name] ?? {}))
  )
}

function keyOf(columns: readonly OutputColumn[], row: OutputRow): string {
  return JSON.stringify(columns.flatMap((column, i) => (column.role === 'key' ? [row.values[i] ?? null] : [])))
}

/** As many values as columns, no row twice, and each shown measure with the part that gives that value. */
function isSound({ columns, rows }: TableOutput): boolean {
  const keys = rows.map((row) => keyOf(columns, row))
  if (new Set(keys).size < keys.length) return false
  return rows.every(
    (row) =>
      row.values.length === columns.length && columns.every((column, i) => readsAs(column, row, row.values[i] ?? null))
  )
}

/** Every row of any site, each after the row it follows at the site that named it first. */
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
  return order
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
  const values = columns.map((column, i): Value => {
    if (column.role === 'key') return found[0]?.row.values[i] ?? null
    const cells = found.flatMap(({ row }): Cell[] => cellOf(column, row, i))
    if (cells.length === 0) return null
    const value = poolCells(column, cells)
    if (value === null) unpooled.add(column.name)
    return value
  })
  const mechanism = tables[0]?.table.disclosure.dp?.mechanism
  const noise = columns.map((column, i) =>
    pooledNoise(column, column.role === 'key' ? [] : found.flatMap(({ row }) => cellOf(column, row, i)), mechanism)
  )
  return {
    values,
    sites: found.map(({ site }) => site),
    ...(noise.some(({ sd }) => sd !== null) ? { noise: noise.map(({ sd }) => sd) } : {}),
    ...(noise.some(({ error95 }) => error95 !== null) ? { error_95: noise.map(({ error95 }) => error95) } : {})
  }
}

/**
 * A quantile beyond the last breakpoint, and a correlation of what noise left no spread, have no value at their site, but their
 * bins and sums still count among all.
 */
function cellOf(column: OutputColumn, row: OutputRow, at: number): Cell[] {
  const part = Object.hasOwn(row.parts, column.name) ? row.parts[column.name] : undefined
  if (part === undefined) return []
  return row.values[at] === null && !('bins' in part || 'noisy' in part) ? [] : [part]
}

/** Which sites withheld a cell of a row that they do show. */
function cellNotes(columns: readonly OutputColumn[], tables: readonly SiteTable[]): string[] {
  return columns.flatMap((column, i) => {
    if (column.role === 'key') return []
    const sites = tables
      .filter(({ table }) => table.rows.some((row) => cellOf(column, row, i).length === 0))
      .map(({ site }) => site)
    return sites.length === 0 ? [] : [`${column.name} was withheld in some rows by ${sites.join(', ')}.`]
  })
}
