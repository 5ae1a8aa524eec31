/** Data permits, and the extract of the audit log under one of them. */
import { permitRecordsShape, permitShape, permitTermsShape } from '@stimnet/api'
import { permitIdSchema, StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { known, person } from '../auth/known.ts'
import { type Route, route } from '../http/route.ts'
import { wholeNumber } from '../http/query.ts'
import type { Room } from '../room.ts'

const tag = 'Permits'
const staff = ['steward', 'auditor', 'operator'] as const

const recordsQuery = z.strictObject({
  after: wholeNumber({ min: 0, max: 2 ** 48 })
    .default(0)
    .describe('Records with a greater sequence alone')
})

/** The routes at and below /api/v1/permits. */
export function permitRoutes({ peer }: Room): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/permits',
      id: 'permits',
      tag,
      summary: 'The data permits that stewards entered here',
      access: 'account',
      roles: staff,
      answer: z.array(permitShape),
      handle: ({ account }) => peer.permits(known(account))
    }),
    route({
      method: 'POST',
      path: '/api/v1/permits',
      id: 'grantPermit',
      tag,
      summary: 'Enter a permit that an authority issued; it narrows what its persons may ask, and grants no access',
      access: 'account',
      roles: ['steward'],
      body: { type: 'json', schema: permitTermsShape },
      answer: permitShape,
      handle: ({ account, body }) => peer.grantPermit(body, person(account, 'enter permits'))
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/permits/{id}',
      id: 'revokePermit',
      tag,
      summary: 'Revoke a permit at once, also for jobs that wait; it stays in the list',
      access: 'account',
      roles: ['steward'],
      answer: permitShape,
      handle: async ({ account, param }) => {
        const steward = person(account, 'revoke permits')
        return there(await peer.revokePermit(idOf(param('id')), steward))
      }
    }),
    route({
      method: 'POST',
      path: '/api/v1/permits/{id}/confirm',
      id: 'confirmPermit',
      tag,
      summary:
        'Confirm a permit that was closed because the peer was restored from a backup; other permits do not change',
      access: 'account',
      roles: ['steward'],
      answer: permitShape,
      handle: async ({ account, param }) => {
        const steward = person(account, 'confirm permits')
        return there(await peer.confirmPermit(idOf(param('id')), steward))
      }
    }),
    recordsRoute(peer)
  ]
}

/** The extract for an authority. */
function recordsRoute(peer: Room['peer']): Route {
  return route({
    method: 'GET',
    path: '/api/v1/permits/{id}/records',
    id: 'permitRecords',
    tag,
    summary: 'The records of the audit log under a permit, each with its proof against one signed checkpoint',
    access: 'account',
    roles: staff,
    query: recordsQuery,
    answer: permitRecordsShape,
    handle: async ({ account, param, query, request, closing }) => {
      const signal = AbortSignal.any([request.signal, ...(closing ? [closing] : [])])
      return there(await peer.permitRecords(known(account), idOf(param('id')), { after: query.after, signal }))
    }
  })
}

/** Throws NOT_FOUND for a text that cannot be an id. */
function idOf(text: string): string {
  return there(permitIdSchema.safeParse(text).data)
}

function there<T>(found: T | null | undefined): T {
  if (found === null || found === undefined) throw new StimnetError('NOT_FOUND', 'finding a permit')
  return found
}
