/** Connected peers: a peer counts as connected from its identification until its last connection is closed. */
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import { StimnetError } from '@stimnet/protocol'
import type { MeshNode } from './node.ts'
import { unlessAborted } from './unless-aborted.ts'

interface Listeners {
  /** A peer is new, or a known peer identified itself again, for example with other addresses. */
  onLive(peerId: string, facts: { addresses: string[]; isNew: boolean }): void
  onGone(peerId: string): void
}

/** The connected peers by PeerId. */
export class Links {
  readonly #node: MeshNode
  readonly #live = new Set<string>()
  readonly #open = new Set<string>()
  /** The protocols that each connected peer announced. */
  readonly #protocols = new Map<string, ReadonlySet<string>>()
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

  /** Whether the connected peer serves the protocol. */
  speaks(peerId: string, protocol: string): boolean {
    return this.#protocols.get(peerId)?.has(protocol) ?? false
  }

  /** Whether there is a connection to the peer, identified or not. */
  isOpen(peerId: string): boolean {
    return this.#open.has(peerId)
  }

  /**
   * Resolves when the peer at the other end has identified itself. On the dialling side, a dial succeeds before the other
   * side has decided; if the other side refuses, the connection closes. Then throws INTERRUPTED. If the signal aborts,
   * throws its reason.
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
    const { peerId, listenAddrs, signedPeerRecord, protocols } = event.detail
    const id = peerId.toString()
    if (this.#node.getConnections(peerId).length === 0) return
    const isNew = !this.#live.has(id)
    this.#live.add(id)
    this.#protocols.set(id, new Set(protocols))
    this.#waiting.get(id)?.resolve()
    const addresses = (signedPeerRecord?.addresses ?? listenAddrs).map(String)
    this.#listeners.onLive(id, { addresses, isNew })
  }

  readonly #disconnected = (event: CustomEvent<PeerId>): void => {
    const id = event.detail.toString()
    this.#open.delete(id)
    this.#protocols.delete(id)
    if (this.#live.delete(id)) this.#listeners.onGone(id)
  }
}
