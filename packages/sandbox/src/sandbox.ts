/**
 * The port: a stranger's program over a cohort, in a place that is used once.
 *
 * What every engine promises, and the contract suite checks:
 * - The program sees the tables, parameters and filters of its job, and nothing else: no network, no file of this
 *   machine, no environment, nothing of any job before it.
 * - It is bounded in time, memory and output. When `run` has answered it can reach nobody and change nothing any more, and
 *   what may still be left of it is being ended.
 * - What comes back is one JSON text of at most `outputBytesMax`. It is untrusted: the program may have written anything.
 * - What it prints goes into `log`, bounded, for this node. The log may quote patients: of real data it never leaves.
 * - `run` does not throw for anything a program does. It answers with a code.
 *
 * What a further engine needs: a way to start a process that says READY and waits, bytes to its stdin and from its stdout and
 * stderr, its end, and whether memory ran out. The frames (wire), the bounds (bounded) and the pool (pool) are those of every
 * engine, so what is left is a Slot: one that starts, runs one job and is destroyed. Podman speaks the protocol of Docker,
 * but takes the seccomp profile as a path on its own machine. Several Docker engines are a Sandbox over several of those, the
 * least loaded first; a Slurm cluster is a Slot whose process is `srun`, which carries stdin and stdout to any node. None of
 * them may weaken a promise above: the contract suite and the attacks are run against each.
 */

/** A JSON object as the request carried it. */
export type JsonObject = { readonly [name: string]: unknown }

/** Every language that some engine runs. */
export const SANDBOX_LANGUAGES = ['python', 'r', 'jupyter'] as const
/** What a script can be written in. An engine names those it runs in `describe`. */
export type SandboxLanguage = (typeof SANDBOX_LANGUAGES)[number]

/** How a column’s text is to be read. */
export type ColumnType = 'integer' | 'number' | 'category' | 'date' | 'text'

/** One table of the cohort: CSV in UTF-8 with a header line, where the empty field means missing. */
export interface SandboxTable {
  readonly name: string
  readonly csv: Uint8Array
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
}

/** A file that the request brought along; its name is one of `isUploadName`. */
export interface SandboxUpload {
  readonly name: string
  readonly bytes: Uint8Array
  /** Hex, for the program: the engine does not look at it. */
  readonly sha256: string
}

/** A program and everything it may see. */
export interface SandboxJob {
  readonly jobId: string
  readonly language: SandboxLanguage
  readonly code: string
  readonly parameters: JsonObject
  readonly filters: JsonObject
  /** `data_catalog_id` in JOB_CONFIG. */
  readonly catalogId: string
  readonly tables: readonly SandboxTable[]
  /** Read-only files in UPLOADS_ROOT. Default: none. */
  readonly uploads?: readonly SandboxUpload[]
  /** MIN_COHORT_SIZE in the script's environment. */
  readonly minCohortSize: number
}

/** Bounds of one run. The engine enforces them whatever the program does. */
export interface SandboxLimits {
  /** From the call of `run` until the answer, ms; starting a cold sandbox counts. Past it: TIME_LIMIT. */
  readonly wallTimeMsMax: number
  /** Of the whole sandbox process, interpreter included, bytes. Past it: MEMORY_LIMIT. */
  readonly memoryBytesMax: number
  /** Of the result's JSON text, bytes; what is printed has the same bound. Past it: OUTPUT_LIMIT. */
  readonly outputBytesMax: number
}

/** What a run cost. Exact values are a side channel: they are for this institution, not for the requester. */
export interface SandboxUsage {
  /** From the call of `run` to its answer, ms. */
  readonly wallTimeMs: number
  /** Highest resident memory seen, bytes; undefined where the engine cannot tell. */
  readonly peakMemoryBytes: number | undefined
  /** Every byte that came out of the sandbox, result and log. */
  readonly outputBytes: number
  /** Whether a waiting sandbox took the job. */
  readonly warm: boolean
}

/** How a run can fail; each is a code of the protocol. */
export type SandboxFailure =
  | 'PROGRAM_FAILED'
  | 'TIME_LIMIT'
  | 'MEMORY_LIMIT'
  | 'OUTPUT_LIMIT'
  | 'SANDBOX_UNAVAILABLE'
  | 'CANCELLED'

/** How a run ended. */
export type SandboxOutcome =
  | {
      readonly ok: true
      /** The raw, untrusted JSON text. */
      readonly result: string
      /** What was printed, bounded; never leaves. */
      readonly log: string
      readonly usage: SandboxUsage
    }
  | {
      readonly ok: false
      readonly code: SandboxFailure
      /** What was printed and the traceback, bounded; leaves of synthetic data alone. */
      readonly log: string
      readonly usage: SandboxUsage
    }

/** How strongly a sandbox holds: what stands between the program and this machine. */
export type SandboxGrade = 'wasm' | 'wasm+bwrap' | 'docker' | 'docker+gvisor' | 'none'

/** What an engine is and can run. */
export interface SandboxDescription {
  readonly engine: 'wasm' | 'docker' | 'fake'
  readonly grade: SandboxGrade
  readonly languages: readonly SandboxLanguage[]
  /** What runs a program in that language, for receipts: e.g. "wasm pyodide@314.0.7 sha256:…". */
  image(language: SandboxLanguage): string
  /** Top-level modules a program in that language can import; empty for a language the engine does not run. */
  libraries(language: SandboxLanguage): ReadonlySet<string>
}

/** Sandboxes that are started and wait for a job. */
export interface WarmPool {
  /** As many may wait. */
  readonly waitingMax: number
  readonly waiting: number
}

/** An engine; see the promise above. */
export interface Sandbox {
  readonly engine: 'wasm' | 'docker' | 'fake'
  describe(): Promise<SandboxDescription>
  /** Of a language; languages that share an interpreter share it. None for a language the engine does not run. */
  pool(language: SandboxLanguage): WarmPool
  /** Runs one program in a sandbox of its own. Aborting the signal ends it: CANCELLED. */
  run(job: SandboxJob, limits: SandboxLimits, signal?: AbortSignal): Promise<SandboxOutcome>
  /** Ends what runs (CANCELLED) and what waits. Afterwards no process is left and `run` answers SANDBOX_UNAVAILABLE. */
  close(): Promise<void>
}
