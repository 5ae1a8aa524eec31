import assert from 'node:assert/strict'
import { chmod, copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { cryptographicRandom, SimulatedClock, systemClock } from '@stimnet/protocol'
import { Certificates, createGateway, listenGateway, type TlsFiles } from '../src/index.ts'
import { Authority, hasOpenssl } from './authority.ts'
import { FakePeer } from './fake-peer.ts'
import { SECRET } from './house.ts'

describe('a gateway that speaks TLS', { skip: hasOpenssl ? false : 'no openssl here' }, () => {
  let folder = ''
  let own: Authority
  let other: Authority
  let server: TlsFiles
  const closers: (() => unknown)[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stimnet-tls-'))
    own = await new Authority(folder, 'own').found()
    other = await new Authority(folder, 'other').found()
    server = await own.issue('server')
  })
  after(async () => {
    for (const close of closers.reverse()) await close()
    await rm(folder, { recursive: true, force: true })
  })

  async function open(files: TlsFiles) {
    const peer = new FakePeer()
    const app = createGateway(peer, {
      tokenSecret: SECRET,
      tokenLifetimeMs: 60_000,
      requireAuth: true,
      rate: { perMinutePerIdentity: 10_000, loginPerMinute: 100 },
      clock: systemClock,
      random: cryptographicRandom
    })
    const problems: unknown[] = []
    const certificates = await Certificates.open(files, systemClock)
    const onProblem = (error: unknown) => void problems.push(error)
    const listening = await listenGateway(app, { host: '127.0.0.1', port: 0, certificates, onProblem })
    closers.push(listening.close)
    return { ...listening, peer, problems }
  }

  const trusting = async (more: ConnectionOptions = {}): Promise<ConnectionOptions> => ({
    ca: await readFile(own.path('ca.crt')),
    ...more
  })

  /** The status of /health, or the name of the error. */
  async function health(url: string, options: ConnectionOptions): Promise<number | string> {
    return new Promise((resolve) => {
      const asked = request(`${url}/health`, { ...options, agent: false } as object, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
      })
      asked.on('error', (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`))
      asked.end()
    })
  }

  async function hstsOf(url: string): Promise<unknown> {
    const options = { ...(await trusting()), agent: false } as object
    return new Promise((resolve, reject) => {
      const asked = request(`${url}/api/v1/jobs`, options, (answer) => {
        answer.resume()
        resolve(answer.headers['strict-transport-security'])
      })
      asked.on('error', reject).end()
    })
  }

  /** The fingerprint of the certificate that a new connection receives. */
  async function shown(port: number): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port, ...(await trusting()) }) as TLSSocket
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    const { fingerprint256 } = socket.getPeerCertificate()
    socket.destroy()
    return fingerprint256
  }

  it('answers over TLS 1.3, by an address that says so, and nothing older', async () => {
    const { url, port } = await open(server)
    assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/)
    assert.equal(await health(url, await trusting()), 200)
    assert.equal(await hstsOf(url), 'max-age=31536000')
    const socket = connect({ host: '127.0.0.1', port, ...(await trusting()) })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    assert.equal(socket.getProtocol(), 'TLSv1.3')
    socket.destroy()
    const older = await health(url, await trusting({ maxVersion: 'TLSv1.2' }))
    assert.match(String(older), /protocol version/i)
    assert.match(String(await health(url, {})), /SELF_SIGNED|UNABLE_TO/)
  })

  it('says nothing to plain HTTP, to nonsense and to whoever says nothing, and lives on', async () => {
    const { url, port } = await open(server)
    for (const text of ['GET /health HTTP/1.1\r\nHost: x\r\n\r\n', '\u0016\u0003\u0001\u00ff\u00ff', '\u0000']) {
      const answer = await new Promise<string>((resolve) => {
        let got = ''
        const socket = connectPlain(port, '127.0.0.1', () => socket.end(text))
        socket.on('data', (chunk) => {
          got += chunk.toString('latin1')
        })
        socket.on('close', () => resolve(got))
        socket.on('error', () => resolve(got))
      })
      assert.doesNotMatch(answer, /HTTP|healthy/)
    }
    assert.equal(await health(url, await trusting()), 200)
  })

  it('closes although somebody began a handshake and stopped, and ends that connection', async () => {
    const { port, close } = await open(server)
    const socket = connectPlain(port, '127.0.0.1', () => socket.write('\u0016\u0003\u0001'))
    socket.on('error', () => undefined)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const ended = new Promise((resolve) => socket.once('close', resolve))
    await close()
    await ended
  })

  it('hears only clients of the authority, where one is named, and still wants their token', async () => {
    const client = await own.issue('client')
    const stranger = await other.issue('client')
    const { url } = await open({ ...server, clientCa: own.path('ca.crt') })
    const pair = async ({ cert, key }: { cert: string; key: string }) => ({
      ...{ cert: await readFile(cert), key: await readFile(key) }
    })
    assert.equal(await health(url, await trusting(await pair(client))), 200)
    assert.match(String(await health(url, await trusting())), /CERTIFICATE_REQUIRED|ECONNRESET|EPIPE|socket hang up/)
    const refused = await health(url, await trusting(await pair(stranger)))
    assert.match(String(refused), /UNKNOWN_CA|ECONNRESET|EPIPE|ALERT|socket hang up/)
    const jobs = await new Promise((resolve, reject) => {
      void (async () => {
        const options = { ...(await trusting(await pair(client))), agent: false } as object
        const asked = request(`${url}/api/v1/jobs`, options, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        })
        asked.on('error', reject).end()
      })()
    })
    assert.equal(jobs, 401)
  })

  it('takes up no session again where clients show certificates, also after its own was renewed', async () => {
    const client = await own.issue('client-2')
    const files = { cert: join(folder, 'renewed.crt'), key: join(folder, 'renewed.key') }
    const place = async ({ cert, key }: TlsFiles) => {
      await copyFile(cert, files.cert)
      await copyFile(key, files.key)
    }
    await place(server)
    const { port, renew, problems } = await open({ ...files, clientCa: own.path('ca.crt') })
    const pair = await trusting({ cert: await readFile(client.cert), key: await readFile(client.key) })
    /** Asks for /health and returns whether an earlier session was taken up, with the session that was offered. */
    const ask = (session?: Buffer) =>
      new Promise<{ reused: boolean; offered: Buffer | undefined }>((resolve, reject) => {
        let offered: Buffer | undefined
        let reused = false
        const socket = connect({ host: '127.0.0.1', port, ...pair, ...(session ? { session } : {}) })
        socket.on('session', (one) => {
          offered = one
        })
        socket.on('secureConnect', () => {
          reused = socket.isSessionReused()
          socket.write('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        })
        socket.on('error', reject).resume()
        socket.on('close', () => resolve({ reused, offered }))
      })
    const first = await ask()
    assert.equal((await ask(first.offered)).reused, false)
    await place(await own.issue('server-3'))
    await renew()
    assert.deepEqual(problems, [])
    const second = await ask()
    assert.equal((await ask(second.offered)).reused, false)
  })

  it('shows a renewed certificate to new connections and drops none that stands', async () => {
    const files = { cert: join(folder, 'live.crt'), key: join(folder, 'live.key') }
    const place = async (from: { cert: string; key: string }) => {
      for (const part of ['cert', 'key'] as const) {
        await copyFile(from[part], `${files[part]}.new`)
        await rename(`${files[part]}.new`, files[part])
      }
    }
    await place(server)
    const { url, port, peer, renew, problems } = await open(files)
    const first = await shown(port)
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ...(await trusting()) })
    const overOne = () =>
      new Promise<{ status: number | undefined; local: number | undefined }>((resolve, reject) => {
        const asked = request(`${url}/health`, { agent }, (answer) => {
          const local = answer.socket.localPort
          answer.resume()
          answer.on('end', () => resolve({ status: answer.statusCode, local }))
        })
        asked.on('error', reject).end()
      })
    const before = await overOne()
    await renew()
    assert.equal(await shown(port), first)

    // Half of a new pair: the old certificate stays in use, and the operator is notified once.
    const second = await own.issue('server-2')
    await copyFile(second.cert, files.cert)
    await renew()
    await renew()
    assert.equal(problems.length, 1)
    assert.match(String((problems[0] as Error).message), /^gateway\.tls\.key: .*does not belong/)
    assert.equal(await shown(port), first)

    await place({ cert: second.cert, key: second.key })
    await renew()
    assert.notEqual(await shown(port), first)
    assert.deepEqual(await overOne(), before)
    assert.equal(peer.incidents.length, 0)
    agent.destroy()
  })

  it('does not start with files that cannot be used, and says which key names them', async () => {
    const loose = join(folder, 'loose.key')
    await copyFile(server.key, loose)
    await chmod(loose, 0o644)
    const { key: otherKey } = await own.issue('another')
    const nonsense = join(folder, 'nonsense.pem')
    await writeFile(nonsense, 'nonsense', { mode: 0o600 })
    const wrong: [TlsFiles, RegExp][] = [
      [{ ...server, cert: join(folder, 'absent.crt') }, /^gateway\.tls\.cert: .*cannot be read/],
      [{ ...server, key: folder }, /^gateway\.tls\.key: .*cannot be read/],
      [{ ...server, cert: nonsense }, /^gateway\.tls\.cert: .*no PEM certificate/],
      [{ ...server, key: nonsense }, /^gateway\.tls\.key: .*no PEM private key/],
      [{ ...server, key: loose }, /^gateway\.tls\.key: .*can be read by others/],
      [{ ...server, key: otherKey }, /^gateway\.tls\.key: .*does not belong to/],
      [{ ...server, clientCa: nonsense }, /^gateway\.tls\.client_ca: .*has no certificate/],
      [{ ...server, clientCa: server.cert }, /^gateway\.tls\.client_ca: .*of no authority/]
    ]
    for (const [files, message] of wrong) {
      await assert.rejects(Certificates.open(files, systemClock), { code: 'CONFIG_INVALID', message })
    }
    const late = new SimulatedClock(systemClock.now() + 3 * 24 * 3_600_000)
    const message = /^gateway\.tls\.cert: .*expired on/
    await assert.rejects(Certificates.open(server, late), { code: 'CONFIG_INVALID', message })
  })
})
