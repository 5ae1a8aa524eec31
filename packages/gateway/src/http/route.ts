/** A route as data: its access, input and answer. The server, the documentation and the tests use the same declaration. */
import type { Answered } from '@stimnet/api'
import type { z } from 'zod'
import type { Account, Role } from '../peer.ts'

/**
 * `open`: credentials are ignored. `anyone`: a token is optional, but an invalid one is refused. `account`: a token is needed if the
 * gateway requires tokens.
 */
export type Access = 'open' | 'anyone' | 'account'

/** One request, before its query and body are parsed. */
export interface RawAsk {
  readonly account: Account | null
  readonly request: Request
  /** Address of the caller, for counting. */
  readonly address: string
  /** A decoded path parameter; empty if there is none. */
  param(name: string): string
  header(name: string): string | undefined
  /** Whether the account or API key still permits the request; checked repeatedly during a stream. */
  stillPermitted(): boolean
  /** Aborts when the server shuts down. */
  readonly closing: AbortSignal | undefined
  /** All headers of a response that the handler writes itself. */
  headers(own: Readonly<Record<string, string>>): Record<string, string>
  /** The problem as JSON text, for errors after the response has begun. */
  problem(error: unknown): string
  query(): unknown
  body(type: BodyType): Promise<unknown>
}

/** One request with its query and body parsed. */
export interface Ask<Q, B> extends Omit<RawAsk, 'query' | 'body'> {
  readonly query: Q
  readonly body: B
}

/** The type of a body: JSON, a form, or the bytes of a zip archive. */
export type BodyType = 'json' | 'form' | 'zip'

/** An answer with another status or other headers than the default. */
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

/** The return type of a handler; a `Response` only if the answer is not JSON. */
export type Reply<T> = T | Answer<T> | Response

interface Described {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path in OpenAPI's notation: /api/v1/jobs/{id}. */
  readonly path: string
  /** OpenAPI's operationId. */
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly access: Access
  /** Roles of which the account needs one; absent if any role is enough. */
  readonly roles?: readonly Role[]
  /** False if the route does not count against the caller's rate limit, so that probes are never refused. Default: true. */
  readonly limited?: boolean
  /** Status codes of successful answers. Default: 200. */
  readonly statuses?: readonly number[]
  /** Media type of the answer. Default: application/json. */
  readonly answerType?: string
  /** The ETag of an answer (of a value, never of an `Answer`); undefined for an answer that may still change. */
  readonly etag?: (answer: never) => string | undefined
  /** Whether clients may store the answer and revalidate it by its ETag. Default: false, stored nowhere. */
  readonly kept?: boolean
  /** Whether an Idempotency-Key is read. */
  readonly idempotent?: boolean
  /** Whether the body is a multipart form with one `file`, which the handler reads itself. */
  readonly file?: boolean
}

/** A route with its types as parameters; `route` erases them. */
export interface RouteDefinition<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> extends Described {
  readonly query?: Q
  readonly body?: { readonly type: BodyType; readonly schema: B }
  readonly answer: A
  handle(ask: Ask<z.output<Q>, z.output<B>>): Reply<Answered<A>> | Promise<Reply<Answered<A>>>
}

/** A route with erased types. */
export interface Route extends Omit<Described, 'etag'> {
  readonly etag?: (answer: unknown) => string | undefined
  readonly query?: z.ZodType
  readonly body?: { readonly type: BodyType; readonly schema: z.ZodType }
  readonly answer: z.ZodType
  run(ask: RawAsk, parse: Parse): Promise<Reply<unknown>>
}

/** Parses a value. Throws an error that names the field and `where` it was. */
export type Parse = <S extends z.ZodType>(schema: S, value: unknown, where: 'query' | 'body') => z.output<S>

/** Declares a route; the handler's types follow from its schemas. */
export function route<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  definition: RouteDefinition<Q, B, A>
): Route {
  const { handle, etag, ...described } = definition
  return {
    ...described,
    // Called only with answers of this route's own handler.
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
