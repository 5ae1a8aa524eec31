/** Disclosure for each catalog of this peer: its rules, its atoms, and the one call of the door. */
import type { Catalog } from '@stimnet/data'
import {
  type Aggregate,
  assertLatticeHolds,
  type Disclosed,
  disclose,
  type LedgerScope,
  type PrivacySettings,
  variableFacts
} from '@stimnet/privacy'
import {
  type CatalogDescriptor,
  canonicalBytes,
  type Filter,
  StimnetError,
  type SubjectSet,
  sha256Hex
} from '@stimnet/protocol'
import type { PeerConfig } from '../config.ts'
import type { AtomStore } from '../store/atoms.ts'
import type { Draft } from '../store/database.ts'
import { assertLatticeChosen } from './lattice-choice.ts'
import { ledgersOf } from './ledgers.ts'
import { type MeterLimits, type MeterParts, ScopeMeter } from './meters.ts'
import { rulesOf } from './rules.ts'

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
  /** The catalog in the words of the request. */
  readonly described: CatalogDescriptor
}

/** What one catalog's jobs need of privacy. */
export interface CatalogPrivacy {
  readonly settings: PrivacySettings
  readonly policyHash: string
  readonly timing: 'padded' | 'prompt'
  /** Whether the atoms of the project's scope allow a release on these sets, as they stand now. */
  admits(sets: readonly SubjectSet[], project: string): Promise<boolean>
  /** How finely releases of the project's scope have told its subjects apart, and how finely they can at most. */
  parts(project: string): Promise<{ readonly told: number; readonly most: number }>
  /** What the project's scope has used up beside atoms. */
  meter(project: string): ScopeMeter
  /** Before the single writer's turn: what disclosure needs to have at hand. */
  prepare(facts: ReleaseFacts): Promise<{ disclose(draft: Draft): Disclosed }>
}

/** By catalog name. */
export interface CatalogPrivacies {
  of(catalog: string): CatalogPrivacy
}

interface PrivacyParts {
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly atoms: AtomStore
  readonly config: Pick<PeerConfig, 'privacy' | 'catalogs'>
  readonly meters: MeterParts
}

/**
 * One for each catalog. Throws CONFIG_INVALID for a preset that does not exist, a small catalog without a lattice, or a scope
 * that has become wider; SOURCE_INVALID for a lattice with a base
 * cell of fewer subjects than a release needs.
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
      const limits = { refusalsMax: 0, scriptBitsMax: 0 }
      const meter = () => new ScopeMeter(parts.meters, scopeOf(name, orphan.settings.scope, ''), limits)
      return { ...orphan, timing: 'padded', admits: none, prepare: none, parts: none, meter }
    }
  }
}

async function privacyOf(catalog: Catalog, parts: PrivacyParts): Promise<CatalogPrivacy> {
  const { descriptor, config } = catalog
  const rules = await rulesOf(parts.config.privacy, config)
  const { settings } = rules
  assertLatticeChosen(catalog, parts.config.catalogs)
  // Under differential privacy nothing is refused for being small, and whether a catalog opens must not depend on it.
  if (config.mode === 'sdc') assertLatticeHolds(descriptor, await catalog.baseCells(), settings.k)
  await assertScopeHolds(catalog, settings, parts.atoms)
  const ledgersFor = (project: string | undefined) => {
    const ledger = ledgerOf(settings.scope, project)
    return ledgersOf(catalog, parts.atoms, { k: settings.k, ...(ledger === undefined ? {} : { ledger }) })
  }
  const meterFor = (project: string | undefined) =>
    new ScopeMeter(parts.meters, scopeOf(descriptor.name, settings.scope, project), limitsOf(settings, catalog))
  return {
    ...rules,
    timing: config.timing ?? (descriptor.synthetic ? 'prompt' : 'padded'),
    admits: async (sets, project) => (await ledgersFor(project).load(undefined)).subjects.admit(sets, settings.k).ok,
    parts: async (project) => {
      const { subjects } = await ledgersFor(project).load(undefined)
      // Of the size that everybody is told: the exact one is nobody's to know.
      return { told: subjects.atoms, most: Math.max(1, Math.floor(descriptor.subjectsRounded / settings.k)) }
    },
    meter: meterFor,
    prepare: async (facts) => {
      const ledgers = ledgersFor(facts.project)
      const meter = meterFor(facts.project)
      const items = facts.aggregate.kind === 'table' ? facts.aggregate.reduction.items : undefined
      const loaded = await ledgers.load(items)
      const cohortHash = await sha256Hex(canonicalBytes(facts.filter ?? null))
      return {
        disclose: (draft) => {
          const disclosed = disclose(facts.aggregate, {
            ...rules,
            // What the scope has left: judged in the writer's turn, so that two scripts do not spend the same bits.
            settings: { ...settings, scriptBitsMax: Math.min(settings.scriptBitsMax, meter.bitsLeft) },
            epoch: catalog.epoch,
            cohortHash,
            codeHash: facts.codeHash,
            image: facts.image,
            reviewers: facts.reviewers ?? 0,
            ...(facts.partsMin === undefined ? {} : { partsMin: facts.partsMin }),
            cohort: facts.cohort,
            ledgers: ledgers.current(loaded),
            synthetic: catalog.descriptor.synthetic,
            variables: variableFacts(facts.described)
          })
          if (disclosed.ok) ledgers.replace(draft, disclosed.ledgers)
          return disclosed
        }
      }
    }
  }
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
  const { refusalsMax, scriptBitsScopeMax } = settings
  if (!descriptor.synthetic) return { refusalsMax, scriptBitsMax: scriptBitsScopeMax }
  return {
    refusalsMax: config.privacy?.refusals_max ?? Number.POSITIVE_INFINITY,
    scriptBitsMax: config.privacy?.script_bits_scope_max === undefined ? Number.POSITIVE_INFINITY : scriptBitsScopeMax
  }
}

/**
 * Throws CONFIG_INVALID for a ledger of everybody's over an epoch that was answered from by project: what the projects were
 * given, it would not know.
 */
async function assertScopeHolds({ descriptor, epoch }: Catalog, { scope }: PrivacySettings, atoms: AtomStore) {
  if (scope !== 'global' || !(await atoms.hasReleased(descriptor.name, `${epoch}!project`))) return
  const why = 'this epoch was answered from by project: it stays so until a newer one is accepted with --forget'
  throw new StimnetError('CONFIG_INVALID', `catalogs: ${descriptor.name}: privacy.scope: ${why}`)
}
