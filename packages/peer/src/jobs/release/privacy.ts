/** Disclosure control for each catalog of this peer: its rules, its ledgers, and the only call of `disclose`. */
import { setImmediate } from 'node:timers/promises'
import type { Catalog } from '@stimnet/data'
import {
  type Aggregate,
  assertLatticeHolds,
  bitsMaxOf,
  type Disclosed,
  type DisclosureContext,
  disclose,
  type LedgerScope,
  type LeftOut,
  leaveOut,
  preparing,
  type PrivacySettings,
  type ScriptCohort,
  tellEverything,
  type ToPrepare,
  type VariableSource,
  variableFacts,
  variablesWeighed
} from '@stimnet/privacy'
import {
  type CatalogDescriptor,
  type Filter,
  type RowItems,
  setOfCohort,
  StimnetError,
  type SubjectSet,
  type VariableRef
} from '@stimnet/protocol'
import { canonicalHash } from '../../canonical-hash.ts'
import type { PeerConfig } from '../../config/config.ts'
import type { Draft } from '../../store/database.ts'
import type { LedgerStore } from '../../store/released/ledgers.ts'
import { type CatalogLedgers, ledgersOf } from './ledgers.ts'
import { type MeterLimits, type MeterParts, ScopeMeter } from './meters.ts'
import { rulesOf } from '../admit/rules.ts'
import type { OverShare } from '../../policy/decision.ts'
import type { Asker } from '../admit/sign-off.ts'
import type { JobPlan } from '../admit/validate.ts'

/** The aggregate to be released, and its origin. */
export interface ReleaseFacts {
  readonly aggregate: Aggregate
  readonly cohort: SubjectSet
  readonly filter: Filter | undefined
  readonly codeHash: string
  readonly image: string
  /** Number of stewards who approved exactly this request. */
  readonly reviewers?: number
  /** Minimum number of subjects in each part that the release distinguishes, if it must be larger than k. */
  readonly partsMin?: number
  /** The project named by the request; absent for a release to everybody. */
  readonly project?: string
  /** The catalog in the variable names of the request, and the source of each of its variables (`sourceOf`). */
  readonly described: CatalogDescriptor
  readonly sourceOf?: (variable: VariableRef) => VariableSource
}

/** The information disclosed about a variable: bits per value on average, and the maximum. */
export interface Informed {
  readonly variable: VariableRef
  readonly told: number
  readonly max: number
}

/** Disclosure control of one catalog, as its jobs use it. */
export interface CatalogPrivacy {
  readonly settings: PrivacySettings
  readonly policyHash: string
  readonly timing: 'padded' | 'prompt'
  /** Whether the current ledgers of the project's scope allow a script over this cohort. */
  admits(asked: ScriptCohort, project: string): Promise<boolean>
  /** The information that releases in the project's scope have disclosed about each variable that is not `identifying`. */
  informed(project: string): Promise<readonly Informed[]>
  /** The variables by whose values people, and people with rows of `items`, were weighed in releases of the project's scope. */
  weighed(project: string | undefined, items: RowItems | undefined): Promise<readonly VariableRef[]>
  /** The meters of the project's scope. */
  meter(project: string): ScopeMeter
  /**
   * The first variable of which the question would take more than its requester's share; undefined if there is none, or if
   * the catalog has no shares.
   */
  overShare(plan: JobPlan, asker: Asker): Promise<OverShare | undefined>
  /** The people to leave out of a table so that more of it can be released; undefined for nobody. */
  leaveOut(facts: ReleaseFacts): Promise<LeftOut | undefined>
  /** Loads everything that disclosure needs, before the turn of the single writer. */
  prepare(facts: ReleaseFacts): Promise<{ disclose(draft: Draft): Disclosed }>
}

/** Disclosure control by catalog name. */
export interface CatalogPrivacies {
  of(catalog: string): CatalogPrivacy
}

interface PrivacyParts {
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly ledgers: LedgerStore
  readonly config: Pick<PeerConfig, 'privacy' | 'catalogs'>
  readonly meters: MeterParts
}

/**
 * Creates disclosure control for each catalog. Throws CONFIG_INVALID for an unknown preset, or for a scope that became
 * wider; SOURCE_INVALID for a lattice with a base cell of fewer subjects than a release needs.
 */
