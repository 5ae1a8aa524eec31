/** Uniform random integers from random bytes, by rejection sampling: exact if the bytes are uniform. */
import type { RandomSource } from '@stimnet/protocol'

/** Number of bytes requested at a time. Asking the platform for four bytes costs as much as asking for thousands. */
const PAGE_BYTES = 16_384

/** Random bits and integers from a random source. */
export class RandomBits {
  readonly #source: RandomSource
  #page: DataView = new DataView(new ArrayBuffer(0))
  #at = 0

  constructor(source: RandomSource) {
    this.#source = source
  }

  /** 32 random bits. */
  word(): number {
    if (this.#at >= this.#page.byteLength) {
      const bytes = this.#source.bytes(PAGE_BYTES)
      if (bytes.length !== PAGE_BYTES) throw new RangeError('a random source that gives too little')
      this.#page = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      this.#at = 0
    }
    const word = this.#page.getUint32(this.#at)
    this.#at += 4
    return word
  }

  coin(): boolean {
    return this.word() >>> 31 === 1
  }

  /** A uniform random integer from 0 to limit - 1. */
  below(limit: bigint): bigint {
    if (limit < 1n) throw new RangeError('nothing to choose from')
    return limit <= 0x100000000n ? BigInt(this.#smallBelow(Number(limit))) : this.#largeBelow(limit)
  }

  #smallBelow(limit: number): number {
    if (limit === 1) return 0
    const shift = Math.clz32(limit - 1)
    for (;;) {
      const drawn = this.word() >>> shift
      if (drawn < limit) return drawn
    }
  }

  #largeBelow(limit: bigint): bigint {
    const bits = (limit - 1n).toString(2).length
    for (;;) {
      let drawn = 0n
      for (let got = 0; got < bits; got += 32) drawn = (drawn << 32n) | BigInt(this.word())
      drawn &= (1n << BigInt(bits)) - 1n
      if (drawn < limit) return drawn
    }
  }
}
