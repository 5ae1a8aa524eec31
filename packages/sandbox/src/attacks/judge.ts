/**
 * Judgement of attacks. A program's own report can only count against the sandbox. Only observations of the host can count in its favour.
 */
import type { SandboxGrade, SandboxOutcome } from '../sandbox.ts'
import type { Assault, Attack, Bound, Probe, Verdict } from './attack.ts'

/** Maximum delay of an answer after its time limit, ms: far more than an engine needs, even on a busy machine. */
const OVERRUN_MS_MAX = 10_000

/** Multiple of the memory limit that counts as a breach. Smaller excesses do not count, since measurements may be late. */
const OVER_MEMORY_MAX = 2

/** The text that every assault prints first. */
export const BEGINS = 'ATTACK BEGINS'

/** Observations of the machine during an attack. */
export interface Seen {
  readonly secret: string
  /** Number of times that a listener was reached. */
  readonly hits: number
  /** Files and processes that were left behind. */
  readonly left: readonly string[]
}

/** The verdict `open` for observations that are a breach in every attack; undefined if there is none. */
export function breach(outcomes: readonly SandboxOutcome[], { secret, hits, left }: Seen): Verdict | undefined {
  const texts = outcomes.map((outcome) => `${outcome.ok ? outcome.result : ''}\n${outcome.log}`)
  if (texts.some((text) => text.includes(secret))) return open('the secret was in the output')
  if (hits > 0) return open('a listener of this machine was reached')
  if (left.length > 0) return open(`left behind: ${left.join(', ')}`)
  const boast = texts.map((text) => /^GOT (.*)$/m.exec(text)?.[1]).find((got) => got !== undefined)
  return boast === undefined ? undefined : open(boast)
}

/** The verdict on an assault. */
export function judgeAssault(
  attack: Assault,
  outcome: SandboxOutcome,
  limits: { grade: SandboxGrade; wallTimeMsMax: number; memoryBytesMax: number }
): Verdict {
  const { wallTimeMs, peakMemoryBytes = 0 } = outcome.usage
  if (wallTimeMs > limits.wallTimeMsMax + OVERRUN_MS_MAX)
    return open(`it answered ${Math.round(wallTimeMs)} ms after its start`)
  if (peakMemoryBytes > OVER_MEMORY_MAX * limits.memoryBytesMax)
    return open(`it took ${peakMemoryBytes} bytes of memory`)
  const told = outcome.ok ? toldIn(outcome.result) : undefined
  if (told && told.got.length > 0) return through(attack, limits.grade, told.got.map(String).join(', ').slice(0, 200))
  if (outcome.ok && !told) return unjudged('it ended without an error and without a report')
  const end = outcome.ok ? 'refused' : outcome.code
  // A program that was ended before it began gives no evidence.
  if (!outcome.ok && !outcome.log.includes(BEGINS)) return unjudged(`it was ended (${end}) before it began`)
  if (attack.says !== undefined && !outcome.log.includes(attack.says)) return unjudged('it did not reach its attempt')
  const means = attack.ends[end]
  if (means === undefined) return unjudged(`it ended as ${end}, which was not expected`)
  if (means === 'contained' || told?.usedNothing)
    return { outcome: 'contained', by: end === 'refused' ? 'refused' : end }
  return bounded(means)
}

/** The verdict on a probe, from the program's report that the probe succeeded or raised an error; undefined without either. */
export function judgeProbe(attack: Probe, grade: SandboxGrade, told: ProbesTold): Verdict | undefined {
  if (told.got.includes(attack.id)) {
    return through(attack, grade, 'it succeeded')
  }
  const why = told.why[attack.id]
  return why === undefined ? undefined : { outcome: 'contained', by: why === 'AssertionError' ? 'not found' : why }
}

/** The report of a program with probes: the ids of successful probes, and the error of each of the others. */
export interface ProbesTold {
  readonly got: readonly unknown[]
  readonly why: Readonly<Record<string, string>>
}

/** The report in a program's result; undefined if the result does not contain one. */
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

/** The verdict on an attack that succeeded: `bounded` if the grade names a bound for it, otherwise `open`. */
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
