/** Detection of the encoding and separator of a text file. */
import { createReadStream } from 'node:fs'
import type { Encoding, Separator } from '../catalog/reading.ts'
import { scanBeginning, type TextForm } from '../sources/csv-scan.ts'

/** Number of bytes from which the separator is detected. */
const BYTES_READ = 256 * 1024
const SEPARATORS: readonly Separator[] = [',', ';', '\t', '|']

/** The detected form of a file. Throws SOURCE_INVALID for a file without a readable header. */
export async function sniffText(path: string): Promise<Required<TextForm>> {
  const encoding = await sniffEncoding(path)
  const tried = []
  for (const separator of SEPARATORS) {
    const { header, records, faults } = await scanBeginning(path, { separator, encoding }, BYTES_READ).catch(
      () => NOTHING
    )
    tried.push({ separator, fields: header.length, faulty: records <= 0 ? 0 : faults / records })
  }
  // The right separator gives several columns in nearly every record. Among several such separators, the one with the most columns.
  const [best] = tried
    .filter(({ fields }) => fields > 1)
    .sort((a, b) => Math.round(10 * (a.faulty - b.faulty)) || b.fields - a.fields)
  return { separator: best?.separator ?? (/\.tsv$/i.test(path) ? '\t' : ','), encoding }
}

const NOTHING = { header: [] as string[], records: 0, faults: 0 }

/**
 * UTF-16 by its byte order mark, UTF-8 if all bytes are valid, else windows-1252. No program can distinguish windows-1252 from iso-8859-15:
 * they differ in eight characters, one of which is the euro sign.
 */
async function sniffEncoding(path: string): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let isFirst = true
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      if (isFirst && chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
      isFirst = false
      decoder.decode(chunk, { stream: true })
    }
    decoder.decode()
    return 'utf-8'
  } catch (cause) {
    if (cause instanceof TypeError && 'code' in cause && cause.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return 'windows-1252'
    }
    throw cause
  }
}
