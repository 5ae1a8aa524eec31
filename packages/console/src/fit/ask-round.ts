/** Asks one round of a model, or finds the question that asked it before. */
import { type Clock, CODES, codeOf, type RandomSource, StimnetError } from '@stimnet/protocol'
import type { Client, SignedRequest } from '@stimnet/sdk'
import { sendSigned } from '../ask/send/send-signed.ts'
import type { HeldKey } from '../key/keys.ts'
import type { FindAsked } from '../result/trust/answer.ts'
import { type KeptFit, type KeptRound, withRound } from '../session/fits.ts'
import { type FitAsked, type Round, signableOfRound, submissionOfRound } from './question.ts'

/** The parts that are needed to ask a round. */
export interface AskingParts {
  readonly client: Pick<Client, 'health' | 'submitBroadcast'>
  readonly clock: Clock
  readonly random: RandomSource
  /** Finds a question that this browser signed. */
  readonly find: FindAsked
  /** The account's key; undefined if it has none. */
  readonly held: HeldKey | undefined
  readonly fit: FitAsked
  /** The gateway's id of round 0. */
  readonly id: string
  /** What this tab stored about the fit; read again before each attempt, since the researcher may have stopped it. */
  readonly read: () => KeptFit
  readonly keep: (fit: KeptFit) => void
  readonly signal: AbortSignal
}

/** The question of a round. */
export interface AskedRound {
  /** The gateway's id. */
  readonly id: string
  /** Hash of the bytes that this browser signed; undefined if the gateway signed. */
  readonly hash: string | undefined
}

/** Thrown for a round that was not asked before, while the fit is stopped. */
export class FitStopped extends Error {}

const AGAIN_MS = 2_000

/** Asks the round unless this tab knows its question. `isOfKey`: a researcher's own key signed round 0. */
export async function askRound(
  parts: AskingParts,
  round: Round,
  { isOfKey }: { readonly isOfKey: boolean }
): Promise<AskedRound> {
  const { clock, fit, read, signal } = parts
  const kept = read().rounds[round.round - 1]
  if (kept?.id !== undefined) return { id: kept.id, hash: kept.hash }
  for (;;) {
    if (!read().isRunning) throw new FitStopped()
    // The gateway must not sign the other rounds in place of the researcher.
    if (isOfKey && (parts.held === undefined || parts.held.id !== fit.signed?.key)) throw keyGone()
    try {
      return await (isOfKey ? signedHere(parts, round) : signedByGateway(parts, round))
    } catch (error) {
      if (signal.aborted || !CODES[codeOf(error)].retry) throw error
      // The same key, or the same signed bytes, are one question, however often they are sent.
      await clock.sleep(AGAIN_MS, signal)
    }
  }
}

function keyGone(): StimnetError {
  const reason = 'Round 0 was signed with a key that this browser does not have. Go on in the browser that has it.'
  return new StimnetError('KEY_UNSUPPORTED', 'a round without its key', { reason })
}

function keptOf({ read }: AskingParts, round: number): KeptRound {
  return read().rounds[round - 1] ?? { attempt: 0 }
}

async function signedByGateway(parts: AskingParts, round: Round): Promise<AskedRound> {
  const { client, fit, keep, read, signal } = parts
  const kept = keptOf(parts, round.round)
  const idempotencyKey = `fit-${parts.id}-${round.round}-${kept.attempt}`
  const { id } = await client.submitBroadcast(submissionOfRound(fit, round), { idempotencyKey, signal })
  keep(withRound(read(), round.round, { ...kept, id }))
  return { id, hash: undefined }
}

async function signedHere(parts: AskingParts, round: Round): Promise<AskedRound> {
  const { client, clock, random, fit, held, keep, read } = parts
  const { signed } = fit
  if (signed === undefined || held === undefined) throw keyGone()
  let kept = keptOf(parts, round.round)
  const keepNow = (more: Partial<KeptRound>) => {
    kept = { ...kept, ...more }
    keep(withRound(read(), round.round, kept))
  }
  const id = await sendSigned(
    { client, clock, random },
    {
      ask: signableOfRound(fit, signed, round),
      shown: held,
      names: signed.names,
      again: kept.hash === undefined ? undefined : await requestOf(parts, kept.hash),
      signed: ({ hash }) => keepNow({ hash })
    }
  )
  keepNow({ id })
  return { id, hash: kept.hash }
}

/** The signed bytes of a round whose answer was lost. */
async function requestOf({ find, fit }: AskingParts, hash: string): Promise<SignedRequest | undefined> {
  const asked = await find({ hash })
  return asked && { envelope: new TextEncoder().encode(asked.text), text: asked.text, hash, targets: fit.roster }
}
