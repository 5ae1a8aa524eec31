/** The headers of every answer, and JSON in them. */

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

/** A JSON answer in those headers; status 200 unless given. */
export function jsonAnswer(
  value: unknown,
  options: { requestId: string; status?: number; headers?: Readonly<Record<string, string>> }
): Response {
  return new Response(textOf(value), {
    status: options.status ?? 200,
    headers: headersOf(options.requestId, { 'content-type': 'application/json; charset=utf-8', ...options.headers })
  })
}
