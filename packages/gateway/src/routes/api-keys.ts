/** API keys of one's own account, for programs. */
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { known, person } from '../auth/known.ts'
import type { ApiKeyView } from '../peer.ts'
import type { Room } from '../room.ts'
import { Answer, type Route, route } from '../http/route.ts'
import { input, isoOf, output, timestamp } from '../shapes/named.ts'

const roleShape = z.enum(['researcher', 'steward', 'auditor', 'operator'])

const keyFields = {
  id: z.string(),
  label: z.string(),
  roles: z.array(roleShape),
  created_at: timestamp,
  expires_at: timestamp
}
const keyShape = output('ApiKey', z.object(keyFields))
const newKeyShape = output(
  'NewApiKey',
  z.object({ ...keyFields, key: z.string().describe('The secret: it is shown this once') })
)

const askedShape = input(
  'ApiKeyRequest',
  z.strictObject({
    label: z.string().trim().min(1).max(100),
    days: z.int().min(1).max(365).default(90),
    roles: z.array(roleShape).min(1).optional().describe("Some of the account's own; researcher unless given")
  })
)

/** A key that leaked must not make itself others, nor end those of its owner. */
const MANAGE = 'make or end API keys'

/** /api/v1/api-keys. */
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
      handle: ({ account }) => peer.apiKeys(known(account)).map(keyOf)
    }),
    route({
      method: 'POST',
      path: '/api/v1/api-keys',
      id: 'createApiKey',
      tag: 'Authentication',
      summary: 'Makes an API key, to be sent as X-API-Key',
      access: 'account',
      statuses: [201],
      body: { type: 'json', schema: askedShape },
      answer: newKeyShape,
      handle: async ({ account, body }) => {
        const { label, days, roles } = body
        const made = await peer.createApiKey(person(account, MANAGE), { label, days, ...(roles ? { roles } : {}) })
        return new Answer({ ...keyOf(made), key: made.key }, { status: 201 })
      }
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/api-keys/{id}',
      id: 'revokeApiKey',
      tag: 'Authentication',
      summary: 'Ends an API key at once',
      access: 'account',
      answer: z.object({ revoked: z.literal(true) }),
      handle: async ({ account, param }) => {
        const revoked = await peer.revokeApiKey(person(account, MANAGE), param('id').slice(0, 64))
        if (!revoked) throw new StimnetError('NOT_FOUND', 'an API key')
        return { revoked: true as const }
      }
    })
  ]
}

function keyOf({ id, label, roles, createdAtMs, expiresAtMs }: ApiKeyView) {
  return { id, label, roles: [...roles], created_at: isoOf(createdAtMs), expires_at: isoOf(expiresAtMs) }
}
