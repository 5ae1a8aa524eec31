/**
 * Closes connections that nobody needs: unused connections that this peer dialled, connections through a relay beside a
 * direct one, and connections above the limit.
 */
import type { Connection } from '@libp2p/interface'
import type { Clock } from '@stimnet/protocol'
import type { MeshNode } from '../connect/node.ts'
import { isRelayed } from '../connect/relay/circuits.ts'
import { rankOf } from './neighbours.ts'

/** Number of looks at all connections within `idleMs`. */
const LOOKS = 6
/** Maximum time for a peer to receive sent data before the connection closes, ms. */
const CLOSE_MS_MAX = 500
/** Streams of these protocols keep no connection open. They belong to the upkeep of the mesh itself. */
const UPKEEP = ['/stimnet/kad/', '/stimnet/ping/', '/stimnet/id/']

/** Dependencies of `Tending`. */
export interface TendingDeps {
  readonly node: MeshNode
  readonly clock: Clock
  readonly stopping: AbortSignal
  readonly idleMs: number
  /** Whether a connection to the peer is kept even if it is idle. */
  readonly isKept: (peerId: string) => boolean
  /** Whether the peer closes idle connections as well. Older versions dial again at once after any close. */
  readonly isSparing: (peerId: string) => boolean
  /** Maximum number of peers to be connected with; see `MeshSettings.neighbours`. */
  readonly limit: () => number
}

/** Tends the connections of a mesh. A mesh has one instance. */
export class Tending {
  readonly #deps: TendingDeps
  readonly #usedAtMs = new Map<string, number>()

  constructor(deps: TendingDeps) {
    this.#deps = deps
  }

  /** Records that a request was sent to the peer, or answered for it. */
  used(peerId: string): void {
    this.#usedAtMs.set(peerId, this.#deps.clock.now())
  }

  forget(peerId: string): void {
    this.#usedAtMs.delete(peerId)
  }

  async run(): Promise<void> {
    const { clock, stopping, idleMs } = this.#deps
    while (!stopping.aborted) {
      await clock.sleep(idleMs / LOOKS, stopping).catch(() => {})
      if (!stopping.aborted) this.look()
    }
  }

  /** Closes the connections that are idle now. */
  look(): void {
    const { node, isKept, isSparing, limit } = this.#deps
    const all = node.getConnections()
    const unkept = all.filter((connection) => !isKept(idOf(connection)))
    const direct = new Set(all.filter(({ remoteAddr }) => !isRelayed(remoteAddr)).map(idOf))
    const spare = all.filter((connection) => isRelayed(connection.remoteAddr) && direct.has(idOf(connection)))
    for (const connection of spare) if (isOwn(connection) && !isUsed(connection)) close(connection)
    for (const connection of unkept) if (isOwn(connection) && this.#isIdle(connection)) close(connection)
    // The side that dialled closes the connection. The other side closes it only above the limit, beginning with the peers
    // that rank last for both sides.
    const lasting = new Set(all.filter((connection) => isKept(idOf(connection)) || !isOwn(connection)).map(idOf))
    const others = unkept.filter((connection) => !isOwn(connection) && this.#isIdle(connection))
    const self = node.peerId.toString()
    const last = (connection: Connection) => rankOf(self, idOf(connection))
    const surplus = others.filter((connection) => isSparing(idOf(connection))).sort((a, b) => last(b) - last(a))
    for (const connection of surplus.slice(0, Math.max(0, lasting.size - limit()))) close(connection)
  }

  #isIdle(connection: Connection): boolean {
    const { clock, idleMs } = this.#deps
    if (isUsed(connection)) return false
    const usedAtMs = this.#usedAtMs.get(idOf(connection)) ?? 0
    return clock.now() - Math.max(usedAtMs, connection.timeline.open) >= idleMs
  }
}

function isUsed({ streams }: Connection): boolean {
  const isUpkeep = (protocol: string) => UPKEEP.some((prefix) => protocol.startsWith(prefix))
  return streams.some(({ protocol }) => !isUpkeep(protocol))
}

function isOwn({ direction }: Connection): boolean {
  return direction === 'outbound'
}

function idOf({ remotePeer }: Connection): string {
  return remotePeer.toString()
}

function close(connection: Connection): void {
  connection.close({ signal: AbortSignal.timeout(CLOSE_MS_MAX) }).catch((error) => connection.abort(error as Error))
}
