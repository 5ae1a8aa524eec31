/** Addresses of WebSockets, such as /dns4/peer.example.org/tcp/443/tls/ws, and of plain TCP. */
import type { Multiaddr } from '@multiformats/multiaddr'

const HOSTS: readonly string[] = ['ip4', 'ip6', 'dns', 'dns4', 'dns6']
/** The part after the port in the address of a WebSocket: without TLS, and in TLS. */
const PLAIN = 'ws'
const IN_TLS: readonly string[] = ['tls/ws', 'wss', 'tls/sni/ws']

/** A host and a port, and the protocol that is spoken there. */
export interface Place {
  readonly host: string
  readonly port: number
  /** The name in the certificate, if TLS is spoken. */
  readonly serverName?: string | undefined
  readonly isWebSocket: boolean
}

/** The host, port and protocol of an address; undefined for anything but TCP and WebSockets, and for addresses through relays. */
export function placeOf(address: Multiaddr): Place | undefined {
  const [host, port, ...rest] = address.getComponents()
  if (!HOSTS.includes(host?.name ?? '') || port?.name !== 'tcp') return undefined
  const after = rest.filter(({ name }) => name !== 'p2p')
  const spoken = after.map(({ name }) => name).join('/')
  const isSecure = IN_TLS.includes(spoken)
  if (spoken !== '' && spoken !== PLAIN && !isSecure) return undefined
  const name = host?.value ?? ''
  const serverName = isSecure ? (after.find(({ name: part }) => part === 'sni')?.value ?? name) : undefined
  return { host: name, port: Number(port.value), serverName, isWebSocket: spoken !== '' }
}
