/** Hono on its Node server with one small constant answer: the best possible performance of a gateway. */
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { serveParent } from './children.ts'

const app = new Hono()
app.get('/health', (c) => c.json({ status: 'healthy', version: '0.1.0' }))
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) =>
  serveParent({ url: `http://127.0.0.1:${port}` }, async () => server.close())
)
