/**
 * The interface of sandboxes: an untrusted program runs on a cohort, in an environment that is used once.
 *
 * Guarantees of every engine, which the contract suite checks:
 * - The program sees only the tables, uploads, parameters and filters of its job: no network, no file of this machine, no environment,
 *   nothing of an earlier job.
 * - It is bounded in time, memory and output. After `run` has answered, the program can neither communicate nor change anything, and
 *   remaining processes are being ended.
 * - The result is one JSON text of at most `outputBytesMax`. It is untrusted: the program may have written anything.
 * - Printed text goes into `log`, which is bounded and stays at this node. The log may contain patient data; the log of a job on real data
 *   is never released.
 * - `run` does not throw because of anything that a program does. It returns a code.
 *
 * Another engine needs a way to start a process that writes READY and waits, access to the process's stdin, stdout and stderr, a
 * notification of its end, and a way to determine whether memory ran out. The framing (wire), the bounds (bounded) and the pool (pool) are
 * shared by all engines, so that only a Slot remains to be written, which starts, runs one job and is destroyed. Podman implements Docker's
 * protocol, but takes the seccomp profile as a path on its own machine. Several Docker engines form one Sandbox (several). For a Slurm cluster, the process of a Slot could be `srun`, which forwards stdin and stdout to any node. No engine may
 * weaken a guarantee above: the contract suite and the attacks are run against each engine.
 */

/** A JSON object from the request. */
export type JsonObject = { readonly [name: string]: unknown }

/** The languages that engines run. */
export const SANDBOX_LANGUAGES = ['python', 'r', 'jupyter'] as const
/** The language of a script. `describe` lists the languages that an engine can run. */
export type SandboxLanguage = (typeof SANDBOX_LANGUAGES)[number]

/** The type of a column’s values. */
export type ColumnType = 'integer' | 'number' | 'category' | 'date' | 'text'

/** One table of the cohort: CSV in UTF-8 with a header line. An empty field is a missing value. */
export interface SandboxTable {
  readonly name: string
  readonly csv: Uint8Array
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
}

/** An uploaded file of the request. `isUploadName` is true for its name. */
export interface SandboxUpload {
  readonly name: string
  readonly bytes: Uint8Array
  /** Hexadecimal. The hash is passed to the program; the engine does not verify it. */
  readonly sha256: string
}

/** A program and all data that it can access. */
export interface SandboxJob {
  readonly jobId: string
  readonly language: SandboxLanguage
  readonly code: string
  readonly parameters: JsonObject
  readonly filters: JsonObject
  /** Passed to the program as `data_catalog_id` in JOB_CONFIG. */
  readonly catalogId: string
  readonly tables: readonly SandboxTable[]
  /** Provided as read-only files in UPLOADS_ROOT. Default: none. */
  readonly uploads?: readonly SandboxUpload[]
  /** Passed to the program as MIN_COHORT_SIZE in its environment. */
  readonly minCohortSize: number
}

/** Limits of one run, which the engine enforces for every program. */
export interface SandboxLimits {
  /** Time from the call of `run` to its answer, ms, including the start of a cold sandbox. Beyond this limit: TIME_LIMIT. */
  readonly wallTimeMsMax: number
  /** Memory of the whole sandbox process, including the interpreter, bytes. Beyond this limit: MEMORY_LIMIT. */
  readonly memoryBytesMax: number
  /** Size of the result's JSON text, bytes. The log has the same limit. Beyond either limit: OUTPUT_LIMIT. */
  readonly outputBytesMax: number
}

/** The usage of a run. Exact values are a side channel: they are for this institution, not for the requester. */
export interface SandboxUsage {
  /** Time from the call of `run` to its answer, ms. */
  readonly wallTimeMs: number
  /** Highest measured resident memory, bytes; undefined if the engine cannot measure it. */
  readonly peakMemoryBytes: number | undefined
  /** Size of all output of the sandbox, result and log, bytes. */
  readonly outputBytes: number
  /** Whether a warm sandbox took the job. */
  readonly warm: boolean
}

/** The ways in which a run can fail, as codes of the protocol. */
export type SandboxFailure =
  | 'PROGRAM_FAILED'
  | 'TIME_LIMIT'
  | 'MEMORY_LIMIT'
  | 'OUTPUT_LIMIT'
  | 'SANDBOX_UNAVAILABLE'
  | 'CANCELLED'

/** The outcome of a run. */
export type SandboxOutcome =
  | {
      readonly ok: true
      /** The raw, untrusted JSON text. */
      readonly result: string
      /** The printed text, bounded. It is never released. */
      readonly log: string
      readonly usage: SandboxUsage
    }
  | {
      readonly ok: false
      readonly code: SandboxFailure
      /** The printed text and the traceback, bounded. It is released only for synthetic data. */
      readonly log: string
      readonly usage: SandboxUsage
    }

/** The isolation grade of a sandbox, named after the mechanisms that separate the program from this machine. */
export type SandboxGrade = 'wasm' | 'wasm+bwrap' | 'docker' | 'docker+gvisor' | 'none'

/** The description of an engine and of the programs that it can run. */
export interface SandboxDescription {
  readonly engine: 'wasm' | 'docker' | 'fake'
  readonly grade: SandboxGrade
  readonly languages: readonly SandboxLanguage[]
  /** The image that runs programs in that language, for receipts, such as "wasm pyodide@314.0.7 sha256:…". */
  image(language: SandboxLanguage): string
  /** Top-level modules that a program in this language can import; empty for a language that the engine does not run. */
  libraries(language: SandboxLanguage): ReadonlySet<string>
}

/** The state of a pool of started sandboxes that wait for a job. */
export interface WarmPool {
  /** Number of waiting sandboxes when the pool is full. */
  readonly waitingMax: number
  readonly waiting: number
}

/** An engine. Its guarantees are described at the top of this file. */
export interface Sandbox {
  readonly engine: 'wasm' | 'docker' | 'fake'
  describe(): Promise<SandboxDescription>
  /**
   * The pool for a language. Languages with the same interpreter share a pool. All sizes are 0 for a language that the engine does not run.
   */
  pool(language: SandboxLanguage): WarmPool
  /** Whether a program could be run now, that is, whether the engine answers within two seconds. Does not throw. */
  isAvailable(): Promise<boolean>
  /** Runs one program in its own sandbox. Aborting the signal ends the run with CANCELLED. */
  run(job: SandboxJob, limits: SandboxLimits, signal?: AbortSignal): Promise<SandboxOutcome>
  /** Ends all runs with CANCELLED, and all waiting sandboxes. Afterwards no process is left, and `run` returns SANDBOX_UNAVAILABLE. */
  close(): Promise<void>
}
