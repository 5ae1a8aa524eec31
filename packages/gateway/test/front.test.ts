import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, get, type IncomingMessage, type OutgoingHttpHeaders, request, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openChannel, openFront, socketIn, tokenAt } from './fronts.ts'
import { SQL_JOB } from './house.ts'

async function until(claim: () => boolean, what: string) {
  for (let i = 0; i < 1_000 && !claim(); i++) await wait(10)
  assert.ok(claim(), what)
}

const bearing = (token: string) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })

/** The status of a request whose headers are written as they are. */
async function statusOf(url: string, path: string, headers: OutgoingHttpHeaders, method = 'GET'): Promise<number> {
  const asked = request(`${url}${path}`, { method, headers, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode ?? 0
}

/** A program that answers on the socket in place of a peer. */
async function standIn(t: TestContext, path: string, answer: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/attach') outgoing.writeHead(503).end()
    else answer?.(incoming, outgoing as never)
  })
  server.listen({ path })
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

describe('two gateway processes in front of one peer', () => {
  it('know the same tokens, sign-outs, keys and jobs at once', async (t) => {
    const socket = await socketIn(t)
    const { peer } = await openChannel(t, socket)
    const [one, two] = [await openFront(t, socket), await openFront(t, socket)]
    const token = await tokenAt(one.url)
    const headers = bearing(token)
    const posted = await fetch(`${one.url}/api/v1/jobs`, { method: 'POST', headers, body: JSON.stringify(SQL_JOB) })
    const { job_id } = (await posted.json()) as { job_id: string }
    for (const { url } of [one, two]) {
      const seen = await fetch(`${url}/api/v1/jobs/${job_id}`, { headers })
      assert.deepEqual([seen.status, ((await seen.json()) as { job_id: string }).job_id], [200, job_id])
    }
    assert.equal((await fetch(`${two.url}/api/v1/auth/token`, { method: 'DELETE', headers })).status, 200)
    assert.equal((await fetch(`${one.url}/api/v1/jobs`, { headers })).status, 401, 'signed out everywhere')
    peer.keys.set('snk_1', { name: 'bob', roles: ['researcher'], byKey: true })
    assert.equal(await statusOf(one.url, '/api/v1/jobs', { 'x-api-key': 'snk_1' }), 200)
    peer.keys.delete('snk_1')
    assert.equal(await statusOf(two.url, '/api/v1/jobs', { 'x-api-key': 'snk_1' }), 401, 'revoked everywhere')
  })

  it('hand an event stream over: it goes on at the other one where it was cut', async (t) => {
    const socket = await socketIn(t)
    const { peer } = await openChannel(t, socket)
    const [one, two] = [await openFront(t, socket), await openFront(t, socket)]
    const headers = bearing(await tokenAt(one.url))
    const { id } = peer.add({})
    const first = await fetch(`${one.url}/api/v1/jobs/${id}/events`, { headers })
    const reader = first.body?.getReader()
    assert.match(new TextDecoder().decode((await reader?.read())?.value), /^id: 1\nevent: change/)
    await one.close()
    assert.equal((await reader?.read())?.done, true, 'a gateway that closes ends its streams, and cuts none')
    await until(() => peer.watching === 0, 'the peer lets go')
    const again = await fetch(`${two.url}/api/v1/jobs/${id}/events`, { headers: { ...headers, 'last-event-id': '1' } })
    const text = again.text()
    await until(() => peer.watching === 1, 'it is followed again')
    peer.change(id, { state: 'completed' })
    assert.deepEqual(
      [...(await text).matchAll(/^id: (\S+)$/gm)].map(([, event]) => event),
      ['2', '3-end']
    )
  })

  it('let the peer count each caller once for all gateways, whatever a caller writes into its headers', async (t) => {
    const socket = await socketIn(t)
    await openChannel(t, socket, 3)
    const [one, two] = [await openFront(t, socket), await openFront(t, socket, { trustedProxies: ['127.0.0.1'] })]
    const forged = { 'x-stimnet-caller': '198.51.100.7', 'x-forwarded-for': '198.51.100.8' }
    const statuses = []
    for (let at = 0; at < 4; at++) statuses.push(await statusOf(one.url, '/api/v1/nodes', forged))
    assert.deepEqual(statuses, [200, 200, 200, 429], 'its own address counts')
    const behind = (address: string) => ({ ...forged, 'x-forwarded-for': address })
    assert.equal(await statusOf(two.url, '/api/v1/nodes', behind('127.0.0.1')), 429, 'at the other gateway too')
    assert.equal(await statusOf(two.url, '/api/v1/nodes', behind('203.0.113.9')), 200, 'a trusted proxy names callers')
    const named = { connection: 'x-stimnet-caller', 'X-StimNet-Caller': '198.51.100.7' }
    assert.equal(await statusOf(one.url, '/api/v1/nodes', named), 429)
  })
})

describe('the private channel', () => {
  it('serves nobody without an address, and lets nobody attach through a gateway', async (t) => {
    const socket = await socketIn(t)
    const { gateways, told } = await openChannel(t, socket)
    const front = await openFront(t, socket)
    await until(() => gateways.list().length === 1, 'the gateway is attached')
    const body = JSON.stringify({ name: 'forged', version: '1' })
    const attach = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    assert.equal((await fetch(`${front.url}/attach`, attach)).status, 404)
    assert.equal((await fetch(`${front.url}//attach`, attach)).status, 404)
    const direct = async (path: string, headers: OutgoingHttpHeaders = {}) => {
      const asked = get({ socketPath: socket, path, headers, agent: false })
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.resume()
      return answer.statusCode
    }
    assert.equal(await direct('/health'), 404, 'no caller')
    assert.equal(await direct('/health', { 'x-stimnet-caller': 'localhost' }), 400, 'no address')
    assert.equal(await direct('/health', { 'x-stimnet-caller': '192.0.2.1' }), 200)
    assert.deepEqual(told, ['+ gateway-1'])
    await front.close()
    await until(() => gateways.list().length === 0, 'the gateway is gone')
    assert.deepEqual(told, ['+ gateway-1', '- gateway-1'])
  })

  it('gives a caller of a gateway no right of this machine: metrics need the token of an operator', async (t) => {
    const socket = await socketIn(t)
    await openChannel(t, socket)
    const { url } = await openFront(t, socket)
    assert.equal((await fetch(`${url}/metrics`)).status, 401)
    assert.equal((await fetch(`${url}/metrics`, { headers: bearing(await tokenAt(url)) })).status, 403)
    assert.equal((await fetch(`${url}/metrics`, { headers: bearing(await tokenAt(url, 'olga')) })).status, 200)
  })

  it('carries a body only where a request has one, and no header about the connection', async (t) => {
    const socket = await socketIn(t)
    const seen: { method: string | undefined; headers: IncomingMessage['headers']; text: string }[] = []
    await standIn(t, socket, async (incoming, outgoing) => {
      let text = ''
      for await (const part of incoming.setEncoding('utf8')) text += part
      seen.push({ method: incoming.method, headers: incoming.headers, text })
      outgoing.writeHead(200, { 'x-kept': '1', connection: 'x-lost', 'x-request-id': 'abc' }).end('answer')
    })
    const { port } = await openFront(t, socket)
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
    const head = ['Host: x', 'Connection: close, x-secret', 'X-Secret: 1', 'TE: trailers', 'Upgrade: websocket']
    for (const method of ['GET', 'DELETE', 'POST']) {
      const lines = [`${method} /path?q=1 HTTP/1.1`, ...head, `Content-Length: ${smuggled.length}`, '', smuggled]
      const client = connect(port, '127.0.0.1')
      client.write(lines.join('\r\n'))
      let answer = ''
      for await (const part of client.setEncoding('utf8')) answer += part
      assert.match(answer, /^HTTP\/1.1 200 [\s\S]*x-kept: 1/)
      assert.doesNotMatch(answer, /x-lost/)
    }
    assert.deepEqual(
      seen.map(({ method, text }) => [method, text]),
      [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', smuggled]
      ]
    )
    for (const { headers } of seen) {
      for (const name of ['x-secret', 'te', 'upgrade']) assert.equal(headers[name], undefined, name)
      assert.equal(headers['x-stimnet-caller'], '127.0.0.1')
    }
    assert.equal(seen[2]?.headers['content-length'], String(smuggled.length))
    const chunked = { 'transfer-encoding': 'chunked', 'content-type': 'text/plain' }
    const asked = request({ port, host: '127.0.0.1', path: '/path', method: 'POST', headers: chunked, agent: false })
    asked.write('in ')
    asked.end('parts')
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    assert.deepEqual([answer.statusCode, seen[3]?.text], [200, 'in parts'])
  })
})

describe('a gateway process whose peer is away', () => {
  it('says so with the time to wait, shows the console, and goes on when the peer is back', async (t) => {
    const socket = await socketIn(t)
    const consoleDir = join(dirname(socket), 'console')
    await mkdir(join(consoleDir, 'assets'), { recursive: true })
    await writeFile(join(consoleDir, 'index.html'), '<title>StimNet</title>')
    await writeFile(join(consoleDir, 'assets', 'main-abcdefgh.js'), 'run()')
    const front = await openFront(t, socket, { consoleDir })
    const away = await fetch(`${front.url}/api/v1/nodes`, { headers: { 'x-request-id': 'mine' } })
    assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5'])
    const problem = (await away.json()) as { code: string; retry: boolean; request_id: string }
    assert.deepEqual([problem.code, problem.retry, problem.request_id], ['PEER_UNREACHABLE', true, 'mine'])
    assert.deepEqual(front.failures, ['PEER_UNREACHABLE'])
    const page = await fetch(front.url)
    assert.deepEqual([page.status, await page.text()], [200, '<title>StimNet</title>'])
    assert.match(page.headers.get('content-security-policy') ?? '', /trusted-types/)
    const script = await fetch(`${front.url}/assets/main-abcdefgh.js`, { method: 'HEAD' })
    assert.match(script.headers.get('cache-control') ?? '', /immutable/)

    const { gateways, close } = await openChannel(t, socket)
    assert.equal((await fetch(`${front.url}/api/v1/nodes`)).status, 200)
    await until(() => gateways.list().length === 1, 'it is attached')
    await close()
    assert.equal((await fetch(`${front.url}/api/v1/nodes`)).status, 503)
    const { gateways: after } = await openChannel(t, socket)
    assert.equal((await fetch(`${front.url}/api/v1/nodes`)).status, 200)
    await until(() => after.list().length === 1, 'it is attached again')
  })

  it('tells a peer that was not reached from one that broke off, of which nobody knows what it did', async (t) => {
    const socket = await socketIn(t)
    let requests = 0
    await standIn(t, socket, (incoming) => {
      requests += 1
      incoming.resume().once('end', () => incoming.socket.destroy())
    })
    const { url } = await openFront(t, socket)
    const broken = await fetch(`${url}/api/v1/jobs`, { method: 'POST', body: '{}' })
    assert.equal(broken.status, 502)
    assert.equal(((await broken.json()) as { code: string }).code, 'INTERRUPTED')
    assert.equal(requests, 1, 'it is for the client to ask again')
    const half = await fetch(`${url}/api/v1/jobs`, { method: 'GET' })
    assert.deepEqual([half.status, requests], [502, 2])
  })

  it('asks again where a peer has no room for another connection, since it has not seen the request', {
    skip: process.platform === 'linux' ? false : 'elsewhere a full list looks like no peer'
  }, async (t) => {
    const socket = await socketIn(t)
    const program = `
      const answer = (incoming, outgoing) => incoming.resume().once('end', () => outgoing.end(incoming.method))
      const where = { path: ${JSON.stringify(socket)}, backlog: 1 }
      require('node:http').createServer(answer).listen(where, () => console.log('listens'))`
    const peer = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(peer, 'exit')
    t.after(async () => {
      peer.kill('SIGKILL')
      await exited
    })
    await once(peer.stdout, 'data')
    const { url, failures } = await openFront(t, socket)
    peer.kill('SIGSTOP')
    const asked = Array.from({ length: 8 }, async () => {
      const answer = await fetch(`${url}/api/v1/jobs`, { method: 'POST', body: 'all of it' })
      return `${answer.status} ${await answer.text()}`
    })
    await wait(60)
    peer.kill('SIGCONT')
    assert.deepEqual(new Set(await Promise.all(asked)), new Set(['200 POST']))
    assert.deepEqual(failures, [])
  })

  it('cuts an answer that broke off, so that nobody takes a part for the whole', async (t) => {
    const socket = await socketIn(t)
    await standIn(t, socket, (incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).write('[1,')
      setTimeout(() => incoming.socket.destroy(), 50)
    })
    const { url } = await openFront(t, socket)
    await assert.rejects(fetch(`${url}/api/v1/jobs`).then((answer) => answer.text()))
  })

  it('leaves nothing behind if it dies in the middle of a request', async (t) => {
    const socket = await socketIn(t)
    const { peer } = await openChannel(t, socket)
    const front = await openFront(t, socket)
    const token = await tokenAt(front.url)
    const body = JSON.stringify(SQL_JOB)
    const head = [
      ...['POST /api/v1/jobs HTTP/1.1', 'Host: x', 'X-StimNet-Caller: 192.0.2.1', `Authorization: Bearer ${token}`],
      ...['Content-Type: application/json', `Content-Length: ${body.length}`, '', '']
    ].join('\r\n')
    const dying = connect(socket, () => dying.write(head + body.slice(0, -5)))
    dying.on('error', () => undefined)
    await wait(100)
    dying.destroy()
    await wait(100)
    assert.equal(peer.submissions.length, 0)
    assert.equal((await fetch(`${front.url}/api/v1/nodes`)).status, 200)
  })
})

