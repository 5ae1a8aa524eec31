/** Passes the signed answers of each round of a model on to the next round, and continues where an earlier visit of the page stopped. */
import { CODES, codeOf, MODEL_ROUNDS_MAX } from '@stimnet/protocol'
import {
  askedProgramOf,
  type Broadcast,
  type Client,
  fitInRounds,
  type ModelRound,
  type PoolOptions
} from '@stimnet/sdk'
import { agrees } from '../result/trust/agrees.ts'
import { type AskedRound, type AskingParts, askRound, FitStopped } from './ask-round.ts'
import { type FitAsked, programOfRound, type Round } from './question.ts'

/** A finished round, and whether the gateway shows what was verified. */
export interface FitRound extends ModelRound {
  readonly agrees: boolean
}

/** The parts that are needed to carry out a fit. */
export interface CarryParts extends AskingParts {
  readonly client: AskingParts['client'] & Pick<Client, 'watchBroadcast' | 'broadcast'>
  /** The final state of round 0. */
  readonly first: Broadcast
  /** Called with each state of a round's question. */
  readonly asked: (round: number, state: Broadcast) => void
  /** Called with each round that has ended. */
  readonly ended: (round: FitRound) => void
}

const AGAIN_MS = 2_000

/** Follows the rounds, and asks those that are open while the fit is running. Returns whether the fit has ended. */
export async function carry(parts: CarryParts): Promise<'ended' | 'stopped'> {
  const { fit, first, signal, clock, asked, ended } = parts
  let isOfKey = fit.signed !== undefined
  try {
    await fitInRounds({
      roster: fit.roster,
      roundsMax: fit.isMeta ? 0 : MODEL_ROUNDS_MAX,
      ask: async (round) => {
        const { id, hash } =
          round.round === 0 ? { id: first.id, hash: fit.signed?.hash } : await askRound(parts, round, { isOfKey })
        const broadcast = round.round === 0 ? first : await endOf(parts, id, (state) => asked(round.round, state))
        return { broadcast, known: { ...knownOf(fit, { round, broadcast, hash }), clock } }
      },
      onRound: (round) => {
        signal.throwIfAborted()
        isOfKey ||= round.verified.parts.some(({ receipt }) => receipt?.receipt.custody === 'requester')
        ended({ ...round, agrees: agrees(round.verified, round.broadcast) })
      }
    })
    return 'ended'
  } catch (error) {
    if (error instanceof FitStopped) return 'stopped'
    throw error
  }
}

/** What is known about the question of a round independently of its answers. */
function knownOf(
  fit: FitAsked,
  {
    round,
    broadcast,
    hash
  }: { readonly round: Round; readonly broadcast: Broadcast; readonly hash: AskedRound['hash'] }
): PoolOptions {
  const program = programOfRound(fit, round)
  if (hash !== undefined) return { requestHash: hash, asked: { program, contract: fit.contract } }
  // The gateway compared the catalogs for a question that it signs, and states on what they agree.
  const contract = (broadcast.asked && askedProgramOf(broadcast.asked)?.contract) ?? fit.contract
  return { asked: { program, contract } }
}

/** Follows a question to its end, over broken connections. `told` is called with each state. */
export async function endOf(
  { client, clock, signal }: Pick<CarryParts, 'client' | 'clock' | 'signal'>,
  id: string,
  told: (state: Broadcast) => void
): Promise<Broadcast> {
  for (;;) {
    try {
      for await (const state of client.watchBroadcast(id, { signal })) told(state)
      return await client.broadcast(id, { signal })
    } catch (error) {
      if (signal.aborted || !CODES[codeOf(error)].retry) throw error
      await clock.sleep(AGAIN_MS, signal)
    }
  }
}
