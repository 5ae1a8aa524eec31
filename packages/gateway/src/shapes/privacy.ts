/** What a differentially private request would cost, as clients ask for it and read it. */
import { z } from 'zod'
import type { CostsView, PriceView } from '../peer.ts'
import { output } from './named.ts'

const columnErrorShape = output(
  'ColumnError',
  z.object({
    name: z.string(),
    kind: z.string(),
    sd: z.number().nullable().describe('Standard deviation of the noise, in the unit of the column'),
    error_95: z.number().nullable().describe('Nineteen of twenty answers are no further from the exact one than this'),
    rank_error_95: z
      .number()
      .nullable()
      .describe('Of a quantile: rows by which its rank is off, 19 times of 20 at most'),
    assumes_rows: z.number().nullable().describe('For a group of that many rows; null where it holds for any'),
    range: z
      .number()
      .nullable()
      .describe('Distance between the bounds of its variable, 1 for a share, 2 for a correlation; null for a count')
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

const informationShape = output(
  'InformationPrice',
  z.object({
    variable: z.string(),
    numbers: z.number().describe('Numbers about it, over all groups that there can be'),
    bits: z.number().describe('Bits that they tell of the value of a person, on average'),
    bits_max: z.number().describe('Bits of it that all answers together may tell')
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
        cost: priceShape.nullable().describe('Under P2'),
        information: z
          .array(informationShape)
          .nullable()
          .describe(
            'Under P1, of each variable that is not identifying; a question that was answered before tells nothing more'
          ),
        left: z
          .object({ project_rho: z.string(), lifetime_rho: z.string() })
          .nullable()
          .describe('Of the own catalog alone: what this account could still spend')
      })
    ),
    pooled: z
      .array(z.object({ name: z.string(), sd: z.number().nullable(), error_95: z.number().nullable() }))
      .describe('Noise of the sums and counts of all together: its standard deviation, and 19 times of 20 at most')
  })
)

/** One catalog's prices at all who offer it. */
export function costOf(catalog: string, { peers, pooled }: CostsView): z.output<typeof costShape> {
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
