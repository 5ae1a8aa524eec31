/** The types of attacks on a sandbox, and of their verdicts. */
import type { SandboxFailure, SandboxGrade, SandboxLanguage } from '../sandbox.ts'

/** The bounds that can stop an attack which was not refused outright. */
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
/** One of the bounds. */
export type Bound = (typeof BOUNDS)[number]

/**
 * The verdict on an attack. `contained`: refused. `bounded`: it succeeded up to a bound. `open`: it succeeded. `unjudged`: there
 * is no verdict, which counts as badly as `open`. `by` names what stopped the attack, what it got, or why it was not judged.
 */
export type Verdict =
  | { readonly outcome: 'contained'; readonly by: string }
  | { readonly outcome: 'bounded'; readonly by: Bound }
  | { readonly outcome: 'open'; readonly by: string }
  | { readonly outcome: 'unjudged'; readonly by: string }

/** Targets on this machine, which the programs of attacks are given. The secret itself is not among them. */
export interface Marks {
  /** Ports of listeners on the loopback interface that no program may reach. */
  readonly tcpPort: number
  readonly udpPort: number
  /** A Unix socket in the file system, and an abstract one without a file. */
  readonly socketPath: string
  readonly abstractName: string
  /** A file that every user of this machine can read and that contains the secret. */
  readonly secretPath: string
  /** The name that an attack gives to every file and process that it leaves, so that they can be found. */
  readonly leftName: string
  /** Memory limit of the programs, bytes. */
  readonly memoryBytesMax: number
}

interface Described {
  /** `subject.attempt`, as `--only` takes it. */
  readonly id: string
  readonly title: string
  /** A sentence for a data owner about what the attack tries. */
  readonly tries: string
  readonly language: Extract<SandboxLanguage, 'python' | 'r'>
  /** Set if the attack applies only to the embedded sandbox, or only to other engines. */
  readonly on?: 'wasm' | 'native'
  /** Grades in which success is no breach, each with the bound that holds the attack there. */
  readonly through?: Partial<Record<SandboxGrade, Bound>>
}

/** A cheap attempt. Many probes run in one program. Each raises an error, or it has succeeded. */
export interface Probe extends Described {
  readonly kind: 'probe'
  code(marks: Marks): string
}

/** The end of an assault: its attempts were refused, or the sandbox ended it with a code. */
export type End = 'refused' | SandboxFailure

/**
 * An attack that needs a program of its own. The program reports what it got as the JSON object `{"got": […]}`; an empty list
 * means that it was refused. It stops by itself well beyond its limits, so that it does not disable a machine whose sandbox
 * fails to stop it.
 */
export interface Assault extends Described {
  readonly kind: 'assault'
  program(marks: Marks): string
  /** The meaning of each expected end. Any other end is unjudged. */
  readonly ends: Partial<Record<End, 'contained' | Bound>>
  /** Default 20_000 ms. */
  readonly wallTimeMsMax?: number
  /** A text that the program must have printed when it ends; without it, the attempt itself was not reached. */
  readonly says?: string
  /** A program that runs at the same time in a sandbox of its own, with the secret in its data. */
  readonly neighbour?: (marks: Marks) => string
  /** A program that runs afterwards, in two sandboxes one after the other, and reports what it found of the first program. */
  readonly next?: (marks: Marks) => string
}

/** A probe or an assault. */
export type Attack = Probe | Assault

/** The result of one attack on one engine. */
export interface AttackResult {
  readonly attack: Attack
  readonly verdict: Verdict
  /** Whether it is contained, or bounded in a way that the engine's grade admits. */
  readonly isAdmitted: boolean
}
