/** The issuers of GA4GH visas that this peer trusts, read once at its start. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { StimnetError, type VisaIssuer } from '@stimnet/protocol'
import { z } from 'zod'
import type { PeerConfig } from '../config/config.ts'

/** Number of characters of a 2048-bit modulus in base64url without padding; RFC 7518 requires at least 2048 bits for RS256. */
const MODULUS_CHARACTERS_MIN = Math.ceil((2_048 / 8) * (4 / 3))

/**
 * The members of a public key. All other members are dropped, so that a private key becomes a public one. Shared secrets
 * have another `kty`.
 */
const keySchema = z.discriminatedUnion('kty', [
  z.object({
    kty: z.literal('RSA'),
    kid: z.string().optional(),
    n: z.string().min(MODULUS_CHARACTERS_MIN, 'an RSA key has 2048 bits or more'),
    e: z.string()
  }),
  z.object({
    kty: z.literal('EC'),
    kid: z.string().optional(),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string()
  })
])

const keySetSchema = z.object({ keys: z.array(keySchema).min(1).max(64) })

/** The trusted issuers by name. Throws CONFIG_INVALID naming the file. */
export async function openVisaIssuers(
  passports: PeerConfig['passports'],
  baseDir: string
): Promise<ReadonlyMap<string, VisaIssuer>> {
  const issuers = await Promise.all(
    passports.issuers.map(async ({ keys, ...issuer }) => ({ ...issuer, keys: await keysIn(resolve(baseDir, keys)) }))
  )
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
  if (byName.size < issuers.length) throw new StimnetError('CONFIG_INVALID', 'passports.issuers names an issuer twice')
  return byName
}

async function keysIn(file: string): Promise<VisaIssuer['keys']> {
  try {
    // The JSON round trip removes a `kid` that is undefined.
    return JSON.parse(JSON.stringify(keySetSchema.parse(JSON.parse(await readFile(file, 'utf8')))))
  } catch (cause) {
    const wrong = cause instanceof z.ZodError ? `: ${cause.issues[0]?.path.join('.')}: ${cause.issues[0]?.message}` : ''
    throw new StimnetError('CONFIG_INVALID', `passports.issuers: ${file} is no JWK Set of public keys${wrong}`, {
      cause
    })
  }
}
