/** Reads a form with one file: size-limited before parsing, its name checked before use, its bytes unchanged. */
import { LIMITS, StimnetError, UPLOAD_ENDINGS } from '@stimnet/protocol'
import { readBytes } from './body.ts'
import type { UploadedFile } from '@stimnet/api'
import { InvalidInput } from './problem.ts'

/** Maximum size of the form around a file: boundaries and a few headers. */
const FRAME_BYTES_MAX = 16 * 1024
/** Maximum number of boundaries. One file needs two; with a few more, the error can be specific; a form with more is not parsed. */
const BOUNDARIES_MAX = 8
const FILENAME_BYTES_MAX = 255

/** Maximum size by type. A script must be short enough for a person to read, as for scripts in a request. */
const BYTES_MAX: Readonly<Record<UploadedFile['file_type'], number>> = {
  script: LIMITS.scriptBytesMax,
  data: LIMITS.uploadBytesMax
}

/** A file as a client sent it. */
export interface SentFile {
  readonly filename: string
  readonly bytes: Uint8Array
}

/** The one file of a multipart form. Throws MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, MALFORMED or BODY_INVALID. */
export async function readUpload(request: Request, kind: UploadedFile['file_type']): Promise<SentFile> {
  const boundary = boundaryOf(request.headers.get('content-type') ?? '')
  const body = await readBytes(request, BYTES_MAX[kind] + FRAME_BYTES_MAX)
  const file = await onlyFile(body, boundary)
  checkFilename(file.name, kind)
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (bytes.length === 0) throw invalid('The file is empty.')
  if (bytes.length > BYTES_MAX[kind]) {
    const reason = `A ${kind === 'script' ? 'script' : 'file'} has at most ${BYTES_MAX[kind] / 1024} KiB.`
    throw new StimnetError('BODY_TOO_LARGE', 'reading an upload', { reason })
  }
  if (kind === 'script') checkText(bytes)
  return { filename: file.name, bytes }
}

/** The boundary in the header, as in RFC 2046. */
const BOUNDARY = /^multipart\/form-data *;(?:[^"]*;)? *boundary=("?)([\w'()+,./:=?-]{1,70})\1 *(?:;|$)/i

function boundaryOf(type: string): string {
  const boundary = BOUNDARY.exec(type)?.[2]
  if (boundary !== undefined) return boundary
  throw new StimnetError('MEDIA_TYPE_UNSUPPORTED', 'reading an upload', {
    reason: 'Send multipart/form-data with one field, `file`.'
  })
}

async function onlyFile(body: Uint8Array, boundary: string): Promise<File> {
  // Each part becomes objects in memory, so the parts are counted before parsing.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  let found = 0
  for (let at = bytes.indexOf(`--${boundary}`); at >= 0; at = bytes.indexOf(`--${boundary}`, at + 2)) {
    found += 1
    if (found > BOUNDARIES_MAX) throw invalid('Send one file and nothing else.')
  }
  // The header is written anew: if the client's header had two boundaries, another reader could use the other one.
  const type = `multipart/form-data; boundary="${boundary}"`
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch((cause: unknown) => {
    throw new StimnetError('MALFORMED', 'reading an upload', { cause, reason: 'The body is no multipart form.' })
  })
  const entries = [...form.entries()]
  const stranger = entries.find(([name]) => name !== 'file')
  if (stranger) {
    throw new InvalidInput('BODY_INVALID', [{ field: stranger[0].slice(0, 200), message: 'There is no such field.' }])
  }
  const [entry, second] = entries
  if (second) throw invalid('Send one file and nothing else.')
  if (!entry || typeof entry[1] === 'string') throw invalid('Send a file with its name.')
  return entry[1]
}

/** Device names of Windows, where a file cannot have such a name. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** Control characters, and characters that change the direction of writing and so disguise a file type. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** Checks a file name. A valid name is shown as text and never used as a path. */
function checkFilename(name: string, kind: UploadedFile['file_type']): void {
  const length = Buffer.byteLength(name)
  if (length === 0 || length > FILENAME_BYTES_MAX) throw invalid(`A name has from 1 to ${FILENAME_BYTES_MAX} bytes.`)
  if (/[/\\]/.test(name) || /^\.+$/.test(name)) throw invalid('A name is no path.')
  if (UNSEEN.test(name) || !name.isWellFormed()) throw invalid('A name has no characters that cannot be seen.')
  if (RESERVED.test(name)) throw invalid('That name is reserved.')
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (UPLOAD_ENDINGS[kind].includes(ending)) return
  const reason = `Its name ends in one of ${UPLOAD_ENDINGS[kind].map((one) => `.${one}`).join(' ')}.`
  throw new StimnetError('MEDIA_TYPE_UNSUPPORTED', 'reading an upload', { reason })
}

function checkText(bytes: Uint8Array): void {
  try {
    if (!new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0')) return
  } catch {
    // Reported below.
  }
  throw invalid('A script is UTF-8 text.')
}

function invalid(message: string): InvalidInput {
  return new InvalidInput('BODY_INVALID', [{ field: 'file', message }])
}
