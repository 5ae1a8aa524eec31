/** The headers of every answer, and JSON answers, compressed if the client accepts that. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** API answers must not be framed, sniffed, stored or embedded, and load nothing themselves. */
const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY'
} as const

/** Headers of an answer that a client may store if it revalidates it each time. It depends on the token. */
export const KEPT_HEADERS = { 'cache-control': 'private, no-cache', vary: 'Authorization, X-API-Key' } as const

/**
 * Headers of pages served here: scripts and styles only from files of this origin, and text never becomes markup. The console signs
 * with a key that the researcher keeps in the browser, so injected code must be impossible.
 */
export const PAGE_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'"
} as const

/** All headers of an answer, as a plain object instead of `Headers`, which the server can write directly to the socket. */
export function headersOf(requestId: string, own: Readonly<Record<string, string>>): Record<string, string> {
  return { ...API_HEADERS, 'x-request-id': requestId, ...own }
}

/** Minimum length of a text that is compressed, characters: below it, compression saves no packet. */
const GZIP_LENGTH_MIN = 1_400

/** The JSON of an answer: its text, or its bytes in UTF-8. */
type Json = string | Uint8Array<ArrayBuffer>

/**
 * The JSON of answers that never change: the bytes of a long one, because a text with letters beyond Latin-1 takes a third of the time of a
 * request to encode. A short text is written together with the headers.
 */
const written = new WeakMap<object, Json>()

/** Marks an answer that never changes, so that its JSON is written only once. The value must not be modified. */
export function settled<T extends object>(value: T): T {
  if (!written.has(value)) {
    const text = JSON.stringify(value)
    written.set(value, text.length < GZIP_LENGTH_MIN ? text : new TextEncoder().encode(text))
  }
  return value
}

function jsonOf(value: unknown): Json {
  return (typeof value === 'object' && value !== null ? written.get(value) : undefined) ?? JSON.stringify(value)
}

/** Compressed JSON of answers that never change. */
const compressed = new WeakMap<object, Uint8Array<ArrayBuffer>>()
const gzipped = promisify(gzip) as (json: Json) => Promise<Uint8Array<ArrayBuffer>>

/** Whether a client accepts gzip, by its Accept-Encoding header. */
export function acceptsGzip(header: string | undefined): boolean {
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(header ?? '')
}

async function gzipOf(value: unknown, json: Json): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof value !== 'object' || value === null || !written.has(value)) return gzipped(json)
  const known = compressed.get(value) ?? (await gzipped(json))
  compressed.set(value, known)
  return known
}

/** Options of a JSON answer. */
export interface JsonOptions {
  readonly requestId: string
  /** Default: 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the client accepts gzip. Answers that become smaller are compressed. */
  readonly gzip?: boolean
}

/** A JSON response with the common headers. A promise only if it has to be compressed. */
export function jsonAnswer(
  value: unknown,
  { requestId, status = 200, ...options }: JsonOptions
): Response | Promise<Response> {
  const json = jsonOf(value)
  const own: Record<string, string> = { 'content-type': 'application/json; charset=utf-8', ...options.headers }
  if (json.length < GZIP_LENGTH_MIN) return new Response(json, { status, headers: headersOf(requestId, own) })
  const varied = { ...own, vary: own.vary === undefined ? 'Accept-Encoding' : `${own.vary}, Accept-Encoding` }
  if (options.gzip !== true) return new Response(json, { status, headers: headersOf(requestId, varied) })
  const headers = headersOf(requestId, { ...varied, 'content-encoding': 'gzip' })
  return gzipOf(value, json).then((bytes) => new Response(bytes, { status, headers }))
}
