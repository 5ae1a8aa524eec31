/** The processing of every request: identify the caller, count, parse, run the handler, and return its answer or problem. */
import { type Clock, type RandomSource, StimnetError, toHex } from '@stimnet/protocol'
import type { Context } from 'hono'
import type { z } from 'zod'
import { acceptsGzip, headersOf, jsonAnswer, KEPT_HEADERS } from './http/answer.ts'
import { type Held, presentedToken, type Tokens } from './auth/auth.ts'
import { fromPairs, readBody } from './http/body.ts'
import { addressOf, type Connection } from './auth/caller.ts'
import { isKnown } from './http/etag.ts'
import { Buckets } from './http/limits.ts'
import type { Account, GatewayPeer, Role } from './peer.ts'
import type { TrustedProxies } from './auth/proxies.ts'
import { fieldsOf, InvalidInput, type ProblemContext, problemAnswer, problemOf, Refusal } from './http/problem.ts'
import { Answer, type RawAsk, type Route } from './http/route.ts'

/** Settings of authentication and rate limits. */
export interface GateSettings {
  readonly requireAuth: boolean
  readonly perMinutePerIdentity: number
  readonly proxies: TrustedProxies
  readonly clock: Clock
  readonly random: RandomSource
}

/** Hono's context with the connection as environment. */
export type GatewayContext = Context<{ Bindings: Connection }>

/** The account of callers without a token, if no token is required. */
const ANONYMOUS: Account = { name: 'anonymous', roles: ['researcher'] }

/** Admits requests: identifies the caller, counts, parses, answers. */
export class Gate {
  readonly #peer: GatewayPeer
  readonly #tokens: Tokens
  readonly #settings: GateSettings
  readonly #rates: Buckets
  readonly #ids: () => string

  constructor(peer: GatewayPeer, tokens: Tokens, settings: GateSettings) {
    this.#peer = peer
    this.#tokens = tokens
    this.#settings = settings
    this.#rates = new Buckets(settings.perMinutePerIdentity, settings.clock)
    this.#ids = idsFrom(settings.random)
  }

  /** The Hono handler of a route. */
  handler(route: Route): (c: GatewayContext) => Promise<Response> {
    const serve = (c: GatewayContext) =>
      this.answer(c, async (requestId) => {
        if (c.env?.visit) c.env.visit.route = route.path
        const account = await this.#admit(route, c)
        const reply = await route.run(this.#ask(c, route, { account, requestId }), parse)
        if (reply instanceof Response) return reply
        const gzip = acceptsGzip(c.req.header('accept-encoding'))
        if (route.etag && !(reply instanceof Answer)) return revalidated(c, reply, { route, requestId, gzip })
        return reply instanceof Answer
          ? jsonAnswer(reply.value, { requestId, gzip, status: reply.status, headers: reply.headers })
          : jsonAnswer(reply, { requestId, gzip })
      })
    return async (c) => {
      const { clock } = this.#settings
      const startedAtMs = clock.now()
      const response = await serve(c)
      const ms = Math.max(0, clock.now() - startedAtMs)
      // All files of the console count as one route.
      const [operation = route.id] = route.id.split(' ')
      this.#peer.answered({ route: operation, status: response.status, ms })
      return response
    }
  }

  /** Runs `work` and converts a thrown error to a problem. */
  async answer(c: GatewayContext, work: (requestId: string) => Promise<Response>): Promise<Response> {
    const requestId = this.#requestId(c.req.header('x-request-id'))
    if (c.env?.visit) c.env.visit.requestId = requestId
    try {
      return await work(requestId)
    } catch (error) {
      return problemAnswer(error, this.#context(requestId))
    }
  }

  #context(requestId: string): ProblemContext {
    return {
      requestId,
      report: (error) => {
        const incident = this.#ids()
        this.#peer.unexpected(error, incident)
        return incident
      }
    }
  }

  #requestId(given: string | undefined): string {
    return given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : this.#ids()
  }

