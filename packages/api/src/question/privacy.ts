/** Prices of a request before anything is spent. */
import { isKeyId } from '@stimnet/protocol'
import { z } from 'zod'
import { input, output } from '../named.ts'
import type { Answered, Sent } from '../readonly.ts'
import { asked, targets } from './submission.ts'

/** The body of POST /api/v1/privacy/cost: a submission that is priced but not submitted. */
export const costQuestionShape = input(
  'CostQuestion',
  z.strictObject({
    targets: targets.default('*'),
    ...asked,
    key: z
      .string()
      .refine(isKeyId, { error: 'A key id (12D3Koo…).' })
      .nullish()
      .describe(
        'The key that would sign it: what is left is told for that key; for the accounts of the peer unless given'
      )
  })
)

/** A submission to be priced; `key`: id of the key that would sign it. */
export type CostQuestion = Sent<typeof costQuestionShape>

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
    epsilon: z.number().nullable().describe('Pure differential privacy; null where ρ was asked for'),
    rho: z.number().describe('What the ledger of the catalog takes'),
    nano_rho: z.string(),
    epsilon_at_delta: z.number(),
    delta: z.number(),
    numbers: z.number().describe('Numbers among which it is divided'),
    groups: z.number(),
    groups_per_subject: z.number(),
    rows_per_subject: z.number(),
    sites_per_person: z.number(),
    columns: z.array(columnErrorShape)
  })
)
/** The price of a differentially private answer at one institution, with its expected error. */
export type PrivacyPrice = Answered<typeof priceShape>

const informationShape = output(
  'InformationPrice',
  z.object({
    variable: z.string(),
    numbers: z.number().describe('Numbers about it, over all groups that there can be'),
    bits: z.number().describe('Bits that they tell of the value of a person, on average'),
    bits_max: z.number().describe('Bits of it that all answers together may tell')
  })
)
/** The information about one variable that a question would release. */
export type InformationPrice = Answered<typeof informationShape>

/** The answer of POST /api/v1/privacy/cost. */
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
        refusals: z
          .object({ bits: z.number(), bits_max: z.number(), at: z.string() })
          .nullish()
          .describe(
            'Bits that refusals and withheld numbers had told whoever signs in thirty days, rounded up to tens, of how many they may, as of the ' +
              'last answer of this institution (at); null before the first, or where it sets no limit or does not tell'
          ),
        left: z
          .object({ project_rho: z.string(), lifetime_rho: z.string() })
          .nullable()
          .describe(
            'Of the own catalog alone, ρ as decimal text: what whoever signs could still spend, and all together'
          )
      })
    ),
    pooled: z
      .array(z.object({ name: z.string(), sd: z.number().nullable(), error_95: z.number().nullable() }))
      .describe('Noise of the sums and counts of all together: its standard deviation, and 19 times of 20 at most')
  })
)
/** The price of a request at each peer that offers the catalog. */
export type PrivacyCost = Answered<typeof costShape>
