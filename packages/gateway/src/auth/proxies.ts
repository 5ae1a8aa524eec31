/** Proxies that are trusted to state the caller's address in X-Forwarded-For. */
import { BlockList, isIP } from 'node:net'
import { StimnetError } from '@stimnet/protocol'

/** Length of the prefix ::ffff:0:0/96, which maps IPv4 addresses into IPv6. */
const MAPPED_BITS = 96

/** An address, or a network as ADDRESS/BITS. */
interface Range {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  readonly bits: number
}

/** Maximum number of proxies in a row. */
const HOPS_MAX = 16
/** Number of characters that are read at the end of the header, which the trusted proxy wrote. The rest may be written by anybody. */
const HEADER_CHARACTERS_MAX = 1_024
/** Minimum prefix length of a network of proxies. The widest private networks are 10.0.0.0/8 and fc00::/7. */
const BITS_MIN = { ipv4: 8, ipv6: 7 } as const

function rangeOf(text: string): Range | undefined {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const most = version === 4 ? 32 : 128
  const wanted = bits === undefined ? most : Number(bits)
  return wanted > most ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', bits: wanted }
}

/** Whether a text is an address or a network that is not too wide for proxies. */
export function isProxyRange(text: string): boolean {
  const range = rangeOf(text)
  return range !== undefined && range.bits >= BITS_MIN[range.family] && !isAroundIPv4(range)
}

/** Whether an IPv6 network contains all mapped IPv4 addresses. */
function isAroundIPv4({ address, bits, family }: Range): boolean {
  if (family === 'ipv4' || bits > MAPPED_BITS) return false
  const list = new BlockList()
  list.addSubnet(address, bits, family)
  return list.check('::ffff:192.0.2.1', 'ipv6')
}

/** The trusted proxies. */
export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** Throws CONFIG_INVALID for a text that is not an address or a permitted network. */
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
   * The address of the caller in front of the trusted proxies: the last address in X-Forwarded-For that is not a trusted proxy, since
   * anybody may have written the addresses before it. For a connection that does not come from a trusted proxy, its own address; if
   * the header is unreadable, the address of the last proxy, so that every caller is counted.
   */
  callerOf(remote: string, forwardedFor: string | null): string {
    if (this.#isEmpty || forwardedFor === null || !this.#isOurs(remote)) return remote
    // In a longer header, the first address that was read may be cut off, so it is dropped.
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

  /** Whether an address is a trusted proxy; the prefix `::ffff:` of a mapped IPv4 address is ignored. */
  has(remote: string): boolean {
    return this.#isOurs(plain(remote))
  }

  #isOurs(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** An address without blanks, brackets and port; a mapped IPv4 address as plain IPv4. */
function plain(hop: string): string {
  const text = hop.trim()
  const [, bracketed] = /^\[([0-9a-fA-F:.]+)\](?::\d+)?$/.exec(text) ?? []
  const [, withPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text) ?? []
  const address = bracketed ?? withPort ?? text
  return isIP(address) === 6 ? (ipv4Within(address) ?? address) : address
}

/** The IPv4 address in a mapped IPv6 address; undefined for other addresses. */
function ipv4Within(address: string): string | undefined {
  // The URL parser brings every spelling into one form; it refuses addresses with a zone.
  if (!URL.canParse(`http://[${address}]`)) return undefined
  const [, high = '', low = ''] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]`).hostname) ?? []
  if (high === '') return undefined
  return [high, low].flatMap((half) => [Number.parseInt(half, 16) >> 8, Number.parseInt(half, 16) & 255]).join('.')
}
