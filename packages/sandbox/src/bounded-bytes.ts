/** A bounded collection of bytes in one buffer that doubles its size, so that many small chunks cost no more than a few large ones. */
export class BoundedBytes {
  #buffer = Buffer.alloc(0)
  #length = 0
  readonly #bytesMax: number

  constructor(options: { bytesMax: number }) {
    this.#bytesMax = options.bytesMax
  }

  get length(): number {
    return this.#length
  }

  /** Adds the bytes that fit. Returns false if some did not fit. */
  push(chunk: Uint8Array): boolean {
    const kept = chunk.subarray(0, this.#bytesMax - this.#length)
    if (this.#length + kept.length > this.#buffer.length) this.#grow(this.#length + kept.length)
    this.#buffer.set(kept, this.#length)
    this.#length += kept.length
    return kept.length === chunk.length
  }

  /** The collected bytes. The view is valid until the next `push`. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  #grow(needed: number): void {
    const larger = Buffer.alloc(Math.min(this.#bytesMax, Math.max(needed, 2 * this.#buffer.length, 1024)))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}
