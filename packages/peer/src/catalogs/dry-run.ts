/** A dry run of past jobs under other disclosure rules: the outcomes that the jobs would have without earlier releases. */
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Catalog } from '@stimnet/data'
import { type Disclosed, gateCohort } from '@stimnet/privacy'
import {
  codeOf,
  cryptographicRandom,
  type Message,
  messages,
  type Output,
  open,
  type Program,
  privacyAskFromMessage,
  programFromMessage,
  StimnetError,
  schemaTermsFromMessage,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import type { LoadedConfig, PeerConfig } from '../config/config.ts'
import { type CatalogPrivacy, createCatalogPrivacy } from '../jobs/release/privacy.ts'
import { settingsOf } from '../jobs/admit/rules.ts'
import { catalogInWordsOf } from '../jobs/admit/schema.ts'
import { asBefore } from '../jobs/run/late.ts'
import { possibleOf, reduceTable } from '../jobs/run/table.ts'
import { cohortAsked, validate } from '../jobs/admit/validate.ts'
import { withMissingness } from './missingness.ts'
import { withScratchCatalog } from './scratch.ts'
import { AnsweredStore } from '../store/released/answered.ts'
import { fromText } from '../store/base64.ts'
import { Database } from '../store/database.ts'
import { allJobs, type JobRecord } from '../store/jobs.ts'
import { LedgerStore } from '../store/released/ledgers.ts'
import { RecentBits } from '../store/released/recent-bits.ts'
import { ScriptBitStore } from '../store/released/script-bits.ts'
import { loadOrCreateKey } from '../store/identity.ts'

/** The outcome of one job, as counts. */
export interface DryOutcome {
  /** `released`, a code, a state, or the reason why the job was not run again. */
  readonly outcome: string
  /** Number of groups, cells and values withheld; null if nothing was released. */
  readonly withheld: number | null
  readonly k: number | null
}

/** The outcome of one job, then and under the other rules. */
export interface DryJob {
  readonly job_id: string
  readonly admitted_at: string
  readonly catalog: string
  readonly program: string
  readonly before: DryOutcome
  readonly now: DryOutcome
}

/** The outcomes under the other rules. */
export interface DryRun {
  readonly preset: string
  readonly k: number
  readonly jobs: readonly DryJob[]
  readonly released_before: number
  readonly released_now: number
}

/** The rules to try, and the number of latest jobs to run again. */
export interface DryRunWish {
  readonly privacy: PeerConfig['privacy']
  /** Number of latest jobs. Default: all jobs. */
  readonly last?: number
}

/**
 * Runs the jobs of a stopped peer again, in the order of their admission, with ledgers that begin empty. Reads the peer's
 * database and the catalogs' files and releases nothing: results stay in this process, and only counts are returned. Throws
 * STORE_UNAVAILABLE if the peer is running or has no database, and CONFIG_INVALID for invalid rules.
 */
export async function dryRun({ config, baseDir }: LoadedConfig, { privacy, last }: DryRunWish): Promise<DryRun> {
  const { preset, k } = settingsOf(privacy)
  const dataDir = resolve(baseDir, config.data_dir)
  const stored = await storedJobs(join(dataDir, 'db'))
  const { id: self } = await signerFromSeed(await loadOrCreateKey(dataDir, cryptographicRandom))
  const chosen = last === undefined ? stored : stored.slice(-last)
  const now = new Map<string, DryOutcome>()
  for (const catalog of config.catalogs) {
    const jobs = chosen.filter((job) => job.catalog === catalog.name)
    if (jobs.length === 0) continue
    await withScratchCatalog(catalog, baseDir, async (opened) => {
      for (const [job, outcome] of await askAgain(opened, jobs, { privacy, catalogs: config.catalogs, self })) {
        now.set(job.id, outcome)
      }
    })
  }
  const jobs = await Promise.all(
    chosen.map(
      async (job): Promise<DryJob> => ({
        job_id: job.id,
        admitted_at: new Date(job.admittedAtMs).toISOString(),
        catalog: job.catalog,
        program: job.programWord,
        before: await beforeOf(job),
        now: now.get(job.id) ?? notAsked('its catalog is no longer configured')
      })
    )
  )
  const released = (outcomes: readonly DryOutcome[]) => outcomes.filter(({ outcome }) => outcome === 'released').length
  return {
    preset,
    k,
    jobs,
    released_before: released(jobs.map(({ before }) => before)),
    released_now: released(jobs.map((job) => job.now))
  }
}

async function storedJobs(directory: string): Promise<JobRecord[]> {
  await access(directory).catch((cause: unknown) => {
    throw new StimnetError('STORE_UNAVAILABLE', `${directory}: this peer has not run yet`, { cause })
  })
  const database = await Database.open({ directory }, () => systemClock.now()).catch((cause: unknown) => {
    const why = `${directory} is locked while the peer runs: stop it, or copy its data_dir and name the copy in STIMNET_DATA_DIR`
    throw new StimnetError('STORE_UNAVAILABLE', why, { cause })
  })
  try {
    const jobs = await allJobs(database)
    return jobs.sort((a, b) => a.admittedAtMs - b.admittedAtMs || (a.id < b.id ? -1 : 1))
  } finally {
    await database.close()
  }
}

/** Events of a dry run are ignored. */
const UNHEARD = { missingnessUntold: () => {}, unexpected: () => {} }

/** Runs the jobs through a peer's own disclosure control over a database in memory. Nothing is published. */
async function askAgain(
  catalog: Catalog,
  jobs: readonly JobRecord[],
  { self, ...config }: Pick<PeerConfig, 'privacy' | 'catalogs'> & { readonly self: string }
): Promise<Map<JobRecord, DryOutcome>> {
  const database = await Database.open({ memory: true }, () => systemClock.now())
  try {
    const meters = {
      clock: systemClock,
      refusals: await RecentBits.open(database, 'refusal-bits'),
      taken: await RecentBits.open(database, 'taken-bits'),
      answered: new AnsweredStore(database),
      scriptBits: await ScriptBitStore.open(database)
    }
    const parts = {
      catalogs: new Map([[catalog.descriptor.name, catalog]]),
      ledgers: new LedgerStore(database),
      config,
      meters
    }
    const privacies = await createCatalogPrivacy(parts)
    const { ledgers, catalogs } = parts
    // As at the start of a peer: if missingness is released, it is the first entry of every ledger.
    await withMissingness(catalogs, { database, ledgers, privacy: privacies, events: UNHEARD })
    const privacy = privacies.of(catalog.descriptor.name)
    const outcomes = new Map<JobRecord, DryOutcome>()
    for (const job of jobs) outcomes.set(job, await outcomeOf(job, { catalog, privacy, database, self }))
    return outcomes
  } catch (error) {
    // For example, the lattice is too fine for the new k: under these rules the catalog could not be offered.
    const outcome = notAsked(`its catalog would not open (${codeOf(error)})`)
    return new Map(jobs.map((job) => [job, outcome]))
  } finally {
    await database.close()
  }
}

interface Again {
  /** The id of this peer, which selects the mappings meant for this peer. */
  readonly self: string
  readonly catalog: Catalog
  readonly privacy: CatalogPrivacy
  readonly database: Database
}

async function outcomeOf(job: JobRecord, again: Again): Promise<DryOutcome> {
  if (job.epoch !== again.catalog.epoch) return notAsked('its files have changed since')
  const k = again.privacy.settings.k
  try {
    const request = await requestOf(job)
    if (request.privacy?.level === 'P2') return notAsked('differentially private: paid for, whatever the rules')
    if (request.mappings.length > 0) return notAsked('asked in the words of a mapping')
    const disclosed = await discloseAgain(request, again)
    if (!disclosed.ok) return { outcome: disclosed.code, withheld: null, k }
    const { output } = disclosed.output
    // The script was not run, so nothing is known about its output.
    const withheld = job.programWord === 'sql' || job.programWord === 'statistic' ? withheldOf(output) : null
    return { outcome: 'released', withheld, k }
  } catch (error) {
    return { outcome: codeOf(error), withheld: null, k }
  }
}

async function discloseAgain(request: Message<'JobRequest'>, again: Again): Promise<Disclosed> {
  const { catalog, privacy, database, self } = again
  const program = programFromMessage(request.program)
  const asked =
    program.kind === 'script'
      ? ofScript(request, program, again)
      : await validate(request, {
          self,
          settingsOf: () => privacy.settings,
          catalogs: new Map([[request.catalog, catalog]]),
          sandbox: undefined,
          wallTimeMsMax: 1,
          // The membership was judged when the request was admitted.
          isPeer: () => true
        })
  const plan = 'plan' in asked ? asked.plan : undefined
  const seen =
    plan === undefined
      ? asked.catalog
      : await asBefore({ catalog: asked.catalog, plan, filter: asked.cohort }, privacy.settings)
  const cohort = await seen.cohort(asked.cohort)
  if (!gateCohort(cohort.size, privacy.settings).ok) return { ok: false, code: 'COHORT_NOT_RELEASABLE', why: '' }
  const possible = plan === undefined ? await possibleOf(asked.catalog, asked) : undefined
  const aggregate =
    plan === undefined
      ? ({ kind: 'script', result: 'null', literals: new Set<string>(), ...(possible ? { possible } : {}) } as const)
      : await reduceTable(
          { ...asked, catalog: seen, plan, cohort, filter: asked.cohort, project: request.project },
          privacy
        )
  const { descriptor: described, sourceOf } = asked.catalog
  const facts = { codeHash: '', image: '', project: request.project, filter: asked.cohort, described, sourceOf }
  const door = await privacy.prepare({ aggregate, cohort, ...facts })
  return database.commit((draft) => door.disclose(draft))
}

/** The cohort of a script. The script itself is not validated, because there is no sandbox here. */
function ofScript(request: Message<'JobRequest'>, program: Program, { catalog, privacy, self }: Again) {
  const terms = { schema: schemaTermsFromMessage(request), privacy: privacyAskFromMessage(request.privacy) }
  const seen = catalogInWordsOf({ ...terms, program, settings: privacy.settings, self }, catalog)
  return { catalog: seen, ...cohortAsked(request, seen, undefined) }
}

async function requestOf(job: JobRecord): Promise<Message<'JobRequest'>> {
  const opened = await open(fromText(job.request), { type: 'job-request', clock: systemClock, atAnyTime: true })
  return messages.JobRequest.decode(opened.body)
}

async function beforeOf(job: JobRecord): Promise<DryOutcome> {
  // The result was deleted after its retention period.
  const isDeleted = job.resultDeletedAtMs !== undefined && job.state === 'completed'
  if (isDeleted) return { outcome: 'released', withheld: null, k: null }
  if (job.state !== 'completed' || job.result === undefined) {
    return { outcome: job.code ?? job.state, withheld: null, k: null }
  }
  const opened = await open(fromText(job.result), { type: 'job-result', clock: systemClock, atAnyTime: true })
  const { outputJson } = messages.JobResult.decode(opened.body)
  const output = JSON.parse(new TextDecoder().decode(outputJson)) as Output
  return { outcome: 'released', withheld: withheldOf(output), k: output.disclosure.k }
}

function withheldOf({ withheld }: Output): number {
  return Object.values(withheld).reduce((sum: number, count = 0) => sum + count, 0)
}

function notAsked(why: string): DryOutcome {
  return { outcome: why, withheld: null, k: null }
}
