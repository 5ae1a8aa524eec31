/** Accounts: ways to log in, tokens, and API keys for programs. */
import { z } from 'zod'
import { input, output, timestamp } from '../named.ts'
import type { Answered, Sent } from '../readonly.ts'

/** The roles that an account may have. */
export const roleShape = z.enum(['researcher', 'steward', 'auditor', 'operator'])
/** What an account may be. */
export type Role = Answered<typeof roleShape>

/** What POST /api/v1/auth/token takes, as a form. */
export const loginShape = input(
  'Login',
  z.strictObject({
    username: z.string().min(1).max(128),
    password: z.string().min(1).max(1_024),
    // What OAuth 2 password clients send along.
    grant_type: z.literal('password').optional(),
    scope: z.string().max(256).optional(),
    client_id: z.string().max(256).optional(),
    client_secret: z.string().max(256).optional()
  })
)

/** What every way of logging in ends with. */
export const tokenShape = output('Token', z.object({ access_token: z.string(), token_type: z.literal('bearer') }))
/** An access token. */
export type Token = Answered<typeof tokenShape>

/** The answer to signing out. */
export const signedOutShape = z.object({ signed_out: z.literal(true) })

/** A login provider as answered. */
export const providerShape = output(
  'LoginProvider',
  z.object({ name: z.string(), title: z.string(), login_url: z.string().describe('Add challenge and return_to') })
)
/** An OpenID Connect provider by which people log in. */
export type LoginProvider = Answered<typeof providerShape>

/** 32 bytes of a login by a provider, or their SHA-256. */
export const loginSecret = z.string().regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url.')

/** What POST /api/v1/auth/providers/token takes. */
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

/** An API key as answered. */
export const keyShape = output('ApiKey', z.object(keyFields))
/** An API key without its secret. */
export type ApiKey = Answered<typeof keyShape>

/** A new API key as answered. */
export const newKeyShape = output(
  'NewApiKey',
  z.object({
    ...keyFields,
    key: z.string().describe('The secret, shown this once; sent as X-API-Key, or as a token is')
  })
)
/** A new API key. */
export type NewApiKey = Answered<typeof newKeyShape>

/** What POST /api/v1/api-keys takes. */
export const keyRequestShape = input(
  'ApiKeyRequest',
  z.strictObject({
    label: z.string().trim().min(1).max(100),
    days: z.int().min(1).max(365).default(90),
    roles: z.array(roleShape).min(1).optional().describe("Some of the account's own; researcher unless given")
  })
)
/** An API key that is asked for. */
export type ApiKeyRequest = Sent<typeof keyRequestShape>

/** The answer to ending an API key. */
export const keyRevokedShape = z.object({ revoked: z.literal(true) })
