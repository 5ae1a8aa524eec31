/**
 * The start of a model's round. Nobody may choose the estimates at which an institution evaluates a model, so each
 * institution computes them itself from the signed answers of all institutions to the previous round.
 */
import {
  isOfRounds,
  type Clock,
  codeOf,
  type GramMeasure,
  type ModelRoundPart,
  type ModelRounds,
  type Output,
  type Plan,
  type Program,
  type RoundBasis,
  StimnetError
} from '@stimnet/protocol'
import { type VerifiedReceipt, verifyReceipt } from '@stimnet/sdk'
import { columnsFitted, gramIn, isModelPart, receiptsAsked, stepAfter } from '@stimnet/statistics'
import { canonicalHash } from '../../canonical-hash.ts'

/** A question with a model, and the properties that must stay the same from round to round. */
export interface RoundAsked {
  readonly plan: Plan
  readonly program: Program
  /** The properties that identify the question besides its model: catalog, cohort, mappings, project. */
  readonly question: unknown
  /** The PeerId of this peer, and the epoch of its catalog (`epoch`). */
  readonly self: string
  readonly epoch: string
  /** Whether a PeerId belongs to an institution that this peer knows. */
  readonly isPeer: (peerId: string) => boolean
  readonly clock?: Clock
}

/**
 * The plan with the start of its round; unchanged unless it has a model that is fitted in rounds. Throws PARAMETER_INVALID
 * or PEER_UNKNOWN for an invalid roster; SIGNATURE_INVALID or MALFORMED for an invalid receipt; ROUND_INCOMPLETE,
 * ROUND_MISMATCH or ROUND_EPOCH_CHANGED for receipts that are not those of the previous round.
 */
export async function withRound(asked: RoundAsked): Promise<Plan> {
  const { plan, program } = asked
  const measure = gramIn(plan)
  const rounds = measure === undefined ? undefined : roundsOf(measure)
  if (measure === undefined || rounds === undefined || program.kind !== 'statistic') return plan
  assertRoster(rounds, asked)
  const fit = fitHash(measure, asked)
  const from =
    rounds.round === 0
      ? { fit, answers: '', epochs: [], estimates: [] }
      : await basisOf(receiptsAsked(program.statistic), {
          ...asked,
          fit,
          rounds,
          columns: columnsFitted(measure).length
        })
  return { ...plan, measures: [{ ...measure, fit: { ...measure.fit, rounds: { ...rounds, from } } } as GramMeasure] }
}

function roundsOf({ fit }: GramMeasure): ModelRounds | undefined {
  return isOfRounds(fit) ? fit.rounds : undefined
}

/** The roster decides from which answers the estimates follow, so all of its members must be known to this institution. */
function assertRoster({ roster }: ModelRounds, { self, isPeer }: RoundAsked): void {
  if (!roster.includes(self)) refuse('PARAMETER_INVALID', 'roster: this institution is not in it.')
  const stranger = roster.find((peer) => peer !== self && !isPeer(peer))
  if (stranger !== undefined)
    refuse('PEER_UNKNOWN', `The roster names ${stranger}, which this institution does not know. Ask without it.`)
}

/** The hash of a fit: of all properties that its rounds have in common. */
function fitHash(measure: GramMeasure, { plan, question }: RoundAsked): string {
  const { roster } = roundsOf(measure) ?? {}
  const model = { ...measure, fit: { ...measure.fit, rounds: { roster } } }
  return canonicalHash({ tables: plan.tables, model, question })
}

interface RoundBefore extends RoundAsked {
  readonly fit: string
  readonly rounds: ModelRounds
  readonly columns: number
}

