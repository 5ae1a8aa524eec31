import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { codeOf } from '@stimnet/protocol'
import { ToldAddresses } from '../src/connect/limits/told-addresses.ts'
import { helloExchange } from '../src/index.ts'
import { soon, until, withNetwork } from './network.ts'

const PEER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const HOSPITAL = { listen: ['/ip4/0.0.0.0/tcp/4001'], bootstrap: [] }
const DEMO = { listen: ['/ip4/127.0.0.1/tcp/4001'], bootstrap: ['/ip4/127.0.0.1/tcp/4002'] }

const judge = (told: ToldAddresses, addresses: readonly string[]) =>
  addresses.filter((address) => told.isDialable(multiaddr(address)))

const LOOPBACK = ['/ip4/127.0.0.1/tcp/80', '/ip4/127.255.0.9/tcp/80', '/ip6/::1/tcp/80', '/ip6/::ffff:127.0.0.1/tcp/80']
const NEVER = [
  '/unix/%2Fvar%2Frun%2Fdocker.sock',
  `/unix/%2Fvar%2Frun%2Fdocker.sock/p2p/${PEER}`,
  '/ip4/169.254.169.254/tcp/80',
  '/ip6/::ffff:169.254.169.254/tcp/80',
  '/ip6/fe80::1/tcp/80',
  '/ip6zone/eth0/ip6/fe80::1/tcp/80',
  '/ip4/0.0.0.0/tcp/80',
  '/ip6/::/tcp/80',
  '/ip4/224.0.0.251/tcp/80',
  '/ip6/ff02::1/tcp/80',
  '/ip4/255.255.255.255/tcp/80',
  '/ip4/192.0.2.1/udp/80',
  '/ip4/192.0.2.1/tcp/80/http',
  '/ip4/169.254.169.254/tcp/80/ws',
  '/dns4/127.0.0.1/tcp/80',
  '/dns4/169.254.169.254/tcp/80/ws',
  '/dns6/::1/tcp/443/tls/ws',
  '/dnsaddr/peers.example',
  '/memory/1'
]
const PEERS = [
  '/ip4/192.0.2.1/tcp/4001',
  `/ip4/10.1.2.3/tcp/4001/p2p/${PEER}`,
  '/ip4/192.168.1.2/tcp/4001',
  '/ip4/172.16.1.2/tcp/4001',
  '/ip6/fd00::1/tcp/4001',
  '/ip6/2001:db8::1/tcp/4001',
  '/dns4/peer.example/tcp/4001',
  '/dns/peer.example/tcp/4001',
  '/ip4/192.0.2.1/tcp/80/ws',
  `/dns4/peer.example/tcp/443/tls/ws/p2p/${PEER}`,
  `/ip4/192.0.2.1/tcp/4001/p2p/${PEER}/p2p-circuit/p2p/${PEER}`
]
/** Of these, those that a peer behind a proxy dials. */
const THROUGH_PROXY = PEERS.filter((address) => /tcp\/443|p2p-circuit/.test(address))

