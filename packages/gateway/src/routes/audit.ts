/** The audit log, its verification and its proofs. */
import { attestedShape, auditCheckpointShape, auditProofShape, auditShape, auditVerificationShape } from '@stimnet/api'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { known } from '../auth/known.ts'
import { cursor, numberPlace, pageOf, placeOf } from '../http/page.ts'
import { wholeNumber } from '../http/query.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'

const auditQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: 1_000 }).default(100),
  before: wholeNumber({ min: 0, max: 2 ** 48 })
    .optional()
    .describe('Records with a smaller sequence alone'),
  cursor
})

/** Routes of /api/v1/audit. */
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
      handle: async ({ account, query, request }) => {
        const { limit } = query
        const from = placeOf(query.cursor, numberPlace) ?? (query.before === undefined ? {} : { before: query.before })
        const found = await peer.audit(known(account), { limit: limit + 1, ...from })
        return pageOf(found, { request, limit, place: ({ sequence }) => ({ before: sequence }) })
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
      handle: ({ account }) => peer.verifyAudit(known(account))
    }),
    route({
      method: 'GET',
      path: '/api/v1/audit/checkpoint',
      id: 'auditCheckpoint',
      tag: 'Audit',
      summary: 'How far the log has come, signed by this node and by its witnesses',
      access: 'account',
      roles: ['auditor', 'steward', 'operator'],
      answer: auditCheckpointShape,
      handle: async ({ account }) => ({ checkpoint: await peer.checkpoint(known(account)) })
    }),
    route({
      method: 'GET',
      path: '/api/v1/audit/proofs/{sequence}',
      id: 'auditProof',
      tag: 'Audit',
      summary: 'Proves a record to somebody who sees nothing else of the log',
      access: 'account',
      roles: ['auditor', 'steward', 'operator'],
      answer: auditProofShape,
      handle: async ({ account, param }) => {
        const text = param('sequence')
        const proof = /^\d{1,15}$/.test(text) ? await peer.proveAudit(known(account), Number(text)) : null
        if (!proof) throw new StimnetError('NOT_FOUND', `record ${text.slice(0, 20)}`)
        return proof
      }
    }),
    route({
      method: 'POST',
      path: '/api/v1/audit/witnesses',
      id: 'gatherWitnesses',
      tag: 'Audit',
      summary: 'Has every connected member attest the log as it stands',
      access: 'account',
      roles: ['auditor', 'steward', 'operator'],
      answer: z.array(attestedShape),
      handle: ({ account }) => peer.gatherWitnesses(known(account))
    })
  ]
}
