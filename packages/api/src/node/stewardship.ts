/** Data for stewards: used budgets, disclosure rules, and members of the federation. */
import { z } from 'zod'
import { output } from '../named.ts'
import type { Answered } from '../readonly.ts'

/** The schema of usage in answers. */
export const usageShape = output(
  'Usage',
  z.object({
    data_catalog_name: z.string(),
    scope: z.string().describe('Empty: all requesters; *: all who share a cap; else a project or a requester’s key'),
    what: z
      .string()
      .describe(
        'privacy budget (ρ); refusals: bits disclosed by refusals within thirty days to the requester with the most; script bits; or “information: VARIABLE”, bits disclosed per value of a variable'
      ),
    used: z.string(),
    max: z.string().nullable().describe('Null: unlimited, as for synthetic data'),
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
      .describe('The name of the federation; null without a charter: then the members are the peers that may connect'),
    open: z
      .boolean()
      .describe(
        'Whether any peer may connect (mesh.open), which only synthetic data permit: then the members are the peers that have connected'
      ),
    signatures_needed: z.number().int().nullable().describe('The signatures that admit or revoke a member'),
    members: z.array(
      z.object({
        peer_id: z.string(),
        institution: z.string(),
        connected: z.boolean(),
        self: z.boolean(),
        log_disputed_by: z
          .array(z.string())
          .describe('PeerIds of the peers that attested its audit log and were later shown a different one')
      })
    )
  })
)
/** The members of the federation. */
export type Membership = Answered<typeof membershipShape>
