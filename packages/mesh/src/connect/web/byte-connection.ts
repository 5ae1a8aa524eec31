/** A connection over any byte stream of Node, such as a socket through a proxy or a WebSocket, with backpressure in both directions. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { AbortOptions } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type AbstractMultiaddrConnectionInit, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'

export class ByteConnection extends AbstractMultiaddrConnection {
  readonly #bytes: Duplex

  constructor(bytes: Duplex, init: AbstractMultiaddrConnectionInit) {
    super(init)
    this.#bytes = bytes
    bytes.on('data', (chunk: Uint8Array) => this.onData(chunk))
    bytes.on('error', (error) => this.abort(error))
    bytes.on('drain', () => this.safeDispatchEvent('drain'))
    bytes.once('end', () => bytes.end())
    bytes.once('close', () => this.onTransportClosed())
    if (bytes.destroyed) queueMicrotask(() => this.abort(new Error('the stream has ended')))
  }

  sendData(data: Uint8ArrayList): SendResult {
    let sentBytes = 0
    let canSendMore = true
    for (const part of data) {
      // An empty message would cost the other side work for nothing.
      if (part.byteLength === 0) continue
      sentBytes += part.byteLength
      canSendMore = this.#bytes.write(part)
      if (!canSendMore) break
    }
    return { sentBytes, canSendMore }
  }

  async sendClose({ signal }: AbortOptions = {}): Promise<void> {
    if (this.#bytes.destroyed) return
    const closed = once(this.#bytes, 'close', { signal })
    this.#bytes.end()
    // While reading is paused, the end of the other side would never be noticed.
    this.#bytes.resume()
    await closed
  }

  sendReset(): void {
    this.#bytes.destroy()
  }

  sendPause(): void {
    this.#bytes.pause()
  }

  sendResume(): void {
    this.#bytes.resume()
  }
}
