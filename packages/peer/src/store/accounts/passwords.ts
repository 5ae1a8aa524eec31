/** Password hashes: scrypt, with the parameters stored beside each hash, so that they can be raised. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** The parameters of scrypt. */
export interface PasswordCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** OWASP's minimum of 2025 (Password Storage Cheat Sheet; RFC 7914): 128 MiB and about 0.3 s per guess. */
export const PASSWORD_COST: PasswordCost = { N: 2 ** 17, r: 8, p: 1 }
const HASH_BYTES = 32
/** scrypt needs a little more than 128·N·r bytes. */
const MEMORY_BYTES_MAX = 256 * 1024 * 1024

/** Returns `scrypt$N$r$p$salt$hash`, with salt and hash in base64url. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(16)
  return written(salt, await derive(password, salt, cost), cost)
}

/**
 * A hash that no password produces. It is used for comparison if there is no account, so that the response time discloses
 * nothing.
 */
export function hashOfNobody(cost: PasswordCost): string {
  return written(randomBytes(16), randomBytes(HASH_BYTES), cost)
}

/** Whether a password produces the stored hash, compared in constant time. */
export async function passwordFits(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt = '', hash = ''] = stored.split('$')
  const expected = Buffer.from(hash, 'base64url')
  if (scheme !== 'scrypt' || expected.length !== HASH_BYTES) return false
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), cost), expected)
}

/** Whether a hash was made with parameters other than the given ones. */
export function isDated(stored: string, cost: PasswordCost): boolean {
  return !stored.startsWith(`${prefixOf(cost)}$`)
}

function prefixOf({ N, r, p }: PasswordCost): string {
  return ['scrypt', N, r, p].join('$')
}

function written(salt: Buffer, hash: Buffer, cost: PasswordCost): string {
  return [prefixOf(cost), salt.toString('base64url'), hash.toString('base64url')].join('$')
}

function derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  const options = { ...cost, maxmem: MEMORY_BYTES_MAX }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
