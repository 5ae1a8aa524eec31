/** Reads the body of a request: with a size limit while it arrives, of the expected type, and as strict JSON. */
import { LIMITS, parseJson, StimnetError } from '@stimnet/protocol'
import { InvalidInput } from './problem.ts'
import type { BodyType } from './route.ts'

/** Maximum depth of JSON. No request needs more, and recursion over the value must end. */
const DEPTH_MAX = 32

const MEDIA_TYPES: Record<BodyType, string> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  zip: 'application/zip'
}

/** Reads and parses a body. Throws MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, MALFORMED or BODY_INVALID. */
export async function readBody(request: Request, type: BodyType): Promise<unknown> {
  checkMediaType(request.headers.get('content-type') ?? '', type)
  const bytes = await readBytes(request, LIMITS.restBodyBytesMax)
  if (type === 'zip') return bytes
  const text = decode(bytes)
  return type === 'json' ? parseBody(text) : parseForm(text)
}

function checkMediaType(header: string, type: BodyType): void {
  const [media = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase())
  const charsets = parameters.filter((p) => p.startsWith('charset='))
  const utf8 = charsets.every((p) => /^charset="?utf-8"?$/.test(p))
  if (media === MEDIA_TYPES[type] && utf8) return
  const reason = `Send ${MEDIA_TYPES[type]}, in UTF-8.`
  throw new StimnetError('MEDIA_TYPE_UNSUPPORTED', 'reading a body', { reason })
}

/** Reads at most `bytesMax`. A larger declared length is refused before reading; an incomplete body is MALFORMED. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new StimnetError('BODY_TOO_LARGE', 'reading a body', { reason: `A body has at most ${bytesMax / 1024} KiB.` })
  checkEncoding(request.headers.get('content-encoding'))
  const declared = request.headers.get('content-length')
  if (Number(declared ?? 0) > bytesMax) throw tooLarge()
  try {
    // With a declared length, the server reads no more than that; reading it at once avoids a stream per request.
    const bytes = declared === null ? await readStream(request, bytesMax) : new Uint8Array(await request.arrayBuffer())
    if (bytes !== undefined && bytes.length <= bytesMax) return bytes
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading a body', { cause, reason: 'The body did not arrive as a whole.' })
  }
  throw tooLarge()
}

/** Reads a stream; undefined if it has more than `bytesMax`. */
async function readStream(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels the stream.
  for await (const chunk of request.body) {
    length += chunk.length
    if (length > bytesMax) return undefined
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Refuses compressed bodies, whose size is not known in advance. */
function checkEncoding(encoding: string | null): void {
  if (encoding === null || /^identity$/i.test(encoding.trim())) return
  const reason = 'A body is sent as it is, without Content-Encoding.'
  throw new StimnetError('MEDIA_TYPE_UNSUPPORTED', 'reading a body', { reason })
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new StimnetError('MALFORMED', 'reading a body', { cause, reason: 'The body is not UTF-8 text.' })
  }
}

function parseBody(text: string): unknown {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    const twice = /stands twice/.test(String(cause))
    const reason = twice ? 'The body has a name twice in one object.' : 'The body is not JSON.'
    throw new StimnetError('MALFORMED', 'reading a body', { cause, reason })
  }
  checkPlain(value)
  return value
}

const invalid = (field: string, message: string): never => {
  throw new InvalidInput('BODY_INVALID', [{ field: field.slice(0, 200), message }])
}

/** Refuses values that could mislead a later reader: nesting, non-numbers such as 1e999, broken Unicode, `__proto__`. */
export function checkPlain(root: unknown): void {
  const open: { value: unknown; field: string; depth: number }[] = [{ value: root, field: '', depth: 1 }]
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, field, depth } = item
    if (typeof value === 'number' && !Number.isFinite(value)) invalid(field, 'The number is out of range.')
    if (typeof value === 'string' && !value.isWellFormed()) invalid(field, 'The text is not Unicode.')
    if (typeof value !== 'object' || value === null) continue
    if (depth > DEPTH_MAX) invalid(field, `The body is at most ${DEPTH_MAX} levels deep.`)
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__' || !key.isWellFormed()) invalid(field, 'A key of that name is not accepted.')
      const name = field.length > 100 ? field : field === '' ? key : `${field}.${key}`
      open.push({ value: inner, field: name.slice(0, 200), depth: depth + 1 })
    }
  }
}

function parseForm(text: string): unknown {
  return fromPairs(new URLSearchParams(text), 'BODY_INVALID')
}

/** The object of a query or form. A name that occurs twice is refused, since two readers could use different values. */
export function fromPairs(pairs: URLSearchParams, code: 'BODY_INVALID' | 'PARAMETER_INVALID'): Record<string, string> {
  const object = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (object.has(name) || name === '__proto__') {
      throw new InvalidInput(code, [{ field: name.slice(0, 200), message: 'Give it once.' }])
    }
    object.set(name, value)
  }
  return Object.fromEntries(object)
}
