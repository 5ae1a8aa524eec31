import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createServer as createTls } from 'node:tls'
import { promisify } from 'node:util'
import { loadOrCreateSeed, runCommand, tell } from '@stimnet/machine'
import { type Charter, cryptographicRandom, signCharter, signerFromSeed, systemClock } from '@stimnet/protocol'
import { stringify } from 'yaml'
import { inviteCommand } from '../src/cli/invite/invite.ts'
import { joinCommand } from '../src/cli/invite/join.ts'
import { recordingIo } from '../../../test/recording-io.ts'

interface Site {
  readonly folder: string
  readonly configFile: string
  readonly seed: Uint8Array
  readonly peerId: string
}

/** Only the proxy knows this name, as the proxy of a hospital is the only one there who resolves names outside. */
const NAME = 'invite.test'
const CREDENTIALS = 'hospital:secret'

let folder: string
let member: Site
const servers: Server[] = []

const portOf = (server: Server): number => (server.address() as AddressInfo).port

async function listening<S extends Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return server
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  return port
}

function passOn(one: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1')
  one.pipe(onward).pipe(one)
  one.on('error', () => onward.destroy())
  onward.on('error', () => one.destroy())
}

/** An HTTP proxy that wants credentials, and connects to the ports that it permits. */
async function proxyOf(ports: Readonly<Record<number, number>>) {
  const asked: string[] = []
  const proxy = createHttp()
  proxy.on('connect', (request, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    asked.push(request.url ?? '')
    const [host, port = ''] = (request.url ?? '').split(':')
    const isKnown = request.headers['proxy-authorization'] === `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`
    const onward = ports[Number(port)]
    if (!isKnown || host !== NAME || onward === undefined) {
      return void socket.end(`HTTP/1.1 ${isKnown ? 403 : 407} No\r\n\r\n`)
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    passOn(socket, onward)
  })
  await listening(proxy)
  return { asked, url: `http://127.0.0.1:${portOf(proxy)}` }
}

/** Ends TLS in front of a port, as nginx does. */
async function tlsBefore(port: number): Promise<number> {
  const [cert, key] = await Promise.all(['cert', 'key'].map((name) => readFile(join(folder, name), 'utf8')))
  return portOf(await listening(createTls({ cert: cert ?? '', key: key ?? '' }, (socket) => passOn(socket, port))))
}

async function siteOf(name: string, config: object): Promise<Site> {
  const own = join(folder, name)
  const seed = await loadOrCreateSeed(join(own, 'data', 'identity.key'), cryptographicRandom)
  const configFile = join(own, 'stimnet.yaml')
  const base = { institution: `Hospital ${name}`, data_dir: 'data', sandbox: { engine: 'none' } }
  await writeFile(configFile, stringify({ ...base, log: { level: 'silent' }, gateway: { port: 0 }, ...config }))
  return { folder: own, configFile, seed, peerId: (await signerFromSeed(seed)).id }
}

/** A newcomer from whose network only this proxy leads out. */
async function behind(name: string, url: string): Promise<Site> {
  const [credentials, authority] = [join(folder, 'proxy.secret'), join(folder, 'cert')]
  return siteOf(name, { mesh: { listen: [], proxy: { url, credentials }, tls_ca: authority } })
}

async function said(text: () => string, pattern: RegExp): Promise<string> {
  const end = performance.now() + 30_000
  for (;;) {
    const found = pattern.exec(text())?.[1]
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`never said ${pattern}: ${text()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Runs `stimnet invite`, whose person types what the newcomer's person reads out. */
async function invites(options: readonly string[], heard: Promise<string>) {
  const io = recordingIo()
  const ask = (_: string, signal: AbortSignal) =>
    Promise.race([heard, once(signal, 'abort').then(() => '')]) as Promise<string>
  const stopping = new AbortController()
  const signal = AbortSignal.any([io.signal, stopping.signal])
  const ended = runCommand(inviteCommand, ['--config', member.configFile, ...options], { ...io, ask, signal })
  const code = await Promise.race([said(() => io.said.out, /^(\S+)\n/), ended.then(() => '')])
  return { io, ended, code, withdraw: () => stopping.abort() }
}

function joins(site: Site, code: string) {
  const io = recordingIo()
  const parameters = [code, '--config', site.configFile, '--member', member.peerId]
  const ended = runCommand(joinCommand, parameters, io).catch((error: unknown) => tell(error, io))
  return { io, ended }
}

async function inviteAndJoin(newcomer: Site, options: readonly string[]) {
  const heard = Promise.withResolvers<string>()
  const inviting = await invites(options, heard.promise)
  const joining = joins(newcomer, inviting.code)
  said(() => joining.io.said.err, /invited you: (\S+)/).then(heard.resolve, heard.reject)
  try {
    assert.equal(await joining.ended, 0, joining.io.said.err)
  } catch (error) {
    inviting.withdraw()
    throw error
  }
  assert.equal(await inviting.ended, 0, inviting.io.said.err)
  return readFile(newcomer.configFile, 'utf8')
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stimnet-invite-proxy-'))
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-days', '2', '-nodes']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  await promisify(execFile)('openssl', ['req', ...kind, ...files, ...subject])
  await writeFile(join(folder, 'proxy.secret'), CREDENTIALS, { mode: 0o600 })
  const announce = ['/dns4/peer.test/tcp/443/tls/ws']
  const mesh = { listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce, trusted_proxies: ['127.0.0.1'] }
  member = await siteOf('A', { mesh, federation: { charter: './charter.json' } })
  const founders = [{ peer: member.peerId, institution: 'Hospital A' }]
  const charter: Charter = { name: 'Network', purpose: '', needed: 1, founders }
  const signatures = [await signCharter(charter, { signer: await signerFromSeed(member.seed), clock: systemClock })]
  await writeFile(join(member.folder, 'charter.json'), JSON.stringify({ charter, signatures }))
})

after(async () => {
  for (const server of servers) server.close()
  await rm(folder, { recursive: true, force: true })
})

describe('a newcomer whose only way out is an HTTP proxy', () => {
  test('joins at the port of HTTPS, in a WebSocket in TLS, and keeps the address of the member that announces one', async () => {
    const port = await freePort()
    const proxy = await proxyOf({ 443: await tlsBefore(port) })
    const listen = ['--listen', `/ip4/127.0.0.1/tcp/${port}/ws`, '--announce', `/dns4/${NAME}/tcp/443/tls/ws`]
    const config = await inviteAndJoin(await behind('B', proxy.url), listen)
    assert.deepEqual([...new Set(proxy.asked)], [`${NAME}:443`])
    assert.match(config, new RegExp(`/dns4/peer\\.test/tcp/443/tls/ws/p2p/${member.peerId}`))
  })

  test('joins in plain TCP where the proxy permits the port', async () => {
    const port = await freePort()
    const proxy = await proxyOf({ [port]: port })
    const listen = ['--listen', `127.0.0.1:${port}`, '--announce', `/dns4/${NAME}/tcp/${port}`]
    await inviteAndJoin(await behind('C', proxy.url), listen)
    assert.deepEqual([...new Set(proxy.asked)], [`${NAME}:${port}`])
  })

  test('hears that it is the proxy that does not let it out', async () => {
    const port = await freePort()
    const proxy = await proxyOf({})
    const listen = ['--listen', `127.0.0.1:${port}`, '--announce', `/dns4/${NAME}/tcp/${port}`]
    const inviting = await invites(listen, new Promise(() => undefined))
    const joining = joins(await behind('D', proxy.url), inviting.code)
    assert.equal(await joining.ended, 3)
    assert.match(
      joining.io.said.err,
      /cannot be reached at .*From here, the proxy 127\.0\.0\.1:\d+ refuses to connect: 403/
    )
    inviting.withdraw()
    assert.equal(await inviting.ended, 1)
  })

  test('is announced an address of a peer and nothing else', async () => {
    const asking = { ...recordingIo(), ask: async () => 'no' }
    for (const announce of [`${NAME}:443`, '/dns4/x/tcp/1/http', '/unix/x', '/dns4/x/tcp/443/tls/ws/p2p/12D3KooW']) {
      const refused = runCommand(inviteCommand, ['--config', member.configFile, '--announce', announce], asking)
      await assert.rejects(refused, { code: 'PARAMETER_INVALID', message: /--announce takes an address such as/ })
    }
  })
})
