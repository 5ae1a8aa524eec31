import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createMetrics, listenGateway } from '../src/index.ts'
import { openListening, SQL_JOB } from './house.ts'

async function until(claim: () => boolean) {
  for (let i = 0; i < 200 && !claim(); i++) await wait(10)
  assert.ok(claim())
}

/** Sends raw bytes and returns everything that is received until the connection closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('a gateway on a socket', () => {
  it('takes a job over HTTP and streams it to its end', async () => {
    const { peer, url, headers, close } = await openListening()
    const posted = await fetch(`${url}/api/v1/jobs`, { method: 'POST', headers, body: JSON.stringify(SQL_JOB) })
    const { job_id } = (await posted.json()) as { job_id: string }
    const events = await fetch(`${url}/api/v1/jobs/${job_id}/events`, { headers })
    const text = events.text()
    await until(() => peer.watching === 1)
    peer.change(job_id, { state: 'running' })
    await wait(20)
    peer.change(job_id, { state: 'completed' })
    const names = [...(await text).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)
    assert.deepEqual(names, ['change', 'change', 'end'])
    await close()
  })

  it('brings the first event at once, and lets go when the client hangs up', async () => {
    const { peer, url, headers, close } = await openListening()
    const { id } = peer.add({})
    const stop = new AbortController()
    const events = await fetch(`${url}/api/v1/jobs/${id}/events`, { headers, signal: stop.signal })
    const first = await events.body?.getReader().read()
    assert.match(new TextDecoder().decode(first?.value), /^id: 1\nevent: change/)
    assert.equal(peer.watching, 1)
    stop.abort()
    await until(() => peer.watching === 0)
    await close()
  })

  it('ends event streams and idle connections when it closes', async () => {
    const { peer, url, headers, close } = await openListening()
    const { id } = peer.add({})
    const streams = await Promise.all([1, 2, 3].map(() => fetch(`${url}/api/v1/jobs/${id}/events`, { headers })))
    const texts = streams.map((stream) => stream.text())
    await until(() => peer.watching === 3)
    await close()
    await Promise.all(texts)
    assert.equal(peer.watching, 0)
    await assert.rejects(fetch(`${url}/health`))
    await close()
  })

  it('closes although a request hangs, after giving it time', async () => {
    const { port, close } = await openListening()
    const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100'
    const head = `POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\n${form}\r\n\r\nusername=`
    const hanging = raw(port, head).catch(() => '')
    await wait(50)
    const order: string[] = []
    const asked = hanging.then(() => order.push('the request ended'))
    const closing = close()
    const idle = new Promise<void>((resolve) => setImmediate(resolve)).then(() => order.push('it was still open'))
    await Promise.all([closing, asked, idle])
    assert.deepEqual(order, ['it was still open', 'the request ended'])
  })

  it('closes when its signal aborts', async () => {
    const { app, close } = await openListening()
    const stop = new AbortController()
    const { url } = await listenGateway(app, { host: '127.0.0.1', port: 0, signal: stop.signal })
    assert.equal((await fetch(`${url}/health`)).status, 200)
    stop.abort()
    await wait(50)
    await assert.rejects(fetch(`${url}/health`))
    await close()
  })

  it('says that a port is taken', async () => {
    const { app, port, close } = await openListening()
    await assert.rejects(listenGateway(app, { host: '127.0.0.1', port }), { code: 'ADDRESS_IN_USE' })
    await assert.rejects(listenGateway(app, { host: '192.0.2.1', port: 0 }), { code: 'CONFIG_INVALID' })
    await close()
  })

  it('refuses headers without end, ambiguous lengths and what is no HTTP, and lives on', async () => {
    const { url, port, close } = await openListening()
    const huge = `GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`
    assert.match(await raw(port, huge), /^HTTP\/1\.1 431/)
    const smuggled =
      'POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    assert.match(await raw(port, smuggled), /^HTTP\/1\.1 400/)
    assert.match(await raw(port, '\u0000\u0001nonsense\r\n\r\n'), /^HTTP\/1\.1 400/)
    assert.equal((await fetch(`${url}/health`)).status, 200)
    await close()
  })

  it('refuses a body over its limit while it is being sent', async () => {
    const { url, headers, close } = await openListening()
    const status = await new Promise<number>((resolve, reject) => {
      const post = request(`${url}/api/v1/jobs`, { method: 'POST', headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      post.on('error', reject)
      for (let i = 0; i < 24; i++) post.write(' '.repeat(65_536))
      post.end()
    })
    assert.equal(status, 413)
    await close()
  })

  it('shows metrics on a listener of their own, to whoever asks it by address, and nothing else', async (t) => {
    const listening = await listenGateway(
      createMetrics(async () => 'stimnet_jobs_total 3\n'),
      { host: '127.0.0.1', port: 0 }
    )
    t.after(() => listening.close())
    const answer = await fetch(`${listening.url}/metrics`)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    assert.equal(await answer.text(), 'stimnet_jobs_total 3\n')
    assert.equal((await fetch(`${listening.url}/health`)).status, 404)
    const rebound = 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
    assert.match(await raw(listening.port, rebound), /^HTTP\/1\.1 403/)
  })

  it('takes no name of ours for a path out of the house', async () => {
    const { port, close } = await openListening()
    for (const path of ['/docs/../../../etc/passwd', '//etc/passwd', '/docs/..%2f..%2fpackage.json', 'http://x/../y']) {
      const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 4\d\d/, path)
    }
    await close()
  })
})
