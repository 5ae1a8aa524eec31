/** Text files of declared encodings, read as UTF-8. */
import { createReadStream } from 'node:fs'
import { StimnetError } from '@stimnet/protocol'
import type { Encoding } from '../catalog/reading.ts'

/** Bytes that windows-1252 leaves undefined: a file that has them is of another encoding. */
const UNDEFINED_IN_1252 = /[\u0081\u008d\u008f\u0090\u009d]/

/**
 * The chunks of a file in UTF-8; those of a UTF-8 file as they are, unchecked. `seen` gets the bytes of the file itself. Throws
 * SOURCE_INVALID for bytes that the declared encoding does not have.
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
    // Below, without the cause: it says nothing more.
  }
  if (text !== undefined && !(encoding === 'windows-1252' && UNDEFINED_IN_1252.test(text))) return text
  throw new StimnetError('SOURCE_INVALID', `${path}: text that is not ${encoding} (reading.encoding)`)
}
