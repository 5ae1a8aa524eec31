/** Access tokens: a JWT (HS256) for each login, and who stands behind one that comes back. */
import { hkdfSync } from 'node:crypto'
import { type Clock, type RandomSource, StimnetError, toHex } from '@stimnet/protocol'
import { type CryptoKey, jwtVerify, SignJWT } from 'jose'
import type { Account } from '../peer.ts'

const AUDIENCE = 'stimnet-rest'
const TOKEN_CHARS_MAX = 4_096
/** Verified tokens remembered until they expire: a verification costs more than the rest of a request. */
const REMEMBERED_MAX = 10_000

/** What tokens are signed with, and for how long. */
export interface TokenSettings {
  /** At least 32 bytes. */
  readonly secret: Uint8Array
  /** With another one there is another key, and all tokens of before are over. */
  epoch(): string
  /** Whether somebody signed out of the token of this id. */
  isEnded(id: string): boolean
  readonly lifetimeMs: number
  /** The PeerId: a token of one peer is none at another, even with the same secret. */
  readonly issuer: string
  readonly clock: Clock
  readonly random: RandomSource
}

/** What a token says: whose it is, and which one. */
export interface Held {
  readonly id: string
  readonly name: string
  /** Of the account when the token was given out. */
  readonly generation: string
  readonly expiresAtMs: number
}

/** Issues access tokens and says whose a token is. */
export class Tokens {
  readonly #settings: TokenSettings
  #key: { epoch: string; key: Promise<CryptoKey> } | undefined
  readonly #remembered = new Map<string, Held>()

  /** Throws CONFIG_INVALID. */
  constructor(settings: TokenSettings) {
    if (settings.secret.length < 32) throw new StimnetError('CONFIG_INVALID', 'a token secret has at least 32 bytes')
    if (!(settings.lifetimeMs >= 1_000)) throw new StimnetError('CONFIG_INVALID', 'a token lives at least a second')
    this.#settings = settings
  }

  async issue(account: Account): Promise<string> {
    const { clock, lifetimeMs, issuer, random } = this.#settings
    const nowSeconds = Math.floor(clock.now() / 1_000)
    return new SignJWT({ roles: [...account.roles], gen: account.generation ?? '' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setSubject(account.name)
      .setJti(toHex(random.bytes(16)))
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + Math.floor(lifetimeMs / 1_000))
      .sign(await this.#current())
  }

  /** What a token says that was verified before and still holds. */
  recall(token: string): Held | null {
    void this.#current()
    const known = this.#remembered.get(token)
    if (!known) return null
    if (known.expiresAtMs > this.#settings.clock.now() && !this.#settings.isEnded(known.id)) return known
    this.#remembered.delete(token)
    return null
  }

  /** Null for anything but a current token of ours. Its roles are not read: the account's count. */
  async verify(token: string): Promise<Held | null> {
    if (token.length > TOKEN_CHARS_MAX) return null
    try {
      const key = this.#current()
      const { payload } = await jwtVerify(token, await key, {
        algorithms: ['HS256'],
        typ: 'at+jwt',
        issuer: this.#settings.issuer,
        audience: AUDIENCE,
        currentDate: new Date(this.#settings.clock.now()),
        requiredClaims: ['sub', 'exp', 'iat', 'jti', 'gen']
      })
      const { sub: name, exp, jti: id, gen } = payload
      if (!name || !id || exp === undefined || typeof gen !== 'string') return null
      // Either may have changed while the signature was checked.
      if (this.#current() !== key || this.#settings.isEnded(id)) return null
      const held = { id, name, generation: gen, expiresAtMs: exp * 1_000 }
      this.#remember(token, held)
      return held
    } catch {
      // Whatever is wrong with it, the answer is the same: which check failed helps only whoever forges.
      return null
    }
  }

  /** The key of the epoch that it is now; with another one nothing remembered holds. */
  #current(): Promise<CryptoKey> {
    const epoch = this.#settings.epoch()
    if (this.#key?.epoch !== epoch) {
      this.#remembered.clear()
      this.#key = { epoch, key: keyOf(this.#settings.secret, epoch) }
    }
    return this.#key.key
  }

  #remember(token: string, entry: Held): void {
    const oldest = this.#remembered.size >= REMEMBERED_MAX ? this.#remembered.keys().next().value : undefined
    if (oldest !== undefined) this.#remembered.delete(oldest)
    this.#remembered.set(token, entry)
  }
}

function keyOf(secret: Uint8Array, epoch: string): Promise<CryptoKey> {
  const derived = hkdfSync('sha256', secret, 'stimnet/access-token/1', epoch, 32)
  return crypto.subtle.importKey('raw', derived, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

/** What a request presents: `Authorization: Bearer …` or `X-API-Key: …`; another scheme counts as a wrong token. */
export function presentedToken(headers: { get(name: string): string | null | undefined }): string | null {
  const authorization = headers.get('authorization')
  if (authorization) return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
  return headers.get('x-api-key') ?? null
}
