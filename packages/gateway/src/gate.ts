/** The processing of every request: identify the caller, count, parse, run the handler, and return its answer or problem. */
import { type Clock, type RandomSource, StimnetError } from '@stimnet/protocol'
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
import { idsFrom, requestIdOf } from './http/request-id.ts'
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

  /**
   * The Hono handler of a route. It returns a promise only if there is something to wait for, because each additional asynchronous step
   * slows down every request.
   */
  handler(route: Route): (c: GatewayContext) => Promise<Response> {
    const { clock } = this.#settings
    // All files of the console count as one route.
    const [operation = route.id] = route.id.split(' ')
    return async (c) => {
      const startedAtMs = clock.now()
      const requestId = requestIdOf(c.req.header('x-request-id'), this.#ids)
      if (c.env?.visit) Object.assign(c.env.visit, { route: route.path, requestId })
      let response: Response
      try {
        const address = this.#addressOf(c)
        const admitted = this.#admit(route, c, address)
        const account = admitted instanceof Promise ? await admitted : admitted
        const reply = await route.run(this.#ask(c, route, { account, address, requestId }), parse)
        const answer = answerOf(c, reply, { route, requestId })
        response = answer instanceof Promise ? await answer : answer
      } catch (error) {
        response = problemAnswer(error, this.#context(requestId))
      }
      this.#peer.answered({ route: operation, status: response.status, ms: Math.max(0, clock.now() - startedAtMs) })
      return response
    }
  }

  /** Runs `work` and converts a thrown error to a problem. */
  async answer(c: GatewayContext, work: (requestId: string) => Promise<Response>): Promise<Response> {
    const requestId = requestIdOf(c.req.header('x-request-id'), this.#ids)
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

  /** The account of the caller, if it may use the route. A promise only if its token has to be verified first. */
  #admit(route: Route, c: GatewayContext, address: string): Account | null | Promise<Account | null> {
    if (route.access === 'open') {
      if (route.limited !== false) this.#count(`address ${address}`, address)
      return null
    }
    const found = this.#identify(c, address)
    return found instanceof Promise ? found.then((account) => permitted(route, account)) : permitted(route, found)
  }

  #addressOf(c: GatewayContext): string {
    const { proxies } = this.#settings
    return addressOf(c.env, (remote) => proxies.callerOf(remote, c.req.raw.headers.get('x-forwarded-for')))
  }

  /** The account of the token, counted against its rate limit. Requests without a token count for the address. */
  #identify(c: GatewayContext, address: string): Account | null | Promise<Account | null> {
    const token = presentedToken(c.req.raw.headers)
    if (token === null) {
      this.#count(`address ${address}`, address)
      return this.#settings.requireAuth ? null : ANONYMOUS
    }
    const byKey = this.#peer.accountOfKey(token)
    if (byKey) return this.#counted(c, byKey, token)
    const held = this.#tokens.recall(token)
    if (held !== null) return this.#counted(c, this.#holderOf(held), token)
    // Unverified tokens count for the caller's address, whatever account they name.
    this.#count(`address ${address}`, address)
    return this.#tokens
      .verify(token)
      .then((verified) => this.#counted(c, verified === null ? null : this.#holderOf(verified), token))
  }

  /** The account of a token, counted against its rate limit. Throws ACCOUNT_LOCKED, and UNAUTHENTICATED if the token has no account. */
  #counted(c: GatewayContext, account: Account | null, token: string): Account {
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
    { account, address, requestId }: { account: Account | null; address: string; requestId: string }
  ): RawAsk {
    const request = c.req.raw
    return {
      account,
      request,
      address,
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

/** Returns the account if it may use the route. Throws UNAUTHENTICATED, NOT_PERMITTED. */
function permitted(route: Route, account: Account | null): Account | null {
  if (account === null && route.access !== 'anyone') throw new StimnetError('UNAUTHENTICATED', route.id)
  const roles = rolesOf(route, account)
  if (account && roles && !roles.some((role) => account.roles.includes(role))) {
    const reason = `This needs the role ${roles.join(' or ')}.`
    throw new StimnetError('NOT_PERMITTED', route.id, { reason })
  }
  return account
}

/** The response to a request. A promise only if it has to be compressed first. */
function answerOf(
  c: GatewayContext,
  reply: unknown,
  { route, requestId }: { route: Route; requestId: string }
): Response | Promise<Response> {
  if (reply instanceof Response) return reply
  const gzip = acceptsGzip(c.req.header('accept-encoding'))
  if (reply instanceof Answer) {
    return jsonAnswer(reply.value, { requestId, gzip, status: reply.status, headers: reply.headers })
  }
  return route.etag ? revalidated(c, reply, { route, requestId, gzip }) : jsonAnswer(reply, { requestId, gzip })
}

/** The answer with its ETag, or 304 if the client has it already. Permission was checked before. */
function revalidated(
  c: GatewayContext,
  reply: unknown,
  { route, requestId, gzip }: { route: Route; requestId: string; gzip: boolean }
): Response | Promise<Response> {
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
