/** Disclosure for each catalog of this peer: its rules, its ledgers, and the one call of the door. */
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
  type PrivacySettings,
  type ScriptCohort,
  tellEverything,
  type VariableSource,
  variableFacts
} from '@stimnet/privacy'
import {
  type CatalogDescriptor,
  canonicalBytes,
  type Filter,
  StimnetError,
  type SubjectSet,
  sha256Hex,
  type VariableRef
} from '@stimnet/protocol'
import type { PeerConfig } from '../../config/config.ts'
import type { Draft } from '../../store/database.ts'
import type { LedgerStore } from '../../store/released/ledgers.ts'
import { type CatalogLedgers, ledgersOf } from './ledgers.ts'
import { type MeterLimits, type MeterParts, ScopeMeter } from './meters.ts'
import { rulesOf } from '../admit/rules.ts'

/** What is to be released, and what it was computed from. */
export interface ReleaseFacts {
  readonly aggregate: Aggregate
  readonly cohort: SubjectSet
  readonly filter: Filter | undefined
  readonly codeHash: string
  readonly image: string
  /** Stewards who approved exactly this. */
  readonly reviewers?: number
  /** Fewest subjects of what it tells apart, where that is to be more than k. */
  readonly partsMin?: number
  /** As the request names it; absent for what is told to everybody. */
  readonly project?: string
  /** The catalog in the words of the request, and where its variables come from. */
  readonly described: CatalogDescriptor
  readonly sourceOf?: (variable: VariableRef) => VariableSource
}

/** What is told of a variable's values: bits per value on average, of as many as may be. */
export interface Informed {
  readonly variable: VariableRef
  readonly told: number
  readonly max: number
}

/** What one catalog's jobs need of privacy. */
export interface CatalogPrivacy {
  readonly settings: PrivacySettings
  readonly policyHash: string
  readonly timing: 'padded' | 'prompt'
  /** Whether the ledgers of the project's scope allow a script over this cohort, as they stand now. */
  admits(asked: ScriptCohort, project: string): Promise<boolean>
  /** What releases of the project's scope have told of each variable that others are not taken to know. */
  informed(project: string): Promise<readonly Informed[]>
  /** What the project's scope has used up beside its ledgers. */
  meter(project: string): ScopeMeter
  /** Whom a table is to be reduced without, so that more of it can be told; undefined for nobody. */
  leaveOut(facts: ReleaseFacts): Promise<LeftOut | undefined>
  /** Before the single writer's turn: what disclosure needs to have at hand. */
  prepare(facts: ReleaseFacts): Promise<{ disclose(draft: Draft): Disclosed }>
}

/** By catalog name. */
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
 * One for each catalog. Throws CONFIG_INVALID for a preset that does not exist, or a scope that has become wider; SOURCE_INVALID
 * for a lattice with a base cell of fewer subjects than a release needs.
 */
export async function createCatalogPrivacy(parts: PrivacyParts): Promise<CatalogPrivacies> {
  const made = new Map<string, CatalogPrivacy>()
  for (const [name, catalog] of parts.catalogs) made.set(name, await privacyOf(catalog, parts))
  // A job whose catalog was removed from the configuration still ends, under the strictest of what is left.
  const orphan = await rulesOf(parts.config.privacy)
  return {
    of: (name) => {
      const known = made.get(name)
      if (known) return known
      const none = () => Promise.reject(new Error('a catalog that is no longer configured'))
      const limits = { refusalBitsMax: 0, scriptBitsMax: 0 }
      const meter = () => new ScopeMeter(parts.meters, scopeOf(name, orphan.settings.scope, ''), limits)
      return { ...orphan, timing: 'padded', admits: none, prepare: none, leaveOut: none, informed: none, meter }
    }
  }
}

