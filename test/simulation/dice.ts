/** Seeded draws: the same seed gives the same ones. */
import type { RandomSource } from '@stimnet/protocol'

/** A stream of draws (mulberry32). */
export class Dice implements RandomSource {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 (included) to 1 (excluded). */
  unit(): number {
    return this.#next() / 2 ** 32
  }

  between(from: number, to: number): number {
    return from + this.unit() * (to - from)
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return Math.floor(this.unit() * count)
  }

  isTrue(share: number): boolean {
    return this.unit() < share
  }

  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T
  }

  /** `count` different ones, or all where there are fewer. */
  some<T>(all: readonly T[], count: number): T[] {
    if (count >= all.length) return [...all]
    const taken = new Set<T>()
    while (taken.size < count) taken.add(this.oneOf(all))
    return [...taken]
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next() & 0xff)
  }

  /** A stream of its own, so that one who draws more does not change what others draw. */
  apart(): Dice {
    return new Dice(this.#next())
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
}

/** Runs `work` while the platform's generator is seeded too, from which envelopes draw their nonces and the audit log its salts. */
export async function withSeededPlatform<T>(seed: number, work: () => Promise<T>): Promise<T> {
  const dice = new Dice(seed)
  const { getRandomValues } = crypto
  crypto.getRandomValues = (array) => {
    if (array) new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(dice.bytes(array.byteLength))
    return array
  }
  try {
    return await work()
  } finally {
    crypto.getRandomValues = getRandomValues
  }
}
