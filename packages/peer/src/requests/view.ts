/** A stored request in the types of the API: states, verified outputs and the pooled answer. */
import { type AskedQuestion, type Broadcast, type BroadcastPart, isoOf, restStatus } from '@stimnet/api'
import type { OwnRequest } from '@stimnet/gateway'
import {
  type Clock,
  type Code,
  codeOf,
  CODES,
  type Filter,
  filterFromPairs,
  messages,
  open,
  type Output,
  outwardState,
  type PooledOutput,
  withInstitutions
} from '@stimnet/protocol'
import { askedProgramOf } from '@stimnet/sdk'
import { pool } from '@stimnet/statistics'
import { fromText } from '../store/base64.ts'
import { deletedReason } from '../store/past/deleted.ts'
import { isNearlyUsed } from '../store/refusals-told.ts'
import { stateOf } from '../store/request-state.ts'
import type { RequestPart, RequestRecord } from '../store/requests.ts'
import { type Asked, askedOf } from './asked.ts'

/** Maximum number of views that are kept: ended requests never change again, and clients read them many times. */
const KEPT_MAX = 512

/** Views of requests. The view of an ended request is made once; each part, and the question of each request, is decoded once. */
export class Views {
  readonly #clock: Clock
  readonly #ended = new Map<string, Promise<OwnRequest>>()
  /** Decoded parts by the record that was read: a record of a request, and of its part, is replaced when it changes. */
  readonly #parts = new WeakMap<RequestPart, Promise<BroadcastPart>>()
  readonly #asked = new Map<string, Promise<Asked>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of(record: RequestRecord): Promise<OwnRequest> {
    if (record.endedAtMs === undefined) return this.#viewOf(record)
    const { id, resultsDeletedAtMs } = record
    if (resultsDeletedAtMs === undefined) return keptIn(this.#ended, id, () => this.#viewOf(record))
    // The earlier view contains the results that were deleted.
    this.#ended.delete(id)
    return keptIn(this.#ended, `${id} ${resultsDeletedAtMs}`, () => this.#viewOf(record))
  }

  async #viewOf(record: RequestRecord): Promise<OwnRequest> {
    const parts = await Promise.all(record.parts.map((part) => this.#partOf(part, record)))
    const { id, envelope, unsealed, requestHash } = record
    const isKnown = envelope !== undefined || unsealed !== undefined
    const asked = isKnown
      ? await keptIn(this.#asked, `${id} ${requestHash ?? ''}`, () => askedOf(record, this.#clock))
      : undefined
    return viewOf(record, parts, asked)
  }

  #partOf(part: RequestPart, { catalog, resultsDeletedAtMs: deletedAtMs }: RequestRecord): Promise<BroadcastPart> {
    const kept = this.#parts.get(part)
    if (kept) return kept
    const made = partOf(deletedAtMs === undefined ? part : withoutResult(part, deletedAtMs), catalog, this.#clock)
    this.#parts.set(part, made)
    made.catch(() => this.#parts.delete(part))
    return made
  }
}

/** The value that is stored under a key, or a new value; if there are many, the oldest is dropped. */
function keptIn<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key)
  if (known) return known
  const made = make()
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value ?? '')
  kept.set(key, made)
  made.catch(() => kept.delete(key))
  return made
}

/** Number of characters of a program in lists: enough to recognise a query. */
const OPENING_CHARACTERS = 200

function viewOf(record: RequestRecord, parts: readonly BroadcastPart[], asked: Asked | undefined): OwnRequest {
  const state = stateOf(record)
  const [only] = record.parts.length === 1 ? record.parts : []
  const { resultsDeletedAtMs: deletedAtMs } = record
  const told = only !== undefined && deletedAtMs !== undefined ? withoutResult(only, deletedAtMs) : only
  const code = record.code ?? told?.code
  const ended = record.endedAtMs !== undefined
  const broadcast: Broadcast = {
    id: record.id,
    number: record.number,
    title: record.title,
    data_catalog_name: record.catalog,
    script_type: record.programWord,
    cohort: asked ? cohortOf(asked.question) : null,
    opening: asked?.question.script_content.slice(0, OPENING_CHARACTERS) ?? '',
    statistic: record.statistic ?? null,
    status: restStatus(state),
    state: outwardState(state),
    code: code ?? null,
    reason: messageOf(record.reason ?? told?.reason, code),
    progress: ended ? 1 : parts.length === 0 ? 0 : parts.reduce((sum, part) => sum + part.progress, 0) / parts.length,
    submitted_at: isoOf(record.submittedAtMs),
    started_at: record.startedAtMs === undefined ? null : isoOf(record.startedAtMs),
    completed_at: record.endedAtMs === undefined ? null : isoOf(record.endedAtMs),
    warnings: [...new Set([...(record.warnings ?? []), ...parts.flatMap((part) => part.warnings)])],
    parts,
    pooled: ended ? pooledOf(parts, asked) : null,
    schema: schemaOf(record.schema),
    asked: asked?.question ?? null
  }
  const { requester, requesterKey } = asked ?? { requester: record.owner, requesterKey: '' }
  return { broadcast, isToMany: record.broadcast, requester, requesterKey }
}

/** The reason why a request failed, as a sentence; null if it did not. */
function messageOf(reason: string | undefined, code: Code | undefined): string | null {
  return reason ?? (code ? CODES[code].meaning : null)
}

function cohortOf({ where, filters }: AskedQuestion): Filter | null {
  const [first, second] = [where, plainFilter(filters ?? {})].filter((part) => part !== undefined && part !== null)
  return first && second ? { all: [first, second] } : (first ?? null)
}

/** Entries of `filters` that only a script reads are not part of the cohort. */
function plainFilter(filters: Readonly<Record<string, unknown>>): Filter | undefined {
  try {
    return filterFromPairs(filters)
  } catch {
    return undefined
  }
}

/** The agreement of the peers of a request, and their differences. Null for a request to one peer. */
function schemaOf(report: RequestRecord['schema']): Broadcast['schema'] {
  if (!report) return null
  const { contract, differences, skeleton } = report
  return { contract, differences, mappings: skeleton }
}

function pooledOf(parts: readonly BroadcastPart[], question: Asked | undefined): PooledOutput | null {
  if (parts.length < 2 || !parts.some((part) => part.output)) return null
  try {
    const shares = parts.map(({ peer_id, output, code }) => ({ site: peer_id, output, ...(code ? { code } : {}) }))
    const sites = parts.map(({ peer_id: site, institution }) => ({ site, institution }))
    const { outputs = [] } = question ?? {}
    const asked = question && askedProgramOf(question.question)
    return withInstitutions(pool(shares, { outputs, asked }), sites)
  } catch (error) {
    // Parts that cannot be pooled are shown side by side, with a note.
    const notes = [`The parts do not pool: ${CODES[codeOf(error)].meaning}`]
    return { columns: [], rows: [], sites: [], missing: [], notes }
  }
}

/** A part whose result was deleted: its state stays, but its released values are gone. */
function withoutResult(part: RequestPart, atMs: number): RequestPart {
  return part.state === 'completed' ? { ...part, code: 'RESULT_DELETED', reason: deletedReason(atMs) } : part
}

/** A part with its stored result, which was verified on receipt. A part without a result has no output. */
async function partOf(part: RequestPart, catalog: string, clock: Clock): Promise<BroadcastPart> {
  const output = await outputOf(part, clock)
  return {
    peer_id: part.peerId,
    node_id: part.nodeId,
    institution: part.institution,
    job_id: part.jobId,
    status: restStatus(part.state),
    state: outwardState(part.state),
    code: part.code ?? null,
    reason: messageOf(part.reason, part.code),
    progress: Math.min(1, Math.max(0, part.progress)),
    output: output ?? null,
    engine: part.engine ?? null,
    sandbox_grade: part.grade || null,
    receipt: part.result === undefined ? null : jwsOf(part.result),
    decision: part.decision === undefined ? null : jwsOf(part.decision),
    warnings: [...part.warnings, ...warningsIn(output), ...refusalsWarning(part, catalog)],
    updated_at: isoOf(part.updatedAtMs)
  }
}

/** The statements of an answer about itself: who was left out, and whether digits were withheld. */
function warningsIn(output: Output | undefined): readonly string[] {
  if (output?.kind !== 'table') return []
  const { left_out = [], withheld } = output
  return withheld.digits ? [...left_out, FEWER_DIGITS] : left_out
}

const FEWER_DIGITS =
  'Some numbers are rounded to half of their standard error, or to a whole one, because much was already released about a variable.'

/** A warning if the allowance for refusals is nearly used up. */
function refusalsWarning({ refusals, institution, nodeId }: RequestPart, catalog: string): readonly string[] {
  if (refusals === undefined || !isNearlyUsed(refusals)) return []
  const where = institution || nodeId
  return [
    `Refusals and withheld numbers: ${refusals.bits} of ${refusals.bitsMax} bits used for ${catalog}${where ? ` at ${where}` : ''} in thirty days. ` +
      'When all are used, it answers no new question about this catalog until some of them are thirty days old, or its steward raises ' +
      'refusal_bits_max. Questions that were answered before are answered again.'
  ]
}

/** The compact JWS of stored bytes. It is ASCII. */
function jwsOf(stored: string): string {
  return Buffer.from(stored, 'base64url').toString('ascii')
}

async function outputOf(part: RequestPart, clock: Clock): Promise<Output | undefined> {
  if (part.result === undefined || part.state !== 'completed') return undefined
  const sealed = fromText(part.result)
  const opened = await open(sealed, { type: 'job-result', issuer: part.peerId, clock, atAnyTime: true })
  const { outputJson } = messages.JobResult.decode(opened.body)
  // The structure was checked on receipt, before the result was stored.
  return JSON.parse(new TextDecoder().decode(outputJson)) as Output
}