export async function createCatalogPrivacy(parts: PrivacyParts): Promise<CatalogPrivacies> {
  const made = new Map<string, CatalogPrivacy>()
  for (const [name, catalog] of parts.catalogs) made.set(name, await privacyOf(catalog, parts))
  // A job whose catalog was removed from the configuration still ends, under the rules of the peer. Its limits are zero.
  const orphan = await rulesOf(parts.config.privacy)
  return {
    of: (name) => {
      const known = made.get(name)
      if (known) return known
      const none = () => Promise.reject(new Error('a catalog that is no longer configured'))
      const limits = { refusalBitsMax: 0, scriptBitsMax: 0 }
      const meter = () => new ScopeMeter(parts.meters, scopeOf(name, orphan.settings.scope, ''), limits)
      const overShare = () => Promise.resolve(undefined)
      return {
        ...orphan,
        timing: 'padded',
        admits: none,
        prepare: none,
        leaveOut: none,
        informed: none,
        weighed: none,
        meter,
        overShare
      }
    }
  }
}

async function privacyOf(catalog: Catalog, parts: PrivacyParts): Promise<CatalogPrivacy> {
  const { descriptor, config } = catalog
  const rules = await rulesOf(parts.config.privacy, config)
  const { settings } = rules
  // Under differential privacy nothing is refused for being small, so whether a catalog opens must not depend on cell sizes
  // either.
  if (config.mode === 'sdc') assertLatticeHolds(descriptor, await catalog.baseCells(), settings.k)
  await assertScopeHolds(catalog, settings, parts.ledgers)
  const ledgersFor = (project: string | undefined) => {
    const ledger = ledgerOf(settings.scope, project)
    return ledgersOf(catalog, parts.ledgers, ledger === undefined ? {} : { ledger })
  }
  const meterFor = (project: string | undefined) =>
    new ScopeMeter(parts.meters, scopeOf(descriptor.name, settings.scope, project), limitsOf(settings, catalog))
  const contextOf = (facts: ReleaseFacts): Omit<DisclosureContext, 'ledgers'> => ({
    ...rules,
    epoch: catalog.epoch,
    cohortHash: canonicalHash(facts.filter ?? null),
    analysisSet: setOfCohort(facts.filter, descriptor),
    codeHash: facts.codeHash,
    image: facts.image,
    reviewers: facts.reviewers ?? 0,
    ...(facts.partsMin === undefined ? {} : { partsMin: facts.partsMin }),
    cohort: facts.cohort,
    synthetic: descriptor.synthetic,
    variables: variableFacts(facts.described, facts.sourceOf)
  })
  return {
    ...rules,
    timing: config.timing ?? (descriptor.synthetic ? 'prompt' : 'padded'),
    admits: async (asked, project) => {
      const ledgers = ledgersFor(project)
      return tellEverything(asked, ledgers.current(await ledgers.loadAll()), settings.k) !== undefined
    },
    informed: async (project) => informedOf(catalog, settings, ledgersFor(project)),
    weighed: async (project, items) => {
      const { subjects, rows } = await ledgersFor(project).load(items)
      return [subjects, ...(rows === undefined ? [] : [rows.ledger])].flatMap(variablesWeighed)
    },
    meter: meterFor,
    overShare: async (plan, asker) => {
      const share = config.privacy?.requester_share
      if (share === undefined) return undefined
      const asked = await meterFor(plan.project).takenFor(plan, asker)
      if (asked.length === 0) return undefined
      const known = await informedOf(catalog, settings, ledgersFor(plan.project))
      return overShareIn(asked, known, share)
    },
    leaveOut: async (facts) => {
      if (facts.aggregate.kind !== 'table') return undefined
      const ledgers = ledgersFor(facts.project)
      const loaded = await ledgers.load(facts.aggregate.reduction.items)
      return leaveOut(facts.aggregate, { ...contextOf(facts), ledgers: ledgers.current(loaded) })
    },
    prepare: async (facts) => {
      const ledgers = ledgersFor(facts.project)
      const meter = meterFor(facts.project)
      const { aggregate } = facts
      const loaded = await (aggregate.kind === 'table' ? ledgers.load(aggregate.reduction.items) : ledgers.loadAll())
      const context = contextOf(facts)
      if (aggregate.kind === 'table')
        await prepared(aggregate, { ...context, k: Math.max(settings.k, facts.partsMin ?? 0) })
      return {
        disclose: (draft) => {
          const disclosed = disclose(facts.aggregate, {
            ...context,
            // The remaining bits are read inside the single writer, so that two scripts do not spend the same bits.
            settings: { ...settings, scriptBitsMax: Math.min(settings.scriptBitsMax, meter.bitsLeft) },
            ledgers: ledgers.current(loaded)
          })
          if (disclosed.ledgers !== undefined) ledgers.replace(draft, disclosed.ledgers)
          return disclosed
        }
      }
    }
  }
}

