/** Where a request comes from, as far as the connection tells. */

/** What the server hands over with each request; empty in tests without a socket. */
export interface Connection {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } | undefined } | undefined
  readonly closing?: AbortSignal
}

/** Whom a connection stands for, given the address at its other end. */
type Believed = (remote: string) => string

/** The address for counting: an IPv6 caller owns its /64, an IPv4 one its address. */
export function addressOf(connection: Connection | undefined, callerOf: Believed = (remote) => remote): string {
  const raw = connection?.incoming?.socket?.remoteAddress ?? ''
  const address = callerOf(raw.startsWith('::ffff:') ? raw.slice(7) : raw)
  return address.includes(':') ? networkOf(address) : address || 'unknown'
}

/** The first 64 bits, written out. */
function networkOf(address: string): string {
  const [before = '', after] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const gap = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  return [...head, ...Array.from({ length: gap }, () => '0'), ...tail].slice(0, 4).join(':')
}
