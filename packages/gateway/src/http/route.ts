/** A route as data: who may use it, what it takes, what it answers; served, documented and tested from one declaration. */
import type { Answered } from '@stimnet/api'
import type { z } from 'zod'
import type { Account, Role } from '../peer.ts'

/**
 * `open`: credentials are not looked at. `anyone`: a token is optional, a wrong one is refused. `account`: a token where
 * the gateway requires one.
 */
export type Access = 'open' | 'anyone' | 'account'

/** One request, before its query and body are parsed. */
export interface RawAsk {
  readonly account: Account | null
  readonly request: Request
  /** Of the caller, for counting. */
  readonly address: string
  /** A path parameter, decoded; the empty text where there is none. */
  param(name: string): string
  header(name: string): string | undefined
  /** Whether the account, or the API key, still lets the caller in: asked again while a stream lasts. */
  stillPermitted(): boolean
  /** Aborts when the server closes. */
  readonly closing: AbortSignal | undefined
  /** Headers of an answer that the handler writes itself. */
  headers(own: Readonly<Record<string, string>>): Record<string, string>
  /** The problem, as JSON text, for what goes wrong after the answer began. */
  problem(error: unknown): string
  query(): unknown
  body(type: BodyType): Promise<unknown>
}

/** One request with its query and body parsed. */
export interface Ask<Q, B> extends Omit<RawAsk, 'query' | 'body'> {
  readonly query: Q
  readonly body: B
}

/** What a body can be: a JSON value, a form, or the bytes of a zip archive. */
export type BodyType = 'json' | 'form' | 'zip'

/** An answer that needs another status or headers than the plain one. */
export class Answer<T> {
  readonly value: T
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(value: T, options: { status?: number; headers?: Readonly<Record<string, string>> }) {
    this.value = value
    this.status = options.status ?? 200
    this.headers = options.headers ?? {}
  }
}

/** What a handler gives back; a `Response` only where the answer is no JSON. */
export type Reply<T> = T | Answer<T> | Response

interface Described {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As OpenAPI writes it: /api/v1/jobs/{id}. */
  readonly path: string
  /** OpenAPI's operationId. */
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly access: Access
  /** One of these is needed; all may where absent. */
  readonly roles?: readonly Role[]
  /** False: not counted against the caller's rate, so that a probe is never refused. Default true. */
  readonly limited?: boolean
  /** Status codes of a good answer. Default 200. */
  readonly statuses?: readonly number[]
  /** Default application/json. */
  readonly answerType?: string
  /** The tag of an answer (a value, never an `Answer`); undefined for one that still changes. */
  readonly etag?: (answer: never) => string | undefined
  /** Whether clients may keep the answer, to ask by its tag whether it still holds. Default false: it is stored nowhere. */
  readonly kept?: boolean
  /** Whether an Idempotency-Key is read. */
  readonly idempotent?: boolean
  /** Takes a multipart form with one `file`, which the handler reads itself. */
  readonly file?: boolean
}

/** A route with its types open; `route` closes them. */
export interface RouteDefinition<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> extends Described {
  readonly query?: Q
  readonly body?: { readonly type: BodyType; readonly schema: B }
  readonly answer: A
  handle(ask: Ask<z.output<Q>, z.output<B>>): Reply<Answered<A>> | Promise<Reply<Answered<A>>>
}

/** A route whose types are closed over. */
export interface Route extends Omit<Described, 'etag'> {
  readonly etag?: (answer: unknown) => string | undefined
  readonly query?: z.ZodType
  readonly body?: { readonly type: BodyType; readonly schema: z.ZodType }
  readonly answer: z.ZodType
  run(ask: RawAsk, parse: Parse): Promise<Reply<unknown>>
}

/** Parses or throws, naming the field and where it was: `query` or `body`. */
export type Parse = <S extends z.ZodType>(schema: S, value: unknown, where: 'query' | 'body') => z.output<S>

/** Declares a route; the handler's types follow from its schemas. */
export function route<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  definition: RouteDefinition<Q, B, A>
): Route {
  const { handle, etag, ...described } = definition
  return {
    ...described,
    // Only ever given what this route's own handler answers.
    ...(etag ? { etag: etag as (answer: unknown) => string | undefined } : {}),
    run: async (raw, parse) => {
      const query = definition.query ? parse(definition.query, raw.query(), 'query') : undefined
      const body = definition.body
        ? parse(definition.body.schema, await raw.body(definition.body.type), 'body')
        : undefined
      return await handle({ ...raw, query: query as z.output<Q>, body: body as z.output<B> })
    }
  }
}
