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
        'The key that would sign: remaining budgets are those of this key; by default those of the accounts of the peer'
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
    error_95: z.number().nullable().describe('The distance from the exact value that 19 of 20 answers do not exceed'),
    rank_error_95: z
      .number()
      .nullable()
      .describe('For a quantile: the error of its rank in rows that 19 of 20 answers do not exceed'),
    assumes_rows: z
      .number()
      .nullable()
      .describe('The number of rows per group that the error assumes; null if it holds for any'),
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
    rho: z.number().describe('The charge to the ledger of the catalog'),
    nano_rho: z.string(),
    epsilon_at_delta: z.number(),
    delta: z.number(),
    numbers: z.number().describe('The number of values that share it'),
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
    numbers: z.number().describe('The number of values about the variable, over all possible groups'),
    bits: z.number().describe('Bits that these values disclose about the value of a person, on average'),
    bits_max: z.number().describe('Bits that all answers together may disclose about the variable')
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
        code: z
          .string()
          .nullable()
          .describe('The code with which this institution would refuse, according to its public description'),
        reason: z.string().nullable(),
        cost: priceShape.nullable().describe('Under P2'),
        information: z
          .array(informationShape)
          .nullable()
          .describe('Under P1, for each variable that is not identifying; a repeated question discloses nothing more'),
        refusals: z
          .object({ bits: z.number(), bits_max: z.number(), at: z.string() })
          .nullish()
          .describe(
            'Bits that refusals and withheld numbers disclosed to the signer within thirty days, rounded up to tens, and their limit, as of the ' +
              'last answer of this institution (at); null before the first answer, without a limit, or if the institution does not publish them'
          ),
        left: z
          .object({ project_rho: z.string(), lifetime_rho: z.string() })
          .nullable()
          .describe(
            'For the own catalog only, ρ as decimal text: the remaining budgets of the signer and of all together'
          )
      })
    ),
    pooled: z
      .array(z.object({ name: z.string(), sd: z.number().nullable(), error_95: z.number().nullable() }))
      .describe(
        'Noise of the pooled sums and counts: its standard deviation, and the amount that 19 of 20 answers do not exceed'
      )
  })
)
/** The price of a request at each peer that offers the catalog. */
export type PrivacyCost = Answered<typeof costShape>
