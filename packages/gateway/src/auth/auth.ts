/** Access tokens: a JWT (HS256) per login, and the account to which a presented token belongs. */
import { hkdfSync } from 'node:crypto'
import { type Clock, type RandomSource, StimnetError, toHex } from '@stimnet/protocol'
import { type CryptoKey, jwtVerify, SignJWT } from 'jose'
import type { Account } from '../peer.ts'

const AUDIENCE = 'stimnet-rest'
const TOKEN_CHARS_MAX = 4_096
/** Maximum number of verified tokens that are cached until they expire. A verification takes longer than the rest of a request. */
const REMEMBERED_MAX = 10_000

/** The key and the lifetime of tokens. */
export interface TokenSettings {
  /** At least 32 bytes. */
  readonly secret: Uint8Array
  /** Epoch of the signing key. When it changes, all tokens of earlier epochs become invalid. */
  epoch(): string
  /** Whether the token with this id was ended by signing out. */
  isEnded(id: string): boolean
  readonly lifetimeMs: number
  /** The peer's PeerId. A token of one peer is invalid at another peer, even with the same secret. */
  readonly issuer: string
  readonly clock: Clock
  readonly random: RandomSource
}

/** The contents of a verified token: the account's name, and the id of the token. */
export interface Held {
  readonly id: string
  readonly name: string
  /** The account's password generation when the token was issued. */
  readonly generation: string
  readonly expiresAtMs: number
}

/** Issues access tokens and verifies them. */
export class Tokens {
  readonly #settings: TokenSettings
  #key: { epoch: string; key: Promise<CryptoKey> } | undefined
  readonly #remembered = new Map<string, Held>()

  /** Throws CONFIG_INVALID if the secret or the lifetime is too short. */
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

  /** The contents of a cached token that is still valid; null otherwise. */
  recall(token: string): Held | null {
    void this.#current()
    const known = this.#remembered.get(token)
    if (!known) return null
    if (known.expiresAtMs > this.#settings.clock.now() && !this.#settings.isEnded(known.id)) return known
    this.#remembered.delete(token)
    return null
  }

  /** The contents of a valid token of this peer; null for any other text. Roles are taken from the account, not from the token. */
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
      // The key and the sign-outs may have changed during the verification.
      if (this.#current() !== key || this.#settings.isEnded(id)) return null
      const held = { id, name, generation: gen, expiresAtMs: exp * 1_000 }
      this.#remember(token, held)
      return held
    } catch {
      // The result is the same for every error: details would only help a forger.
      return null
    }
  }

  /** The key of the current epoch. A change of the epoch empties the cache. */
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

/** The credential of a request: `Authorization: Bearer …` or `X-API-Key: …`. Another scheme counts as an invalid token. */
export function presentedToken(headers: { get(name: string): string | null | undefined }): string | null {
  const authorization = headers.get('authorization')
  if (authorization) return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
  return headers.get('x-api-key') ?? null
}
