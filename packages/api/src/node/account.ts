/** Accounts: login, tokens, and API keys for programs. */
import { z } from 'zod'
import { input, output, timestamp } from '../named.ts'
import type { Answered, Sent } from '../readonly.ts'

/** The roles of accounts. */
export const roleShape = z.enum(['researcher', 'steward', 'auditor', 'operator'])
/** A role of an account. */
export type Role = Answered<typeof roleShape>

/** The body of POST /api/v1/auth/token, as a form. */
export const loginShape = input(
  'Login',
  z.strictObject({
    username: z.string().min(1).max(128),
    password: z.string().min(1).max(1_024),
    // Fields that OAuth 2 password clients send as well.
    grant_type: z.literal('password').optional(),
    scope: z.string().max(256).optional(),
    client_id: z.string().max(256).optional(),
    client_secret: z.string().max(256).optional()
  })
)

/** The result of every kind of login. */
export const tokenShape = output('Token', z.object({ access_token: z.string(), token_type: z.literal('bearer') }))
/** An access token. */
export type Token = Answered<typeof tokenShape>

/** The answer to signing out. */
export const signedOutShape = z.object({ signed_out: z.literal(true) })

/** The schema of a login provider in answers. */
export const providerShape = output(
  'LoginProvider',
  z.object({
    name: z.string(),
    title: z.string(),
    login_url: z.string().describe('The client adds challenge and return_to')
  })
)
/** An OpenID Connect provider for login. */
export type LoginProvider = Answered<typeof providerShape>

/** 32 bytes of a login by a provider, or their SHA-256, in base64url. */
export const loginSecret = z.string().regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url.')

/** The body of POST /api/v1/auth/providers/token. */
export const redeemShape = input(
  'LoginCode',
  z.strictObject({ login_code: loginSecret, verifier: z.string().min(43).max(128) })
)

const keyFields = {
  id: z.string(),
  label: z.string(),
  roles: z.array(roleShape),
  created_at: timestamp,
  expires_at: timestamp
}

/** The schema of an API key in answers. */
export const keyShape = output('ApiKey', z.object(keyFields))
/** An API key without its secret. */
export type ApiKey = Answered<typeof keyShape>

/** The schema of a new API key in answers. */
export const newKeyShape = output(
  'NewApiKey',
  z.object({
    ...keyFields,
    key: z.string().describe('The secret, shown only once; sent as X-API-Key or as a bearer token')
  })
)
/** A new API key, with its secret. */
export type NewApiKey = Answered<typeof newKeyShape>

/** The body of POST /api/v1/api-keys. */
export const keyRequestShape = input(
  'ApiKeyRequest',
  z.strictObject({
    label: z.string().trim().min(1).max(100),
    days: z.int().min(1).max(365).default(90),
    roles: z.array(roleShape).min(1).optional().describe("Some of the account's own; researcher unless given")
  })
)
/** A request for an API key. */
export type ApiKeyRequest = Sent<typeof keyRequestShape>

/** The answer to revoking an API key. */
export const keyRevokedShape = z.object({ revoked: z.literal(true) })
