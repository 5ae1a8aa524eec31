import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { EngineApi, EngineRefusal } from '../src/docker/api.ts'

const signal = AbortSignal.timeout(60_000)

/** An engine that answers with these functions. */
async function engineOf(t: TestContext, listener: RequestListener, onUpgrade?: (socket: Duplex) => void) {
  const socketPath = join('/tmp', `stimnet-api-${randomUUID()}.sock`)
  const server = createServer(listener).listen(socketPath)
  server.on('upgrade', (_, socket) => onUpgrade?.(socket))
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return new EngineApi({ socketPath })
}

test('a call carries its query and its body, and only calls with a body have one', async (t) => {
  const api = await engineOf(t, async (asked, answer) => {
    const chunks: Buffer[] = []
    for await (const chunk of asked) chunks.push(chunk as Buffer)
    const { 'content-type': type, 'content-length': length } = asked.headers
    const body = Buffer.concat(chunks).toString()
    answer.end(JSON.stringify([asked.method, asked.url, type ?? null, length ?? null, body]))
  })
  const query = { all: true, filters: '{"label":["a=b&c"]}' }
  const listed = ['GET', '/c?all=true&filters=%7B%22label%22%3A%5B%22a%3Db%26c%22%5D%7D', null, null, '']
  assert.deepEqual(await api.json({ path: '/c', query, signal }), listed)
  const created = ['POST', '/c', 'application/json', '9', '{"a":"b"}']
  assert.deepEqual(await api.json({ method: 'POST', path: '/c', body: { a: 'b' }, signal }), created)
  assert.deepEqual(await api.json({ method: 'POST', path: '/s', signal }), ['POST', '/s', null, '0', ''])
})

test('a refusal says its status and the reason of the engine', async (t) => {
  const api = await engineOf(t, (asked, answer) => {
    answer.statusCode = asked.url === '/json' ? 404 : 502
    answer.end(asked.url === '/json' ? '{"message":"No such image"}' : '<html>a proxy</html>')
  })
  const refusal = async (path: string) => {
    const error = await api.json({ path, signal }).catch((caught) => caught)
    assert.ok(error instanceof EngineRefusal)
    return [error.status, error.message]
  }
  assert.deepEqual(await refusal('/json'), [404, 'the engine answered 404: No such image'])
  assert.deepEqual(await refusal('/html'), [502, 'the engine answered 502: <html>a proxy</html>'])
})

test('an answer without end is cut off, and one that stops in the middle is not waited for', async (t) => {
  let sent = 0
  const api = await engineOf(t, (asked, answer) => {
    if (asked.url !== '/endless') return void answer.write('{"half":')
    const piece = Buffer.alloc(1024 * 1024)
    const more = () => {
      sent += piece.length
      answer.write(piece, (error) => (error ? undefined : more()))
    }
    more()
  })
  await assert.rejects(api.text({ path: '/endless', signal }), /more than 16777216 bytes/)
  assert.ok(sent < 64 * 1024 * 1024)
  await assert.rejects(api.json({ path: '/half', signal: AbortSignal.timeout(200) }))
})

test('an attached connection gives what came with the answer first, and outlives the call', async (t) => {
  const head = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'
  const api = await engineOf(
    t,
    (_, answer) => {
      answer.statusCode = 404
      answer.end('{"message":"no such container"}')
    },
    (socket) => {
      socket.write(`${head}first `)
      socket.on('data', (chunk: Buffer) => socket.end(chunk))
    }
  )
  const control = new AbortController()
  const socket = await api.upgrade({ path: '/attach', query: { stdin: true } }, control.signal)
  socket.write('second')
  const all: Buffer[] = []
  for await (const chunk of socket) all.push(chunk as Buffer)
  assert.equal(Buffer.concat(all).toString(), 'first second')
})

test('a connection that the engine does not hand over is a refusal', async (t) => {
  const socketPath = join('/tmp', `stimnet-api-${randomUUID()}.sock`)
  const server = createServer((_, answer) => {
    answer.statusCode = 404
    answer.end('{"message":"no such container"}')
  }).listen(socketPath)
  await once(server, 'listening')
  t.after(() => server.close())
  const attaching = new EngineApi({ socketPath }).upgrade({ path: '/attach' }, signal)
  await assert.rejects(attaching, { status: 404, message: 'the engine answered 404: no such container' })
})
