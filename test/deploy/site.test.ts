/** Tests of a deployed site: nginx in front of a real gateway. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get as getPlain } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import type { Peer } from '@stimnet/peer'
import { freePort, PASSWORD, scratchFolder, startSite, until, writeSite } from '../mesh.ts'
import { type Asking, ask, logIn, siteFor, startNginx, writeCertificate, writeNginx } from './nginx.ts'
import { without } from './tools.ts'

const MIB = 1024 * 1024

describe('a deployed site', { skip: without('nginx', 'openssl') }, () => {
  const scratch: (() => unknown)[] = []
  let folder = ''
  let peer: Peer
  let port = 0
  let plainPort = 0

  // One peer and one nginx serve all tests. The last opened part is closed first.
  before(async () => {
    const keep = { after: (fn: () => unknown) => void scratch.unshift(fn) }
    folder = await scratchFolder(keep)
    await writeCertificate(folder)
    const webPort = await freePort()
    const listen = ['/ip4/127.0.0.1/tcp/0', `/ip4/127.0.0.1/tcp/${webPort}/ws`]
    const site = await writeSite(folder, 0, {
      config: {
        mesh: { listen, open: true, trusted_proxies: ['127.0.0.1'] },
        gateway: { port: 0, trusted_proxies: ['127.0.0.1'], logins_per_minute: 1 },
        metrics: { listen: '127.0.0.1:0', certificates: [`${folder}/site.crt`] }
      }
    })
    peer = await startSite(site)
    keep.after(() => peer.stop())
    await peer.accounts.put({ name: 'olga', roles: ['operator', 'researcher'], password: PASSWORD })
    ;[port, plainPort] = [await freePort(), await freePort()]
    const text = siteFor({ folder, gatewayUrl: peer.gatewayUrl ?? '', port, plainPort, webPort })
    await startNginx(keep, folder, await writeNginx(folder, text))
    await until(async () => (await ask(port, '/health').catch(() => undefined))?.status === 200, 'nginx answers')
  })
  after(async () => {
    for (const close of scratch) await close()
  })

  test('answers over TLS 1.3 alone, with the headers of gateway and site', async () => {
    const { headers } = await ask(port, '/health')
    assert.equal(headers['strict-transport-security'], 'max-age=31536000')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /default-src/)
    assert.equal(headers.server, 'nginx', 'no version')
    const metrics = await (await fetch(`${peer.metricsUrl}/metrics`)).text()
    assert.match(metrics, /^stimnet_certificate_expiry_timestamp_seconds\{file="[^"]*site.crt"\} 1\d{9}$/m)
    const old = connect({ host: '127.0.0.1', port, maxVersion: 'TLSv1.2', rejectUnauthorized: false })
    await assert.rejects(once(old, 'secureConnect'), /version/)
    const [plain] = (await once(
      getPlain({ host: '127.0.0.1', port: plainPort, path: '/docs', headers: { host: 'a.example' } }),
      'response'
    )) as [IncomingMessage]
    plain.resume()
    assert.deepEqual([plain.statusCode, plain.headers.location], [301, 'https://a.example/docs'])
  })

  test('lets peers connect by WebSocket at the address of its pages', async (t) => {
    const bootstrap = [`/dns4/localhost/tcp/${port}/tls/ws/p2p/${peer.peerId}`]
    const mesh = { listen: [], open: true, bootstrap, tls_ca: join(folder, 'site.crt') }
    const other = await startSite(await writeSite(folder, 1, { config: { mesh } }))
    t.after(() => other.stop())
    await until(() => peer.mesh.connected().includes(other.peerId), 'connected through nginx')
    assert.equal(
      (await ask(port, '/', { headers: { accept: 'text/html' } })).status < 400,
      true,
      'pages are served as before'
    )
  })

  test('limits the true address of a caller, whatever it writes into the header', async () => {
    const attempt = (name: string, from: string, headers = {}) => {
      const login = logIn(name, 'a wrong password')
      return ask(port, '/api/v1/auth/token', { ...login, from, headers: { ...login.headers, ...headers } })
    }
    const statuses = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) statuses.push((await attempt(name, '127.0.0.2')).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 429])
    const disguised = await attempt('f', '127.0.0.2', { 'x-forwarded-for': '127.0.0.9' })
    assert.equal(disguised.status, 429, 'a header of its own does not free it')
    const other = await attempt('g', '127.0.0.3', { 'x-forwarded-for': '127.0.0.2' })
    assert.equal(other.status, 401, 'somebody else is not limited')
  })

  test('passes logins, answers, uploads and each event at once; refuses what is too large, and metrics to everybody', async () => {
    const login = await ask(port, '/api/v1/auth/token', logIn('olga', PASSWORD))
    assert.equal(login.status, 200, login.text)
    const authorization = `Bearer ${JSON.parse(login.text).access_token}`
    assert.equal((await ask(port, '/api/v1/data-catalogs', { headers: { authorization } })).status, 200)

    const where = { host: '127.0.0.1', port, path: '/api/v1/events/stream', rejectUnauthorized: false, agent: false }
    const stream = request({ ...where, headers: { authorization } }).end()
    const [events] = (await once(stream, 'response')) as [IncomingMessage]
    let told = ''
    events.setEncoding('utf8').on('data', (text: string) => {
      told += text
    })
    events.on('error', () => undefined)
    await until(() => told.includes('"started"'), 'the stream begins')
    assert.ok(!told.includes('"mallory"'))
    await ask(port, '/api/v1/auth/token', logIn('mallory', 'a wrong password'))
    await until(() => told.includes('"mallory"'), 'an event arrives while the stream is open')
    stream.destroy()

    const upload = (bytes: number): Asking => ({
      method: 'POST',
      headers: { authorization, 'content-type': 'multipart/form-data; boundary=x' },
      body: `--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${'1'.repeat(bytes)}\r\n--x--\r\n`
    })
    assert.equal((await ask(port, '/api/v1/upload/data', upload(16 * MIB))).status, 200, 'the largest file passes')
    // The size is only announced: nginx refuses the body before it reads any of it.
    const tooLarge = { authorization, 'content-length': 17 * MIB + 1 }
    const refused = request({ ...where, path: '/api/v1/upload/data', method: 'POST', headers: tooLarge })
    refused.on('error', () => undefined).flushHeaders()
    const [{ statusCode }] = (await once(refused, 'response')) as [IncomingMessage]
    refused.destroy()
    assert.equal(statusCode, 413)

    for (const path of ['/metrics', '//metrics', '/%6Detrics', '/docs/../metrics', '/metrics?x=1']) {
      assert.equal((await ask(port, path, { headers: { authorization } })).status, 403, path)
    }
    for (const path of ['/METRICS', '/metrics/', '/metrics;x', '/metrics%00']) {
      const { status, text } = await ask(port, path, { headers: { authorization } })
      assert.ok(status >= 400 && !text.includes('stimnet_'), path)
    }
  })
})
