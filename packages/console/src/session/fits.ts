/** The models in rounds that this tab carries: the questions of their rounds, so that a reload continues them. */
import { type Kept, ofTab } from './storage.ts'

/** The question of one round, with its progress. */
export interface KeptRound {
  /** The gateway's id of the question; absent until the gateway has answered. */
  readonly id?: string
  /** Hash of the signed bytes, if this browser signed the question. */
  readonly hash?: string
  /** Number of times that the round was asked anew, after an institution had not answered. */
  readonly attempt: number
}

/** A fit, by the id of its round 0. */
export interface KeptFit {
  /** Whether the next round is asked without further confirmation. */
  readonly isRunning: boolean
  /** The rounds after round 0, in their order. */
  readonly rounds: readonly KeptRound[]
}

const KEY = 'stimnet-fit-'
const NO_FIT: KeptFit = { isRunning: false, rounds: [] }

/** The fit as stored in this tab. If there is none, or its format differs: a fit that is stopped after round 0. */
export function keptFit(id: string, kept: Pick<Kept, 'get'> = ofTab): KeptFit {
  try {
    const { isRunning, rounds } = JSON.parse(kept.get(`${KEY}${id}`) ?? '{}')
    return Array.isArray(rounds) ? { isRunning: isRunning === true, rounds: rounds.map(roundOf) } : NO_FIT
  } catch {
    return NO_FIT
  }
}

function roundOf({ id, hash, attempt }: Record<string, unknown>): KeptRound {
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof hash === 'string' ? { hash } : {}),
    attempt: typeof attempt === 'number' ? attempt : 0
  }
}

/** Stores the fit in this tab. */
export function keepFit(id: string, fit: KeptFit, kept: Pick<Kept, 'set'> = ofTab): void {
  kept.set(`${KEY}${id}`, JSON.stringify(fit))
}

/** The fit with a changed state of one round after round 0. Later rounds are dropped. */
export function withRound({ rounds, ...fit }: KeptFit, round: number, state: KeptRound): KeptFit {
  return { ...fit, rounds: [...rounds.slice(0, round - 1), state] }
}
