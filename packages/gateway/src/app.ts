/** The gateway in overview: its parts, and every route. */
import { createHash } from 'node:crypto'
import { type Clock, type RandomSource, StimnetError } from '@stimnet/protocol'
import { type Context, Hono } from 'hono'
import { headersOf } from './http/answer.ts'
import { Tokens } from './auth/auth.ts'
import type { Connection } from './auth/caller.ts'
import { consoleRoutes, holdsConsole } from './console.ts'
import { cors } from './auth/cors.ts'
import { Gate, type GatewayContext } from './gate.ts'
import { Buckets, GATEWAY_LIMITS, Places, Turnstile } from './http/limits.ts'
import { openApiOf } from './openapi.ts'
import type { GatewayPeer } from './peer.ts'
import { Refusal } from './http/problem.ts'
import { TrustedProxies } from './auth/proxies.ts'
import type { Room } from './room.ts'
import type { Route } from './http/route.ts'
import { analysisRoutes } from './routes/analyses.ts'
import { apiKeyRoutes } from './routes/accounts/api-keys.ts'
import { auditRoutes } from './routes/audit.ts'
import { authRoutes } from './routes/accounts/auth.ts'
import { broadcastRoutes } from './routes/broadcasts.ts'
import { catalogRoutes } from './routes/catalogs.ts'
import { crateRoutes } from './routes/crates.ts'
import { docsRoutes } from './routes/docs.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { jobRoutes } from './routes/jobs.ts'
import { permitRoutes } from './routes/permits.ts'
import { privacyRoutes } from './routes/privacy.ts'
import { sandboxRoutes } from './routes/sandboxes.ts'
import { signOnRoutes } from './routes/accounts/sign-on.ts'
import { stewardshipRoutes } from './routes/stewardship.ts'
import { uploadRoutes } from './routes/uploads.ts'
import { type LoginProvider, SingleSignOn } from './auth/sign-on.ts'

/** The settings of a gateway. */
export interface GatewaySettings {
  /** Secret from which, together with the peer's token epoch, the key for access tokens (HS256) is derived; at least 32 bytes. */
  readonly tokenSecret: Uint8Array
  /** Lifetime of an access token, at least 1,000 ms. */
  readonly tokenLifetimeMs: number
  /** If false, a caller without a token is the researcher `anonymous`. */
  readonly requireAuth: boolean
  readonly rate: {
    /** Requests per minute of one account, or of one address without a token. */
    readonly perMinutePerIdentity: number
    /**
     * Logins per minute for one name from one address. One address may try four times as many, and one name may be tried ten times as
     * many.
     */
    readonly loginPerMinute: number
  }
  /** Proxies whose X-Forwarded-For is trusted: addresses, or networks as ADDRESS/BITS. Default: none. */
  readonly trustedProxies?: readonly string[]
  /** Origins whose web pages may use the API, each in full. Default: none. */
  readonly corsOrigins?: readonly string[]
  /** OpenID Connect providers for login, in addition to local accounts. */
  readonly providers?: readonly LoginProvider[]
  /** The URL at which browsers reach the gateway. Default: the URL on which it listens. */
  readonly publicUrl?: string
  readonly clock: Clock
  readonly random: RandomSource
  /** Folder of the built console, served at `/`. If it is absent or empty, `/` leads to the documentation. */
  readonly consoleDir?: string | undefined
}

/** The gateway as a Hono app. Its environment is the connection of a request. */
export type GatewayApp = Hono<{ Bindings: Connection }>

/** Creates the gateway. Throws CONFIG_INVALID. */
export function createGateway(peer: GatewayPeer, settings: GatewaySettings): GatewayApp {
  const room = roomOf(peer, settings)
  const gate = new Gate(peer, room.tokens, {
    ...settings,
    perMinutePerIdentity: settings.rate.perMinutePerIdentity,
    proxies: new TrustedProxies(settings.trustedProxies ?? [])
  })
  // Not among the documented routes, since only the page itself requests its files.
  const pages = holdsConsole(settings.consoleDir) ? consoleRoutes(settings.consoleDir) : []
  return serve([...routesOf(room), ...pages], gate, settings.corsOrigins ?? [])
}

/** All documented routes, in the order of the documentation. */
export function routesOf(room: Room): Route[] {
  let document: string | undefined
  const routes: Route[] = [
    ...healthRoutes(room),
    ...authRoutes(room),
    ...signOnRoutes(room),
    ...apiKeyRoutes(room),
    ...catalogRoutes(room),
    ...jobRoutes(room),
    ...broadcastRoutes(room),
    ...crateRoutes(room),
    ...analysisRoutes(room),
    ...uploadRoutes(room),
    ...privacyRoutes(room),
    ...permitRoutes(room),
    ...auditRoutes(room),
    ...eventRoutes(room),
    ...stewardshipRoutes(room),
    ...sandboxRoutes(room),
    ...docsRoutes(() => {
      document ??= JSON.stringify(openApiOf(routes, { version: room.peer.facts().version, url: '/' }))
      return document
    })
  ]
  return routes
}

