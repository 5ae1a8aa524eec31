/** Disclosure for each catalog of this peer: its rules, its atoms, and the one call of the door. */
import type { Catalog } from '@stimnet/data'
import {
  type Aggregate,
  assertLatticeHolds,
  type Disclosed,
  disclose,
  effectiveSettings,
  type PrivacySettings,
  policyHash,
  variableFacts
} from '@stimnet/privacy'
import { canonicalBytes, type Filter, type SubjectSet, sha256Hex } from '@stimnet/protocol'
import type { PeerConfig } from '../config.ts'
import type { AtomStore } from '../store/atoms.ts'
import type { Draft } from '../store/database.ts'
import { ledgersOf } from './ledgers.ts'

/** What is to be released, and what it was computed from. */
export interface ReleaseFacts {
  readonly aggregate: Aggregate
  readonly cohort: SubjectSet
  readonly filter: Filter | undefined
  readonly codeHash: string
  readonly image: string
}

/** What one catalog's jobs need of privacy. */
export interface CatalogPrivacy {
  readonly settings: PrivacySettings
  readonly policyHash: string
  readonly timing: 'padded' | 'prompt'
  /** Whether the atoms allow a release on these sets, as they stand now. */
  admits(sets: readonly SubjectSet[]): Promise<boolean>
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
  readonly settings: PeerConfig['privacy']
}

/**
 * One for each catalog. Throws CONFIG_INVALID for a preset that does not exist, SOURCE_INVALID for a lattice with a base
 * cell of fewer subjects than a release needs.
 */
export async function createCatalogPrivacy(parts: PrivacyParts): Promise<CatalogPrivacies> {
  const made = new Map<string, CatalogPrivacy>()
  for (const [name, catalog] of parts.catalogs) made.set(name, await privacyOf(catalog, parts))
  // A job whose catalog was removed from the configuration still ends, under the strictest of what is left.
  const orphan = await rulesOf(parts.settings, undefined)
  return {
    of: (name) => {
      const known = made.get(name)
      if (known) return known
      const none = () => Promise.reject(new Error('a catalog that is no longer configured'))
      return { ...orphan, timing: 'padded', admits: none, prepare: none }
    }
  }
}

/** The rules in force for a catalog, and their hash. Throws CONFIG_INVALID. */
export async function rulesOf(settings: PeerConfig['privacy'], catalogMin: number | undefined) {
  const k = Math.max(settings.min_cohort_size, catalogMin ?? 0)
  const rules = effectiveSettings({ preset: settings.preset, overrides: { k }, kMin: settings.k_min })
  return { settings: rules, policyHash: await policyHash(rules) }
}

async function privacyOf(catalog: Catalog, parts: PrivacyParts): Promise<CatalogPrivacy> {
  const { atoms } = parts
  const rules = await rulesOf(parts.settings, catalog.config.min_cohort_size)
  assertLatticeHolds(catalog.descriptor, await catalog.baseCells(), rules.settings.k)
  const ledgers = ledgersOf(catalog, atoms, rules.settings.k)
  const variables = variableFacts(catalog.descriptor)
  return {
    ...rules,
    timing: catalog.config.timing ?? (catalog.descriptor.synthetic ? 'prompt' : 'padded'),
    admits: async (sets) => (await ledgers.load(undefined)).subjects.admit(sets, rules.settings.k).ok,
    prepare: async (facts) => {
      const items = facts.aggregate.kind === 'table' ? facts.aggregate.reduction.items : undefined
      const loaded = await ledgers.load(items)
      const cohortHash = await sha256Hex(canonicalBytes(facts.filter ?? null))
      return {
        disclose: (draft) => {
          const disclosed = disclose(facts.aggregate, {
            ...rules,
            epoch: catalog.epoch,
            cohortHash,
            codeHash: facts.codeHash,
            image: facts.image,
            cohort: facts.cohort,
            ledgers: ledgers.current(loaded),
            synthetic: catalog.descriptor.synthetic,
            variables
          })
          if (disclosed.ok) ledgers.replace(draft, disclosed.ledgers)
          return disclosed
        }
      }
    }
  }
}
