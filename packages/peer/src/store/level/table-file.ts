/** Verification of LevelDB's table files: each block is compared with its checksum, which LevelDB writes but never verifies. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CRC_START, crcAfter, maskedOf } from './crc32c.ts'
import { liveTables } from './live-tables.ts'

// https://github.com/google/leveldb/blob/main/doc/table_format.md: a sequence of blocks, each followed by a byte for its
// compression and a masked CRC-32C; then a footer with the positions of the last two blocks, the meta index and the index.
const FOOTER_BYTES = 48
const MAGIC = 0xdb4775248b80fb57n
const TRAILER_BYTES = 5
/** Time after which a file that is being written is complete, ms. */
const WRITTEN_MS = 1_000

/**
 * Names of the table files that are not as LevelDB wrote them. If the database `isOpen`, a file that disappears was merged
 * into another file. For a closed database, files that do not belong to it are ignored.
 */
export async function damagedTables(directory: string, { isOpen }: { isOpen: boolean }): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => /\.(ldb|sst)$/.test(name)).sort()
  const damaged: string[] = []
  const live = isOpen ? undefined : await liveTables(directory)
  for (const name of names) {
    if (live?.has(Number.parseInt(name, 10)) === false) continue
    const path = join(directory, name)
    if (await isWholeFile(path)) continue
    if (isOpen) await wait(WRITTEN_MS)
    if (!isOpen || !(await isWholeFile(path))) damaged.push(name)
  }
  return damaged
}

async function isWholeFile(path: string): Promise<boolean> {
  try {
    return isWholeTable(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw error
  }
}

interface Block {
  readonly offset: number
  readonly size: number
}

/** Whether a file consists of blocks with valid checksums and a footer that names the last two blocks. */
function isWholeTable(bytes: Buffer): boolean {
  const end = bytes.length - FOOTER_BYTES
  if (end < 2 * TRAILER_BYTES || bytes.readBigUInt64LE(bytes.length - 8) !== MAGIC) return false
  const blocks = blocksOf(bytes, end)
  const [metaIndex, index] = blocks?.slice(-2) ?? []
  if (!metaIndex || !index) return false
  const expected = [metaIndex.offset, metaIndex.size, index.offset, index.size]
  const named = varintsAt(bytes, { at: end, count: expected.length })
  return expected.every((value, at) => named[at] === value)
}

/**
 * The blocks of a file. A block ends where the checksum of all bytes since its beginning stands. Undefined if the last block
 * has no end.
 */
function blocksOf(bytes: Buffer, end: number): Block[] | undefined {
  const blocks: Block[] = []
  let offset = 0
  let crc = CRC_START
  for (let at = 0; at + TRAILER_BYTES <= end; at++) {
    crc = crcAfter(crc, bytes[at] ?? 0)
    if ((bytes[at] ?? 0) > 1 || maskedOf(crc) !== bytes.readUInt32LE(at + 1)) continue
    blocks.push({ offset, size: at - offset })
    offset = at + TRAILER_BYTES
    at = offset - 1
    crc = CRC_START
  }
  return offset === end ? blocks : undefined
}

function varintsAt(bytes: Buffer, { at, count }: { at: number; count: number }): number[] {
  const values: number[] = []
  let value = 0
  let scale = 1
  for (let place = at; place < bytes.length && values.length < count; place++) {
    const byte = bytes[place] ?? 0
    value += (byte & 0x7f) * scale
    scale *= 128
    if (byte >= 0x80) continue
    values.push(value)
    value = 0
    scale = 1
  }
  return values
}