describe('large bodies through a gateway process', () => {
  const MIB = 1024 * 1024
  const chunk = Buffer.alloc(64 * 1024)

  /** Writes until the other side takes no more for a while. Returns the bytes that were taken. */
  async function filled(writable: { write(chunk: Buffer): boolean; once(name: 'drain', fn: () => void): unknown }) {
    let taken = 0
    for (;;) {
      taken += chunk.length
      if (writable.write(chunk) || taken > 64 * MIB) {
        if (taken > 64 * MIB) return taken
        continue
      }
      const drained = new Promise<boolean>((resolve) => writable.once('drain', () => resolve(true)))
      if (!(await Promise.race([drained, wait(500, false)]))) return taken
    }
  }

  it('an upload waits for a peer that does not read, and an answer for a client that does not', async (t) => {
    const socket = await socketIn(t)
    let answering: Promise<number> | undefined
    await standIn(t, socket, (incoming, outgoing) => {
      if (incoming.method === 'POST') return
      outgoing.writeHead(200)
      answering = filled(outgoing)
    })
    const { port } = await openFront(t, socket)
    const upload = connect(port, '127.0.0.1')
    upload.on('error', () => undefined)
    upload.write(`POST /api/v1/upload/data HTTP/1.1\r\nHost: x\r\nContent-Length: ${16 * MIB}\r\n\r\n`)
    const sent = await filled(upload)
    assert.ok(sent < 12 * MIB, `of an upload that nobody reads, ${sent} bytes were taken`)
    upload.destroy()
    const reader: Socket = connect(port, '127.0.0.1')
    reader.on('error', () => undefined)
    reader.pause()
    reader.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => answering !== undefined, 'the answer begins')
    const answered = (await answering) ?? 0
    assert.ok(answered < 32 * MIB, `of an answer that nobody reads, ${answered} bytes were taken`)
    reader.destroy()
  })

  it('passes the largest upload, and brings the refusal of one back', async (t) => {
    const socket = await socketIn(t)
    const { peer } = await openChannel(t, socket)
    const { url } = await openFront(t, socket)
    const upload = (bytes: number, token: string) => {
      const form = new FormData()
      form.set('file', new File([new Uint8Array(bytes)], 'a.csv'))
      const headers = { authorization: `Bearer ${token}` }
      return fetch(`${url}/api/v1/upload/data`, { method: 'POST', headers, body: form })
    }
    const token = await tokenAt(url)
    assert.equal((await upload(16 * MIB, token)).status, 200)
    assert.equal(peer.uploaded[0]?.bytes.length, 16 * MIB)
    for (let at = 0; at < 5; at++) assert.equal((await upload(16 * MIB, 'none')).status, 401, 'not asked to log in')
    const announced = { 'content-length': 17 * MIB, authorization: `Bearer ${token}` }
    assert.equal(await statusOf(url, '/api/v1/upload/data', announced, 'POST').catch(() => 413), 413)
  })
})
