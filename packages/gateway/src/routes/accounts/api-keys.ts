/** API keys of the caller's own account, for programs. */
import { keyRequestShape, keyRevokedShape, keyShape, newKeyShape } from '@stimnet/api'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { known, person } from '../../auth/known.ts'
import type { Room } from '../../room.ts'
import { Answer, type Route, route } from '../../http/route.ts'

/** The action that needs a person: a leaked key must not create other keys or revoke those of its owner. */
const MANAGE = 'make or end API keys'

/** Routes of /api/v1/api-keys. */
export function apiKeyRoutes({ peer }: Room): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/api-keys',
      id: 'listApiKeys',
      tag: 'Authentication',
      summary: 'Own API keys, without their secrets',
      access: 'account',
      answer: z.array(keyShape),
      handle: ({ account }) => peer.apiKeys(known(account))
    }),
    route({
      method: 'POST',
      path: '/api/v1/api-keys',
      id: 'createApiKey',
      tag: 'Authentication',
      summary: 'Makes an API key, to be sent as X-API-Key',
      access: 'account',
      statuses: [201],
      body: { type: 'json', schema: keyRequestShape },
      answer: newKeyShape,
      handle: async ({ account, body }) => {
        const { label, days, roles } = body
        const made = await peer.createApiKey(person(account, MANAGE), { label, days, ...(roles ? { roles } : {}) })
        return new Answer(made, { status: 201 })
      }
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/api-keys/{id}',
      id: 'revokeApiKey',
      tag: 'Authentication',
      summary: 'Ends an API key at once',
      access: 'account',
      answer: keyRevokedShape,
      handle: async ({ account, param }) => {
        const revoked = await peer.revokeApiKey(person(account, MANAGE), param('id').slice(0, 64))
        if (!revoked) throw new StimnetError('NOT_FOUND', 'an API key')
        return { revoked: true as const }
      }
    })
  ]
}
