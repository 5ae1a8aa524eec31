/**
 * The choice of dialled addresses among those that other peers report. Without it, anybody who may report addresses could
 * make this machine connect to services that only this machine can reach.
 */
import { lookup as lookUp, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { MeshSettings } from '../../mesh.ts'
import { placeOf } from '../place.ts'

/** Maximum number of addresses that users name while the mesh runs. */
const NAMED_MAX = 1_000
const DNS: readonly string[] = ['dns', 'dns4', 'dns6']

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

// RFC 6890. Private ranges (10/8, 172.16/12, 192.168/16, fc00::/7) are not blocked, because peers in hospitals use them.
const NEVER = new BlockList()
NEVER.addSubnet('0.0.0.0', 8, 'ipv4') // "this network": reaches this machine
NEVER.addSubnet('169.254.0.0', 16, 'ipv4') // link-local, among them the metadata services of clouds
NEVER.addSubnet('224.0.0.0', 4, 'ipv4') // multicast
NEVER.addSubnet('240.0.0.0', 4, 'ipv4') // reserved, broadcast
NEVER.addAddress('::', 'ipv6')
NEVER.addSubnet('fe80::', 10, 'ipv6') // link-local
NEVER.addSubnet('ff00::', 8, 'ipv6') // multicast

/** The port of HTTPS, to which proxies connect and at which WebSockets in TLS are reached. */
const HTTPS_PORT = 443

type Named = Pick<MeshSettings, 'listen' | 'announce' | 'bootstrap' | 'relays' | 'transport' | 'proxy'>

/**
 * Judges addresses. An address that the operator configured, or that a person named, is always dialled. Of the addresses that other peers
 * report, only TCP and WebSocket addresses of hosts are dialled: no sockets of this machine, and no link-local, multicast, unspecified or
 * loopback addresses. A peer that is itself only on loopback, as in a demo, dials loopback addresses too: everything that it listens on,
 * announces or joins through is there. Through a proxy, reported addresses are dialled only at the port of HTTPS; the proxy decides how it
 * resolves names and to whom it connects.
 */
export class ToldAddresses {
  readonly #named = new Set<string>()
  readonly #hosts = new Set<string>()
  readonly #isLocal: boolean
  readonly #isInMemory: boolean
  readonly #isProxied: boolean

  constructor({ listen, announce = [], bootstrap, relays = [], transport, proxy }: Named) {
    const own = [...listen, ...announce, ...bootstrap, ...relays]
    for (const address of [...bootstrap, ...relays]) this.name(address)
    this.#isLocal = own.length > 0 && own.every((address) => isLoopback(hostOf(multiaddr(address))))
    this.#isInMemory = transport === 'memory'
    this.#isProxied = proxy !== undefined
  }

  /** Adds an address that a user named. */
  name(address: string): void {
    if (this.#named.size >= NAMED_MAX) return
    // For an address through a relay, the library dials the address of the relay.
    const [direct = address] = address.split('/p2p-circuit')
    this.#named.add(bare(direct))
    const host = hostOf(multiaddr(direct))
    if (host !== undefined) this.#hosts.add(host)
  }

  /** Whether the address may be dialled. A host name is judged again by the addresses to which it resolves; see `lookup`. */
  isDialable(address: Multiaddr): boolean {
    const [host] = address.getComponents()
    // Through a relay, only the address of the relay is dialled, which is judged by itself.
    if (isNamedIn(address, 'p2p-circuit') || this.#named.has(bare(address.toString()))) return true
    if (host?.name === 'memory') return this.#isInMemory
    const place = placeOf(address)
    if (place === undefined || (this.#isProxied && place.port !== HTTPS_PORT)) return false
    if (host?.name === 'ip4' || host?.name === 'ip6') return this.#isPermitted(host.value ?? '')
    // An address in the place of a name is dialled without a look-up.
    return DNS.includes(host?.name ?? '') && isIP(host?.value ?? '') === 0
  }

  /**
   * Resolves a host name for a dial. Addresses that would not be dialled are left out, even if the name now resolves to
   * another address.
   */
  readonly lookup: LookupFunction = (name, options, callback) => {
    lookUp(name, { ...options, all: true }, (error, found: LookupAddress[] = []) => {
      const permitted = this.#hosts.has(name) ? found : found.filter(({ address }) => this.#isPermitted(address))
      const [first] = permitted
      if (error || first === undefined) {
        const refused = Object.assign(new Error(`${name} is not dialled`), { code: 'ENOTFOUND' })
        callback(error ?? refused, '', 0)
      } else if (options.all) callback(null, permitted)
      else callback(null, first.address, first.family)
    })
  }

  #isPermitted(address: string): boolean {
    if (isLoopback(address)) return this.#isLocal
    return isIP(address) !== 0 && !isIn(NEVER, address)
  }
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address)
  // The list also judges IPv4-mapped IPv6 addresses.
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

function isLoopback(host: string | undefined): boolean {
  return host === 'localhost' || isIn(LOOPBACK, host ?? '')
}

function isNamedIn(address: Multiaddr, component: string): boolean {
  return address.getComponents().some(({ name }) => name === component)
}

function hostOf(address: Multiaddr): string | undefined {
  const [host] = address.getComponents()
  return host !== undefined && ['ip4', 'ip6', ...DNS].includes(host.name) ? host.value : undefined
}

/** The address without the PeerId at its end. */
function bare(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