async function basisOf(receipts: readonly string[], before: RoundBefore): Promise<RoundBasis> {
  const { rounds, fit, self, epoch } = before
  const { roster } = rounds
  if (receipts.length !== roster.length || new Set(receipts).size < receipts.length)
    refuse(
      'ROUND_INCOMPLETE',
      `${receipts.length} receipts for ${roster.length} institutions, each of which answers once.`
    )
  const answers: Awaited<ReturnType<typeof answerOf>>[] = []
  for (const [i, peer] of roster.entries()) answers.push(await answerOf(receipts[i] ?? '', peer, before))
  const [first] = answers
  if (first === undefined) refuse('ROUND_INCOMPLETE', 'a round of nobody')
  const start = ({ part }: (typeof answers)[number]) =>
    canonicalHash([part.answers, part.epochs, part.round === 0 || part.estimates])
  const odd = answers.find((one) => start(one) !== start(first))
  if (odd !== undefined) refuse('ROUND_MISMATCH', `${odd.peer} did not start from the same answers as the others.`)
  const moved = answers.find((one, i) => one.part.round > 0 && one.epoch !== one.part.epochs[i])
  if (moved !== undefined) refuse('ROUND_EPOCH_CHANGED', `${moved.peer} moved to another epoch between two rounds.`)
  if (answers.find(({ peer }) => peer === self)?.epoch !== epoch)
    refuse('ROUND_EPOCH_CHANGED', 'This institution has moved to another epoch since the round before.')
  return {
    fit,
    answers: canonicalHash(answers.map(({ peer, output }) => [peer, output])),
    epochs: answers.map((one) => one.epoch),
    estimates: estimatesAfter(answers.map(({ part }) => part))
  }
}

function estimatesAfter(parts: readonly ModelRoundPart[]): readonly string[] {
  try {
    return stepAfter(parts).estimates
  } catch (cause) {
    const reason = 'No estimates follow from the answers to the round before.'
    throw new StimnetError('ROUND_MISMATCH', 'computing the estimates of a round', { cause, reason })
  }
}

/** The answer of one institution to the previous round, read from its receipt alone. */
async function answerOf(receipt: string, peer: string, { fit, rounds, columns, clock }: RoundBefore) {
  const { output, receipt: signed } = await verified(receipt, peer, clock)
  if (output === null) refuse('ROUND_INCOMPLETE', `${peer} released nothing in the round before.`)
  const gram = gramOf(output)
  const part = gram?.round
  if (gram === undefined || part === undefined || !isModelPart(gram) || gram.columns.length !== columns)
    refuse('ROUND_MISMATCH', `The receipt of ${peer} has no round of this model.`)
  if (part.fit !== fit || part.roster.join() !== rounds.roster.join())
    refuse('ROUND_MISMATCH', `The receipt of ${peer} is of another model, cohort or roster.`)
  if (part.round !== rounds.round - 1)
    refuse(
      'ROUND_MISMATCH',
      `The receipt of ${peer} is of round ${part.round}, and round ${rounds.round - 1} is needed.`
    )
  return { peer, part, epoch: output.disclosure.epoch, output: signed.outputHash }
}

async function verified(receipt: string, peer: string, clock: Clock | undefined): Promise<VerifiedReceipt> {
  try {
    return await verifyReceipt(receipt, { expectedPeer: peer, ...(clock === undefined ? {} : { clock }) })
  } catch (cause) {
    const reason = `The receipt of ${peer} does not hold: it must be that institution's own, as it signed it.`
    throw new StimnetError(codeOf(cause), `reading a receipt of ${peer}`, { cause, reason })
  }
}

function gramOf(output: Output) {
  if (output.kind !== 'table') return undefined
  const parts = output.rows.flatMap(({ parts: all }) => Object.values(all))
  return parts.flatMap((part) => ('gram' in part ? [part.gram] : []))[0]
}

function refuse(
  code: 'PARAMETER_INVALID' | 'PEER_UNKNOWN' | 'ROUND_INCOMPLETE' | 'ROUND_MISMATCH' | 'ROUND_EPOCH_CHANGED',
  reason: string
): never {
  throw new StimnetError(code, 'reading a round of a model', { reason })
}
