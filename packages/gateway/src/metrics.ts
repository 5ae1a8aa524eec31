/** A listener of its own for Prometheus: whoever can connect to it reads the metrics, and nothing else. */
import { Hono } from 'hono'
import type { GatewayApp } from './app.ts'
import { METRICS_TYPE } from './routes/health.ts'

/** `localhost`, or an address: a name of a web page is none, also where it was made to point here. */
const PLAIN_HOST = /^(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\])(:\d+)?$/i

/** Answers `GET /metrics`; give it to `listenGateway`. */
export function createMetrics(read: () => Promise<string>): GatewayApp {
  const app: GatewayApp = new Hono()
  app.get('/metrics', async (c) => {
    if (!PLAIN_HOST.test(c.req.header('host') ?? '')) return c.text('Ask by address.\n', 403)
    return c.text(await read(), 200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' })
  })
  return app
}
