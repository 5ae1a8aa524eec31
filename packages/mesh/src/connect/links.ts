/** Who is connected: counted from the moment a peer has said who it is, until its last connection is gone. */
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import { StimnetError } from '@stimnet/protocol'
import type { MeshNode } from './node.ts'
import { unlessAborted } from '../streams/stream.ts'

interface Listeners {
  /** New, or known and now at other addresses. */
  onLive(peerId: string, facts: { addresses: string[]; isNew: boolean }): void
  onGone(peerId: string): void
}

/** Who is connected, by PeerId. */
export class Links {
  readonly #node: MeshNode
  readonly #live = new Set<string>()
  readonly #open = new Set<string>()
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>()
  readonly #listeners: Listeners

  constructor(node: MeshNode, listeners: Listeners) {
    this.#node = node
    this.#listeners = listeners
    node.addEventListener('peer:connect', this.#connected)
    node.addEventListener('peer:identify', this.#identified)
    node.addEventListener('peer:disconnect', this.#disconnected)
  }

  live(): string[] {
    return [...this.#live]
  }

  isLive(peerId: string): boolean {
    return this.#live.has(peerId)
  }

  /** Live, or about to be or to be turned away. */
  isOpen(peerId: string): boolean {
    return this.#open.has(peerId)
  }

  /**
   * Resolves once the peer at the other end has said who it is. The dialling side is told of success before the other
   * side has judged it: who is turned away sees the connection close. Throws INTERRUPTED for that, or the signal's reason.
   */
  async untilLive(connection: Connection, signal: AbortSignal): Promise<void> {
    const peerId = connection.remotePeer.toString()
    if (this.#live.has(peerId)) return
    const waiting = this.#waiting.get(peerId) ?? Promise.withResolvers<void>()
    this.#waiting.set(peerId, waiting)
    const closed = () => waiting.reject(new StimnetError('INTERRUPTED', `${peerId} closed the connection at once`))
    connection.addEventListener('close', closed, { once: true })
    if (connection.status !== 'open') closed()
    try {
      await unlessAborted(waiting.promise, signal)
    } finally {
      connection.removeEventListener('close', closed)
      this.#waiting.delete(peerId)
    }
  }

  close(): void {
    this.#node.removeEventListener('peer:connect', this.#connected)
    this.#node.removeEventListener('peer:identify', this.#identified)
    this.#node.removeEventListener('peer:disconnect', this.#disconnected)
  }

  readonly #connected = (event: CustomEvent<PeerId>): void => {
    this.#open.add(event.detail.toString())
  }

  readonly #identified = (event: CustomEvent<IdentifyResult>): void => {
    const { peerId, listenAddrs, signedPeerRecord } = event.detail
    const id = peerId.toString()
    if (this.#node.getConnections(peerId).length === 0) return
    const isNew = !this.#live.has(id)
    this.#live.add(id)
    this.#waiting.get(id)?.resolve()
    const addresses = (signedPeerRecord?.addresses ?? listenAddrs).map(String)
    this.#listeners.onLive(id, { addresses, isNew })
  }

  readonly #disconnected = (event: CustomEvent<PeerId>): void => {
    const id = event.detail.toString()
    this.#open.delete(id)
    if (this.#live.delete(id)) this.#listeners.onGone(id)
  }
}
