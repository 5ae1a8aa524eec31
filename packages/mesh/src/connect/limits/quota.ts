/** Rate limits: one token bucket per peer, and usually one common bucket for all peers. */
import type { Clock } from '@stimnet/protocol'
import type { Rate } from '../../exchanges/exchange.ts'

interface Bucket {
  tokens: number
  filledAtMs: number
}

/** Maximum number of buckets. Full buckets are dropped first, because a new bucket is full as well. */
const BUCKETS_MAX = 2_000

/** Token buckets per peer and, with `total`, a common bucket for all peers. */
export class Quota {
  readonly #rates: { readonly perPeer: Rate; readonly total?: Rate }
  readonly #clock: Clock
  readonly #total: Bucket | undefined
  readonly #peers = new Map<string, Bucket>()

  constructor(rates: { readonly perPeer: Rate; readonly total?: Rate }, clock: Clock) {
    this.#rates = rates
    this.#clock = clock
    this.#total = rates.total && { tokens: rates.total.burst, filledAtMs: clock.now() }
  }

  /**
   * Takes `count` tokens from both the peer's bucket and the common bucket. If either has too few, takes none and returns
   * false.
   */
  take(peerId: string, count = 1): boolean {
    const now = this.#clock.now()
    const bucket = this.#bucketOf(peerId, now)
    refill(bucket, this.#rates.perPeer, now)
    if (this.#total && this.#rates.total) refill(this.#total, this.#rates.total, now)
    // A refused request costs no token, so that one greedy peer cannot empty the common bucket.
    if (bucket.tokens < count || (this.#total && this.#total.tokens < count)) return false
    bucket.tokens -= count
    if (this.#total) this.#total.tokens -= count
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
  // If the clock was set back, the number of tokens stays unchanged.
  const seconds = Math.max(0, now - bucket.filledAtMs) / 1_000
  bucket.tokens = Math.min(rate.burst, bucket.tokens + seconds * rate.perSecond)
  bucket.filledAtMs = now
}
