/** Disk use of a peer's folder, by the purpose of the files, and of its database, by content. */
import { lstat, readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'
import type { PEER_FOLDERS } from './folders.ts'
import { JOB_RESULTS, JOB_SUBLEVELS } from './jobs.ts'
import { DELETED } from './past/deleted.ts'
import { ENDED } from './past/ended.ts'
import { ANSWERED_SUBLEVELS } from './released/answered.ts'
import { REQUEST_RESULTS, REQUEST_SUBLEVELS } from './requests.ts'

/** An amount on disk. */
export interface DiskUse {
  readonly what: string
  /** Bytes of the files; for `free`, the bytes that this user may still write. */
  readonly bytes: number
}

const FOLDERS: readonly (readonly [folder: (typeof PEER_FOLDERS)[number], what: string])[] = [
  ['db', 'database'],
  ['snapshots', 'epochs'],
  ['uploads', 'uploads'],
  ['job-files', 'job files'],
  ['sandbox', 'sandbox'],
  ['federation', 'federation']
]

/** The sublevels of the database, by their content. */
const PARTS = {
  jobs: [...JOB_SUBLEVELS, ENDED, DELETED],
  requests: REQUEST_SUBLEVELS,
  results: [JOB_RESULTS, REQUEST_RESULTS],
  audit: ['audit', 'audit-tree', 'audit-head'],
  ledgers: [
    ...['atoms', 'privacy-totals', 'privacy-spends', 'privacy-answers', 'privacy-meta'],
    ...['refusal-bits', 'taken-bits', 'script-bits']
  ],
  answered: ANSWERED_SUBLEVELS
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The approximate use of each part of an open database, without the most recent writes; empty for a database in memory. */
export async function databaseUse(database: Pick<Database, 'bytesOf'>): Promise<DiskUse[]> {
  return useOf((names) => database.bytesOf(names))
}

/** The bytes of the values in each part, summed over its sublevels. */
export function valuesUse(bytes: ReadonlyMap<string, number>): Promise<DiskUse[]> {
  return useOf(async (names) => names.reduce((sum, name) => sum + (bytes.get(name) ?? 0), 0))
}

async function useOf(bytesOf: (names: readonly string[]) => Promise<number | undefined>): Promise<DiskUse[]> {
  const all = await Promise.all(
    Object.entries(PARTS).map(async ([what, names]) => [what, await bytesOf(names)] as const)
  )
  return all.flatMap(([what, bytes]) => (bytes === undefined ? [] : [{ what: `${what}, in database`, bytes }]))
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** An amount on disk in words, such as `database 1.5 MiB`. */
export function bytesText({ what, bytes }: DiskUse): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** power
  return `${what} ${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`
}

/**
 * Returns a function that reads the use of each folder that exists, then the free space. Tables of LevelDB never change once they are written,
 * so their sizes are kept between readings: a database of ten gigabytes has five thousand.
 */
export function diskUseOf(dataDir: string): () => Promise<DiskUse[]> {
  let tables: ReadonlyMap<string, number> = new Map()
  return async () => {
    const seen = new Map<string, number>()
    const sizes: Sizes = { known: tables, seen }
    const found = await Promise.all(
      FOLDERS.map(async ([folder, what]) => ({ what, bytes: await bytesIn(join(dataDir, folder), sizes) }))
    )
    tables = seen
    const used = found.flatMap(({ what, bytes }) => (bytes === undefined ? [] : [{ what, bytes }]))
    const free = await statfs(dataDir).then(
      ({ bavail, bsize }) => [{ what: 'free', bytes: bavail * bsize }],
      () => []
    )
    return [...used, ...free]
  }
}

/** Sizes of tables by path: those of the last reading, and those of this one. */
interface Sizes {
  readonly known: ReadonlyMap<string, number>
  readonly seen: Map<string, number>
}

/** Number of files whose sizes are read at once. One after another, each would wait for everything else that the peer does. */
const AT_ONCE = 500

/**
 * The bytes of all files in a folder; undefined if there is no folder. Links are not followed; files that disappear in the
 * meantime count 0.
 */
async function bytesIn(path: string, sizes: Sizes): Promise<number | undefined> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined)
  if (!entries) return undefined
  let bytes = 0
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const piece = entries.slice(from, from + AT_ONCE)
    const each = await Promise.all(
      piece.map((entry) => {
        const inside = join(path, entry.name)
        if (entry.isDirectory()) return bytesIn(inside, sizes)
        return entry.isFile() ? sizeOf(inside, sizes) : 0
      })
    )
    bytes += each.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  }
  return bytes
}

async function sizeOf(path: string, { known, seen }: Sizes): Promise<number> {
  const kept = known.get(path)
  const size = kept ?? (await lstat(path).catch(() => undefined))?.size ?? 0
  if (path.endsWith('.ldb') && size > 0) seen.set(path, size)
  return size
}
