/** The way of every request: who asks, how often, with what; then the handler; then its answer or its problem. */
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

/** Who is let in without a token, and how often. */
export interface GateSettings {
  readonly requireAuth: boolean
  readonly perMinutePerIdentity: number
  readonly proxies: TrustedProxies
  readonly clock: Clock
  readonly random: RandomSource
}

/** Hono's context with our connection in it. */
export type GatewayContext = Context<{ Bindings: Connection }>

/** Whoever asks without a token where none is required. */
const ANONYMOUS: Account = { name: 'anonymous', roles: ['researcher'] }

/** Lets requests in: identifies, counts, parses, answers. */
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

  /** Serves one route. */
  handler(route: Route): (c: GatewayContext) => Promise<Response> {
    const serve = (c: GatewayContext) =>
      this.answer(c, async (requestId) => {
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
      // The files of the console are one route.
      const [operation = route.id] = route.id.split(' ')
      this.#peer.answered({ route: operation, status: response.status, ms })
      return response
    }
  }

  /** Runs `work`; whatever it throws becomes a problem. */
  async answer(c: GatewayContext, work: (requestId: string) => Promise<Response>): Promise<Response> {
    const requestId = this.#requestId(c.req.header('x-request-id'))
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

  /** The account behind the token, counted against its rate; without a token the address is counted. */
  async #identify(c: GatewayContext, address: string): Promise<Account | null> {
    const token = presentedToken(c.req.raw.headers)
    if (token === null) {
      this.#count(`address ${address}`, address)
      return this.#settings.requireAuth ? null : ANONYMOUS
    }
    const account = this.#peer.accountOfKey(token) ?? (await this.#accountOfToken(token, address))
    if (!account) {
      // A genuine token is remembered by now, whatever its account is.
      if (this.#peer.isLocked(this.#tokens.recall(token) ?? { key: token }))
        throw new StimnetError('ACCOUNT_LOCKED', 'a token of a locked account')
      throw new Refusal('UNAUTHENTICATED', 'The token is not valid (any more). Ask for a new one.', {
        'www-authenticate': 'Bearer realm="stimnet", error="invalid_token"'
      })
    }
    this.#count(`account ${account.name}`, account.name)
    return account
  }

  async #accountOfToken(token: string, address: string): Promise<Account | null> {
    let held = this.#tokens.recall(token)
    if (held === null) {
      // Guessing costs the guesser's address, whatever name the guess bears.
      this.#count(`address ${address}`, address)
      held = await this.#tokens.verify(token)
    }
    return held === null ? null : this.#holderOf(held)
  }

  /** The account as it is now, unless its password changed since. */
  #holderOf({ name, generation }: Held): Account | null {
    const account = this.#peer.account(name)
    return (account?.generation ?? '') === generation ? account : null
  }

  /** As when it was let in: the account is there, the key or token holds, and one of the roles that are needed is still its. */
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

/** The answer under its tag, or 304 for a client that has it. Who may read it was judged before. */
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

/** One of these is needed; any will do where undefined. A key made for reading the log is not one for asking or cancelling. */
function rolesOf(route: Route, account: Account | null): readonly Role[] | undefined {
  if (route.roles || route.access !== 'account' || !account?.byKey) return route.roles
  return ['researcher', 'steward']
}

/** Ids of 8 random bytes each, drawn 512 at a time: a draw for each request costs more than its routing. */
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

/** The refusal of one caller too eager; told of once a minute. */
export function rateLimited(peer: GatewayPeer, taken: { waitMs: number; first: boolean }, actor: string): Refusal {
  if (taken.first) peer.suspicious('rate-limited', actor)
  return new Refusal('RATE_LIMITED', undefined, { 'retry-after': String(Math.max(1, Math.ceil(taken.waitMs / 1_000))) })
}

function parse<S extends z.ZodType>(schema: S, value: unknown, where: 'query' | 'body'): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInput(where === 'query' ? 'PARAMETER_INVALID' : 'BODY_INVALID', fieldsOf(parsed.error))
}
