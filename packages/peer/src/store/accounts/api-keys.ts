/** API keys: long secrets that programs send in place of a token. Only hashes are stored. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type RandomSource, StimnetError, toHex } from '@stimnet/protocol'
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** Maximum number of API keys per account; several programs can share one. */
const KEYS_PER_OWNER_MAX = 16
const DAY_MS = 24 * 3_600_000
/** Length of a secret: 32 random bytes cannot be guessed, so an unsalted hash protects them. */
const SECRET_BYTES = 32
const FORM = /^snk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

/** A key as stored. */
export interface ApiKeyRecord {
  readonly id: string
  /** The account that owns the key. */
  readonly owner: string
  /** The owner's name for the key. */
  readonly label: string
  /** The roles of the key, a subset of those of its account. */
  readonly roles: readonly string[]
  /** SHA-256 of the secret, in hex. */
  readonly hash: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** The account's generation at creation: after a change of password the key is invalid. Absent in keys of earlier versions. */
  readonly generation?: string
}

/** An owner of keys, and the generation of its current password. */
export interface KeyOwner {
  readonly owner: string
  readonly generation: string
}

/** Whether a key was made under the password of this generation. */
export function isOf(key: ApiKeyRecord, generation: string): boolean {
  return (key.generation ?? '') === generation
}

/** The API keys of a peer, also kept in memory, because every request of a program looks one up. */
export class ApiKeys {
  readonly #stored: Sublevel<ApiKeyRecord>
  readonly #random: RandomSource
  readonly #keys = new Map<string, ApiKeyRecord>()

  private constructor(database: Database, random: RandomSource) {
    this.#stored = database.json('api-keys')
    this.#random = random
  }

  static async open(database: Database, random: RandomSource): Promise<ApiKeys> {
    const keys = new ApiKeys(database, random)
    for await (const [id, key] of keys.#stored.iterator()) keys.#keys.set(id, key)
    return keys
  }

  /** The keys made since the owner's password last changed, newest first. */
  of({ owner, generation }: KeyOwner): ApiKeyRecord[] {
    return this.#all(owner)
      .filter((key) => isOf(key, generation))
      .sort((a, b) => b.createdAtMs - a.createdAtMs)
  }

  /** The record of a key that is valid now. */
  find(text: string, nowMs: number): ApiKeyRecord | undefined {
    const [, id = '', secret = ''] = FORM.exec(text) ?? []
    const key = this.#keys.get(id)
    if (!key || key.expiresAtMs <= nowMs) return undefined
    return timingSafeEqual(Buffer.from(key.hash, 'hex'), hashOf(secret)) ? key : undefined
  }

  /** Creates a key. Its text is returned only here. Throws PARAMETER_INVALID if the owner has too many keys. */
  create(
    draft: Draft,
    made: KeyOwner & { label: string; roles: readonly string[]; days: number; nowMs: number }
  ): { key: ApiKeyRecord; text: string } {
    const { owner, generation, label, roles, days, nowMs } = made
    // Expired and invalid keys are removed first.
    for (const old of this.#all(owner)) {
      if (old.expiresAtMs <= nowMs || !isOf(old, generation)) this.#delete(draft, old)
    }
    if (this.#all(owner).length >= KEYS_PER_OWNER_MAX) {
      const reason = `An account has at most ${KEYS_PER_OWNER_MAX} API keys: revoke one first.`
      throw StimnetError.told('PARAMETER_INVALID', reason)
    }
    const id = toHex(this.#random.bytes(8))
    const secret = Buffer.from(this.#random.bytes(SECRET_BYTES)).toString('base64url')
    const hash = hashOf(secret).toString('hex')
    const key = { id, owner, label, roles, hash, createdAtMs: nowMs, expiresAtMs: nowMs + days * DAY_MS, generation }
    draft.put(this.#stored, id, key)
    draft.audit({ kind: 'key', actor: owner, detail: { api_key: id, made: true, roles: roles.join(' '), days } })
    this.#keys.set(id, key)
    draft.undo(() => void this.#keys.delete(id))
    return { key, text: `snk_${id}_${secret}` }
  }

  #all(owner: string): ApiKeyRecord[] {
    return [...this.#keys.values()].filter((key) => key.owner === owner)
  }

  /** Revokes a key. Returns false if its owner has no key with that id. */
  revoke(draft: Draft, owner: string, id: string): boolean {
    const key = this.#keys.get(id)
    if (key?.owner !== owner) return false
    this.#delete(draft, key)
    draft.audit({ kind: 'key', actor: owner, detail: { api_key: id, revoked: true } })
    return true
  }

  #delete(draft: Draft, key: ApiKeyRecord): void {
    draft.del(this.#stored, key.id)
    this.#keys.delete(key.id)
    draft.undo(() => void this.#keys.set(key.id, key))
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
