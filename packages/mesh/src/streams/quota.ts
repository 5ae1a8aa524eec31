/** How often somebody may ask: token buckets, one for each peer and one for all. */
import type { Clock } from '@stimnet/protocol'
import type { Rate } from './exchange.ts'

interface Bucket {
  tokens: number
  filledAtMs: number
}

/** Buckets kept; a full one says no more than no bucket, so those go first. */
const BUCKETS_MAX = 2_000

/** Token buckets for each peer and for all together. */
export class Quota {
  readonly #rates: { readonly perPeer: Rate; readonly total: Rate }
  readonly #clock: Clock
  readonly #total: Bucket
  readonly #peers = new Map<string, Bucket>()

  constructor(rates: { readonly perPeer: Rate; readonly total: Rate }, clock: Clock) {
    this.#rates = rates
    this.#clock = clock
    this.#total = { tokens: rates.total.burst, filledAtMs: clock.now() }
  }

  /** Takes one token of the peer's and one of everybody's, or none and says no. */
  take(peerId: string): boolean {
    const now = this.#clock.now()
    const bucket = this.#bucketOf(peerId, now)
    refill(bucket, this.#rates.perPeer, now)
    refill(this.#total, this.#rates.total, now)
    // A refused question costs nobody a token: one greedy peer cannot empty everybody's bucket.
    if (bucket.tokens < 1 || this.#total.tokens < 1) return false
    bucket.tokens -= 1
    this.#total.tokens -= 1
    return true
  }

  #bucketOf(peerId: string, now: number): Bucket {
    const known = this.#peers.get(peerId)
    if (known) return known
    if (this.#peers.size >= BUCKETS_MAX) this.#dropFull(now)
    const bucket = { tokens: this.#rates.perPeer.burst, filledAtMs: now }
    this.#peers.set(peerId, bucket)
    return bucket
  }

  #dropFull(now: number): void {
    for (const [peerId, bucket] of this.#peers) {
      refill(bucket, this.#rates.perPeer, now)
      if (bucket.tokens >= this.#rates.perPeer.burst) this.#peers.delete(peerId)
    }
    const oldest = this.#peers.keys().next().value
    if (this.#peers.size >= BUCKETS_MAX && oldest !== undefined) this.#peers.delete(oldest)
  }
}

function refill(bucket: Bucket, rate: Rate, now: number): void {
  // A clock set back gives nothing and takes nothing.
  const seconds = Math.max(0, now - bucket.filledAtMs) / 1_000
  bucket.tokens = Math.min(rate.burst, bucket.tokens + seconds * rate.perSecond)
  bucket.filledAtMs = now
}
