/** How much of the gateway one caller may take: requests a minute, streams and logins at once. All bounded maps. */
import type { Clock } from '@stimnet/protocol'

/** Every bound of the gateway beside the rates of its settings; times in ms. */
export const GATEWAY_LIMITS = {
  /** Callers remembered; past it the one least recently seen is forgotten, which costs it nothing. */
  callersMax: 10_000,
  /** Event streams in all: each holds a socket and a watcher. */
  streamsMax: 4_096,
  /** A console has one stream a broadcast on screen; one account may drive a whole team's. */
  streamsPerIdentityMax: 128,
  /** Half of what one address may connect: the rest of its connections get answers. */
  streamsPerAddressMax: 512,
  /** Streams of everything that happens: each event is written to each of them. */
  eventStreamsMax: 64,
  eventStreamsPerIdentityMax: 8,
  /** A sign of life; proxies close what is silent for 30 to 60 s. */
  heartbeatMs: 15_000,
  /** Then the client opens the stream anew and its token is looked at again. */
  streamMsMax: 60 * 60_000,
  /** A password hash takes 128 MiB and a core. */
  loginsAtOnce: 2,
  loginsWaitingMax: 32,
  /** Each may hold a file of the largest size, and its parts, in memory. */
  uploadsAtOnce: 8,
  uploadsAtOncePerIdentity: 2,
  /** Searching the mesh: peers that do not answer by then are left out. */
  searchMsMax: 10_000,
  headerBytesMax: 16 * 1024,
  /** From the first byte of a request to its last. */
  requestMsMax: 30_000,
  headersMsMax: 10_000,
  keepAliveMs: 5_000,
  /** To agree on keys; a client that does not go on is dropped. */
  handshakeMsMax: 10_000,
  /** Between two looks at the certificate files: who renews them need not tell us. */
  certificatesEveryMs: 5_000,
  /** A connection on which nothing moves, such as a client that stopped reading. */
  idleMsMax: 60_000,
  connectionsMax: 8_192,
  /** An institution behind one address; proxies in `gateway.trusted_proxies` are not held by it. */
  connectionsPerAddressMax: 1_024,
  /** Of all connections: for addresses with few of them, so that a probe and a person always get in. */
  connectionsReserved: 256,
  connectionsFewMax: 8,
  /** How long `close` waits for answers under way. */
  closeMsMax: 2_000
} as const

interface Bucket {
  tokens: number
  atMs: number
  toldAtMs: number
}

/** Whether a token was there, and else how long until the next one. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly waitMs: number; readonly first: boolean }

/** Token buckets by key: `perMinute` on average, and as many at once. */
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

  /** `first`: the first refusal of this key within a minute, so that a flood is told of once. */
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
      const oldest = this.#buckets.size >= GATEWAY_LIMITS.callersMax ? this.#buckets.keys().next().value : undefined
      if (oldest !== undefined) this.#buckets.delete(oldest)
      const bucket = { tokens: this.#perMinute, atMs: now, toldAtMs: Number.NEGATIVE_INFINITY }
      this.#buckets.set(key, bucket)
      return bucket
    }
    // A clock set back must not drain anybody.
    const passedMs = Math.max(0, now - known.atMs)
    known.tokens = Math.min(this.#perMinute, known.tokens + (passedMs * this.#perMinute) / 60_000)
    known.atMs = now
    // Back to the end of the line of those to be forgotten.
    this.#buckets.delete(key)
    this.#buckets.set(key, known)
    return known
  }
}

/** Once half of all places are taken, a key may hold this share of what it could. */
const CROWDED_SHARE = 8

/** Places that are taken and given back, in all and by key: no few keys hold them all. */
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

  /** Gives the function that gives the place back (once, however often it is called), or null where all are taken. */
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

/** At most so many at once, and so many waiting. */
export class Turnstile {
  #running = 0
  readonly #waiting: (() => void)[] = []
  readonly #atOnce: number
  readonly #waitingMax: number

  constructor(options: { atOnce: number; waitingMax: number }) {
    this.#atOnce = options.atOnce
    this.#waitingMax = options.waitingMax
  }

  /** Null where too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<{ value: T } | null> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) return null
      // Whoever leaves hands its place over, so `#running` stays as it is.
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
