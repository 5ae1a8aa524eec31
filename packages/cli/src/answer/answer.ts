/** Text of an answer for a terminal: the parts, the pooled table, and the notes that readers need. */
import { cellOf, EXIT, exitOfCode, printable, tableOf } from '@stimnet/machine'
import { counted, isCode, type OutputColumn, type TableOutput } from '@stimnet/protocol'
import { type Broadcast, LEFT_OUT_WORDS, numberText, pool, RANGE_WORDS } from '@stimnet/sdk'
import { institutionIn } from './institution.ts'
import { modelLines } from './models.ts'
import { noiseLines } from './noise.ts'
import { pooledPlot } from './plot.ts'
import { schemaLines } from './schema-text.ts'
import { survivalLines } from './survival.ts'
import { tableOneLines } from './table-one.ts'
import { testLines } from './tests.ts'
import { typedLines } from './typed.ts'

type Part = Broadcast['parts'][number]
type PooledRow = NonNullable<Broadcast['pooled']>['rows'][number]

/** A table of the parts, one line per peer. */
function partsTable(broadcast: Broadcast): string {
  const rows = broadcast.parts.map((part) => [
    part.institution || part.peer_id,
    part.state,
    part.code ?? '',
    part.output?.disclosure.subjects ?? null,
    withheldIn(part)
  ])
  const table = tableOf(['institution', 'state', 'code', 'people', 'withheld'], rows)
  return broadcast.parts.some(hasNoGroupOfMissing) ? `${table}${UNCOUNTED}\n` : table
}

/** This holds for every such answer, whatever the data are: the number of withheld groups must not show whether somebody lacks a value. */
const UNCOUNTED =
  'Withheld groups: those of people without a value do not count, unless others know who has one; there may be none.'

/** Whether a table has groups, none of them is of people without a value, and none counts as withheld. */
function hasNoGroupOfMissing({ output }: Part): boolean {
  if (output?.kind !== 'table' || output.withheld.groups > 0) return false
  const keys = output.columns.flatMap(({ role }, at) => (role === 'key' ? [at] : []))
  return keys.length > 0 && output.rows.every(({ values }) => keys.every((at) => values[at] !== null))
}

function withheldIn({ output }: Part): string {
  if (!output) return ''
  if (output.kind === 'typed') return output.withheld.values > 0 ? counted(output.withheld.values, 'value') : 'nothing'
  if (output.kind === 'values') return output.withheld.leaves > 0 ? counted(output.withheld.leaves, 'value') : 'nothing'
  const { groups, cells, digits = 0 } = output.withheld
  const said = [
    ...(groups > 0 ? [counted(groups, 'group')] : []),
    ...(cells > 0 ? [counted(cells, 'number')] : []),
    ...(digits > 0 ? ['last digits of numbers'] : [])
  ]
  return said.join(' and ') || 'nothing'
}

/** The text of a whole answer. `more` are lines that follow its models. */
export function answerText(shown: Broadcast, more: readonly string[] = []): string {
  const broadcast = withOwnPooled(shown)
  const lines =
    broadcast.parts.length > 0
      ? [partsTable(broadcast)]
      : [`${broadcast.code ?? broadcast.state}: ${printable(broadcast.reason ?? '')}\n`]
  lines.push(...reasonLines(broadcast), ...schemaLines(broadcast))
  const { pooled } = broadcast
  const tables = broadcast.parts.filter((part) => part.output?.kind === 'table')
  if (pooled && pooled.rows.length > 0) {
    const alone = shown.pooled === null ? broadcast.parts[0] : undefined
    lines.push(...pooledLines(pooled, { alone, nameOf: institutionIn(broadcast) }), ...pooledPlot(broadcast))
  }
  lines.push(...tableOneLines(broadcast), ...survivalLines(broadcast), ...testLines(broadcast))
  lines.push(...modelLines(broadcast), ...more, ...noiseLines(broadcast))
  if (!pooled || pooled.rows.length === 0) for (const part of tables) lines.push(...partLines(part))
  for (const part of broadcast.parts) if (part.output?.kind === 'values') lines.push(...valueLines(part))
  lines.push(...typedLines(broadcast))
  const notes = [...(pooled?.notes ?? []), ...broadcast.warnings].map((note) => withNames(note, broadcast))
  if (notes.length > 0) lines.push(`\n${notes.map((note) => `Note: ${printable(note)}`).join('\n')}\n`)
  const claims = new Set(broadcast.parts.flatMap((part) => (part.output ? [claimOf(part.output.disclosure)] : [])))
  if (claims.size > 0) lines.push(`\n${[...claims].join('\n')}\n`)
  return lines.join('')
}

/**
 * Gives the answer of a single institution as a pooled answer, so that its precision, noise, tests and models are shown like those of
 * several institutions. The numbers stay as released.
 */
function withOwnPooled(broadcast: Broadcast): Broadcast {
  const [part, other] = broadcast.parts
  if (broadcast.pooled !== null || other || part?.output?.kind !== 'table') return broadcast
  const { output } = part
  const pooled = ownPooled({ ...part, output })
  if (pooled === undefined) return broadcast
  const { rows } = pooled
  const own = { ...(output.tests ? { tests: output.tests } : {}), ...(output.models ? { models: output.models } : {}) }
  return { ...broadcast, pooled: { ...pooled, ...own, rows, notes: [] } }
}

