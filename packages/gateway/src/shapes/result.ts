/** A safe output as the documented API's clients read it: rows are objects by column. */
import { type JobStatus, REST_STATUSES, type ResultData } from '@stimnet/api'
import {
  CODES,
  isEnded,
  type JobState,
  type ModelResult,
  type Output,
  outwardState,
  type PooledOutput,
  type PooledTyped,
  type TestResult,
  type TypedValue
} from '@stimnet/protocol'
import type { PartView, RequestView } from '../peer.ts'

const STATUS_OF: Record<JobState, JobStatus> = {
  pending: 'queued',
  queued: 'queued',
  running: 'running',
  disclosing: 'running',
  completed: 'completed',
  blocked: 'blocked',
  failed: 'failed',
  cancelled: 'cancelled',
  denied: 'blocked',
  expired: 'cancelled'
}

/** The documented status of a state. */
export function restStatus(state: JobState): JobStatus {
  return STATUS_OF[state]
}

/** The true states behind a documented status, or a true state itself. */
export function statesOf(status: JobStatus | JobState): JobState[] {
  const behind = (Object.keys(STATUS_OF) as JobState[]).filter((state) => STATUS_OF[state] === status)
  const itself = status in STATUS_OF && !(REST_STATUSES as readonly string[]).includes(status)
  return itself ? [status as JobState] : behind
}

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

/** Tests over the rows, where some were asked for. */
function testsIn({ tests }: { readonly tests?: readonly TestResult[] | undefined }): Record<string, unknown> {
  return tests === undefined ? {} : { tests }
}

/** Models that were fitted, where some were asked for. */
function modelsIn({ models }: { readonly models?: readonly ModelResult[] | undefined }): Record<string, unknown> {
  return models === undefined ? {} : { models }
}

/** What a script declared, each output under its name. */
function byName(outputs: readonly TypedValue[]): Record<string, unknown> {
  return Object.fromEntries(outputs.map(({ name, ...rest }) => [name, rest]))
}

/** One peer's output. A script's own `disclosure` or `withheld` gives way to the true one. */
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

/** One peer of several, within the result of all. */
function partResultOf(part: PartView) {
  return {
    peer_id: part.peerId,
    node_id: part.nodeId,
    institution: part.institution,
    status: restStatus(part.state),
    state: outwardState(part.state),
    code: part.code ?? null,
    result_data: part.output ? resultOf(part.output) : null
  }
}

function pooledByName(outputs: readonly PooledTyped[]): Record<string, unknown> {
  return Object.fromEntries(
    outputs.map(({ output: { name, ...value }, method, sites }) => [name, { ...value, method, sites }])
  )
}

/** What the parts of several peers give together; the claims stand in each part's own card. */
function pooledResultOf(view: RequestView, withParts: boolean): Record<string, unknown> {
  const pooled: PooledOutput | undefined = view.pooled
  const tables = view.parts.flatMap(({ output: safe }) => (safe?.kind === 'table' ? [safe.withheld] : []))
  return {
    ...(pooled ? { ...tableOf(pooled), ...testsIn(pooled), ...modelsIn(pooled) } : { columns: [], rows: [] }),
    withheld: {
      groups: tables.reduce((sum, { groups }) => sum + groups, 0),
      cells: tables.reduce((sum, { cells }) => sum + cells, 0)
    },
    disclosure: null,
    ...(pooled?.outputs ? { outputs: pooledByName(pooled.outputs) } : {}),
    sites: pooled?.sites ?? [],
    missing: pooled?.missing ?? [],
    notes: pooled?.notes ?? [],
    ...(withParts ? { parts: view.parts.map(partResultOf) } : {})
  }
}

/** Null until something can be said. `withParts`: false in lists, which would grow without bound. */
export function resultDataOf(view: RequestView, options: { withParts: boolean }): ResultData | null {
  const [only, second] = view.parts
  const several = view.broadcast || second !== undefined
  if (restStatus(view.state) === 'blocked') {
    return {
      message: messageOf(view) ?? '',
      ...(several && options.withParts ? { parts: view.parts.map(partResultOf) } : {})
    }
  }
  if (several) return isEnded(view.state) ? pooledResultOf(view, options.withParts) : null
  return view.state === 'completed' && only?.output ? resultOf(only.output) : null
}

/** What went wrong, in words about the request; null where nothing did. */
export function messageOf({ reason, code }: Pick<RequestView, 'reason' | 'code'>): string | null {
  return reason ?? (code ? CODES[code].meaning : null)
}
