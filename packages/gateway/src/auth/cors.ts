/** Cross-origin access for the web pages of origins that the operator lists. */
import type { MiddlewareHandler } from 'hono'

/** Request headers that a page of another origin may send. Credentials (cookies) are never allowed: callers present a token. */
const REQUEST_HEADERS = [
  ...['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id'],
  ...['x-api-key', 'x-request-id']
].join(', ')
/** Response headers that a page of another origin may read, in addition to those that browsers always permit. */
const ANSWER_HEADERS = 'etag, link, location, retry-after, www-authenticate, x-request-id'
/** Time for which a browser caches the permission, s. The removal of an origin can take this long to have effect. */
const PREFLIGHT_SECONDS = 600

/** Adds CORS headers for the listed `origins`, which are compared as whole strings. */
export function cors(origins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(origins)
  return async (c, next) => {
    await next()
    // On every response, so that a response cached for one origin is not used for another.
    c.res.headers.append('vary', 'Origin')
    const origin = c.req.header('origin')
    if (origin === undefined || !allowed.has(origin)) return
    c.res.headers.set('access-control-allow-origin', origin)
    c.res.headers.set('access-control-expose-headers', ANSWER_HEADERS)
    if (c.req.method !== 'OPTIONS' || c.req.header('access-control-request-method') === undefined) return
    c.res.headers.set('access-control-allow-methods', c.res.headers.get('allow') ?? 'GET')
    c.res.headers.set('access-control-allow-headers', REQUEST_HEADERS)
    c.res.headers.set('access-control-max-age', String(PREFLIGHT_SECONDS))
  }
}
