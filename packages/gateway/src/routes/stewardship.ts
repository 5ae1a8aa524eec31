/** What stewards keep an eye on: what has been used up, which rules hold, and who belongs. */
import { z } from 'zod'
import { known } from '../auth/known.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'
import { output } from '../shapes/named.ts'

const usageShape = output(
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

const ruleShape = z.object({
  rule: z.string(),
  value: z.string(),
  does: z.string(),
  stops: z.string(),
  stops_not: z.string()
})

const policyShape = output(
  'Policy',
  z.object({
    data_catalog_name: z.string(),
    preset: z.string(),
    policy_hash: z.string(),
    rules: z.array(ruleShape)
  })
)

const membershipShape = output(
  'Membership',
  z.object({
    federation: z.string().nullable().describe('Its name; null without a charter'),
    open: z.boolean().describe('Whether anybody may connect (mesh.open); only beside synthetic data'),
    signatures_needed: z.number().int().nullable().describe('To admit or to revoke a member'),
    members: z.array(
      z.object({
        ...{ peer_id: z.string(), institution: z.string(), connected: z.boolean(), self: z.boolean() },
        log_disputed_by: z
          .array(z.string())
          .describe('PeerIds of those who attested its audit log and were shown another one since')
      })
    )
  })
)

const STAFF = ['steward', 'auditor', 'operator'] as const
const described = { tag: 'Stewardship', access: 'account', roles: STAFF } as const

/** /api/v1/usage, /api/v1/policy, /api/v1/members. */
export function stewardshipRoutes({ peer }: Room): Route[] {
  return [
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/usage',
      id: 'usage',
      summary:
        'How much of each privacy budget, of the refusals and of the script bits is used; how far people are told apart',
      answer: z.array(usageShape),
      handle: async ({ account }) =>
        (await peer.usage(known(account))).map(({ catalog, ...rest }) => ({ data_catalog_name: catalog, ...rest }))
    }),
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/policy',
      id: 'policy',
      summary: 'The disclosure rules of each catalog: what each does, stops and does not stop',
      answer: z.array(policyShape),
      handle: ({ account }) =>
        peer.policies(known(account)).map(({ catalog, preset, policyHash, rules }) => ({
          ...{ data_catalog_name: catalog, preset, policy_hash: policyHash },
          rules: rules.map(({ stopsNot, ...rule }) => ({ ...rule, stops_not: stopsNot }))
        }))
    }),
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/members',
      id: 'members',
      summary: 'Which institutions belong to the federation, or may connect where there is none',
      answer: membershipShape,
      handle: ({ account }) => {
        const { federation, open, needed, members } = peer.membership(known(account))
        return {
          ...{ federation, open, signatures_needed: needed },
          members: members.map(({ peerId, logDisputedBy, ...member }) => ({
            ...{ peer_id: peerId, ...member, log_disputed_by: [...logDisputedBy] }
          }))
        }
      }
    })
  ]
}
