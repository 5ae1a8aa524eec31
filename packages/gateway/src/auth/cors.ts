/** Which web pages of other origins may use the API: those that the operator names, and nobody else. */
import type { MiddlewareHandler } from 'hono'

/** What such a page may send. There are no cookies here: whoever asks shows a token, so credentials are never allowed. */
const REQUEST_HEADERS = [
  ...['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id'],
  ...['x-api-key', 'x-request-id']
].join(', ')
/** What it may read beside the few that every page may. */
const ANSWER_HEADERS = 'etag, link, location, retry-after, www-authenticate, x-request-id'
/** A browser asks again after this; longer than it takes to notice that an origin was taken off the list. */
const PREFLIGHT_SECONDS = 600

/** Answers to other origins, where there are any; `origins` are compared whole. */
export function cors(origins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(origins)
  return async (c, next) => {
    await next()
    // Whoever asks: an answer kept for one origin is not for another.
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
