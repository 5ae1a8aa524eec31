/** The headers of every answer, and JSON in them, compressed for clients that read it so. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** No page may frame, sniff, store or embed what the API says; it loads nothing itself. */
const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY'
} as const

/** What a client may keep if it asks each time whether it still holds; another token may see something else. */
export const KEPT_HEADERS = { 'cache-control': 'private, no-cache', vary: 'Authorization, X-API-Key' } as const

/**
 * For the pages we serve ourselves: scripts and styles from this origin's own files alone, and no text ever becomes markup:
 * the console signs with a key that its researcher keeps in the browser.
 */
export const PAGE_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'"
} as const

/** A plain object and not `Headers`: the server writes it straight to the socket. */
export function headersOf(requestId: string, own: Readonly<Record<string, string>>): Record<string, string> {
  return { ...API_HEADERS, 'x-request-id': requestId, ...own }
}

/** Texts of answers that never change again. */
const texts = new WeakMap<object, string>()

/** Marks an answer that will be given again as it is: its text is made once. For values that nobody changes. */
export function settled<T extends object>(value: T): T {
  if (!texts.has(value)) texts.set(value, JSON.stringify(value))
  return value
}

function textOf(value: unknown): string {
  return (typeof value === 'object' && value !== null ? texts.get(value) : undefined) ?? JSON.stringify(value)
}

/** Compressed texts of answers that never change again. */
const compressed = new WeakMap<object, Uint8Array<ArrayBuffer>>()
/** Characters from which compression saves a packet. */
const GZIP_LENGTH_MIN = 1_400
const gzipped = promisify(gzip) as (text: string) => Promise<Uint8Array<ArrayBuffer>>

/** Whether a client reads gzip, by its Accept-Encoding header. */
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
  /** 200 unless given. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** The client reads gzip: answers that gain by it are compressed. */
  readonly gzip?: boolean
}

/** A JSON answer in those headers. */
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
