/** A separate listener for Prometheus. Whoever can connect to it can read the metrics, and nothing else. */
import { Hono } from 'hono'
import type { GatewayApp } from './app.ts'
import { METRICS_TYPE } from './routes/health.ts'

/**
 * Accepted Host headers: `localhost` or an address. A host name is refused, so that a web page cannot read the metrics by DNS
 * rebinding.
 */
const PLAIN_HOST = /^(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\])(:\d+)?$/i

/** An app that answers `GET /metrics`, for `listenGateway`. */
export function createMetrics(read: () => Promise<string>): GatewayApp {
  const app: GatewayApp = new Hono()
  app.get('/metrics', async (c) => {
    if (!PLAIN_HOST.test(c.req.header('host') ?? '')) return c.text('Ask by address.\n', 403)
    return c.text(await read(), 200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' })
  })
  return app
}
