import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createServer as createTls } from 'node:tls'
import { promisify } from 'node:util'
import type { CreateListenerOptions, Logger, MultiaddrConnection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { codeOf } from '@stimnet/protocol'
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws'
import { ByteConnection } from '../src/connect/web/byte-connection.ts'
import { WebListener } from '../src/connect/web/web-listener.ts'
import { catalogExchange, helloExchange, type Mesh, type MeshProxy } from '../src/index.ts'
import { type Plan, soon, type TestPeer, until, withNetwork } from './network.ts'

const BOUNDS = { reservationsMax: 16, circuitsMax: 64, circuitBytesMax: 64 * 1024 * 1024, circuitMsMax: 3_600_000 }
const MiB = 1024 * 1024
const BYTES = 700_000
/** Only the proxy of a test knows this name. */
const RELAY = 'relay.test'

const answering = (mesh: Mesh): void => {
  mesh.serve(helloExchange, async () => ({ jws: new TextEncoder().encode(mesh.peerId) }))
  mesh.serve(catalogExchange, async () => ({ catalogs: [new Uint8Array(BYTES).fill(7)] }))
}

async function asks(asker: TestPeer, other: TestPeer): Promise<void> {
  const { jws } = await asker.mesh.ask(helloExchange, other.mesh.peerId, { version: '1' }, { signal: soon() })
  assert.equal(new TextDecoder().decode(jws), other.mesh.peerId)
  const { catalogs } = await asker.mesh.ask(catalogExchange, other.mesh.peerId, {}, { signal: soon() })
  assert.equal(catalogs[0]?.length, BYTES)
}

const codeOfAsking = (asker: TestPeer, other: TestPeer) => asks(asker, other).then(() => 'OK', codeOf)

const isReserved = ({ mesh }: TestPeer) => mesh.reach().relays.some(({ sinceMs }) => sinceMs !== null)
const whyNot = ({ mesh }: TestPeer) => mesh.reach().relays[0]?.why ?? ''

const portOf = (server: Server): number => (server.address() as AddressInfo).port
const webPortOf = ({ mesh }: TestPeer): number =>
  Number(/\/tcp\/(\d+)\/ws/.exec(mesh.addresses().find((address) => address.includes('/ws')) ?? '')?.[1])

/** Both ends of a connection that is passed on. */
function join2(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one)
  one.on('error', () => other.destroy())
  other.on('error', () => one.destroy())
}

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
const BROKEN_FRAME = Buffer.from([0xff, 0xff, 0, 0])

const SILENT = Object.assign(() => undefined, { error: () => undefined, trace: () => undefined }) as unknown as Logger

const servers: Server[] = []
async function listening<S extends Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return server
}

interface Proxy {
  readonly settings: MeshProxy
  readonly asked: string[]
  /** Where the proxy finds a host and port. */
  readonly hosts: Map<string, number>
}

/** An HTTP proxy that knows names of its own, as the proxy of a hospital does. */
async function proxyOf({ credentials, refuses }: { credentials?: string; refuses?: number } = {}): Promise<Proxy> {
  const asked: string[] = []
  const hosts = new Map<string, number>()
  const proxy = createHttp()
  proxy.on('connect', (request, socket: Socket, head: Buffer) => {
    asked.push(request.url ?? '')
    // A client that was refused may reset the connection.
    socket.on('error', () => socket.destroy())
    const refuse = (status: number) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    if (credentials !== undefined && request.headers['proxy-authorization'] !== credentials) return refuse(407)
    const port = hosts.get(request.url ?? '')
    if (refuses !== undefined) return refuse(refuses)
    if (port === undefined) return refuse(502)
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.write(head)
      join2(socket, onward)
    })
    onward.on('error', () => socket.destroy())
  })
  await listening(proxy)
  return { settings: { url: `http://127.0.0.1:${portOf(proxy)}` }, asked, hosts }
}

let folder: string
let certificate: { cert: string; key: string }

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stimnet-web-'))
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]
  const subject = ['-subj', `/CN=${RELAY}`, '-addext', `subjectAltName=DNS:${RELAY}`, '-days', '2', '-nodes']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  await promisify(execFile)('openssl', ['req', ...kind, ...files, ...subject])
  const [cert, key] = await Promise.all(['cert', 'key'].map((name) => readFile(join(folder, name), 'utf8')))
  certificate = { cert: cert ?? '', key: key ?? '' }
})

