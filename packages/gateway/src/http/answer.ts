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

/** JSON texts of answers that never change. */
const texts = new WeakMap<object, string>()

/** Marks an answer that never changes, so that its JSON text is created only once. The value must not be modified. */
export function settled<T extends object>(value: T): T {
  if (!texts.has(value)) texts.set(value, JSON.stringify(value))
  return value
}

function textOf(value: unknown): string {
  return (typeof value === 'object' && value !== null ? texts.get(value) : undefined) ?? JSON.stringify(value)
}

/** Compressed JSON texts of answers that never change. */
const compressed = new WeakMap<object, Uint8Array<ArrayBuffer>>()
/** Minimum length of a text that is compressed, characters: below it, compression saves no packet. */
const GZIP_LENGTH_MIN = 1_400
const gzipped = promisify(gzip) as (text: string) => Promise<Uint8Array<ArrayBuffer>>

/** Whether a client accepts gzip, by its Accept-Encoding header. */
export function acceptsGzip(header: string | undefined): boolean {
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(header ?? '')
}

async function gzipOf(value: unknown, text: string): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof value !== 'object' || value === null || !texts.has(value)) return gzipped(text)
  const known = compressed.get(value) ?? (await gzipped(text))
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

/** A JSON response with the common headers. */
export async function jsonAnswer(
  value: unknown,
  { requestId, status = 200, ...options }: JsonOptions
): Promise<Response> {
  const text = textOf(value)
  const own: Record<string, string> = { 'content-type': 'application/json; charset=utf-8', ...options.headers }
  if (text.length < GZIP_LENGTH_MIN) return new Response(text, { status, headers: headersOf(requestId, own) })
  const varied = { ...own, vary: own.vary === undefined ? 'Accept-Encoding' : `${own.vary}, Accept-Encoding` }
  if (options.gzip !== true) return new Response(text, { status, headers: headersOf(requestId, varied) })
  const headers = headersOf(requestId, { ...varied, 'content-encoding': 'gzip' })
  return new Response(await gzipOf(value, text), { status, headers })
}
