/** Routes for stewards: used budgets, disclosure rules, members and status. */
import { membershipShape, policyShape, statusShape, usageShape } from '@stimnet/api'
import { z } from 'zod'
import { known } from '../auth/known.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'

const STAFF = ['steward', 'auditor', 'operator'] as const
const described = { tag: 'Stewardship', access: 'account', roles: STAFF } as const

/** Routes of /api/v1/usage, /api/v1/policy, /api/v1/members, /api/v1/status. */
export function stewardshipRoutes({ peer }: Room): Route[] {
  return [
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/usage',
      id: 'usage',
      summary:
        'How much is used of each privacy budget, of the refusals, of the script bits and of the information about each variable',
      answer: z.array(usageShape),
      handle: ({ account }) => peer.usage(known(account))
    }),
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/policy',
      id: 'policy',
      summary: 'The disclosure rules of each catalog: what each does, stops and does not stop',
      answer: z.array(policyShape),
      handle: ({ account }) => peer.policies(known(account))
    }),
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/members',
      id: 'members',
      summary: 'Which institutions belong to the federation, or may connect where there is none',
      answer: membershipShape,
      handle: ({ account }) => peer.membership(known(account))
    }),
    route({
      ...described,
      method: 'GET',
      path: '/api/v1/status',
      id: 'status',
      summary: 'What runs, who is connected, what waits for a person, disk use and used budgets',
      answer: statusShape,
      handle: ({ account }) => peer.status(known(account))
    })
  ]
}
