/** Limits per caller and in total: requests per minute, concurrent streams and logins. All maps are bounded. */
import type { Clock } from '@stimnet/protocol'

/** All limits of the gateway, except for the rates in its settings. Times in ms. */
export const GATEWAY_LIMITS = {
  /** Maximum number of remembered callers. Beyond it, those are forgotten who have most left, for whom a new beginning changes least. */
  callersMax: 10_000,
  /** Maximum number of event streams. Each uses a socket and a watcher. */
  streamsMax: 4_096,
  /** Event streams per account. A console has one stream per open broadcast; a whole team may use one account. */
  streamsPerIdentityMax: 128,
  /** Event streams per address: half of its connections, so that the others remain for answers. */
  streamsPerAddressMax: 512,
  /** Streams of the node's events, which each receive every event. */
  eventStreamsMax: 64,
  eventStreamsPerIdentityMax: 8,
  /** Interval of heartbeats. Proxies close connections that are silent for 30 to 60 s. */
  heartbeatMs: 15_000,
  /** Maximum duration of a stream. After it, the client reconnects, and its token is verified again. */
  streamMsMax: 60 * 60_000,
  /** Concurrent logins: a password hash uses 128 MiB and one core. */
  loginsAtOnce: 2,
  loginsWaitingMax: 32,
  /** Concurrent uploads: each may have a file of maximum size, and its parts, in memory. */
  uploadsAtOnce: 8,
  uploadsAtOncePerIdentity: 2,
  /** Maximum time of a search in the mesh. Peers that have not answered by then are left out. */
  searchMsMax: 10_000,
  headerBytesMax: 16 * 1024,
  /** Maximum time between the first and the last byte of a request. */
  requestMsMax: 30_000,
  headersMsMax: 10_000,
  keepAliveMs: 5_000,
  /** Maximum time of a TLS handshake. */
  handshakeMsMax: 10_000,
  /** The same on the channel, where a gateway process gives up by then. */
  channelHandshakeMsMax: 5_000,
  /** Connections to the channel that have shown no certificate yet, beside `connectionsMax`. */
  strangersMax: 4_096,
  /** Interval at which the certificate files are checked, so that renewing them needs no signal. */
  certificatesEveryMs: 5_000,
  /** Maximum time without traffic on a connection, for example if a client stopped reading. */
  idleMsMax: 60_000,
  connectionsMax: 8_192,
  /** Connections per address, enough for an institution behind one address. Proxies in `gateway.trusted_proxies` are exempt. */
  connectionsPerAddressMax: 1_024,
  /** Connections that are reserved for addresses with few connections, so that probes and people always get in. */
  connectionsReserved: 256,
  connectionsFewMax: 8,
  /** Maximum time for which `close` waits for answers in progress. */
  closeMsMax: 2_000
} as const

/** Keys that are forgotten together, so that a flood of new keys does not sort all of them for each. */
const FORGOTTEN_AT_ONCE = GATEWAY_LIMITS.callersMax / 100

interface Bucket {
  tokens: number
  atMs: number
  toldAtMs: number
}

/** Whether a token was available; if not, the time until the next one. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly waitMs: number; readonly first: boolean }

/** Token buckets by key, with `perMinute` tokens per minute on average and at most that many at once. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly #perMinute: number
  readonly #clock: Clock

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute
    this.#clock = clock
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes a token. `first`: the first refusal of this key within a minute, so that a flood is reported only once. */
  take(key: string): Taken {
    const now = this.#clock.now()
    const bucket = this.#refilled(key, now)
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1
      return { ok: true }
    }
    const first = now - bucket.toldAtMs >= 60_000
    if (first) bucket.toldAtMs = now
    return { ok: false, waitMs: Math.ceil(((1 - bucket.tokens) * 60_000) / this.#perMinute), first }
  }

  #refilled(key: string, now: number): Bucket {
    const known = this.#buckets.get(key)
    if (!known) {
      if (this.#buckets.size >= GATEWAY_LIMITS.callersMax) this.#forgetFullest(now)
      const bucket = { tokens: this.#perMinute, atMs: now, toldAtMs: Number.NEGATIVE_INFINITY }
      this.#buckets.set(key, bucket)
      return bucket
    }
    known.tokens = this.#tokensOf(known, now)
    known.atMs = now
    // Move to the end of the order in which keys are forgotten.
    this.#buckets.delete(key)
    this.#buckets.set(key, known)
    return known
  }

  #tokensOf({ tokens, atMs }: Bucket, now: number): number {
    // A clock that is set back must not empty buckets.
    const passedMs = Math.max(0, now - atMs)
    return Math.min(this.#perMinute, tokens + (passedMs * this.#perMinute) / 60_000)
  }

  /** Forgets a hundredth of all keys, those with the most tokens, and of equal ones the longest unseen. Emptied buckets go last. */
  #forgetFullest(now: number): void {
    const keys = [...this.#buckets].map(([key, bucket]) => ({ key, tokens: this.#tokensOf(bucket, now) }))
    keys.sort((a, b) => b.tokens - a.tokens)
    for (const { key } of keys.slice(0, FORGOTTEN_AT_ONCE)) this.#buckets.delete(key)
  }
}

/** Divisor of a key's limit once half of all places are taken. */
const CROWDED_SHARE = 8

/** A limited number of places, in total and by key, so that a few keys cannot take all of them. */
export class Places {
  readonly #held = new Map<string, number>()
  #total = 0
  readonly #max: number
  readonly #perKeyMax: number

  constructor(options: { max: number; perKeyMax: number }) {
    this.#max = options.max
    this.#perKeyMax = options.perKeyMax
  }

  get taken(): number {
    return this.#total
  }

  /** Takes a place and returns the function that releases it; further calls of that function do nothing. Null if no place is free. */
  take(key: string): (() => void) | null {
    const held = this.#held.get(key) ?? 0
    const isCrowded = this.#total * 2 >= this.#max
    const most = isCrowded ? Math.ceil(this.#perKeyMax / CROWDED_SHARE) : this.#perKeyMax
    if (this.#total >= this.#max || held >= most) return null
    this.#total += 1
    this.#held.set(key, held + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      this.#total -= 1
      const left = (this.#held.get(key) ?? 1) - 1
      if (left <= 0) this.#held.delete(key)
      else this.#held.set(key, left)
    }
  }
}

/** Limits concurrent work and the number of waiting callers. */
export class Turnstile {
  #running = 0
  readonly #waiting: (() => void)[] = []
  readonly #atOnce: number
  readonly #waitingMax: number

  constructor(options: { atOnce: number; waitingMax: number }) {
    this.#atOnce = options.atOnce
    this.#waitingMax = options.waitingMax
  }

  /** Runs the work when its turn comes; null if too many are waiting. */
  async pass<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) return null
      // A finished caller hands over its place, so `#running` does not change.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#running += 1
    }
    try {
      return { value: await work() }
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}
