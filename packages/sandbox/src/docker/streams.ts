/** A splitter for a container's output, in which a header of eight bytes with stream and length precedes each piece. */

const HEAD_BYTES = 8
const STDOUT = 1
const STDERR = 2

/** The receivers of the pieces. */
export interface Streams {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
}

/** Passes each byte on as it arrives, so that even a piece with a large announced length is not buffered. */
export class StreamSplitter {
  readonly #streams: Streams
  readonly #head = Buffer.alloc(HEAD_BYTES)
  #headBytes = 0
  #left = 0

  constructor(streams: Streams) {
    this.#streams = streams
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        at += this.#readHead(chunk.subarray(at))
        continue
      }
      const piece = chunk.subarray(at, at + this.#left)
      this.#left -= piece.length
      at += piece.length
      if (this.#head[0] === STDOUT) this.#streams.stdout(piece)
      else if (this.#head[0] === STDERR) this.#streams.stderr(piece)
    }
  }

  #readHead(bytes: Buffer): number {
    const taken = bytes.copy(this.#head, this.#headBytes, 0, HEAD_BYTES - this.#headBytes)
    this.#headBytes += taken
    if (this.#headBytes === HEAD_BYTES) {
      this.#headBytes = 0
      this.#left = this.#head.readUInt32BE(4)
    }
    return taken
  }
}
