/** Access tokens: a JWT (HS256) for each login, and who stands behind one that comes back. */
import { type Clock, StimnetError } from '@stimnet/protocol'
import { type CryptoKey, jwtVerify, SignJWT } from 'jose'
import type { Account } from './peer.ts'

const AUDIENCE = 'stimnet-rest'
const TOKEN_CHARS_MAX = 4_096
/** Verified tokens remembered until they expire: a verification costs more than the rest of a request. */
const REMEMBERED_MAX = 10_000

/** What tokens are signed with, and for how long. */
export interface TokenSettings {
  /** At least 32 bytes. */
  readonly secret: Uint8Array
  readonly lifetimeMs: number
  /** The PeerId: a token of one peer is none at another, even with the same secret. */
  readonly issuer: string
  readonly clock: Clock
}

interface Remembered {
  readonly name: string
  readonly expiresAtMs: number
}

/** Issues access tokens and says whose a token is. */
export class Tokens {
  readonly #settings: TokenSettings
  readonly #key: Promise<CryptoKey>
  readonly #remembered = new Map<string, Remembered>()

  /** Throws CONFIG_INVALID. */
  constructor(settings: TokenSettings) {
    if (settings.secret.length < 32) throw new StimnetError('CONFIG_INVALID', 'a token secret has at least 32 bytes')
    if (!(settings.lifetimeMs >= 1_000)) throw new StimnetError('CONFIG_INVALID', 'a token lives at least a second')
    this.#settings = settings
    const secret = Uint8Array.from(settings.secret)
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    this.#key = crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify'])
  }

  async issue(account: Account): Promise<string> {
    const { clock, lifetimeMs, issuer } = this.#settings
    const nowSeconds = Math.floor(clock.now() / 1_000)
    return new SignJWT({ roles: [...account.roles] })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setSubject(account.name)
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + Math.floor(lifetimeMs / 1_000))
      .sign(await this.#key)
  }

  /** The account's name where this token was verified before and still holds. */
  recall(token: string): string | null {
    const known = this.#remembered.get(token)
    if (!known) return null
    if (known.expiresAtMs > this.#settings.clock.now()) return known.name
    this.#remembered.delete(token)
    return null
  }

  /** The account's name, or null for anything but a current token of ours. Its roles are not read: the account's count. */
  async verify(token: string): Promise<string | null> {
    if (token.length > TOKEN_CHARS_MAX) return null
    try {
      const { payload } = await jwtVerify(token, await this.#key, {
        algorithms: ['HS256'],
        typ: 'at+jwt',
        issuer: this.#settings.issuer,
        audience: AUDIENCE,
        currentDate: new Date(this.#settings.clock.now()),
        requiredClaims: ['sub', 'exp', 'iat']
      })
      if (!payload.sub || payload.exp === undefined) return null
      this.#remember(token, { name: payload.sub, expiresAtMs: payload.exp * 1_000 })
      return payload.sub
    } catch {
      // Whatever is wrong with it, the answer is the same: which check failed helps only whoever forges.
      return null
    }
  }

  #remember(token: string, entry: Remembered): void {
    const oldest = this.#remembered.size >= REMEMBERED_MAX ? this.#remembered.keys().next().value : undefined
    if (oldest !== undefined) this.#remembered.delete(oldest)
    this.#remembered.set(token, entry)
  }
}

/** What a request presents: `Authorization: Bearer …` or `X-API-Key: …`; another scheme counts as a wrong token. */
export function presentedToken(headers: { get(name: string): string | null | undefined }): string | null {
  const authorization = headers.get('authorization')
  if (authorization) return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
  return headers.get('x-api-key') ?? null
}
