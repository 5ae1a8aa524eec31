/**
 * Models that institutions fit together in rounds. The requester passes the signed answers from one round to the next and chooses
 * none of the numbers: each institution computes from these answers at which estimates it evaluates the model.
 */
import type { Broadcast } from '@stimnet/api'
import { MODEL_ROUNDS_MAX, type ModelResult } from '@stimnet/protocol'
import { stepAfter } from '@stimnet/statistics'
import { type VerifiedBroadcast, verifyAndPool } from '../signed/verify.ts'

/** A finished round: its answers, and their verification. */
export interface ModelRound {
  readonly round: number
  readonly broadcast: Broadcast
  readonly verified: VerifiedBroadcast
  /** PeerIds in the roster that released nothing in this round, each with the code of the reason. */
  readonly missing: readonly { readonly site: string; readonly code: string }[]
  /** The largest change of an estimate that follows from this round, in standard errors; null if unknown. */
  readonly change: number | null
}

/** The parameters of a fit in rounds. */
export interface RoundsAsked {
  /** PeerIds of all institutions of the fit, sorted. */
  readonly roster: readonly string[]
  /** Submits one round and waits for its end. `receipts`: those of the previous round, in the order of the roster. */
  ask(round: { readonly round: number; readonly receipts: readonly string[] }): Promise<{
    readonly broadcast: Broadcast
    /** Facts about the request that was submitted. */
    readonly known: Parameters<typeof verifyAndPool>[1]
  }>
  /** Maximum number of rounds after round 0. Default: MODEL_ROUNDS_MAX. `site: meta` has none. */
  readonly roundsMax?: number
  /** Called after each round; the next round waits for it. */
  readonly onRound?: ((round: ModelRound) => unknown) | undefined
}

/** Change in standard errors below which another round would change no digit that is shown. */
const CHANGE_ENOUGH = 1e-9

/**
 * Submits rounds until the estimates no longer change, the maximum is reached, or an institution drops out. After an interruption,
 * institutions return the same answers again, so that the fit continues from there. Returns the rounds; only the last one can lack
 * an institution.
 */
export async function fitInRounds(asked: RoundsAsked): Promise<readonly ModelRound[]> {
  const { roster, roundsMax = MODEL_ROUNDS_MAX, onRound } = asked
  const rounds: ModelRound[] = []
  let receipts: readonly string[] = []
  let estimates: readonly string[] | undefined
  for (let round = 0; round <= roundsMax; round++) {
    const { broadcast, known } = await asked.ask({ round, receipts })
    const made = await roundOf(round, broadcast, { ...startingAt(known, estimates), peers: roster })
    rounds.push(made)
    await onRound?.(made)
    // A model without rounds has only categories, and one answer is enough.
    const isInRounds = made.verified.pooled.models?.[0]?.rounds !== undefined
    if (made.missing.length > 0 || !isInRounds || (made.change !== null && made.change < CHANGE_ENOUGH)) break
    estimates = estimatesAfter(made)
    receipts = roster.map((peer) => broadcast.parts.find(({ peer_id }) => peer_id === peer)?.receipt ?? '')
  }
  return rounds
}

/** Facts about the next round. Its starting point follows from the answers to this round, so nobody has to be trusted about it. */
function startingAt(
  known: Parameters<typeof verifyAndPool>[1] = {},
  estimates: readonly string[] | undefined
): NonNullable<Parameters<typeof verifyAndPool>[1]> {
  return known.asked === undefined || estimates === undefined
    ? known
    : { ...known, asked: { ...known.asked, estimates } }
}

function estimatesAfter({ verified: { parts } }: ModelRound): readonly string[] | undefined {
  const sums = parts.flatMap(({ output }) =>
    (output?.kind === 'table' ? output.rows : []).flatMap((row) =>
      Object.values(row.parts).flatMap((part) => ('gram' in part ? (part.gram.round ?? []) : []))
    )
  )
  return sums.length < parts.length ? undefined : stepAfter(sums).estimates
}

async function roundOf(
  round: number,
  broadcast: Broadcast,
  known: NonNullable<Parameters<typeof verifyAndPool>[1]>
): Promise<ModelRound> {
  const verified = await verifyAndPool(broadcast, known)
  const left = new Map(verified.pooled.missing.map(({ site, code }) => [site, code]))
  const missing = verified.parts
    .filter(({ peerId, output }) => output === null || left.has(peerId))
    .map(({ peerId, code }) => ({ site: peerId, code: code ?? left.get(peerId) ?? 'PEER_UNREACHABLE' }))
  const change = verified.pooled.models?.[0]?.rounds?.change ?? null
  return { round, broadcast, verified, missing, change }
}

/** The round from which the model is computed: the last one that every institution answered, or round 0. */
export function roundAnswered(rounds: readonly ModelRound[]): ModelRound {
  const [first] = rounds
  const found = rounds.findLast(({ missing }) => missing.length === 0) ?? first
  if (found === undefined) throw new RangeError('a model of no round')
  return found
}

/** The model of the rounds, with each institution's own fit from round 0; undefined if no institution released one. */
export function modelOfRounds(rounds: readonly ModelRound[]): ModelResult | undefined {
  const model = roundAnswered(rounds).verified.pooled.models?.[0]
  const sites = rounds[0]?.verified.pooled.models?.[0]?.sites
  return model && { ...model, ...(sites === undefined ? {} : { sites }) }
}

/** Remarks about rounds that ended early; empty if the fit finished. */
export function roundNotes(rounds: readonly ModelRound[], nameOf: (site: string) => string): string[] {
  const last = rounds.at(-1)
  if (last === undefined || last.missing.length === 0) return []
  const who = last.missing.map(({ site, code }) => `${nameOf(site)} (${code})`).join(', ')
  const rest = 'To go on without it, ask again of the others: that is another fit.'
  if (last.round === 0)
    return [
      `The fit ended with round 0, which ${who} did not answer: what the others know by themselves is combined. ${rest}`
    ]
  return [
    `The fit ended with round ${last.round - 1}: ${who} did not answer round ${last.round}. Ask again to go on, if it can answer later. ${rest}`
  ]
}
