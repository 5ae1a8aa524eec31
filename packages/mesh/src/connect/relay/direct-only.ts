/** The DHT without relays: its messages are only hints, and relays are meant for requests and answers. */
import { type Connection, LimitedConnectionError, type Peer, type PeerId } from '@libp2p/interface'
import { isRelayed } from './circuits.ts'

/** The components with which the DHT opens streams, directly and through the ping service. */
interface Components {
  readonly connectionManager: {
    getConnections(peer: PeerId): Connection[]
    openStream(peer: PeerId, ...rest: never[]): Promise<unknown>
  }
  readonly ping: { ping(peer: PeerId, ...rest: never[]): Promise<unknown> }
  readonly peerStore: { get(peer: PeerId): Promise<Peer> }
}

/**
 * The components, changed to open no stream to a peer that is connected, or known, only through relays. The library would
 * dial a circuit for each message, because it does not reuse a limited connection, and would then refuse to open the stream.
 */
export function directOnly<C extends Components>(components: C): C {
  const refuseRelayed = async (peer: PeerId): Promise<void> => {
    if (await isOnlyRelayed(components, peer)) throw new LimitedConnectionError('the DHT does not use relays')
  }
  const openStream: Components['connectionManager']['openStream'] = async (peer, ...rest) => {
    await refuseRelayed(peer)
    return components.connectionManager.openStream(peer, ...rest)
  }
  const ping: Components['ping']['ping'] = async (peer, ...rest) => {
    await refuseRelayed(peer)
    return components.ping.ping(peer, ...rest)
  }
  // The components are created one after the other, so each is looked up when it is used.
  return new Proxy(components, {
    get: (target, name) => {
      if (name === 'connectionManager') return replaced(target.connectionManager, 'openStream', openStream)
      if (name === 'ping') return replaced(target.ping, 'ping', ping)
      return Reflect.get(target, name)
    }
  })
}

/** The object with one of its functions replaced. */
function replaced<T extends object>(inner: T, replacedName: keyof T, by: unknown): T {
  return new Proxy(inner, {
    get: (target, name) => {
      if (name === replacedName) return by
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    }
  })
}

async function isOnlyRelayed({ connectionManager, peerStore }: Components, peer: PeerId): Promise<boolean> {
  const connections = connectionManager.getConnections(peer)
  if (connections.length > 0) return connections.every(({ remoteAddr }) => isRelayed(remoteAddr))
  const known = await peerStore.get(peer).catch(() => undefined)
  const addresses = known?.addresses ?? []
  return addresses.length > 0 && addresses.every(({ multiaddr }) => isRelayed(multiaddr))
}