after(async () => {
  for (const server of servers) server.close()
  await rm(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  return port
}

interface Relay extends TestPeer {
  readonly ports: { readonly tcp: number; readonly web: number }
}

/** A relay that announces a name under which only a proxy finds it. */
async function relayIn(start: (plan?: Plan) => Promise<TestPeer>, announced: string): Promise<Relay> {
  const ports = { tcp: await freePort(), web: await freePort() }
  const listen = [`/ip4/127.0.0.1/tcp/${ports.tcp}`, `/ip4/127.0.0.1/tcp/${ports.web}/ws`]
  const peer = await start({ relaying: BOUNDS, listen, announce: [announced], prepare: answering })
  return { ...peer, ports }
}

/** Ends TLS in front of a port, as nginx does. */
async function tlsBefore(port: number): Promise<number> {
  const front = createTls(certificate, (socket) => join2(socket, connect(port, '127.0.0.1')))
  front.on('tlsClientError', () => undefined)
  return portOf(await listening(front))
}

const SECURE = `/dns4/${RELAY}/tcp/443/tls/ws`
const TCP = `/dns4/${RELAY}/tcp/443`
const secureAddressOf = (relay: TestPeer) => `${SECURE}/p2p/${relay.mesh.peerId}`

describe('WebSockets', () => {
  it('carry questions and large answers in both directions', async () => {
    await withNetwork(async (start) => {
      const server = await start({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], prepare: answering })
      const [address = ''] = server.mesh.addresses()
      assert.match(address, /^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\//)
      const asker = await start({ listen: [], bootstrap: [address], prepare: answering })
      await until(() => server.mesh.connected().includes(asker.mesh.peerId), 'connected')
      await asks(asker, server)
      await asks(server, asker)
      // Within the quota of one peer.
      await Promise.all(Array.from({ length: 4 }, () => asks(asker, server)))
      await asker.mesh.stop()
      await until(() => server.mesh.connected().length === 0, 'the end is noticed')
      assert.deepEqual([...server.told.unexpected, ...asker.told.unexpected], [])
    })
  })

  it('are listened on behind a server that ends TLS, and not in TLS', async () => {
    await withNetwork(async (start) => {
      const listen = ['/ip4/127.0.0.1/tcp/0/tls/ws']
      await assert.rejects(
        start({ listen }),
        (error) => codeOf(error) === 'CONFIG_INVALID' && /tls\/ws/.test(String(error))
      )
    })
  })

  it('answer anything else with 426, and end connections on which no request comes', async () => {
    await withNetwork(async (start) => {
      const server = await start({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })
      const answer = await fetch(`http://127.0.0.1:${webPortOf(server)}/`)
      assert.deepEqual([answer.status, answer.headers.get('upgrade')], [426, 'websocket'])
      const silent = connect(webPortOf(server), '127.0.0.1')
      const partial = connect(webPortOf(server), '127.0.0.1', () => partial.write('GET / HTTP/1.1\r\nHost: a\r\n'))
      for (const socket of [silent, partial]) socket.resume()
      await Promise.all([once(silent, 'close'), once(partial, 'close')])
    })
  })

  it('end a connection that sends a message without a bound, that says nothing, sends control frames or many fragments, or that a web page opens', async () => {
    await withNetwork(async (start) => {
      const server = await start({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })
      const closed = async (act: (web: WebSocket) => void) => {
        const web = new WebSocket(`ws://127.0.0.1:${webPortOf(server)}/`)
        web.on('error', () => undefined)
        await once(web, 'open')
        act(web)
        await new Promise((resolve) => web.once('close', resolve))
      }
      const page = new WebSocket(`ws://127.0.0.1:${webPortOf(server)}/`, { origin: 'https://page.example' })
      await new Promise((resolve) => page.once('error', resolve))
      await closed((web) => web.send(new Uint8Array(2 * MiB)))
      await closed((web) => web.send(new Uint8Array(64)))
      await closed((web) => web.ping())
      await closed((web) => web.pong())
      await closed((web) => {
        for (let i = 0; i < 100; i += 1) web.send(new Uint8Array(1), { fin: false })
      })
      await closed(() => undefined)
      assert.deepEqual(server.mesh.connected(), [])
    })
  })

  it('count the clients of a trusted proxy each by its own address, and believe nobody else', async () => {
    const ends = async (headers: Record<string, string>, trustedProxies: readonly string[], isAdmitted = true) => {
      const counted: string[] = []
      const door = { admits: (address: string) => counted.push(address) > 0 && isAdmitted }
      const from: string[] = []
      const upgradeInbound = async ({ remoteAddr }: MultiaddrConnection) => void from.push(remoteAddr.toString())
      const options = { upgrader: { upgradeInbound } } as unknown as CreateListenerOptions
      const listener = new WebListener(options, { door, trustedProxies, connectionsMax: 10 }, SILENT)
      await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0/ws'))
      const [address] = listener.getAddrs()
      const web = new WebSocket(`ws://127.0.0.1:${address?.getComponents()[1]?.value}/`, { headers })
      web.on('error', () => undefined)
      await new Promise((resolve) => web.once('open', resolve).once('close', resolve))
      web.terminate()
      await listener.close()
      return { counted, from: from.map((text) => /ip4\/([\d.]+)/.exec(text)?.[1]) }
    }
    const forwarded = { 'x-forwarded-for': '203.0.113.1, 192.0.2.7' }
    assert.deepEqual(await ends(forwarded, ['127.0.0.1']), { counted: ['192.0.2.7'], from: ['192.0.2.7'] })
    assert.deepEqual(await ends(forwarded, ['127.0.0.1'], false), { counted: ['192.0.2.7'], from: [] })
    for (const [headers, trusted] of [
      [forwarded, []],
      [forwarded, ['192.0.2.7']],
      [{}, ['127.0.0.1']],
      [{ 'x-forwarded-for': 'unknown' }, ['127.0.0.1']]
    ] as const) {
      assert.deepEqual(await ends(headers, trusted), { counted: ['127.0.0.1'], from: ['127.0.0.1'] })
      assert.deepEqual(await ends(headers, trusted, false), { counted: ['127.0.0.1'], from: [] })
    }
  })

  it('end alone where a client resets its request, or an address has a zone: the process goes on', async () => {
    await withNetwork(async (start) => {
      const server = await start({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], trustedProxies: ['127.0.0.1'] })
      const port = webPortOf(server)
      for (let i = 0; i < 50; i += 1) {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(UPGRADE)
          setImmediate(() => socket.resetAndDestroy())
        })
        socket.on('error', () => undefined)
        await once(socket, 'close')
      }
      const web = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': 'fe80::1%eth0' } })
      web.on('error', () => undefined)
      await new Promise((resolve) => web.once('open', resolve).once('close', resolve))
      web.terminate()
      assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 426)
    })
  })

  it('are gone soon after a broken frame, and stopping does not wait for them', async () => {
    await withNetwork(async (start) => {
      const server = await start({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })
      const sockets = Array.from({ length: 20 }, () => connect(webPortOf(server), '127.0.0.1'))
      for (const socket of sockets) {
        socket.on('error', () => undefined).on('data', () => socket.write(BROKEN_FRAME))
        socket.write(UPGRADE)
      }
      await Promise.all(sockets.map((socket) => once(socket, 'close')))
      await server.mesh.stop()
    })
  })

  it('fail alone where a server answers with a broken frame, or its name is none of a URL', async () => {
    const server = await listening(
      createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', (data) => {
          const key = /Sec-WebSocket-Key: (.*)\r/i.exec(data.toString())?.[1] ?? ''
          const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
          const head = `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
          socket.write(Buffer.concat([Buffer.from(head), BROKEN_FRAME]))
        })
        setTimeout(() => socket.resetAndDestroy(), 300)
      })
    )
    await withNetwork(async (start) => {
      const peer = await start({ listen: [] })
      for (const host of ['/ip4/127.0.0.1', '/dns4/localhost']) {
        await assert.rejects(peer.mesh.connect(`${host}/tcp/${portOf(server)}/ws`, { signal: soon(2_000) }))
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
    })
  })

  it('stop reading while they are paused', async () => {
    const web = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(web, 'listening')
    const opened = once(web, 'connection')
    const sender = new WebSocket(`ws://127.0.0.1:${(web.address() as AddressInfo).port}/`)
    await once(sender, 'open')
    const [arrived] = (await opened) as [WebSocket]
    const remoteAddr = multiaddr('/ip4/127.0.0.1/tcp/1/ws')
    const connection = new ByteConnection(createWebSocketStream(arrived), {
      remoteAddr,
      direction: 'inbound',
      log: SILENT
    })
    let got = 0
    connection.addEventListener('message', ({ data }) => {
      got += data.byteLength
    })
    connection.pause()
    const COUNT = 128
    for (let i = 0; i < COUNT; i += 1) sender.send(new Uint8Array(MiB / 2))
    await new Promise((resolve) => setTimeout(resolve, 500))
    assert.equal(got, 0)
    assert.ok(sender.bufferedAmount > (COUNT / 4) * MiB, `${sender.bufferedAmount} bytes wait at the sender`)
    connection.resume()
    await until(() => got === (COUNT / 2) * MiB, 'all is read afterwards')
    await connection.close()
    web.close()
  })
})

