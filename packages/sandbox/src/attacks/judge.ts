/** What the end of an attack means. The program's own word counts against the sandbox; for it, only what the host saw. */
import type { SandboxGrade, SandboxOutcome } from '../sandbox.ts'
import type { Assault, Attack, Bound, Probe, Verdict } from './attack.ts'

/** How late an answer may come after its time limit, ms: far more than an engine needs, on a machine that is busy. */
const OVERRUN_MS_MAX = 10_000

/** One look of the watch may come a moment late; never this late. */
const OVER_MEMORY_MAX = 2

/** The first word of every program of its own. */
export const BEGINS = 'ATTACK BEGINS'

/** What the machine saw while an attack ran. */
export interface Seen {
  readonly secret: string
  /** How often a listener was reached. */
  readonly hits: number
  /** Files and processes that were left. */
  readonly left: readonly string[]
}

/** Whatever the attack was: what must never be seen. */
export function breach(outcomes: readonly SandboxOutcome[], { secret, hits, left }: Seen): Verdict | undefined {
  const texts = outcomes.map((outcome) => `${outcome.ok ? outcome.result : ''}\n${outcome.log}`)
  if (texts.some((text) => text.includes(secret))) return open('the secret came out')
  if (hits > 0) return open('a listener of this machine was reached')
  if (left.length > 0) return open(`left behind: ${left.join(', ')}`)
  const boast = texts.map((text) => /^GOT (.*)$/m.exec(text)?.[1]).find((got) => got !== undefined)
  return boast === undefined ? undefined : open(boast)
}

/** Of one program of its own. */
export function judgeAssault(
  attack: Assault,
  outcome: SandboxOutcome,
  limits: { grade: SandboxGrade; wallTimeMsMax: number; memoryBytesMax: number }
): Verdict {
  const { wallTimeMs, peakMemoryBytes = 0 } = outcome.usage
  if (wallTimeMs > limits.wallTimeMsMax + OVERRUN_MS_MAX)
    return open(`it answered ${Math.round(wallTimeMs)} ms after it began`)
  if (peakMemoryBytes > OVER_MEMORY_MAX * limits.memoryBytesMax)
    return open(`it took ${peakMemoryBytes} bytes of memory`)
  const told = outcome.ok ? toldIn(outcome.result) : undefined
  if (told && told.got.length > 0) return through(attack, limits.grade, told.got.map(String).join(', ').slice(0, 200))
  if (outcome.ok && !told) return unjudged('it ended well and did not say what it got')
  const end = outcome.ok ? 'refused' : outcome.code
  // What was ended at its start, or was never run, has proved nothing.
  if (!outcome.ok && !outcome.log.includes(BEGINS)) return unjudged(`it was ended (${end}) before it began`)
  if (attack.says !== undefined && !outcome.log.includes(attack.says)) return unjudged('it did not get to its attempt')
  const means = attack.ends[end]
  if (means === undefined) return unjudged(`it ended as ${end}, which was not expected`)
  if (means === 'contained' || told?.usedNothing)
    return { outcome: 'contained', by: end === 'refused' ? 'refused' : end }
  return bounded(means)
}

/** Of one probe: what the program says it got, or the error that it met instead; undefined where it says neither. */
export function judgeProbe(attack: Probe, grade: SandboxGrade, told: ProbesTold): Verdict | undefined {
  if (told.got.includes(attack.id)) {
    return through(attack, grade, 'it got through')
  }
  const why = told.why[attack.id]
  return why === undefined
    ? undefined
    : { outcome: 'contained', by: why === 'AssertionError' ? 'nothing is there' : why }
}

/** What a program full of probes says of them. */
export interface ProbesTold {
  readonly got: readonly unknown[]
  readonly why: Readonly<Record<string, string>>
}

/** As the program wrote it; undefined for anything else. */
export function probesTold(result: string): ProbesTold | undefined {
  const told = objectIn(result)
  if (!told || !Array.isArray(told.got) || typeof told.why !== 'object' || told.why === null) return undefined
  const why = Object.entries(told.why).map(([id, text]) => [id, String(text).slice(0, 60)])
  return { got: told.got, why: Object.fromEntries(why) }
}

function toldIn(result: string): { got: readonly unknown[]; usedNothing: boolean } | undefined {
  const told = objectIn(result)
  if (!told || !Array.isArray(told.got)) return undefined
  const { used } = told
  return { got: told.got, usedNothing: used === 0 || (typeof used === 'object' && JSON.stringify(used) === '{}') }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

/** No breach where the grade says what holds it all the same. */
function through(attack: Attack, grade: SandboxGrade, got: string): Verdict {
  const bound = attack.through?.[grade]
  return bound === undefined ? open(got) : bounded(bound)
}

function open(by: string): Verdict {
  return { outcome: 'open', by }
}

function unjudged(by: string): Verdict {
  return { outcome: 'unjudged', by }
}

function bounded(by: Bound): Verdict {
  return { outcome: 'bounded', by }
}
