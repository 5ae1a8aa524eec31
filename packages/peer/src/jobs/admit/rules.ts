/** The disclosure rules in force for a catalog: the rules of the peer, tightened by those of the catalog. */
import type { CatalogConfig, WrittenRules } from '@stimnet/data'
import { both, effectiveSettings, type Overrides, type PrivacySettings, policyHash } from '@stimnet/privacy'
import type { PeerConfig } from '../../config/config.ts'

/** Rules and their hash, as stated on every disclosure card. */
export interface RulesInForce {
  readonly settings: PrivacySettings
  readonly policyHash: string
}

/** The parts of a catalog's configuration that decide its rules. */
export type RuledCatalog = Pick<CatalogConfig, 'min_cohort_size' | 'privacy'> & { readonly synthetic?: boolean }

/** The rules and their hash; those of the peer if no catalog is given. Throws CONFIG_INVALID. */
export async function rulesOf(peer: PeerConfig['privacy'], catalog?: RuledCatalog): Promise<RulesInForce> {
  const settings = settingsOf(peer, catalog)
  return { settings, policyHash: await policyHash(settings) }
}

/** The rules without their hash. Throws CONFIG_INVALID. */
export function settingsOf(peer: PeerConfig['privacy'], catalog?: RuledCatalog): PrivacySettings {
  const own = catalog?.privacy ?? { scope: 'global' as const }
  const k = Math.max(peer.min_cohort_size, catalog?.min_cohort_size ?? 0)
  const ofPeer = effectiveSettings({
    preset: peer.preset,
    overrides: { ...overridesOf(peer), k },
    kMin: peer.k_min,
    ...(peer.refusal_bits_max === undefined ? {} : { refusalBitsMax: peer.refusal_bits_max })
  })
  if (catalog === undefined) return ofPeer
  const ofCatalog = effectiveSettings({
    preset: own.preset ?? peer.preset,
    overrides: overridesOf(own),
    scope: own.scope,
    precision: own.precision ?? (catalog?.synthetic ? 'exact' : 'statistical'),
    refusalBitsMax: own.refusal_bits_max ?? ofPeer.refusalBitsMax
  })
  return both(ofPeer, ofCatalog)
}

/** Converts the rules from their names in YAML to their names in `DisclosureRules`. */
export function overridesOf(written: WrittenRules): Overrides {
  return {
    zerosAreDisclosive: written.zeros_are_disclosive,
    largestShareMax: written.largest_share_max,
    dominanceShareMax: written.dominance_share_max,
    dominanceRemainderMin: written.dominance_remainder_min,
    spreadSubjectsMin: written.spread_subjects_min,
    shapeSubjectsMin: written.shape_subjects_min,
    informationShareMax: written.information_share_max,
    roundBase: written.round_base,
    significantDigits: written.significant_digits,
    scriptBitsMax: written.script_bits_max,
    scriptBitsScopeMax: written.script_bits_scope_max
  }
}
