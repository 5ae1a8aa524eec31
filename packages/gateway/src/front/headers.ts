/** The headers of a request or answer that passes through a gateway process. */
import type { IncomingHttpHeaders } from 'node:http'
import { CALLER_HEADER, OWN_HEADERS } from './channel.ts'

/** Headers about one connection (RFC 9110, section 7.6.1), which are never passed on. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade']
])

/** Headers of a request that the gateway process has processed itself. */
const DONE_HERE = new Set(['expect', 'forwarded', 'x-forwarded-for', 'x-request-id', 'content-length'])

/** The names that a Connection header adds to those about one connection. */
function namedIn(connection: string | undefined): ReadonlySet<string> {
  return new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
}

/** The headers of a client's request for the peer, without its length, with the caller's address and the id of the request. */
export function headersToPeer(
  headers: IncomingHttpHeaders,
  { caller, requestId }: { readonly caller: string; readonly requestId: string }
): Record<string, string | string[]> {
  const named = namedIn(headers.connection)
  const passed: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    const isOurs = HOP_BY_HOP.has(name) || DONE_HERE.has(name) || name.startsWith(OWN_HEADERS)
    if (value !== undefined && !isOurs && !named.has(name)) passed[name] = value
  }
  return { ...passed, [CALLER_HEADER]: caller, 'x-request-id': requestId }
}

/** The headers of the peer's answer for the client, as names and values in turn. */
export function headersToClient(raw: readonly string[]): string[] {
  const passed: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2)
    if (!HOP_BY_HOP.has(name.toLowerCase())) passed.push(name, value)
  }
  return passed
}
