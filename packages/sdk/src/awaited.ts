/** Reports which institutions a question is still waiting for, so that an unreachable institution is noticed. */
import type { Broadcast, OutwardState } from '@stimnet/api'
import { CODES, type Clock, type Code, isCode } from '@stimnet/protocol'

/** Institutions that have not answered yet. */
export interface Awaited {
  /** Time since the question was sent, ms. */
  readonly waitedMs: number
  readonly institutions: readonly AwaitedInstitution[]
}

/** An institution that has not answered yet. */
export interface AwaitedInstitution {
  /** PeerId of the institution. */
  readonly site: string
  readonly institution: string
  readonly state: OutwardState
  /** Error code such as PEER_UNREACHABLE; null if there is no error so far. */
  readonly code: Code | null
}

/** The clock and the listener of the reports. */
export interface AwaitedOptions {
  readonly clock: Clock
  /** Called after `AWAITED_FIRST_MS`, then at doubled intervals, up to once per minute. */
  readonly onAwaited?: ((awaited: Awaited) => unknown) | undefined
}

/** Time before the first report, ms. Shorter waits need no explanation. */
const AWAITED_FIRST_MS = 5_000
const AWAITED_EACH_MS_MAX = 60_000

const OPEN: readonly OutwardState[] = ['pending', 'queued', 'running']

/** Yields the states of a broadcast, and meanwhile reports which institutions are awaited. An error of `onAwaited` is thrown at the end. */
export async function* withAwaited(
  states: AsyncIterable<Broadcast>,
  { clock, onAwaited }: AwaitedOptions
): AsyncGenerator<Broadcast> {
  const end = new AbortController()
  const startMs = clock.now()
  let latest: Broadcast | undefined
  const saying = async (say: NonNullable<typeof onAwaited>) => {
    for (let at = AWAITED_FIRST_MS; ; at += Math.min(at, AWAITED_EACH_MS_MAX)) {
      if (!(await slept(clock, startMs + at - clock.now(), end.signal))) return
      const institutions = openIn(latest)
      if (institutions.length > 0) await say({ waitedMs: clock.now() - startMs, institutions })
    }
  }
  const said = onAwaited === undefined ? undefined : saying(onAwaited)
  // The error is thrown below; this handler avoids an unhandled rejection before that.
  said?.catch(() => undefined)
  try {
    for await (const state of states) {
      latest = state
      yield state
    }
  } finally {
    end.abort()
    await said
  }
}

/** Waits; false if the signal aborted. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return !signal.aborted
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

function openIn(broadcast: Broadcast | undefined): Awaited['institutions'] {
  return (broadcast?.parts ?? [])
    .filter(({ state }) => OPEN.includes(state))
    .map(({ peer_id: site, institution, state, code }) => ({
      site,
      institution: institution || site,
      state,
      code: code !== null && isCode(code) ? code : null
    }))
}

/** The awaited institutions and the time so far, in one sentence. */
export function awaitedInWords({ waitedMs, institutions }: Awaited): string {
  const who = institutions.map((one) => `${one.institution} (${wordsOf(one)})`)
  return `No answer after ${durationInWords(waitedMs)} from ${who.join(', ')}.`
}

function wordsOf({ state, code }: AwaitedInstitution): string {
  if (code !== null) return CODES[code].fault === 'network' ? `cannot be reached so far: ${code}` : code
  return STATE_WORDS[state] ?? state
}

const STATE_WORDS: Readonly<Partial<Record<OutwardState, string>>> = {
  pending: 'waits for its stewards',
  running: 'computing'
}

function durationInWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`
}
