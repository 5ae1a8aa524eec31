/** The audit log, newest first. */
import { z } from 'zod'
import { known } from '../known.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../route.ts'
import { auditOf, auditShape, auditVerificationOf, auditVerificationShape } from '../shapes/audit.ts'
import { wholeNumber } from '../shapes/named.ts'

const auditQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: 1_000 }).default(100),
  before: wholeNumber({ min: 0, max: 2 ** 48 })
    .optional()
    .describe('Records with a smaller sequence alone')
})

/** GET /api/v1/audit, GET /api/v1/audit/verification. */
export function auditRoutes({ peer }: Room): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/audit',
      id: 'audit',
      tag: 'Audit',
      summary: 'Every request, decision, run, release and refusal of this node',
      access: 'account',
      roles: ['auditor', 'steward', 'operator'],
      query: auditQuery,
      answer: z.array(auditShape),
      handle: async ({ account, query }) => {
        const before = query.before === undefined ? {} : { before: query.before }
        return (await peer.audit(known(account), { limit: query.limit, ...before })).map(auditOf)
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/audit/verification',
      id: 'auditVerification',
      tag: 'Audit',
      summary: 'Walks the audit log and says whether it is whole',
      access: 'account',
      roles: ['auditor', 'steward', 'operator'],
      answer: auditVerificationShape,
      handle: async ({ account }) => auditVerificationOf(await peer.verifyAudit(known(account)))
    })
  ]
}
