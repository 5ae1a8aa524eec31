/** What a differentially private request would cost, as clients ask for it and read it. */
import { z } from 'zod'
import type { CostView, PriceView } from '../peer.ts'
import { output } from './named.ts'

const columnErrorShape = output(
  'ColumnError',
  z.object({
    name: z.string(),
    kind: z.string(),
    sd: z.number().nullable().describe('Standard deviation of the noise, in the unit of the column'),
    error_95: z.number().nullable().describe('Nineteen of twenty answers are nearer to the exact one than this'),
    rank_error_95: z.number().nullable().describe('Of a quantile: rows by which its rank is off at most'),
    assumes_rows: z.number().nullable().describe('For a group of that many rows; null where it holds for any'),
    range: z
      .number()
      .nullable()
      .describe('Distance between the bounds of its variable, or 1 for a share; null for a count')
  })
)

const priceShape = output(
  'PrivacyPrice',
  z.object({
    mechanism: z.string(),
    epsilon: z.number().nullable(),
    rho: z.number().describe('What the ledger of the catalog takes'),
    nano_rho: z.string(),
    epsilon_at_delta: z.number(),
    delta: z.number(),
    numbers: z.number(),
    groups: z.number(),
    groups_per_subject: z.number(),
    rows_per_subject: z.number(),
    sites_per_person: z.number(),
    columns: z.array(columnErrorShape)
  })
)

/** The answer of the route. */
export const costShape = output(
  'PrivacyCost',
  z.object({
    data_catalog_name: z.string(),
    peers: z.array(
      z.object({
        peer_id: z.string(),
        node_id: z.string(),
        institution: z.string(),
        code: z.string().nullable().describe('Why this institution would refuse, by its public description'),
        reason: z.string().nullable(),
        cost: priceShape.nullable(),
        left: z
          .object({ project_rho: z.string(), lifetime_rho: z.string() })
          .nullable()
          .describe('Of the own catalog alone: what this account could still spend')
      })
    ),
    pooled: z
      .array(z.object({ name: z.string(), sd: z.number().nullable() }))
      .describe('Noise of the sums and counts of all together')
  })
)

/** One catalog's prices at all who offer it. */
export function costOf(catalog: string, views: readonly CostView[]): z.output<typeof costShape> {
  const prices = views.flatMap(({ price }) => (price ? [price] : []))
  const columns = prices[0]?.columns ?? []
  return {
    data_catalog_name: catalog,
    peers: views.map((view) => ({
      peer_id: view.peerId,
      node_id: view.nodeId,
      institution: view.institution,
      code: view.code ?? null,
      reason: view.reason ?? null,
      cost: view.price ? priceOf(view.price) : null,
      left: view.left ? { project_rho: view.left.project, lifetime_rho: view.left.lifetime } : null
    })),
    pooled: columns.map(({ name, assumesRows }) => ({
      name,
      sd: assumesRows === null ? together(prices, name) : null
    }))
  }
}

/** Each institution draws its own noise; null where one tells of none. */
function together(prices: readonly PriceView[], name: string): number | null {
  const spreads = prices.map(({ columns }) => columns.find((column) => column.name === name)?.sd ?? null)
  const known = spreads.filter((sd) => sd !== null)
  return known.length === spreads.length ? Math.hypot(...known) : null
}

function priceOf(price: PriceView): z.output<typeof priceShape> {
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