async function privacyOf(catalog: Catalog, parts: PrivacyParts): Promise<CatalogPrivacy> {
  const { descriptor, config } = catalog
  const rules = await rulesOf(parts.config.privacy, config)
  const { settings } = rules
  // Under differential privacy nothing is refused for being small, and whether a catalog opens must not depend on it.
  if (config.mode === 'sdc') assertLatticeHolds(descriptor, await catalog.baseCells(), settings.k)
  await assertScopeHolds(catalog, settings, parts.ledgers)
  const ledgersFor = (project: string | undefined) => {
    const ledger = ledgerOf(settings.scope, project)
    return ledgersOf(catalog, parts.ledgers, ledger === undefined ? {} : { ledger })
  }
  const meterFor = (project: string | undefined) =>
    new ScopeMeter(parts.meters, scopeOf(descriptor.name, settings.scope, project), limitsOf(settings, catalog))
  const contextOf = async (facts: ReleaseFacts): Promise<Omit<DisclosureContext, 'ledgers'>> => ({
    ...rules,
    epoch: catalog.epoch,
    cohortHash: await sha256Hex(canonicalBytes(facts.filter ?? null)),
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
    meter: meterFor,
    leaveOut: async (facts) => {
      if (facts.aggregate.kind !== 'table') return undefined
      const ledgers = ledgersFor(facts.project)
      const loaded = await ledgers.load(facts.aggregate.reduction.items)
      return leaveOut(facts.aggregate, { ...(await contextOf(facts)), ledgers: ledgers.current(loaded) })
    },
    prepare: async (facts) => {
      const ledgers = ledgersFor(facts.project)
      const meter = meterFor(facts.project)
      const { aggregate } = facts
      const loaded = await (aggregate.kind === 'table' ? ledgers.load(aggregate.reduction.items) : ledgers.loadAll())
      const context = await contextOf(facts)
      return {
        disclose: (draft) => {
          const disclosed = disclose(facts.aggregate, {
            ...context,
            // What the scope has left: judged in the writer's turn, so that two scripts do not spend the same bits.
            settings: { ...settings, scriptBitsMax: Math.min(settings.scriptBitsMax, meter.bitsLeft) },
            ledgers: ledgers.current(loaded)
          })
          if (disclosed.ok) ledgers.replace(draft, disclosed.ledgers)
          return disclosed
        }
      }
    }
  }
}

/** Of the catalog's own variables, whose ledger they are in. */
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

/** Of one catalog, whatever its epoch: people forget nothing because a file changed. */
function scopeOf(catalog: string, scope: LedgerScope, project: string | undefined): string {
  return `${catalog}!${ledgerOf(scope, project) ?? 'global'}`
}

/** The name of a narrower ledger than everybody's; sign-off has let only listed projects come here. */
function ledgerOf(scope: LedgerScope, project: string | undefined): string | undefined {
  return scope === 'global' || project === undefined ? undefined : `${scope}!${project}`
}

/** Nobody real is in a synthetic catalog: what is used up there has an end only where its steward wants to try that. */
function limitsOf(settings: PrivacySettings, { config, descriptor }: Catalog): MeterLimits {
  const { refusalBitsMax, scriptBitsScopeMax } = settings
  if (!descriptor.synthetic) return { refusalBitsMax, scriptBitsMax: scriptBitsScopeMax }
  return {
    refusalBitsMax: config.privacy?.refusal_bits_max ?? Number.POSITIVE_INFINITY,
    scriptBitsMax: config.privacy?.script_bits_scope_max === undefined ? Number.POSITIVE_INFINITY : scriptBitsScopeMax
  }
}

/**
 * Throws CONFIG_INVALID for a ledger of everybody's over an epoch that was answered from by project: what the projects were
 * given, it would not know.
 */
async function assertScopeHolds({ descriptor, epoch }: Catalog, { scope }: PrivacySettings, ledgers: LedgerStore) {
  if (scope !== 'global' || !(await ledgers.hasReleased(descriptor.name, `${epoch}!project`))) return
  const why = 'this epoch was answered from by project: it stays so until a newer one is accepted with --forget'
  throw new StimnetError('CONFIG_INVALID', `catalogs: ${descriptor.name}: privacy.scope: ${why}`)
}
