/** Proxies that are believed when they say for whom they ask. */
import { BlockList, isIP } from 'node:net'
import { StimnetError } from '@stimnet/protocol'

/** An address, or a network as ADDRESS/BITS. */
interface Range {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  readonly bits: number
}

/** Proxies in a row, and what each may write: who sends more is not one of ours. */
const HOPS_MAX = 16
const HEADER_CHARACTERS_MAX = 1_024

function rangeOf(text: string): Range | undefined {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0) return undefined
  const most = version === 4 ? 32 : 128
  const wanted = bits === undefined ? most : Number(bits)
  return wanted > most ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', bits: wanted }
}

/** Whether a text names an address or a network of more than nobody and less than everybody. */
export function isProxyRange(text: string): boolean {
  const range = rangeOf(text)
  return range !== undefined && range.bits > 0
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
      if (range === undefined || range.bits === 0) {
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
    if (forwardedFor.length > HEADER_CHARACTERS_MAX) return remote
    const hops = forwardedFor.split(',').map(plain).reverse()
    let caller = remote
    for (const hop of hops.slice(0, HOPS_MAX)) {
      if (isIP(hop) === 0) return caller
      caller = hop
      if (!this.#isOurs(hop)) return caller
    }
    return caller
  }

  #isOurs(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** Without blanks, brackets, a port, or IPv6 around IPv4. */
function plain(hop: string): string {
  const text = hop.trim()
  const [, bracketed] = /^\[([0-9a-fA-F:.]+)\](?::\d+)?$/.exec(text) ?? []
  const [, withPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text) ?? []
  return (bracketed ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, '')
}
