/**
 * The table files of a LevelDB database, read from its manifest. Closing a database while it merges tables leaves an
 * unfinished file that belongs to nothing and that the next start removes.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CRC_START, crcAfter, maskedOf } from './crc32c.ts'

const BLOCK_BYTES = 32_768
const HEADER_BYTES = 7
/** Types of the pieces of a record: a whole record, or its first, middle and last piece. */
const [FULL, FIRST, LAST] = [1, 2, 4]
/** Fields of a record, by tag: a `text` is preceded by its length; a `file` has a level, a number, a size and two keys. */
const FIELDS: Readonly<Record<number, readonly ('number' | 'text')[]>> = {
  1: ['text'],
  2: ['number'],
  3: ['number'],
  4: ['number'],
  5: ['number', 'text'],
  6: ['number', 'number'],
  7: ['number', 'number', 'number', 'text', 'text'],
  9: ['number']
}
const [DELETED, ADDED] = [6, 7]

/** The numbers of the files; undefined if the manifest cannot be read, so that any file may belong to the database. */
export async function liveTables(directory: string): Promise<ReadonlySet<number> | undefined> {
  try {
    const manifest = (await readFile(join(directory, 'CURRENT'), 'utf8')).trim()
    if (!/^MANIFEST-\d+$/.test(manifest)) return undefined
    const live = new Set<number>()
    for (const record of recordsIn(await readFile(join(directory, manifest)))) apply(record, live)
    return live
  } catch {
    return undefined
  }
}

function* recordsIn(bytes: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = []
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES)
    if (left < HEADER_BYTES) {
      at += left
      continue
    }
    const [length, type] = [bytes.readUInt16LE(at + 4), bytes.readUInt8(at + 6)]
    const end = at + HEADER_BYTES + length
    if (end > bytes.length) throw new RangeError('a record that was cut short')
    const piece = bytes.subarray(at + HEADER_BYTES, end)
    // A changed record could omit a table that is damaged as well.
    const state = bytes.subarray(at + HEADER_BYTES - 1, end).reduce(crcAfter, CRC_START)
    if (maskedOf(state) !== bytes.readUInt32LE(at)) throw new RangeError('a record that was changed')
    pieces = type === FULL || type === FIRST ? [piece] : [...pieces, piece]
    if (type === FULL || type === LAST) yield Buffer.concat(pieces)
    at = end
  }
}

function apply(record: Buffer, live: Set<number>): void {
  let at = 0
  const number = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = record.readUInt8(at++)
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
  }
  while (at < record.length) {
    const tag = number()
    const fields = FIELDS[tag]
    if (fields === undefined) throw new RangeError('a field that this version does not know')
    const values = fields.map((kind) => {
      const value = number()
      if (kind === 'text') at += value
      return value
    })
    if (tag === DELETED) live.delete(values[1] ?? -1)
    if (tag === ADDED) live.add(values[1] ?? -1)
  }
}
