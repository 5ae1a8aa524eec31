/** Data for stewards: used budgets, disclosure rules, and members of the federation. */
import { z } from 'zod'
import { output } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** The schema of usage in answers. */
export const usageShape = output(
  'Usage',
  z.object({
    data_catalog_name: z.string(),
    scope: z.string().describe('Empty: over all; *: everybody who shares a cap; else a project or a requester’s key'),
    what: z
      .string()
      .describe(
        'privacy budget (ρ); refusals: bits that they told the requester who was told most, in thirty days; script bits; or “information: VARIABLE”, bits told per value of a variable'
      ),
    used: z.string(),
    max: z.string().nullable().describe('Null: without end, as of synthetic data'),
    share: z.number().describe('0 to 1, and above where a limit was lowered')
  })
)
/** The usage of one budget or allowance by one scope. */
export type Usage = Answered<typeof usageShape>

const ruleShape = z.object({
  rule: z.string(),
  value: z.string(),
  does: z.string(),
  stops: z.string(),
  stops_not: z.string()
})

/** The schema of a catalog's rules in answers. */
export const policyShape = output(
  'Policy',
  z.object({
    data_catalog_name: z.string(),
    preset: z.string(),
    policy_hash: z.string(),
    rules: z.array(ruleShape)
  })
)
/** The disclosure rules of one catalog in plain words. */
export type Policy = Answered<typeof policyShape>

/** The schema of membership in answers. */
export const membershipShape = output(
  'Membership',
  z.object({
    federation: z
      .string()
      .nullable()
      .describe('Its name; null without a charter: then members are those that may connect'),
    open: z
      .boolean()
      .describe(
        'Whether anybody may connect (mesh.open), only beside synthetic data: then members are those that have'
      ),
    signatures_needed: z.number().int().nullable().describe('To admit or to revoke a member'),
    members: z.array(
      z.object({
        peer_id: z.string(),
        institution: z.string(),
        connected: z.boolean(),
        self: z.boolean(),
        log_disputed_by: z
          .array(z.string())
          .describe('PeerIds of those who attested its audit log and were shown another one since')
      })
    )
  })
)
/** The members of the federation. */
export type Membership = Answered<typeof membershipShape>
