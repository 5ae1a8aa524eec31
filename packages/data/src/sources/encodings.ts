/** Conversion of text files from declared encodings to UTF-8. */
import { createReadStream } from 'node:fs'
import { StimnetError } from '@stimnet/protocol'
import type { Encoding } from '../catalog/reading.ts'

/** Bytes that windows-1252 does not define. A file that contains them has another encoding. */
const UNDEFINED_IN_1252 = /[\u0081\u008d\u008f\u0090\u009d]/

/**
 * The chunks of a file in UTF-8. The chunks of a UTF-8 file are passed on unchanged and unchecked. `seen` receives the bytes of the file
 * itself. Throws SOURCE_INVALID for bytes that are invalid in the declared encoding.
 */
export async function* utf8Chunks(
  path: string,
  encoding: Encoding = 'utf-8',
  seen: (bytes: Uint8Array) => void = () => undefined
): AsyncGenerator<Uint8Array> {
  const chunks = createReadStream(path) as AsyncIterable<Uint8Array>
  if (encoding === 'utf-8') {
    for await (const chunk of chunks) {
      seen(chunk)
      yield chunk
    }
    return
  }
  const decoder = new TextDecoder(encoding, { fatal: true })
  const encoder = new TextEncoder()
  for await (const chunk of chunks) {
    seen(chunk)
    yield encoder.encode(decoded(path, encoding, () => decoder.decode(chunk, { stream: true })))
  }
  yield encoder.encode(decoded(path, encoding, () => decoder.decode()))
}

function decoded(path: string, encoding: Encoding, decode: () => string): string {
  let text: string | undefined
  try {
    text = decode()
  } catch {
    // Reported below without the cause, which contains no further information.
  }
  if (text !== undefined && !(encoding === 'windows-1252' && UNDEFINED_IN_1252.test(text))) return text
  throw new StimnetError('SOURCE_INVALID', `${path}: text that is not ${encoding} (reading.encoding)`)
}
