/** The private channel over a network: who may connect to it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type ConnectionOptions, connect } from 'node:tls'
import { type Clock, cryptographicRandom, SimulatedClock, systemClock } from '@stimnet/protocol'
import { Certificates, createFront, createGateway, Gateways, listenChannel, listenHttp, Reach } from '../src/index.ts'
import { Authority, hasOpenssl } from './authority.ts'
import { FakePeer } from './fake-peer.ts'
import { SECRET } from './house.ts'
import { GATEWAY_LIMITS } from '../src/http/limits.ts'

const NAME = 'gateway-1.hospital.example'
const ignored = () => undefined

/** A peer behind a channel over TLS, with the authority that issued its certificate and those of its gateways. */
async function openTlsChannel(t: TestContext, clock: Clock = systemClock) {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-channel-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const own = await new Authority(folder, 'own').found()
  const ca = own.path('ca.crt')
  const peer = new FakePeer()
  const app = createGateway(peer, {
    tokenSecret: SECRET,
    tokenLifetimeMs: 60_000,
    requireAuth: true,
    rate: { perMinutePerIdentity: 100_000, loginPerMinute: 100 },
    clock: systemClock,
    random: cryptographicRandom
  })
  const facts = () => peer.facts()
  const gateways = new Gateways({ clock: systemClock, facts, attached: ignored, detached: ignored })
  const certificates = await Certificates.open({ ...(await own.issue('peer')), clientCa: ca }, clock)
  const listening = await listenChannel(gateways.serve(app, 'tls'), {
    ...{ host: '127.0.0.1', port: 0, certificates, clientNames: [NAME] }
  })
  t.after(() => listening.close())

  /** A gateway process with this certificate. */
  const front = async (files: { cert: string; key: string }, authority = ca) => {
    const shown = await Certificates.open({ ...files, clientCa: authority }, systemClock)
    const reach = new Reach({ url: listening.url, certificates: shown })
    const answering = createFront({ reach, trustedProxies: [], random: cryptographicRandom, failed: ignored })
    const gateway = await listenHttp(answering, { host: '127.0.0.1', port: 0 })
    t.after(() => gateway.close())
    return gateway
  }
  return { ...listening, folder, own, ca, front }
}

/** One connection to a channel that shows a certificate, over which `asked` sends a request and returns the first line of the answer. */
async function dial(t: TestContext, port: number, options: ConnectionOptions) {
  const socket = connect({ host: '127.0.0.1', port, minVersion: 'TLSv1.3', ...options })
  t.after(() => socket.destroy())
  let session: Buffer | undefined
  let text = ''
  socket.on('session', (ticket) => {
    session = ticket
  })
  socket.on('data', (bytes) => {
    text += bytes
  })
  const closed = new Promise<void>((resolve) => socket.on('error', ignored).once('close', () => resolve()))
  await Promise.race([once(socket, 'secureConnect'), closed])
  const asked = async (): Promise<string> => {
    text = ''
    socket.write('GET /health HTTP/1.1\r\nHost: peer\r\nX-StimNet-Caller: 192.0.2.1\r\n\r\n')
    while (!text.includes('\r\n\r\n') && !socket.closed) await wait(10)
    return text.split('\r\n')[0] ?? ''
  }
  return { socket, asked, closed, session: () => session }
}

describe('the private channel over a network', { skip: hasOpenssl ? false : 'no openssl here' }, () => {
  it('hears only a gateway whose certificate has a name that is listed, and a gateway only its own peer', async (t) => {
    const { url, folder, own, ca, front } = await openTlsChannel(t)
    const other = await new Authority(folder, 'other').found()

    /** The status of /health through a gateway process with this certificate. */
    const through = async (files: { cert: string; key: string }, authority = ca) => {
      const gateway = await front(files, authority)
      const [answer] = (await once(get(`${gateway.url}/health`, { agent: false }), 'response')) as [IncomingMessage]
      answer.resume()
      assert.equal(answer.headers['strict-transport-security'], undefined, 'of plain HTTP, whatever the channel is')
      return answer.statusCode
    }
    const named = await own.issue('gateway-1', 'DNS:gateway-1.hospital.example')
    assert.equal(await through(named), 200)
    const unnamed = await own.issue('laptop', 'DNS:laptop.hospital.example')
    const wild = await own.issue('wild', 'DNS:*.hospital.example')
    const stranger = await other.issue('gateway-1', 'DNS:gateway-1.hospital.example')
    for (const files of [unnamed, wild, stranger]) assert.notEqual(await through(files), 200, files.cert)
    assert.equal(await through(named, other.path('ca.crt')), 503, 'a peer of another authority gets no request')
    const bare = request(`${url}/health`, {
      ca: await readFile(ca),
      headers: { 'x-stimnet-caller': '192.0.2.1' }
    })
    await assert.rejects(once(bare.end(), 'response'), 'without a certificate')
  })

  it('counts connections that have shown no certificate by address, so that strangers do not crowd out a gateway', async (t) => {
    const { port, own, front } = await openTlsChannel(t)
    const gateway = await front(await own.issue('gateway-1', `DNS:${NAME}`))
    const most = GATEWAY_LIMITS.connectionsPerAddressMax
    const strangers: Socket[] = []
    for (let at = 0; at < most + 200; at++) {
      const stranger = connectPlain(port, '127.0.0.1').on('error', ignored)
      t.after(() => stranger.destroy())
      await Promise.race([once(stranger, 'connect'), once(stranger, 'close')])
      strangers.push(stranger)
    }
    // Far sooner than a handshake may last where nobody gives way.
    for (let i = 0; i < 400 && strangers.filter(({ closed }) => closed).length < 200; i++) await wait(10)
    assert.ok(strangers.filter(({ closed }) => closed).length >= 200, 'an address holds no more than others may')
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(`${gateway.url}/health`)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  })

  it('hears no certificate that has expired, neither in a session that is taken up again nor on a connection that stands', async (t) => {
    const clock = new SimulatedClock(systemClock.now())
    const { port, own, ca, renew } = await openTlsChannel(t, clock)
    const files = await own.issue('gateway-1', `DNS:${NAME}`)
    const shown = { cert: await readFile(files.cert), key: await readFile(files.key), ca: await readFile(ca) }
    const first = await dial(t, port, shown)
    assert.equal(await first.asked(), 'HTTP/1.1 200 OK')
    const session = first.session()
    const again = await dial(t, port, session ? { ...shown, session } : shown)
    assert.equal(await again.asked(), 'HTTP/1.1 200 OK')
    assert.equal(again.socket.isSessionReused(), false, 'each connection proves its certificate anew')
    await clock.advance(25 * 3_600_000)
    assert.equal(await (await dial(t, port, shown)).asked(), '', 'it has expired by the clock of the peer')
    await renew()
    await Promise.all([first.closed, again.closed])
  })
})