describe('addresses that others tell', () => {
  it('are dialled where peers may be, and never where only this machine reaches', () => {
    const told = new ToldAddresses(HOSPITAL)
    assert.deepEqual(judge(told, [...PEERS, ...LOOPBACK, ...NEVER]), PEERS)
  })

  it('are dialled through a proxy at the port of HTTPS alone', () => {
    const proxy = { url: 'http://proxy.example:3128' }
    const told = new ToldAddresses({ ...HOSPITAL, proxy })
    assert.deepEqual(judge(told, [...PEERS, ...LOOPBACK, ...NEVER]), THROUGH_PROXY)
    const named = '/dns4/relay.example/tcp/4001'
    assert.deepEqual(judge(new ToldAddresses({ ...HOSPITAL, proxy, relays: [`${named}/p2p/${PEER}`] }), [named]), [
      named
    ])
  })

  it('are dialled on loopback by a peer that is on loopback only itself', () => {
    assert.deepEqual(judge(new ToldAddresses(DEMO), [...PEERS, ...LOOPBACK, ...NEVER]), [...PEERS, ...LOOPBACK])
    const elsewhere = '/ip4/192.0.2.9/tcp/4001'
    for (const more of [
      { listen: [...DEMO.listen, elsewhere] },
      { announce: [elsewhere] },
      { bootstrap: [elsewhere] },
      { relays: [elsewhere] },
      { listen: [], bootstrap: [] }
    ]) {
      assert.deepEqual(judge(new ToldAddresses({ ...DEMO, ...more }), LOOPBACK), [])
    }
  })

  it('are no bound on what the operator configured or a person named', async () => {
    const [tunnel, zone, door] = ['/ip4/127.0.0.1/tcp/9001', '/ip4/169.254.1.1/tcp/4001', '/ip4/127.0.0.1/tcp/9002']
    const told = new ToldAddresses({ ...HOSPITAL, bootstrap: [tunnel], relays: [`${zone}/p2p/${PEER}`] })
    const named = [`${tunnel}/p2p/${PEER}`, tunnel, zone]
    assert.deepEqual(judge(told, [...named, door, '/ip4/127.0.0.1/tcp/9003']), named)
    told.name(`${door}/p2p/${PEER}/p2p-circuit/p2p/${PEER}`)
    assert.deepEqual(judge(told, [door, '/ip4/127.0.0.1/tcp/9003']), [door])
  })

  it('are judged by what a name stands for when it is dialled', async () => {
    const find = (told: ToldAddresses, name: string, all: boolean) =>
      new Promise<unknown>((resolve) => {
        told.lookup(name, { all }, (error, found) => resolve(error?.code ?? found))
      })
    for (const all of [true, false]) {
      assert.equal(await find(new ToldAddresses(HOSPITAL), 'localhost', all), 'ENOTFOUND')
      assert.notEqual(await find(new ToldAddresses(DEMO), 'localhost', all), 'ENOTFOUND')
      const named = new ToldAddresses({ ...HOSPITAL, bootstrap: ['/dns4/localhost/tcp/4001'] })
      assert.notEqual(await find(named, 'localhost', all), 'ENOTFOUND')
    }
  })

  it('do not make a peer connect to services of its own machine', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stimnet-told-'))
    const reached: string[] = []
    const services = ['127.0.0.1', join(folder, 'service')].map((at, port) =>
      createServer((socket) => {
        reached.push(at)
        socket.destroy()
      }).listen(port === 0 ? { host: at, port: 0 } : { path: at })
    )
    await Promise.all(services.map((service) => once(service, 'listening')))
    const [service] = services
    assert.ok(service)
    const { port } = service.address() as AddressInfo
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port: listening } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    try {
      await withNetwork(async (start) => {
        const announce = [
          `/ip4/127.0.0.1/tcp/${port}`,
          `/unix/${encodeURIComponent(join(folder, 'service'))}`,
          `/dns4/localhost/tcp/${port}`
        ]
        const greedy = await start({ listen: [`/ip4/127.0.0.1/tcp/${listening}`], announce })
        const peer = await start({
          listen: [],
          announce: ['/ip4/192.0.2.1/tcp/4001'],
          bootstrap: [`/ip4/127.0.0.1/tcp/${listening}`]
        })
        await until(() => peer.mesh.connected().includes(greedy.mesh.peerId), 'connected')
        assert.deepEqual(
          peer.mesh.addressesOf(greedy.mesh.peerId),
          [`/dns4/localhost/tcp/${port}`],
          'a name is judged when it is dialled'
        )
        await greedy.mesh.stop()
        const ask = () => peer.mesh.ask(helloExchange, greedy.mesh.peerId, { version: '1' }, { signal: soon() })
        peer.mesh.learn(greedy.mesh.peerId, announce, Date.now() + 1_000)
        assert.equal(await ask().then(() => 'OK', codeOf), 'PEER_UNREACHABLE')
        assert.deepEqual(reached, [])
      })
    } finally {
      for (const service of services) service.close()
      await rm(folder, { recursive: true })
    }
  })
})
