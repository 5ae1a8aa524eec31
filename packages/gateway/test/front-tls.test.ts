/** The private channel over a network: who may connect to it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import { Certificates, createFront, createGateway, Gateways, listenChannel, listenHttp, Reach } from '../src/index.ts'
import { Authority, hasOpenssl } from './authority.ts'
import { FakePeer } from './fake-peer.ts'
import { SECRET } from './house.ts'

describe('the private channel over a network', { skip: hasOpenssl ? false : 'no openssl here' }, () => {
  it('hears only a gateway whose certificate has a name that is listed, and a gateway only its own peer', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'stimnet-channel-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const own = await new Authority(folder, 'own').found()
    const other = await new Authority(folder, 'other').found()
    const ca = own.path('ca.crt')
    const peer = new FakePeer()
    const common = { clock: systemClock, random: cryptographicRandom }
    const rate = { perMinutePerIdentity: 1_000, loginPerMinute: 100 }
    const app = createGateway(peer, {
      tokenSecret: SECRET,
      tokenLifetimeMs: 60_000,
      requireAuth: true,
      rate,
      ...common
    })
    const ignored = () => undefined
    const facts = () => peer.facts()
    const gateways = new Gateways({ clock: systemClock, facts, attached: ignored, detached: ignored })
    const certificates = await Certificates.open({ ...(await own.issue('peer')), clientCa: ca }, systemClock)
    const clientNames = ['gateway-1.hospital.example']
    const listening = await listenChannel(gateways.serve(app, 'tls'), {
      ...{ host: '127.0.0.1', port: 0, certificates, clientNames }
    })
    t.after(() => listening.close())

    /** The status of /health through a gateway process with this certificate. */
    const through = async (files: { cert: string; key: string }, authority = ca) => {
      const shown = await Certificates.open({ ...files, clientCa: authority }, systemClock)
      const reach = new Reach({ url: listening.url, certificates: shown })
      const front = createFront({ reach, trustedProxies: [], random: cryptographicRandom, failed: ignored })
      const gateway = await listenHttp(front, { host: '127.0.0.1', port: 0 })
      t.after(() => gateway.close())
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
    const bare = request(`${listening.url}/health`, {
      ca: await readFile(ca),
      headers: { 'x-stimnet-caller': '192.0.2.1' }
    })
    await assert.rejects(once(bare.end(), 'response'), 'without a certificate')
  })
})
