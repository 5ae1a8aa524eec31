/** What an attack on a sandbox is, and what may be said of how it went. */
import type { SandboxFailure, SandboxGrade, SandboxLanguage } from '../sandbox.ts'

/** What held an attack that got somewhere, but only so far. */
export const BOUNDS = [
  'wall time',
  'memory limit',
  'output limit',
  'process limit',
  'descriptor limit',
  'file system of fixed size',
  'gVisor’s own kernel',
  'facts of the machine, not of people',
  'taken for a failure of the node'
] as const
/** One of them. */
export type Bound = (typeof BOUNDS)[number]

/** How an attack went. `unjudged`: it did not come to a verdict, which is no better than open. */
export type Verdict =
  | { readonly outcome: 'contained'; readonly by: string }
  | { readonly outcome: 'bounded'; readonly by: Bound }
  | { readonly outcome: 'open'; readonly by: string }
  | { readonly outcome: 'unjudged'; readonly by: string }

/** What this machine shows to attacks, and what they may be told; the secret itself is in none of their texts. */
export interface Marks {
  /** Ports of the loopback interface on which nobody may knock. */
  readonly tcpPort: number
  readonly udpPort: number
  /** A socket in the file system, and one without a file. */
  readonly socketPath: string
  readonly abstractName: string
  /** A file that anybody on this machine may read; the secret is in it. */
  readonly secretPath: string
  /** Name of every file and process that an attack leaves, so that it is found here. */
  readonly leftName: string
  /** Memory that a program may use, bytes. */
  readonly memoryBytesMax: number
}

interface Described {
  /** `subject.attempt`, for --only. */
  readonly id: string
  readonly title: string
  /** What it tries, in a sentence that an owner understands. */
  readonly tries: string
  readonly language: Extract<SandboxLanguage, 'python' | 'r'>
  /** Where it makes sense only in embedded Python, or only where Python is not embedded. */
  readonly on?: 'wasm' | 'native'
  /** Grades in which getting through is no breach, and what holds it there. */
  readonly through?: Partial<Record<SandboxGrade, Bound>>
}

/** A try that costs nothing: many run in one program, each either raises or has got something it must not have. */
export interface Probe extends Described {
  readonly kind: 'probe'
  code(marks: Marks): string
}

/** How a program of its own may end: as it was refused everything, or as the sandbox ended it. */
export type End = 'refused' | SandboxFailure

/**
 * A program of its own. It says what it got as the JSON object `{"got": […]}`; an empty list means that it was refused. It
 * stops by itself well beyond its limits, so that a sandbox with a hole costs its owner no machine.
 */
export interface Assault extends Described {
  readonly kind: 'assault'
  program(marks: Marks): string
  /** What each end means; an end that is not here is none that is expected, and so unjudged. */
  readonly ends: Partial<Record<End, 'contained' | Bound>>
  /** Default 20_000 ms. */
  readonly wallTimeMsMax?: number
  /** What must be printed by the time it has ended, where its beginning alone proves nothing. */
  readonly says?: string
  /** Runs at the same time, in a sandbox of its own, with the secret among its data. */
  readonly neighbour?: (marks: Marks) => string
  /** Runs after it, in two sandboxes one after the other, and says what it got of the first. */
  readonly next?: (marks: Marks) => string
}

/** Either. */
export type Attack = Probe | Assault

/** One attack on one engine. */
export interface AttackResult {
  readonly attack: Attack
  readonly verdict: Verdict
  /** Whether the engine's published grade admits it. */
  readonly isAdmitted: boolean
}
