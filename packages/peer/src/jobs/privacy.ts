/** Disclosure for each catalog of this peer: its rules, its atoms, and the one call of the door. */
import type { Catalog } from '@stimnet/data'
import {
  type Aggregate,
  type Disclosed,
  disclose,
  effectiveSettings,
  Partition,
  type PrivacySettings,
  policyHash,
  variableFacts
} from '@stimnet/privacy'
import { canonicalBytes, type Filter, type SubjectSet, sha256Hex } from '@stimnet/protocol'
import type { PeerConfig } from '../config.ts'
import type { AtomStore } from '../store/atoms.ts'
import type { Draft } from '../store/database.ts'

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

/** One for each catalog. Throws CONFIG_INVALID for a preset that does not exist. */
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

async function rulesOf(settings: PeerConfig['privacy'], catalogMin: number | undefined) {
  const k = Math.max(settings.min_cohort_size, catalogMin ?? 0)
  const rules = effectiveSettings({ preset: settings.preset, overrides: { k }, kMin: settings.k_min })
  return { settings: rules, policyHash: await policyHash(rules) }
}

async function privacyOf(catalog: Catalog, parts: PrivacyParts): Promise<CatalogPrivacy> {
  const { atoms } = parts
  const rules = await rulesOf(parts.settings, catalog.config.min_cohort_size)
  // One scope for everybody: until affiliations can be verified, a new key costs nothing.
  const scope = `${catalog.descriptor.name}!${catalog.epoch}!global`
  const load = () =>
    atoms.load(scope, catalog.subjects, async () => Partition.start(catalog.subjects, await catalog.baseCells()))
  const variables = variableFacts(catalog.descriptor)
  return {
    ...rules,
    timing: catalog.config.timing ?? (catalog.descriptor.synthetic ? 'prompt' : 'padded'),
    admits: async (sets) => (await load()).admit(sets, rules.settings.k).ok,
    prepare: async (facts) => {
      const loaded = await load()
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
            partition: atoms.current(scope) ?? loaded,
            synthetic: catalog.descriptor.synthetic,
            variables
          })
          if (disclosed.ok) atoms.replace(draft, scope, disclosed.partition)
          return disclosed
        }
      }
    }
  }
}
