/** Views for stewards: used budgets, rules in force and membership. */
import type { Membership, Usage } from '@stimnet/api'
import type { GatewayPeer } from '@stimnet/gateway'
import type { Mesh } from '@stimnet/mesh'
import { explain } from '@stimnet/privacy'
import { assertAuditor } from './audit-view.ts'
import type { PeerConfig } from '../config/config.ts'
import type { Federation } from '../federation/federation.ts'
import type { Permits } from '../federation/permits.ts'
import type { CatalogPrivacies } from '../jobs/release/privacy.ts'
import { informedOf, type Used, usagesOf } from '../jobs/release/usage.ts'
import type { Directory } from '../requests/directory.ts'
import { type PrivacyLedger, rhoText } from '../store/released/privacy-ledger.ts'
import type { Conflicts } from '../witness/conflicts.ts'

/** The parts that these views read. */
export interface StewardshipParts {
  readonly config: PeerConfig
  readonly self: string
  readonly ledger: PrivacyLedger
  readonly privacy: CatalogPrivacies
  readonly federation: Federation | undefined
  readonly permits: Permits
  readonly mesh: Mesh
  readonly directory: Directory
  readonly conflicts: Conflicts
}

/** The methods of these views, for stewards, auditors and operators. */
export function stewardshipMethods(parts: StewardshipParts): Pick<GatewayPeer, 'usage' | 'policies' | 'membership'> {
  const { config, ledger, privacy } = parts
  return {
    usage: async (account) => {
      assertAuditor(account)
      const { catalogs } = config
      return [...usagesOf({ catalogs, ledger, privacy }), ...(await informedOf(catalogs, privacy))].map(usageOf)
    },
    policies: (account) => {
      assertAuditor(account)
      return config.catalogs.map(({ name }) => {
        const { settings, policyHash } = privacy.of(name)
        const rules = explain(settings).map(({ stopsNot, ...rule }) => ({ ...rule, stops_not: stopsNot }))
        return { data_catalog_name: name, preset: settings.preset, policy_hash: policyHash, rules }
      })
    },
    membership: (account) => {
      assertAuditor(account)
      return membershipOf(parts)
    }
  }
}

/** A used amount in the types of the API. */
export function usageOf({ catalog, scope, what, used, max }: Used): Usage {
  // Budgets are counted in units of 10⁻⁹ ρ.
  const text = (amount: number) => (what === 'privacy budget' ? rhoText(BigInt(amount)) : String(amount))
  const counted = { data_catalog_name: catalog, scope, what, used: text(used) }
  if (max === Number.POSITIVE_INFINITY) return { ...counted, max: null, share: 0 }
  const share = max > 0 ? used / max : 1
  return { ...counted, max: text(max), share: Number(share.toFixed(4)) }
}

/**
 * The members of the charter; without a charter, the peers that the configuration permits; in open mode, the peers that can
 * be reached.
 */
export function membershipOf({
  config,
  self,
  federation,
  permits,
  mesh,
  directory,
  conflicts
}: Omit<StewardshipParts, 'ledger' | 'privacy'>): Membership {
  const { open, peers } = config.mesh
  const listed = federation
    ? federation.members()
    : [self, ...(open ? mesh.members().filter((peer) => mesh.isReachable(peer)) : peers.filter(permits))].map(
        (peer) => ({
          peer,
          institution: directory.get(peer)?.institution ?? ''
        })
      )
  return {
    federation: federation?.charter.name ?? null,
    open,
    signatures_needed: federation?.charter.needed ?? null,
    members: listed.map(({ peer, institution }) => ({
      peer_id: peer,
      institution,
      self: peer === self,
      connected: peer === self || mesh.isReachable(peer),
      log_disputed_by: conflicts.witnessesAgainst(peer)
    }))
  }
}
