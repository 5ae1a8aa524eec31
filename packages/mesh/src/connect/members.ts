/** Who was met: permitted peers, when they were last seen, and where. Kept across restarts. */
import type { Clock } from '@stimnet/protocol'
import type { MeshStore } from '../mesh.ts'

/** Beyond that the one not seen for longest is forgotten; a federation is smaller. */
const MEMBERS_MAX = 1_000
/** A peer not seen for so long has left, ms. */
const FORGET_AFTER_MS = 30 * 24 * 3_600_000
/** More addresses of one peer are not worth dialling. */
export const ADDRESSES_MAX = 8

interface Member {
  lastSeenMs: number
  addresses: string[]
}

/** Peers that were met, kept over restarts; bounded. */
export class Members {
  readonly #store: MeshStore
  readonly #clock: Clock
  readonly #members = new Map<string, Member>()
  #writing: Promise<void> = Promise.resolve()

  private constructor(store: MeshStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Those of before; entries that cannot be read are dropped, for they can be met again. */
  static async open(store: MeshStore, clock: Clock): Promise<Members> {
    const members = new Members(store, clock)
    for await (const [peerId, bytes] of store.iterator()) {
      const member = parseMember(bytes)
      if (member && clock.now() - member.lastSeenMs < FORGET_AFTER_MS) members.#members.set(peerId, member)
      else await store.del(peerId)
    }
    return members
  }

  ids(): string[] {
    return [...this.#members.keys()]
  }

  lastSeen(peerId: string): number | null {
    return this.#members.get(peerId)?.lastSeenMs ?? null
  }

  addressesOf(peerId: string): string[] {
    return [...(this.#members.get(peerId)?.addresses ?? [])]
  }

  /** Seen now. No addresses: those known stay. */
  saw(peerId: string, addresses: readonly string[] = []): void {
    const known = addresses.length > 0 ? addresses.slice(0, ADDRESSES_MAX) : this.addressesOf(peerId)
    const member = { lastSeenMs: this.#clock.now(), addresses: [...known] }
    if (!this.#members.has(peerId) && this.#members.size >= MEMBERS_MAX) this.forget(this.#longestUnseen())
    this.#members.set(peerId, member)
    const bytes = new TextEncoder().encode(JSON.stringify(member))
    this.#write(() => this.#store.put(peerId, bytes))
  }

  forget(peerId: string): void {
    if (this.#members.delete(peerId)) this.#write(() => this.#store.del(peerId))
  }

  /** Resolves when all is written. */
  close(): Promise<void> {
    return this.#writing
  }

  #longestUnseen(): string {
    let longest = ''
    let sinceMs = Number.POSITIVE_INFINITY
    for (const [peerId, { lastSeenMs }] of this.#members) {
      if (lastSeenMs < sinceMs) {
        longest = peerId
        sinceMs = lastSeenMs
      }
    }
    return longest
  }

  // What is lost when a write fails is a hint for the next start, so nobody waits for it or hears of it.
  #write(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work).catch(() => {})
  }
}

function parseMember(bytes: Uint8Array): Member | null {
  try {
    const { lastSeenMs, addresses } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Member>
    const fits =
      typeof lastSeenMs === 'number' && Array.isArray(addresses) && addresses.every((a) => typeof a === 'string')
    return fits ? { lastSeenMs, addresses } : null
  } catch {
    return null
  }
}
