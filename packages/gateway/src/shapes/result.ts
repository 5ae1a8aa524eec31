/** A safe output in the format of the documented API, with rows as objects by column. */
import type { BroadcastPart, ResultData } from '@stimnet/api'
import {
  isEnded,
  type ModelResult,
  type Output,
  type PooledTyped,
  type TestResult,
  type TypedValue
} from '@stimnet/protocol'
import type { OwnRequest } from '../peer.ts'

type Cell = string | number | null

interface Table {
  readonly columns: readonly { readonly name: string }[]
  readonly rows: readonly { readonly values: readonly Cell[] }[]
}

function tableOf({ columns, rows }: Table): { columns: string[]; rows: Record<string, Cell>[] } {
  const names = columns.map((column) => column.name)
  return {
    columns: names,
    rows: rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row.values[at] ?? null])))
  }
}

/** Tests over the rows, if the program has any. */
function testsIn({ tests }: { readonly tests?: readonly TestResult[] | undefined }): Record<string, unknown> {
  return tests === undefined ? {} : { tests }
}

/** Fitted models, if the program has any. */
function modelsIn({ models }: { readonly models?: readonly ModelResult[] | undefined }): Record<string, unknown> {
  return models === undefined ? {} : { models }
}

/** The declared outputs of a script, each under its name. */
function byName(outputs: readonly TypedValue[]): Record<string, unknown> {
  return Object.fromEntries(outputs.map(({ name, ...rest }) => [name, rest]))
}

/** One peer's output. The node's own `disclosure` and `withheld` replace fields of those names from a script. */
export function resultOf(safe: Output): Record<string, unknown> {
  const { withheld, disclosure } = safe
  if (safe.kind === 'typed') return { ...byName(safe.outputs), withheld, disclosure }
  if (safe.kind === 'table') {
    const { left_out } = safe
    return {
      ...tableOf(safe),
      ...testsIn(safe),
      ...modelsIn(safe),
      withheld,
      ...(left_out ? { left_out } : {}),
      disclosure
    }
  }
  const { values } = safe
  const object = typeof values === 'object' && values !== null && !Array.isArray(values) ? values : { result: values }
  return { ...object, withheld, disclosure }
}

/** The result of one peer among several. */
function partResultOf({ peer_id, node_id, institution, status, state, code, output }: BroadcastPart) {
  return { peer_id, node_id, institution, status, state, code, result_data: output ? resultOf(output) : null }
}

function pooledByName(outputs: readonly PooledTyped[]): Record<string, unknown> {
  return Object.fromEntries(
    outputs.map(({ output: { name, ...value }, method, sites }) => [name, { ...value, method, sites }])
  )
}

/** The combined result of several peers. The claims are in the card of each part. */
function pooledResultOf({ parts, pooled }: OwnRequest['broadcast'], withParts: boolean): Record<string, unknown> {
  const tables = parts.flatMap(({ output: safe }) => (safe?.kind === 'table' ? [safe.withheld] : []))
  const missing = tables.reduce((sum, { digits = 0 }) => sum + digits, 0)
  return {
    ...(pooled ? { ...tableOf(pooled), ...testsIn(pooled), ...modelsIn(pooled) } : { columns: [], rows: [] }),
    withheld: {
      groups: tables.reduce((sum, { groups }) => sum + groups, 0),
      cells: tables.reduce((sum, { cells }) => sum + cells, 0),
      ...(missing > 0 ? { digits: missing } : {})
    },
    disclosure: null,
    ...(pooled?.outputs ? { outputs: pooledByName(pooled.outputs) } : {}),
    sites: pooled?.sites ?? [],
    missing: pooled?.missing ?? [],
    notes: pooled?.notes ?? [],
    ...(withParts ? { parts: parts.map(partResultOf) } : {})
  }
}

/** The result; null if there is none yet. `withParts`: false in lists, which would become too long otherwise. */
export function resultDataOf(
  { broadcast, isToMany }: Pick<OwnRequest, 'broadcast' | 'isToMany'>,
  options: { withParts: boolean }
): ResultData | null {
  const { parts, reason, state, status } = broadcast
  const [only, second] = parts
  const several = isToMany || second !== undefined
  if (status === 'blocked') {
    return { message: reason ?? '', ...(several && options.withParts ? { parts: parts.map(partResultOf) } : {}) }
  }
  if (several) return isEnded(state) ? pooledResultOf(broadcast, options.withParts) : null
  return state === 'completed' && only?.output ? resultOf(only.output) : null
}