/** Number of steps, of a fraction of a millisecond each, after which other work gets a turn. */
const STEPS_EACH = 8

/** Does the preparatory work for judging a model in steps, between which the node answers others. */
async function prepared(aggregate: ToPrepare, context: Parameters<typeof preparing>[1]): Promise<void> {
  const steps = preparing(aggregate, context)
  for (let step = 1; !steps.next().done; step++) if (step % STEPS_EACH === 0) await setImmediate()
}

/** Reads the information from the ledgers, which are kept under the catalog's own variable names. */
async function informedOf(catalog: Catalog, settings: PrivacySettings, ledgers: CatalogLedgers): Promise<Informed[]> {
  const facts = variableFacts(catalog.descriptor, catalog.sourceOf)
  const { subjects, tables = [] } = await ledgers.loadAll()
  const all = [subjects, ...tables.map(({ ledger }) => ledger)]
  return [...facts].flatMap(([variable, one]) => {
    if (one.identifying) return []
    const told = all.reduce((sum, ledger) => sum + ledger.bitsEach(variable), 0)
    return [{ variable, told, max: bitsMaxOf(one, settings) }]
  })
}

/**
 * The first variable of which a requester would take more than its share of the remaining bits. Bits that the requester took
 * in the period count as remaining.
 */
function overShareIn(asked: Awaited<ReturnType<ScopeMeter['takenFor']>>, known: readonly Informed[], share: number) {
  return asked
    .map(({ variable, bits, taken }): OverShare => {
      const { told, max } = known.find((one) => one.variable === variable) ?? { told: 0, max: 0 }
      return { variable, taken, asked: bits, may: share * Math.max(0, max - told + taken) }
    })
    .find((one) => one.taken + one.asked > one.may)
}

/** The scope of the meters of one catalog. It spans all epochs: requesters keep their knowledge when a file changes. */
function scopeOf(catalog: string, scope: LedgerScope, project: string | undefined): string {
  return `${catalog}!${ledgerOf(scope, project) ?? 'global'}`
}

/**
 * The name of a ledger narrower than the shared ledger; undefined for the shared ledger. Sign-off admits only listed
 * projects here.
 */
function ledgerOf(scope: LedgerScope, project: string | undefined): string | undefined {
  return scope === 'global' || project === undefined ? undefined : `${scope}!${project}`
}

/**
 * The limits of a catalog's meters. A synthetic catalog contains no real people and is limited only if its steward
 * configures limits.
 */
function limitsOf(settings: PrivacySettings, { config, descriptor }: Catalog): MeterLimits {
  const { refusalBitsMax, scriptBitsScopeMax } = settings
  const countsTaken = config.privacy?.requester_share !== undefined
  if (!descriptor.synthetic) return { refusalBitsMax, scriptBitsMax: scriptBitsScopeMax, countsTaken }
  return {
    countsTaken,
    refusalBitsMax: config.privacy?.refusal_bits_max ?? Number.POSITIVE_INFINITY,
    scriptBitsMax: config.privacy?.script_bits_scope_max === undefined ? Number.POSITIVE_INFINITY : scriptBitsScopeMax
  }
}

/**
 * Throws CONFIG_INVALID for `scope: global` in an epoch from which projects were answered: a shared ledger would not contain
 * the answers to the projects.
 */
async function assertScopeHolds({ descriptor, epoch }: Catalog, { scope }: PrivacySettings, ledgers: LedgerStore) {
  if (scope !== 'global' || !(await ledgers.hasReleased(descriptor.name, `${epoch}!project`))) return
  const why = 'this epoch was answered from by project: it stays so until a newer one is accepted with --forget'
  throw new StimnetError('CONFIG_INVALID', `catalogs: ${descriptor.name}: privacy.scope: ${why}`)
}
