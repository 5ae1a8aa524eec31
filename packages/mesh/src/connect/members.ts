/** Known members: permitted peers that were connected, with the time and the addresses at which they were last seen. */
import type { Clock } from '@stimnet/protocol'
import type { MeshStore } from '../mesh.ts'

/**
 * Maximum number of members; a federation is smaller. Above it, the member that was not seen for the longest time is
 * forgotten.
 */
const REMEMBERED_MAX = 1_000
/** Time after which a peer that was not seen is forgotten at the next start, ms. */
const FORGET_AFTER_MS = 30 * 24 * 3_600_000
/** Maximum number of addresses per peer. */
export const ADDRESSES_MAX = 8

interface Member {
  lastSeenMs: number
  addresses: string[]
}

/** The known members, stored across restarts. */
export class Members {
  readonly #store: MeshStore
  readonly #clock: Clock
  readonly #members = new Map<string, Member>()
  #writing: Promise<void> = Promise.resolve()

  private constructor(store: MeshStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Reads the stored members. Unreadable entries are deleted: such a peer becomes known again when it connects. */
  static async open(store: MeshStore, clock: Clock): Promise<Members> {
    const members = new Members(store, clock)
    for await (const [peerId, bytes] of store.iterator()) {
      const member = parseMember(bytes)
      if (member && clock.now() - member.lastSeenMs < FORGET_AFTER_MS) members.#members.set(peerId, member)
      else await store.del(peerId)
    }
    return members
  }

  /** The PeerIds of members that were seen in the last thirty days. */
  ids(): string[] {
    const now = this.#clock.now()
    return [...this.#members].flatMap(([peerId, { lastSeenMs }]) =>
      now - lastSeenMs < FORGET_AFTER_MS ? [peerId] : []
    )
  }

  lastSeen(peerId: string): number | null {
    return this.#members.get(peerId)?.lastSeenMs ?? null
  }

  addressesOf(peerId: string): string[] {
    return [...(this.#members.get(peerId)?.addresses ?? [])]
  }

  /** Records that a peer is seen now. If no addresses are given, the known addresses are kept. */
  saw(peerId: string, addresses: readonly string[] = []): void {
    if (!this.#members.has(peerId) && this.#members.size >= REMEMBERED_MAX) this.forget(this.#longestUnseen())
    this.#put(peerId, addresses, this.#clock.now())
  }

  #put(peerId: string, addresses: readonly string[], lastSeenMs: number): void {
    const known = addresses.length > 0 ? addresses.slice(0, ADDRESSES_MAX) : this.addressesOf(peerId)
    const member = { lastSeenMs, addresses: [...known] }
    this.#members.set(peerId, member)
    const bytes = new TextEncoder().encode(JSON.stringify(member))
    this.#write(() => this.#store.put(peerId, bytes))
  }

  /** Records a sign of life that others passed on. Without newer addresses, the known addresses are kept. */
  learn(peerId: string, addresses: readonly string[], seenAtMs: number): void {
    const known = this.#members.get(peerId)
    if (known && known.lastSeenMs >= seenAtMs) return
    if (!known && this.#members.size >= REMEMBERED_MAX) return
    this.#put(peerId, addresses, Math.min(seenAtMs, this.#clock.now()))
  }

  forget(peerId: string): void {
    if (this.#members.delete(peerId)) this.#write(() => this.#store.del(peerId))
  }

  /** Resolves when all changes are written. */
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

  // A failed write only loses a hint for the next start, so it is neither awaited nor reported.
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