describe('peers behind an HTTP proxy', () => {
  it('reach each other through a relay on the port of HTTPS, in a WebSocket in TLS', async () => {
    await withNetwork(async (start) => {
      const relay = await relayIn(start, SECURE)
      const proxy = await proxyOf()
      proxy.hosts.set(`${RELAY}:443`, await tlsBefore(relay.ports.web))
      const hidden: Plan = {
        listen: [],
        bootstrap: [secureAddressOf(relay)],
        relays: [secureAddressOf(relay)],
        proxy: proxy.settings,
        tlsAuthorities: certificate.cert,
        prepare: answering
      }
      const [north, south] = [await start(hidden), await start(hidden)]
      await until(() => isReserved(north) && isReserved(south), 'reserved')
      await until(async () => (await codeOfAsking(north, south)) === 'OK', 'asked')
      await asks(south, north)
      await asks(relay, north)
      assert.deepEqual([...new Set(proxy.asked)], [`${RELAY}:443`])
      assert.equal(north.mesh.addresses()[0], `${secureAddressOf(relay)}/p2p-circuit/p2p/${north.mesh.peerId}`)
      assert.deepEqual([...north.told.unexpected, ...south.told.unexpected, ...relay.told.unexpected], [])
    })
  })

  it('reach a relay in plain TCP where the proxy permits it, with the credentials that it wants', async () => {
    await withNetwork(async (start) => {
      const relay = await relayIn(start, TCP)
      const credentials = `Basic ${Buffer.from('north:secret').toString('base64')}`
      const proxy = await proxyOf({ credentials })
      proxy.hosts.set(`${RELAY}:443`, relay.ports.tcp)
      const address = `${TCP}/p2p/${relay.mesh.peerId}`
      const behind = (authorization?: string): Plan => ({
        listen: [],
        bootstrap: [address],
        relays: [address],
        proxy: authorization === undefined ? proxy.settings : { ...proxy.settings, authorization },
        prepare: answering
      })
      const north = await start(behind(credentials))
      await until(() => isReserved(north), 'reserved')
      await asks(relay, north)
      const without = await start(behind())
      await until(() => whyNot(without) !== '', 'why is told')
      assert.match(
        whyNot(without),
        /^it cannot be reached: the proxy 127\.0\.0\.1:\d+ wants credentials: mesh\.proxy\.credentials$/
      )
      const wrong = await start(behind('Basic bm8='))
      await until(() => whyNot(wrong) !== '', 'why is told')
      assert.match(whyNot(wrong), /does not accept the credentials/)
    })
  })

  it('are told what keeps them inside: the proxy, the certificate, or what stands at the address', async () => {
    await withNetwork(async (start) => {
      const relay = await relayIn(start, SECURE)
      const why = async (plan: Plan) => {
        const relays = [secureAddressOf(relay)]
        const peer = await start({ listen: [], bootstrap: [], relays, tlsAuthorities: certificate.cert, ...plan })
        await until(() => whyNot(peer) !== '', 'why is told')
        await peer.mesh.stop()
        return whyNot(peer).replace(/:\d{4,5}/, ':PORT')
      }
      const refusing = await proxyOf({ refuses: 403 })
      const proxied = 'it cannot be reached: the proxy 127.0.0.1:PORT'
      assert.equal(await why({ proxy: refusing.settings }), `${proxied} refuses to connect: 403 Forbidden`)
      assert.equal(
        await why({ proxy: { url: 'http://127.0.0.1:1' } }),
        'it cannot be reached: the proxy 127.0.0.1:1 cannot be reached, ECONNREFUSED'
      )
      const proxy = await proxyOf()
      proxy.hosts.set(`${RELAY}:443`, await tlsBefore(relay.ports.web))
      const untrusted = { proxy: proxy.settings, tlsAuthorities: undefined } as unknown as Plan
      assert.match(
        await why(untrusted),
        /^it cannot be reached: no TLS connection, DEPTH_ZERO_SELF_SIGNED_CERT: name the authority/
      )
      const other = await listening(
        createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
      )
      proxy.hosts.set(`${RELAY}:443`, await tlsBefore(portOf(other)))
      assert.match(await why({ proxy: proxy.settings }), /^it cannot be reached: no WebSocket there: .*404/)
    })
  })
})
