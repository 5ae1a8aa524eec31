/** Disk use of a peer's folder, by what the files are for. */
import { lstat, readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { PEER_FOLDERS } from './folders.ts'

/** An amount on disk. */
export interface DiskUse {
  readonly what: string
  /** Bytes of the files; of `free`, what this user may still write. */
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

/** The use of each folder that exists, then the free space. */
export async function diskUse(dataDir: string): Promise<DiskUse[]> {
  const found = await Promise.all(
    FOLDERS.map(async ([folder, what]) => ({ what, bytes: await bytesIn(join(dataDir, folder)) }))
  )
  const used = found.flatMap(({ what, bytes }) => (bytes === undefined ? [] : [{ what, bytes }]))
  const free = await statfs(dataDir).then(
    ({ bavail, bsize }) => [{ what: 'free', bytes: bavail * bsize }],
    () => []
  )
  return [...used, ...free]
}

/** The bytes of all files in a folder; undefined where there is none. Links are not followed; files that go meanwhile count 0. */
async function bytesIn(path: string): Promise<number | undefined> {
  const facts = await lstat(path).catch(() => undefined)
  if (!facts) return undefined
  if (!facts.isDirectory()) return facts.isFile() ? facts.size : 0
  let bytes = 0
  for (const name of await readdir(path).catch(() => [])) bytes += (await bytesIn(join(path, name))) ?? 0
  return bytes
}
