/**
 * A model that institutions fit together in rounds. Whoever asks carries the signed answers from one round to the next, and chooses none
 * of the numbers: each institution computes from these answers where it evaluates the model.
 */
import type { Broadcast } from '@stimnet/api'
import { MODEL_ROUNDS_MAX, type ModelResult } from '@stimnet/protocol'
import { stepAfter } from '@stimnet/statistics'
import { type VerifiedBroadcast, verifyAndPool } from '../signed/verify.ts'

/** One round as it ended: what was answered, and what holds of it. */
export interface ModelRound {
  readonly round: number
  readonly broadcast: Broadcast
  readonly verified: VerifiedBroadcast
  /** PeerIds of the roster that released nothing in it, each with the code that says why. */
  readonly missing: readonly { readonly site: string; readonly code: string }[]
  /** The largest change of an estimate that follows from it, in standard errors; null where it is not known. */
  readonly change: number | null
}

/** How rounds are asked. */
export interface RoundsAsked {
  /** PeerIds of all institutions of the fit, sorted. */
  readonly roster: readonly string[]
  /** Asks one round and waits for its end. `receipts`: of the round before, in the order of the roster. */
  ask(round: { readonly round: number; readonly receipts: readonly string[] }): Promise<{
    readonly broadcast: Broadcast
    /** What is known of the request that was asked. */
    readonly known: Parameters<typeof verifyAndPool>[1]
  }>
  /** The rounds after round 0; MODEL_ROUNDS_MAX unless given. With `site: meta` there is none. */
  readonly roundsMax?: number
  /** Called after each round, and waited for. */
  readonly onRound?: ((round: ModelRound) => unknown) | undefined
}

/** Below this the next round would change no digit that is shown. */
const CHANGE_ENOUGH = 1e-9

/**
 * Asks round after round until estimates no longer change, there are no more rounds, or an institution drops out. Asked again after an
 * interruption, the institutions give the same answers again, so that it goes on where it was. Returns the rounds; only the last can lack
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
    // Without rounds it is a model of categories alone, whose one answer is enough.
    const isInRounds = made.verified.pooled.models?.[0]?.rounds !== undefined
    if (made.missing.length > 0 || !isInRounds || (made.change !== null && made.change < CHANGE_ENOUGH)) break
    estimates = estimatesAfter(made)
    receipts = roster.map((peer) => broadcast.parts.find(({ peer_id }) => peer_id === peer)?.receipt ?? '')
  }
  return rounds
}

/** What is known of the next round: where it starts from follows from the answers to this one, and nobody has to be believed about it. */
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

/** The round that the answer is made of: the last in which every institution answered, or round 0. */
export function roundAnswered(rounds: readonly ModelRound[]): ModelRound {
  const [first] = rounds
  const found = rounds.findLast(({ missing }) => missing.length === 0) ?? first
  if (found === undefined) throw new RangeError('a model of no round')
  return found
}

/** The model of the rounds, with each institution's own fit of round 0; undefined where nobody gave one. */
export function modelOfRounds(rounds: readonly ModelRound[]): ModelResult | undefined {
  const model = roundAnswered(rounds).verified.pooled.models?.[0]
  const sites = rounds[0]?.verified.pooled.models?.[0]?.sites
  return model && { ...model, ...(sites === undefined ? {} : { sites }) }
}

/** What a reader must know of how the rounds ended; empty where they ended by themselves. */
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
