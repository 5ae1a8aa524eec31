/** The address of a caller, as far as it can be determined from the connection. */

/** The connection that the server passes with each request; empty in tests without a socket. */
export interface Connection {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } | undefined } | undefined
  readonly closing?: AbortSignal
  /** The caller's address as stated by the gateway process that carries the request. Present only on the private channel. */
  readonly caller?: string
  /** The facts for the access log about the request, collected while it is processed. Absent without an access log. */
  readonly visit?: Visit | undefined
}

/** The known facts about a request that was processed. None of them is a value that the caller chose, except the id of the request. */
export interface Visit {
  /** The path as the API documents it, without the values in it; absent if there is no such path. */
  route?: string
  /** The account whose token or API key was valid. */
  account?: string
  requestId?: string
}

/** Returns the address of the caller for the address of a connection. */
type Believed = (remote: string) => string

/** The address for which requests are counted: an IPv4 address, or the /64 network of an IPv6 address. */
export function addressOf(connection: Connection | undefined, callerOf: Believed = (remote) => remote): string {
  const raw = connection?.incoming?.socket?.remoteAddress ?? ''
  // A gateway process has read X-Forwarded-For itself.
  const address = connection?.caller ?? callerOf(withoutMapping(raw))
  return address.includes(':') ? networkOf(address) : address || 'unknown'
}

/** An IPv4 address that was mapped into IPv6 as plain IPv4; other addresses as they are. */
export function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

/** The first 64 bits of an IPv6 address, without abbreviation. */
function networkOf(address: string): string {
  const [before = '', after] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const gap = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  return [...head, ...Array.from({ length: gap }, () => '0'), ...tail].slice(0, 4).join(':')
}
