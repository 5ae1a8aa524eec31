/**
 * One run of a job: cohort gate, then statistics or sandbox. The resulting aggregate does not leave the node before
 * disclosure control.
 */
import type { Aggregate } from '@stimnet/privacy'
import { gateCohort, literalsOfPython, publicWordsOf } from '@stimnet/privacy'
import { type Code, cellsOf, StimnetError, type SubjectSet } from '@stimnet/protocol'
import type { Sandbox, SandboxUpload } from '@stimnet/sandbox'
import type { CatalogPrivacy } from '../release/privacy.ts'
import { asBefore } from './late.ts'
import { possibleOf, reduceTable } from './table.ts'
import type { JobPlan } from '../admit/validate.ts'

/** The outcome of a run, before disclosure control. */
export type Executed =
  | { readonly ok: true; readonly aggregate: Aggregate; readonly cohort: SubjectSet; readonly ranBy: RanBy }
  | {
      readonly ok: false
      readonly code: Code
      /** The reason, disclosed for synthetic data only. */
      readonly why: string
      readonly ranBy: RanBy
    }

/** Dependencies of a run. */
export interface ExecutionParts {
  readonly sandbox: Sandbox | undefined
  /** Whether the embedded sandbox runs only because Docker did not answer at the start, with `engine: auto`. */
  readonly isStandIn?: boolean
  readonly privacy: CatalogPrivacy
  readonly memoryBytesMax: number
  readonly outputBytesMax: number
}

/** The environment that ran a program, as receipts name it. */
export interface RanBy {
  /** The name of the image, with its digest if it has one. */
  readonly image: string
  /** `node` if the node itself computed the answer. */
  readonly engine: string
  /** Isolation grade; empty if no sandbox was used. */
  readonly grade: string
}

/** The node itself: for SQL, for statistics, and for jobs that ended before a sandbox was used. */
export const RAN_BY_NODE: RanBy = { image: 'node statistics', engine: 'node', grade: '' }

/** Runs an admitted job. Expected failures are returned as values; thrown errors are faults of the node. */
export async function execute(
  job: { id: string; plan: JobPlan; uploads: readonly SandboxUpload[] },
  parts: ExecutionParts,
  signal: AbortSignal
): Promise<Executed> {
  const { plan } = job
  // Exact numbers must never be released in place of noisy ones.
  if (plan.noise !== undefined || plan.privacy.level !== 'P1') throw new StimnetError('INTERNAL', 'P2 is not run here')
  const refused = await refusedNow(plan, parts.privacy)
  if (refused !== undefined) return refused
  if (plan.plan) {
    const { cohort: filter, project } = plan
    const catalog = await asBefore({ catalog: plan.catalog, plan: plan.plan, filter }, parts.privacy.settings)
    const cohort = await catalog.cohort(filter)
    const aggregate = await reduceTable({ catalog, plan: plan.plan, filter, cohort, project }, parts.privacy, signal)
    return { ok: true, aggregate, cohort, ranBy: RAN_BY_NODE }
  }
  return runScript(job, parts, await plan.catalog.cohort(plan.cohort), signal)
}

/**
 * A run that ended before the script ran. It is refused like a release, so that its cohort leaves a trace as for any
 * question.
 */
type RefusedRun = Extract<Executed, { ok: true }> & { readonly aggregate: { readonly kind: 'refused' } }

/**
 * The reason why a script may not run over its cohort now: one of a fixed set of texts. Undefined if it may run, and for any
 * other job.
 */
export async function refusedNow(plan: JobPlan, privacy: CatalogPrivacy): Promise<RefusedRun | undefined> {
  // Whether a noisy answer is given must not depend on data.
  if (plan.noise !== undefined || plan.privacy.level !== 'P1') return undefined
  // A table is judged when it is made. A script's output depends on who is in the cohort, so the script is judged as a
  // release about this set before it runs.
  if (plan.plan) return undefined
  const cohort = await plan.catalog.cohort(plan.cohort)
  const possible = await possibleOf(plan.catalog, { cohort: plan.cohort })
  const isSmall = !gateCohort(cohort.size, privacy.settings).ok
  if (!isSmall && (await privacy.admits({ cohort, possible }, plan.project))) return undefined
  const why = isSmall ? 'the cohort is below the smallest size' : 'few people distinguish the cohort from earlier ones'
  const aggregate = { kind: 'refused', why, ...(possible ? { possible } : {}) } as const
  return { ok: true, aggregate, cohort, ranBy: RAN_BY_NODE }
}

async function runScript(
  { id, plan, uploads }: { id: string; plan: JobPlan; uploads: readonly SandboxUpload[] },
  parts: ExecutionParts,
  cohort: SubjectSet,
  signal: AbortSignal
): Promise<Executed> {
  const { program } = plan
  if (program.kind !== 'script' || !parts.sandbox) throw new StimnetError('SANDBOX_UNAVAILABLE', `running ${id}`)
  const possible = await possibleOf(plan.catalog, { cohort: plan.cohort })
  const tables = await plan.catalog.tables(cohort, signal)
  const outcome = await parts.sandbox.run(
    {
      jobId: id,
      language: program.language,
      code: program.code,
      parameters: plan.parameters,
      filters: plan.filters,
      catalogId: plan.catalog.descriptor.name,
      tables,
      uploads,
      minCohortSize: parts.privacy.settings.k
    },
    { wallTimeMsMax: plan.wallTimeMsMax, memoryBytesMax: parts.memoryBytesMax, outputBytesMax: parts.outputBytesMax },
    signal
  )
  const { engine, grade, image } = await parts.sandbox.describe()
  const ranBy = { image: image(program.language), engine, grade }
  if (!outcome.ok) return { ok: false, code: outcome.code, why: outcome.log, ranBy }
  // A text may leave if it occurs in the request or in the public description of the catalog.
  const { descriptor } = plan.catalog
  const literals = new Set([
    ...literalsOfPython(pythonOf(program)),
    ...textsIn(plan.parameters),
    ...publicWordsOf(descriptor)
  ])
  const { outputs } = plan
  const aggregate = {
    kind: 'script',
    result: outcome.result,
    literals,
    outputs,
    ...(possible ? { possible } : {})
  } as const
  return { ok: true, aggregate, cohort, ranBy }
}

/** The Python code that will run. For a notebook, its code cells one after the other. */
function pythonOf(program: { language: string; code: string }): string {
  return program.language === 'jupyter' ? (cellsOf(program.code) ?? []).join('\n') : program.code
}

/** Every text in the parameters of the signed request. The script may repeat these. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
}