/** The state that the routes of one gateway share. Throws CONFIG_INVALID. */
export function roomOf(peer: GatewayPeer, settings: GatewaySettings): Room {
  const { clock, rate } = settings
  if (!(rate.perMinutePerIdentity >= 1) || !(rate.loginPerMinute >= 1)) {
    throw new StimnetError('CONFIG_INVALID', 'a rate allows at least one request a minute')
  }
  const { streamsMax, streamsPerIdentityMax, streamsPerAddressMax, loginsAtOnce, loginsWaitingMax } = GATEWAY_LIMITS
  const { eventStreamsMax, eventStreamsPerIdentityMax } = GATEWAY_LIMITS
  const { uploadsAtOnce, uploadsAtOncePerIdentity } = GATEWAY_LIMITS
  return {
    peer,
    clock,
    requireAuth: settings.requireAuth,
    tokens: new Tokens({
      secret: settings.tokenSecret,
      epoch: () => peer.tokenEpoch(),
      isEnded: (id) => peer.isTokenEnded(id),
      random: settings.random,
      lifetimeMs: settings.tokenLifetimeMs,
      issuer: peer.facts().peerId,
      clock
    }),
    loginRates: {
      perCaller: new Buckets(rate.loginPerMinute, clock),
      perAddress: new Buckets(4 * rate.loginPerMinute, clock),
      perName: new Buckets(10 * rate.loginPerMinute, clock),
      // More than for passwords: no password is tried, and a whole institution behind a proxy may have one address.
      signOns: new Buckets(60 * rate.loginPerMinute, clock)
    },
    logins: new Turnstile({ atOnce: loginsAtOnce, waitingMax: loginsWaitingMax }),
    streams: new Places({ max: streamsMax, perKeyMax: streamsPerIdentityMax }),
    streamAddresses: new Places({ max: streamsMax, perKeyMax: streamsPerAddressMax }),
    eventStreams: new Places({ max: eventStreamsMax, perKeyMax: eventStreamsPerIdentityMax }),
    uploading: new Places({ max: uploadsAtOnce, perKeyMax: uploadsAtOncePerIdentity }),
    signOn: new SingleSignOn({
      clock,
      random: settings.random,
      providers: settings.providers ?? [],
      secret: Uint8Array.from(createHash('sha256').update('stimnet/login/1\n').update(settings.tokenSecret).digest()),
      publicUrl: () => (settings.publicUrl ?? peer.facts().endpointUrl).replace(/\/+$/, ''),
      admit: (person) => peer.signOn(person)
    })
  }
}

function serve(routes: readonly Route[], gate: Gate, origins: readonly string[]): GatewayApp {
  const app: GatewayApp = new Hono()
  if (origins.length > 0) app.use('*', cors(origins))
  const methods = new Map<string, string[]>()
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(route.method, path, gate.handler(route))
    methods.set(path, [...(methods.get(path) ?? []), route.method])
  }
  if (!methods.has('/')) app.get('/', (c) => c.redirect('/docs', 307))
  const others = otherRequests(gate, methods)
  app.notFound(async (c) => others.fetch(c.req.raw, c.env))
  app.onError(failureOf(gate))
  return app
}

/**
 * Answers requests that are for no route: known paths with other methods, and unknown paths. It is an app of its own, since Hono matches
 * routes faster where each has one method and one handler.
 */
function otherRequests(gate: Gate, methods: ReadonlyMap<string, readonly string[]>): GatewayApp {
  const others: GatewayApp = new Hono()
  for (const [path, known] of methods) others.all(path, otherMethod(gate, known))
  others.notFound((c) =>
    gate.answer(c as GatewayContext, async () => {
      throw new StimnetError('NOT_FOUND', 'routing')
    })
  )
  others.onError(failureOf(gate))
  return others
}

/** Answers an error that a handler did not answer. */
function failureOf(gate: Gate): (error: Error, c: Context) => Promise<Response> {
  return (error, c) =>
    gate.answer(c as GatewayContext, async () => {
      throw error
    })
}

/** OPTIONS returns the methods of a path; other methods are refused. Origins are handled in cors.ts. */
function otherMethod(gate: Gate, known: readonly string[]): (c: GatewayContext) => Promise<Response> {
  const allow = [...known, ...(known.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  return (c) =>
    gate.answer(c, async (requestId) => {
      if (c.req.method === 'OPTIONS') {
        return new Response(null, { status: 204, headers: headersOf(requestId, { allow }) })
      }
      throw new Refusal('METHOD_NOT_ALLOWED', `Use ${allow}.`, { allow })
    })
}
