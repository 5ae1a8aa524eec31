/** The printed output of a container, and the mark with which its runner ends the output. */

/** The mark that the runners in images/ write to stderr. A program that writes it only shortens its own log. */
const MARK = Buffer.from('\x04END\x04\n')

/** Passes the printed output on without the mark, which may arrive in several pieces. */
export class LogReader {
  readonly #onPrinted: (chunk: Buffer) => void
  /** Bytes that may be the beginning of the mark. */
  #held = Buffer.alloc(0)
  #hasMark = false
  readonly #mark = Promise.withResolvers<void>()
  /** Resolves when the mark arrives; never rejects. */
  readonly marked = this.#mark.promise

  constructor(onPrinted: (chunk: Buffer) => void) {
    this.#onPrinted = onPrinted
  }

  push(chunk: Buffer): void {
    if (this.#hasMark) {
      this.#onPrinted(chunk)
      return
    }
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const at = bytes.indexOf(MARK)
    const kept = at < 0 ? beginningOfMark(bytes) : 0
    this.#held = Buffer.from(bytes.subarray(bytes.length - kept))
    if (at < 0) this.#hand(bytes.subarray(0, bytes.length - kept))
    else this.#end(bytes, at)
  }

  /** Passes on the bytes that were held back. Must be called at the end of the output. */
  flush(): void {
    this.#hand(this.#held)
    this.#held = Buffer.alloc(0)
  }

  #end(bytes: Buffer, at: number): void {
    this.#hasMark = true
    this.#hand(bytes.subarray(0, at))
    this.#hand(bytes.subarray(at + MARK.length))
    this.#mark.resolve()
  }

  #hand(bytes: Buffer): void {
    if (bytes.length > 0) this.#onPrinted(bytes)
  }
}

/** The number of bytes at the end that may be the beginning of the mark. */
function beginningOfMark(bytes: Buffer): number {
  for (let length = Math.min(MARK.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(MARK.subarray(0, length))) return length
  }
  return 0
}
