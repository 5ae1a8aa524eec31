/** Prices of a request for the wire. */
import type { PrivacyCost, PrivacyPrice } from '@stimnet/api'
import type { CostsView, PriceView } from '../peer.ts'

/** One catalog's prices at all who offer it. */
export function costOf(catalog: string, { peers, pooled }: CostsView): PrivacyCost {
  return {
    data_catalog_name: catalog,
    peers: peers.map((view) => ({
      peer_id: view.peerId,
      node_id: view.nodeId,
      institution: view.institution,
      code: view.code ?? null,
      reason: view.reason ?? null,
      cost: view.price ? priceOf(view.price) : null,
      information: view.information?.map(({ max, ...told }) => ({ ...told, bits_max: max })) ?? null,
      left: view.left ? { project_rho: view.left.project, lifetime_rho: view.left.lifetime } : null
    })),
    pooled: pooled.map(({ name, sd, error95 }) => ({ name, sd, error_95: error95 }))
  }
}

function priceOf(price: PriceView): PrivacyPrice {
  return {
    mechanism: price.mechanism,
    epsilon: price.epsilon,
    rho: price.rho,
    nano_rho: String(price.nanoRho),
    epsilon_at_delta: price.epsilonAtDelta,
    delta: price.delta,
    numbers: price.numbers,
    groups: price.groups,
    groups_per_subject: price.groupsPerSubject,
    rows_per_subject: price.rowsPerSubject,
    sites_per_person: price.sitesPerPerson,
    columns: price.columns.map((column) => ({
      name: column.name,
      kind: column.kind,
      sd: column.sd,
      error_95: column.error95,
      rank_error_95: column.rankError95,
      assumes_rows: column.assumesRows,
      range: column.range
    }))
  }
}
