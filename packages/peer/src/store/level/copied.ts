/** Copies of files and folders that are completely on disk, and their hashes. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { StimnetError } from '@stimnet/protocol'

/** Copies an open file from its beginning into a new private file. */
export function copyHeld(file: FileHandle, to: string): Promise<void> {
  const from = file.createReadStream({ start: 0, autoClose: false })
  return pipeline(from, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }))
}

/** Copies a file into a new private file. */
export async function copyPrivately(from: string, to: string): Promise<void> {
  const file = await open(from, 'r')
  try {
    await copyHeld(file, to)
  } finally {
    await file.close()
  }
}

/** The selection of files that are copied. */
export interface CopyOptions {
  /** Names of files and folders that are left out. */
  readonly skip: RegExp
  /** Whether its files may disappear during the copy. */
  readonly mayGo: boolean
}

/** Copies a folder with everything in it. Does nothing if the folder does not exist. Throws STORE_UNAVAILABLE for links. */
export async function copyFolder(from: string, to: string, options: CopyOptions): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error) => ifGone(error, []))
  await mkdir(to, { mode: 0o700, recursive: true })
  for (const entry of entries) {
    if (options.skip.test(entry.name)) continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyFolder(source, target, options)
    else if (entry.isFile()) {
      await copyPrivately(source, target).catch((error) => {
        if (!options.mayGo) throw error
        return ifGone(error, undefined)
      })
    } else {
      throw StimnetError.told('STORE_UNAVAILABLE', `${source} is a link, or no file: put the file itself there`)
    }
  }
}

function ifGone<T>(error: unknown, otherwise: T): T {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
  throw error
}

/** The facts about a file in a folder. */
export interface FileFact {
  /** The path relative to the folder, with `/` between names. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** All files in a folder, sorted by path. */
export async function filesIn(folder: string, under = ''): Promise<FileFact[]> {
  const found: FileFact[] = []
  for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
    const path = under === '' ? entry.name : `${under}/${entry.name}`
    if (entry.isDirectory()) found.push(...(await filesIn(folder, path)))
    else found.push(await factOf(folder, path))
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Size and hash of a file. The file is on disk when the promise resolves. */
export async function factOf(folder: string, path: string): Promise<FileFact> {
  const hash = createHash('sha256')
  const file = await open(join(folder, path), 'r')
  try {
    let bytes = 0
    for await (const piece of file.createReadStream({ autoClose: false })) {
      hash.update(piece)
      bytes += piece.length
    }
    return { path, bytes, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable. Windows has no such call. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}
