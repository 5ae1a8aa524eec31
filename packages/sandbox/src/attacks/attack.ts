/** The types of attacks on a sandbox, and of the verdicts on attacks. */
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
 * The verdict on an attack. `contained`: refused. `bounded`: successful up to a bound. `open`: successful. `unjudged`: no verdict, which is
 * as bad as `open`. `by` names the bound or refusal that stopped the attack, the information it obtained, or the reason why it was not
 * judged.
 */
export type Verdict =
  | { readonly outcome: 'contained'; readonly by: string }
  | { readonly outcome: 'bounded'; readonly by: Bound }
  | { readonly outcome: 'open'; readonly by: string }
  | { readonly outcome: 'unjudged'; readonly by: string }

/** Targets on this machine, which the programs of attacks receive. The secret itself is not included. */
export interface Marks {
  /** Ports of listeners on the loopback interface that no program may reach. */
  readonly tcpPort: number
  readonly udpPort: number
  /** A Unix socket in the file system, and an abstract one without a file. */
  readonly socketPath: string
  readonly abstractName: string
  /** A file that contains the secret and that every user of this machine can read. */
  readonly secretPath: string
  /** The name that an attack gives to every file and process that it leaves behind, so that they can be found. */
  readonly leftName: string
  /** Memory limit of the programs, bytes. */
  readonly memoryBytesMax: number
}

interface Described {
  /** The id, as `subject.attempt`, for `--only`. */
  readonly id: string
  readonly title: string
  /** A sentence for a data owner that describes the attempt. */
  readonly tries: string
  readonly language: Extract<SandboxLanguage, 'python' | 'r'>
  /** Set if the attack applies only to the embedded sandbox, or only to other engines. */
  readonly on?: 'wasm' | 'native'
  /** Grades in which success is not a breach, each with the bound that limits the attack. */
  readonly through?: Partial<Record<SandboxGrade, Bound>>
}

/** A cheap attempt. Many probes run in one program. A probe has succeeded unless it raises an error. */
export interface Probe extends Described {
  readonly kind: 'probe'
  code(marks: Marks): string
}

/** The end of an assault: its attempts were refused, or the sandbox ended it with a code. */
export type End = 'refused' | SandboxFailure

/**
 * An attack that needs a program of its own. The program reports what it obtained as the JSON object `{"got": […]}`; an empty list means
 * that it was refused. It stops by itself well beyond its limits, so that it does not disable the machine if the sandbox fails to stop it.
 */
export interface Assault extends Described {
  readonly kind: 'assault'
  program(marks: Marks): string
  /** The meaning of each expected end. Any other end is unjudged. */
  readonly ends: Partial<Record<End, 'contained' | Bound>>
  /** Wall time limit of the program, ms. Default: 20_000. */
  readonly wallTimeMsMax?: number
  /** A text that the program must have printed before it ends. Without it, the program did not reach its attempt. */
  readonly says?: string
  /** A program that runs at the same time in another sandbox, with the secret in its data. */
  readonly neighbour?: (marks: Marks) => string
  /** A program that runs afterwards, in two sandboxes one after the other, and reports traces of the first program. */
  readonly next?: (marks: Marks) => string
}

/** A probe or an assault. */
export type Attack = Probe | Assault

/** The result of one attack on one engine. */
export interface AttackResult {
  readonly attack: Attack
  readonly verdict: Verdict
  /** Whether the attack is contained, or bounded in a way that the engine's grade admits. */
  readonly isAdmitted: boolean
}
