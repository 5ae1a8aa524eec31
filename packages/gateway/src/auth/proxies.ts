/** Proxies that are believed when they say for whom they ask. */
import { BlockList, isIP } from 'node:net'
import { StimnetError } from '@stimnet/protocol'

/** Of ::ffff:0:0/96, where IPv4 addresses stand in IPv6. */
const MAPPED_BITS = 96

/** An address, or a network as ADDRESS/BITS. */
interface Range {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  readonly bits: number
}

/** Proxies in a row. */
const HOPS_MAX = 16
/** Of the header the end is read, which our own proxy wrote: how much stands before it is up to anybody. */
const HEADER_CHARACTERS_MAX = 1_024
/** Whoever runs a proxy knows its network: the widest private ones are 10.0.0.0/8 and fc00::/7. */
const BITS_MIN = { ipv4: 8, ipv6: 7 } as const

function rangeOf(text: string): Range | undefined {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const most = version === 4 ? 32 : 128
  const wanted = bits === undefined ? most : Number(bits)
  return wanted > most ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', bits: wanted }
}

/** Whether a text names an address or a network, and none of half the world. */
export function isProxyRange(text: string): boolean {
  const range = rangeOf(text)
  return range !== undefined && range.bits >= BITS_MIN[range.family] && !isAroundIPv4(range)
}

/** Of an IPv6 network in which every IPv4 address has its place as well. */
function isAroundIPv4({ address, bits, family }: Range): boolean {
  if (family === 'ipv4' || bits > MAPPED_BITS) return false
  const list = new BlockList()
  list.addSubnet(address, bits, family)
  return list.check('::ffff:192.0.2.1', 'ipv6')
}

/** Those that are believed; none unless given. */
export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** Throws CONFIG_INVALID for what is no address or network. */
  constructor(ranges: readonly string[]) {
    this.#isEmpty = ranges.length === 0
    for (const text of ranges) {
      const range = rangeOf(text)
      if (range === undefined || !isProxyRange(text)) {
        throw new StimnetError('CONFIG_INVALID', `gateway.trusted_proxies: ${JSON.stringify(text)} names no proxy`)
      }
      this.#list.addSubnet(range.address, range.bits, range.family)
    }
  }

  /**
   * Who asked the outermost of our proxies: the last address in X-Forwarded-For that is none of ours, for what stands
   * before it anybody may have written. The connection's own address where no proxy of ours asks; the proxy's where it says
   * nothing that can be read, so that nobody gets out of being counted.
   */
  callerOf(remote: string, forwardedFor: string | null): string {
    if (this.#isEmpty || forwardedFor === null || !this.#isOurs(remote)) return remote
    // Of more than that the first hop read may be cut short: it is none.
    const isLong = forwardedFor.length > HEADER_CHARACTERS_MAX
    const read = forwardedFor
      .slice(-HEADER_CHARACTERS_MAX)
      .split(',')
      .slice(isLong ? 1 : 0)
    const hops = read.map(plain).reverse()
    let caller = remote
    for (const hop of hops.slice(0, HOPS_MAX)) {
      if (isIP(hop) === 0) return caller
      caller = hop
      if (!this.#isOurs(hop)) return caller
    }
    return caller
  }

  /** Whether a connection comes from one of them; `::ffff:` before an IPv4 address does not count. */
  has(remote: string): boolean {
    return this.#isOurs(plain(remote))
  }

  #isOurs(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** Without blanks, brackets, a port, or IPv6 around IPv4 in any of its spellings. */
function plain(hop: string): string {
  const text = hop.trim()
  const [, bracketed] = /^\[([0-9a-fA-F:.]+)\](?::\d+)?$/.exec(text) ?? []
  const [, withPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text) ?? []
  const address = bracketed ?? withPort ?? text
  return isIP(address) === 6 ? (ipv4Within(address) ?? address) : address
}

/** The IPv4 address that an IPv6 one stands for; undefined for any other. */
function ipv4Within(address: string): string | undefined {
  // The one spelling of the URL standard, whatever was written; an address with a zone has none.
  if (!URL.canParse(`http://[${address}]`)) return undefined
  const [, high = '', low = ''] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]`).hostname) ?? []
  if (high === '') return undefined
  return [high, low].flatMap((half) => [Number.parseInt(half, 16) >> 8, Number.parseInt(half, 16) & 255]).join('.')
}
