/** The state of a model in rounds, for its page. */
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { useCallback, useEffect, useState } from 'react'
import { findAsked } from '../key/asked.ts'
import { useOwnKey } from '../key/own-key.ts'
import { questionIn } from '../result/trust/answer.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { type KeptFit, keepFit, keptFit } from '../session/fits.ts'
import { carry, endOf, type FitRound } from './carry.ts'
import { type FitAsked, fitAskedOf } from './question.ts'

/** `other`: the question is no round 0 of a model. */
export type FitState = 'reading' | 'running' | 'stopped' | 'ended' | 'failed' | 'other'

/** A fit as its page shows it. */
export interface Fit {
  readonly state: FitState
  /** Round 0 as the gateway shows it. */
  readonly first: Broadcast | undefined
  /** Undefined until round 0 has ended. */
  readonly fit: FitAsked | undefined
  /** The rounds that have ended. */
  readonly rounds: readonly FitRound[]
  /** The latest state of the question that is awaited. */
  readonly awaited: { readonly round: number; readonly broadcast: Broadcast } | undefined
  readonly error: unknown
  /** Asks the remaining rounds. */
  go(): void
  /** Asks no further round. A round that was asked already is still answered. */
  stop(): void
  /** Asks the last round again, because an institution did not answer it. */
  again(): void
}

type Shown = Pick<Fit, 'state' | 'first' | 'fit' | 'rounds' | 'awaited' | 'error'>

const NOTHING: Shown = {
  state: 'reading',
  first: undefined,
  fit: undefined,
  rounds: [],
  awaited: undefined,
  error: undefined
}

/** Follows a fit while its page is open. `id`: the gateway's id of its round 0. */
export function useFit(id: string): Fit {
  const { client, renewed } = useSession()
  const { name } = useAccount()
  const own = useOwnKey()
  const [turn, setTurn] = useState(0)
  const [shown, setShown] = useState(NOTHING)
  const held = own.state === 'held' ? own.held : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: a sign-in, the gateway's return or a button begins anew
  useEffect(() => {
    if (own.state === 'reading') return
    const gone = new AbortController()
    const { signal } = gone
    const show = (next: (last: Shown) => Shown) => void (signal.aborted || setShown(next))
    const read = () => keptFit(id)
    const find = (by: Parameters<typeof findAsked>[1]) => findAsked(name, by).catch(() => undefined)
    const parts = { client, clock: systemClock, random: cryptographicRandom, find, held, id, read, signal }
    const asked = (round: number, broadcast: Broadcast) => show((last) => ({ ...last, awaited: { round, broadcast } }))
    const run = async () => {
      show((last) => ({ ...last, error: undefined, state: beginningOf(last, read()) }))
      const first = await endOf(parts, id, (broadcast) => {
        asked(0, broadcast)
        show((last) => ({ ...last, first: broadcast }))
      })
      const here = await find({ id })
      const signed = here && { ...(await questionIn(here)), names: here.names }
      const fit = fitAskedOf(first.asked, signed)
      show((last) => ({ ...last, first, fit, ...(fit === undefined ? { state: 'other' } : {}) }))
      if (fit === undefined) return
      const keep = (kept: KeptFit) => keepFit(id, kept)
      const ended = (round: FitRound) =>
        show((last) => ({ ...last, awaited: undefined, rounds: withRoundShown(last.rounds, round) }))
      const state = await carry({ ...parts, fit, first, keep, asked, ended })
      show((last) => ({ ...last, state, awaited: undefined }))
    }
    run().catch((error: unknown) => show((last) => ({ ...last, state: 'failed', error })))
    return () => gone.abort()
  }, [client, id, name, renewed, own.state, held?.id, turn])
  const change = useCallback(
    (next: (kept: KeptFit) => KeptFit) => {
      keepFit(id, next(keptFit(id)))
      setTurn((count) => count + 1)
    },
    [id]
  )
  return {
    ...shown,
    go: () => change((kept) => ({ ...kept, isRunning: true })),
    stop: () => change((kept) => ({ ...kept, isRunning: false })),
    again: () => {
      setShown((last) => ({ ...last, rounds: last.rounds.slice(0, -1) }))
      change(askedAnew)
    }
  }
}

/** The state before the gateway has answered. Rounds that are shown stay on the page. */
function beginningOf({ rounds }: Shown, { isRunning }: KeptFit): FitState {
  if (isRunning) return 'running'
  return rounds.length === 0 ? 'reading' : 'stopped'
}

function withRoundShown(rounds: readonly FitRound[], round: FitRound): readonly FitRound[] {
  return [...rounds.filter((one) => one.round !== round.round), round].sort((a, b) => a.round - b.round)
}

/** The fit with its last round marked to be asked anew: under the old key, the gateway would return the question that lacks an answer. */
function askedAnew({ rounds }: KeptFit): KeptFit {
  const last = rounds.at(-1)
  const before = rounds.slice(0, -1)
  return { isRunning: true, rounds: last === undefined ? before : [...before, { attempt: last.attempt + 1 }] }
}