/** The table of one institution with the precision of its numbers; undefined if the table contradicts itself. */
function ownPooled({ peer_id: site, output }: Part & { readonly output: TableOutput }) {
  const pooled = pool([{ site, output }])
  if (pooled.rows.length !== output.rows.length) return undefined
  // Rows grouped by bins may be in another order.
  const key = ({ values }: { readonly values: readonly unknown[] }) =>
    JSON.stringify(output.columns.flatMap(({ role }, at) => (role === 'key' ? [values[at]] : [])))
  const released = new Map(output.rows.map((row) => [key(row), row.values]))
  return { ...pooled, rows: pooled.rows.map((row) => ({ ...row, values: released.get(key(row)) ?? row.values })) }
}

/** The text of the pooled table. `alone` is set if the table comes from a single institution. */
function pooledLines(
  { columns, rows, sites }: NonNullable<Broadcast['pooled']>,
  { alone, nameOf }: { readonly alone: Part | undefined; readonly nameOf: (site: string) => string }
): string[] {
  const ofFewer = (cell: string | number | null, row: PooledRow, at: number) => {
    const behind = row.column_sites?.[at] ?? row.sites
    if (cell === null || behind.length === 0 || behind.length === row.sites.length) return cell
    const [only = '', ...others] = behind
    return `${cellOf(cell)} (${others.length === 0 ? `only ${nameOf(only)}` : `${behind.length} of ${row.sites.length}`})`
  }
  const cells = rows.map((row) => cellsOf(columns, row).map((cell, at) => ofFewer(cell, row, at)))
  const names = columns.map(({ name }) => name)
  if (alone) return [`\n${nameOfPart(alone)}\n`, tableOf(names, cells), ...legendLines(columns, rows)]
  return [
    `\nPooled over ${counted(sites.length, 'institution')}\n`,
    tableOf(
      [...names, 'institutions'],
      rows.map((row, at) => [...(cells[at] ?? []), institutionsOf(row)])
    ),
    ...legendLines(columns, rows)
  ]
}

/** A note in which the PeerIds are replaced by the names of institutions. */
function withNames(note: string, { parts }: Broadcast): string {
  return parts.reduce((text, { peer_id, institution }) => text.replaceAll(peer_id, institution || peer_id), note)
}

/** A row that is shown. */
interface Shown {
  readonly values: readonly (string | number | null)[]
  readonly within?: readonly (number | null)[] | undefined
  readonly within_remaining?: readonly (number | null)[] | undefined
  readonly ranges?: PooledRow['ranges']
}

function cellsOf(columns: readonly OutputColumn[], row: Shown): (string | number | null)[] {
  const { values, within, within_remaining: remaining, ranges } = row
  return values.map((value, at) => {
    const facts = { within: within?.[at] ?? remaining?.[at], range: ranges?.[at], isLeftOut: columns[at]?.left_out }
    if (typeof value === 'string' || !(facts.within || facts.range || facts.isLeftOut)) return value
    return numberText(value, facts) || null
  })
}

/** The explanations of ≈ and of ranges, if these are in the table above. */
function legendLines(columns: readonly OutputColumn[], rows: readonly Shown[]): string[] {
  return [
    ...(columns.some(({ left_out }) => left_out) ? [`${LEFT_OUT_WORDS}\n`] : []),
    ...(rows.some(({ ranges }) => ranges !== undefined) ? [`${RANGE_WORDS}\n`] : [])
  ]
}

/** The number of institutions behind a row. "2 to 3, by column" means that not all of them contribute to each number shown. */
function institutionsOf({ sites, column_sites: columns }: PooledRow): string {
  const counts = (columns ?? [sites]).flatMap((column) =>
    column === null || column.length === 0 ? [] : [column.length]
  )
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  if (counts.length === 0) return 'none'
  return least === most ? String(most) : `${least} to ${most}, by column`
}

/** Each reason with the institutions to which it applies. */
function reasonLines({ parts }: Broadcast): string[] {
  const told = new Map<string, string[]>()
  for (const part of parts) {
    if (!part.code || !part.reason) continue
    const names = told.get(part.reason) ?? []
    told.set(part.reason, [...names, nameOfPart(part)])
  }
  return [...told].map(
    ([reason, names]) => `${names.length === parts.length ? 'All' : names.join(', ')}: ${printable(reason)}\n`
  )
}

function claimOf({ level, claim }: { level: string; claim: string }): string {
  return `Assurance ${level}: ${printable(claim)}`
}

function partLines(part: Part): string[] {
  if (part.output?.kind !== 'table') return []
  const { output } = part
  // A table that contradicts itself is shown without changes.
  const rows: readonly Shown[] = ownPooled({ ...part, output })?.rows ?? output.rows
  return [
    `\n${nameOfPart(part)}\n`,
    tableOf(
      output.columns.map(({ name }) => name),
      rows.map((row) => cellsOf(output.columns, row))
    ),
    ...legendLines(output.columns, rows)
  ]
}

function valueLines(part: Part): string[] {
  if (part.output?.kind !== 'values') return []
  return [`\n${nameOfPart(part)}\n`, `${printable(JSON.stringify(part.output.values))}\n`]
}

function nameOfPart(part: Part): string {
  return printable(part.institution || part.peer_id)
}

/** Exit code: 0 if at least one peer completed, else the exit code of the request's code. */
export function exitOf(broadcast: Broadcast): number {
  if (broadcast.parts.some((part) => part.state === 'completed')) return EXIT.ok
  return broadcast.code !== null && isCode(broadcast.code) ? exitOfCode(broadcast.code) : EXIT.failed
}
