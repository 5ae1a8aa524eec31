/** Hono on its Node server with constant answers, a small one and one of a given size: an upper bound on the speed of a gateway. */
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { serveParent } from './children.ts'

const app = new Hono()
app.get('/health', (c) => c.json({ status: 'healthy', version: '0.1.0' }))
const texts = new Map<number, string>()
app.get('/bytes/:count', (c) => {
  const count = Number(c.req.param('count'))
  const text = texts.get(count) ?? JSON.stringify('x'.repeat(count - 2))
  texts.set(count, text)
  return c.body(text, 200, { 'content-type': 'application/json' })
})
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) =>
  serveParent({ url: `http://127.0.0.1:${port}` }, async () => server.close())
)
