/** A gateway over a fake peer, and functions to call it. Every JSON answer is checked against the route's own schema. */
import assert from 'node:assert/strict'
import { problemShape } from '@stimnet/api'
import { cryptographicRandom, SimulatedClock, seededRandom, systemClock } from '@stimnet/protocol'
import { roomOf, routesOf } from '../src/app.ts'
import { createGateway, type GatewayApp, type GatewaySettings, listenGateway } from '../src/index.ts'
import type { Route } from '../src/http/route.ts'
import { FakePeer } from './fake-peer.ts'

export const SECRET = new Uint8Array(32).fill(7)
export const START_MS = 1_700_000_000_000

export interface House {
  readonly peer: FakePeer
  readonly clock: SimulatedClock
  readonly app: GatewayApp
  readonly routes: readonly Route[]
  /** `as`: the account to log in first; `local`: the call comes from the same machine. */
  ask(method: string, path: string, options?: AskOptions): Promise<Response>
  json(method: string, path: string, options?: AskOptions): Promise<{ status: number; body: any_; response: Response }>
  token(name: string): Promise<string>
}

// Tests read answers whose shape was just checked against the schema.
// biome-ignore lint/suspicious/noExplicitAny: see above
type any_ = any

export interface AskOptions {
  as?: string
  body?: unknown
  headers?: Record<string, string>
  env?: object
  signal?: AbortSignal
}

export function openHouse(more: Partial<GatewaySettings> = {}): House {
  const peer = new FakePeer()
  const clock = new SimulatedClock(START_MS)
  const settings: GatewaySettings = {
    tokenSecret: SECRET,
    tokenLifetimeMs: 3_600_000,
    requireAuth: true,
    rate: { perMinutePerIdentity: 10_000, loginPerMinute: 1_000 },
    clock,
    random: seededRandom(1),
    ...more
  }
  const app = createGateway(peer, settings)
  const routes = routesOf(roomOf(peer, settings))
  const tokens = new Map<string, string>()

  const token = async (name: string) => {
    const known = tokens.get(name)
    if (known) return known
    const response = await ask('POST', '/api/v1/auth/token', {
      body: new URLSearchParams({ username: name, password: 'correct' })
    })
    const { access_token } = (await response.json()) as { access_token: string }
    tokens.set(name, access_token)
    return access_token
  }

  async function ask(method: string, path: string, options: AskOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { ...options.headers }
    if (options.as) headers.authorization = `Bearer ${await token(options.as)}`
    const raw =
      options.body instanceof URLSearchParams || options.body instanceof Uint8Array || typeof options.body === 'string'
    if (options.body !== undefined && !raw) headers['content-type'] ??= 'application/json'
    const body = options.body === undefined ? null : raw ? (options.body as string) : JSON.stringify(options.body)
    const init = { method, headers, body, ...(options.signal ? { signal: options.signal } : {}) }
    return app.request(path, init, options.env ?? {})
  }

  return {
    peer,
    clock,
    app,
    routes,
    ask,
    token,
    json: async (method, path, options) => {
      const response = await ask(method, path, options)
      const body = await response.json()
      checkShape(routes, { method, path, response, body })
      return { status: response.status, body, response }
    }
  }
}

/** Checks that an error is a problem, and that any other answer fits the route's schema exactly, without additional fields. */
function checkShape(
  routes: readonly Route[],
  { method, path, response, body }: { method: string; path: string; response: Response; body: unknown }
): void {
  const type = response.headers.get('content-type') ?? ''
  if (response.status >= 400 && response.status !== 503) assert.match(type, /^application\/problem\+json/)
  if (type.startsWith('application/problem+json')) {
    assert.deepEqual(problemShape.parse(body), body)
    return
  }
  assert.match(type, /^application\/json/)
  const plain = path.split('?')[0] ?? ''
  const route = routes.find((one) => one.method === method && patternOf(one.path).test(plain))
  assert.ok(route, `no route for ${method} ${path}`)
  assert.ok((route.statuses ?? [200]).includes(response.status), `undocumented status ${response.status}`)
  assert.deepEqual(route.answer.parse(body), body)
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

export const SQL_JOB = {
  target_node_id: 'node-1',
  data_catalog_name: 'clinical_trial_data',
  script_type: 'sql',
  script_content: 'SELECT sex, COUNT(*) AS n FROM subjects GROUP BY sex'
}

/** A gateway on a socket of its own, with ada logged in. */
export async function openListening() {
  const peer = new FakePeer()
  const app = createGateway(peer, {
    tokenSecret: SECRET,
    tokenLifetimeMs: 600_000,
    requireAuth: true,
    rate: { perMinutePerIdentity: 100_000, loginPerMinute: 100 },
    clock: systemClock,
    random: cryptographicRandom
  })
  const listening = await listenGateway(app, { host: '127.0.0.1', port: 0 })
  const login = new URLSearchParams({ username: 'ada', password: 'correct' })
  const answer = await fetch(`${listening.url}/api/v1/auth/token`, { method: 'POST', body: login })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return { peer, app, token, headers, ...listening }
}
