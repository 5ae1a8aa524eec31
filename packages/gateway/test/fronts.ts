/** A peer with a private channel, and gateway processes in front of it, all in one process and on real sockets. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cryptographicRandom, systemClock } from '@stimnet/protocol'
import {
  type AttachedGateway,
  createFront,
  createGateway,
  Gateways,
  type Listening,
  listenChannel,
  listenHttp,
  Reach,
  stayAttached
} from '../src/index.ts'
import { FakePeer } from './fake-peer.ts'
import { SECRET } from './house.ts'

type Scope = { after(fn: () => unknown): void }

/** A temporary folder with the path of a socket in it. */
export async function socketIn(t: Scope): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-channel-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'peer.sock')
}

/** A peer that answers on the socket of its channel alone. */
export async function openChannel(t: Scope, path: string, perMinutePerIdentity = 100_000) {
  const peer = new FakePeer()
  const app = createGateway(peer, {
    tokenSecret: SECRET,
    tokenLifetimeMs: 600_000,
    requireAuth: true,
    rate: { perMinutePerIdentity, loginPerMinute: 100 },
    clock: systemClock,
    random: cryptographicRandom
  })
  const told: string[] = []
  const tell = (word: string) => (gateway: AttachedGateway) => void told.push(`${word} ${gateway.name}`)
  const parts = { clock: systemClock, facts: () => peer.facts(), attached: tell('+'), detached: tell('-') }
  const gateways = new Gateways(parts)
  const listening = await listenChannel(gateways.serve(app, 'socket'), { path })
  t.after(() => listening.close())
  return { peer, app, gateways, told, close: listening.close }
}

/** A gateway process in front of the socket. */
export async function openFront(
  t: Scope,
  socket: string,
  more: { name?: string; trustedProxies?: readonly string[]; consoleDir?: string } = {}
): Promise<Listening & { readonly failures: string[] }> {
  const failures: string[] = []
  const reach = new Reach({ socket })
  const { name = 'gateway-1', trustedProxies = [], consoleDir } = more
  const failed = (error: { code: string }) => void failures.push(error.code)
  const front = createFront({ reach, trustedProxies, consoleDir, random: cryptographicRandom, failed })
  const listening = await listenHttp(front, { host: '127.0.0.1', port: 0, trustedProxies })
  const stop = new AbortController()
  const self = { name, version: '0.1.0' }
  const ignored = () => undefined
  const attached = stayAttached({ reach, clock: systemClock, self, found: ignored, lost: ignored }, stop.signal)
  const close = async () => {
    stop.abort()
    await Promise.all([attached, listening.close()])
  }
  t.after(close)
  return { ...listening, close, failures }
}

/** A token of an account, from a gateway. */
export async function tokenAt(url: string, name = 'ada'): Promise<string> {
  const body = new URLSearchParams({ username: name, password: 'correct' })
  const answer = await fetch(`${url}/api/v1/auth/token`, { method: 'POST', body })
  return ((await answer.json()) as { access_token: string }).access_token
}