  async #admit(route: Route, c: GatewayContext): Promise<Account | null> {
    const address = this.#addressOf(c)
    if (route.access === 'open') {
      if (route.limited !== false) this.#count(`address ${address}`, address)
      return null
    }
    const account = await this.#identify(c, address)
    if (account === null && route.access !== 'anyone') throw new StimnetError('UNAUTHENTICATED', route.id)
    const roles = rolesOf(route, account)
    if (account && roles && !roles.some((role) => account.roles.includes(role))) {
      const reason = `This needs the role ${roles.join(' or ')}.`
      throw new StimnetError('NOT_PERMITTED', route.id, { reason })
    }
    return account
  }

  #addressOf(c: GatewayContext): string {
    const { proxies } = this.#settings
    return addressOf(c.env, (remote) => proxies.callerOf(remote, c.req.raw.headers.get('x-forwarded-for')))
  }

  /** The account of the token, counted against its rate limit. Requests without a token count for the address. */
  async #identify(c: GatewayContext, address: string): Promise<Account | null> {
    const token = presentedToken(c.req.raw.headers)
    if (token === null) {
      this.#count(`address ${address}`, address)
      return this.#settings.requireAuth ? null : ANONYMOUS
    }
    const account = this.#peer.accountOfKey(token) ?? (await this.#accountOfToken(token, address))
    if (!account) {
      // A valid token is in the cache by now, even if its account is locked.
      if (this.#peer.isLocked(this.#tokens.recall(token) ?? { key: token }))
        throw new StimnetError('ACCOUNT_LOCKED', 'a token of a locked account')
      throw new Refusal('UNAUTHENTICATED', 'The token is not valid (any more). Ask for a new one.', {
        'www-authenticate': 'Bearer realm="stimnet", error="invalid_token"'
      })
    }
    if (c.env?.visit) c.env.visit.account = account.name
    this.#count(`account ${account.name}`, account.name)
    return account
  }

  async #accountOfToken(token: string, address: string): Promise<Account | null> {
    let held = this.#tokens.recall(token)
    if (held === null) {
      // Unverified tokens count for the caller's address, whatever account they name.
      this.#count(`address ${address}`, address)
      held = await this.#tokens.verify(token)
    }
    return held === null ? null : this.#holderOf(held)
  }

  /** The current account; null if it does not exist or its password has changed since. */
  #holderOf({ name, generation }: Held): Account | null {
    const account = this.#peer.account(name)
    return (account?.generation ?? '') === generation ? account : null
  }

  /** Whether the caller may still use the route: the account exists, the key or token is valid, and the account has a required role. */
  #stillPermits(route: Route, account: Account | null, token: string): boolean {
    if (account === null || !this.#settings.requireAuth) return true
    const held = account.byKey ? null : this.#tokens.recall(token)
    const now = account.byKey ? this.#peer.accountOfKey(token) : held && this.#holderOf(held)
    const roles = rolesOf(route, account)
    return now !== null && (!roles || roles.some((role) => now.roles.includes(role)))
  }

  #count(key: string, actor: string): void {
    const taken = this.#rates.take(key)
    if (!taken.ok) throw rateLimited(this.#peer, taken, actor)
  }

  #ask(
    c: GatewayContext,
    route: Route,
    { account, requestId }: { account: Account | null; requestId: string }
  ): RawAsk {
    const request = c.req.raw
    return {
      account,
      request,
      address: this.#addressOf(c),
      param: (name) => c.req.param(name) ?? '',
      header: (name) => c.req.header(name),
      stillPermitted: () => this.#stillPermits(route, account, presentedToken(request.headers) ?? ''),
      closing: c.env?.closing,
      headers: (own) => headersOf(requestId, own),
      problem: (error) => JSON.stringify(problemOf(error, this.#context(requestId))),
      query: () => (request.url.includes('?') ? fromPairs(new URL(request.url).searchParams, 'PARAMETER_INVALID') : {}),
      body: (type) => readBody(request, type)
    }
  }
}

/** The answer with its ETag, or 304 if the client has it already. Permission was checked before. */
async function revalidated(
  c: GatewayContext,
  reply: unknown,
  { route, requestId, gzip }: { route: Route; requestId: string; gzip: boolean }
): Promise<Response> {
  const etag = route.etag?.(reply)
  if (etag === undefined) return jsonAnswer(reply, { requestId, gzip })
  const headers = { etag, ...(route.kept ? KEPT_HEADERS : {}) }
  if (!isKnown(c.req.header('if-none-match'), etag)) return jsonAnswer(reply, { requestId, gzip, headers })
  return new Response(null, { status: 304, headers: headersOf(requestId, headers) })
}

/**
 * The roles of which the account needs one; undefined if any role is enough. An API key for the audit log must not submit or cancel
 * requests.
 */
function rolesOf(route: Route, account: Account | null): readonly Role[] | undefined {
  if (route.roles || route.access !== 'account' || !account?.byKey) return route.roles
  return ['researcher', 'steward']
}

/** Returns a generator of ids of 8 random bytes. 512 ids are drawn at once, since a draw per request takes longer than routing it. */
function idsFrom(random: RandomSource): () => string {
  let drawn = ''
  let at = 0
  return () => {
    if (at >= drawn.length) {
      drawn = toHex(random.bytes(4_096))
      at = 0
    }
    at += 16
    return drawn.slice(at - 16, at)
  }
}

/** The refusal of a caller over the rate limit. It is reported at most once per minute. */
export function rateLimited(peer: GatewayPeer, taken: { waitMs: number; first: boolean }, actor: string): Refusal {
  if (taken.first) peer.suspicious('rate-limited', actor)
  return new Refusal('RATE_LIMITED', undefined, { 'retry-after': String(Math.max(1, Math.ceil(taken.waitMs / 1_000))) })
}

function parse<S extends z.ZodType>(schema: S, value: unknown, where: 'query' | 'body'): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInput(where === 'query' ? 'PARAMETER_INVALID' : 'BODY_INVALID', fieldsOf(parsed.error))
}
