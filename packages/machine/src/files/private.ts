/** Files and folders of the user. They are created without access for others, and refused if others have access. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { StimnetError } from '@stimnet/protocol'

const OTHERS = 0o077
/** Windows has neither these permissions nor the flag O_NOFOLLOW. */
const isPosix = process.platform !== 'win32'

/**
 * Creates a folder and its parents. Node's own recursive mkdir never returns if a file system such as /proc reports that the parent of a
 * new folder is missing although it exists.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path, { mode: 0o700 })
  }
}

/** The text of a private file; undefined if there is no file. Throws CONFIG_INVALID for a link, and if others can read the file. */
export async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, isPosix ? constants.O_RDONLY | constants.O_NOFOLLOW : constants.O_RDONLY)
    try {
      const why = whyOpen(await file.stat())
      if (why !== undefined) throw new StimnetError('CONFIG_INVALID', `${path} ${why}: chmod 600 ${path}`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof StimnetError) throw cause
    if (systemCode(cause) === 'ENOENT') return undefined
    const why = systemCode(cause) === 'ELOOP' ? 'is a link: put the file itself there' : 'cannot be read'
    throw new StimnetError('CONFIG_INVALID', `${path} ${why}`, { cause })
  }
}

function whyOpen({ mode }: { mode: number }): string | undefined {
  return isPosix && (mode & OTHERS) !== 0 ? 'can be read by others' : undefined
}

/** Creates a folder if necessary, and removes others' access to the folder and everything in it. */
export async function closeFolder(path: string): Promise<void> {
  await makeFolder(path)
  if (!isPosix) return
  for (const { path: found, isFolder } of await openToOthers(path)) await chmod(found, isFolder ? 0o700 : 0o600)
}

/**
 * The paths to which others have access: the folder itself and everything in it. Links are not followed. Files that disappear during the
 * search are ignored.
 */
export async function openToOthers(path: string): Promise<{ path: string; isFolder: boolean }[]> {
  const status = await lstat(path).catch(() => undefined)
  if (!isPosix || !status || status.isSymbolicLink()) return []
  const isFolder = status.isDirectory()
  const inside = isFolder ? await readdir(path).catch(() => []) : []
  const below = await Promise.all(inside.map((name) => openToOthers(join(path, name))))
  return [...((status.mode & OTHERS) === 0 ? [] : [{ path, isFolder }]), ...below.flat()]
}

/**
 * From now on, this process creates files without access for others. Needed for LevelDB and DuckDB, which have no setting for file
 * permissions.
 */
export function makePrivately(): void {
  if (isPosix && isMainThread) process.umask(0o077)
}

/**
 * Writes a private file completely or not at all, even if the power fails, through a temporary file with a unique name, since another
 * process may write the same file.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path))
  const fresh = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    await writeFile(fresh, text, { mode: 0o600, flag: 'wx', flush: true })
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw error
  }
}

function systemCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
