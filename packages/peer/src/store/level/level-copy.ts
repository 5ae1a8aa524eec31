/** A temporary copy of a LevelDB folder, so that the database can be read without changing the folder. */
import { copyFile, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files that LevelDB writes once and never changes. They are linked and not copied, because they can be large. */
const TABLE = /\.(ldb|sst)$/
/**
 * The logs of the current run, and the tables and manifests that CURRENT names. LevelDB's own text logs and the lock are
 * left out.
 */
const NEEDED = /^(CURRENT|MANIFEST-\d+|\d+\.(log|ldb|sst))$/

/** Passes a copy in a private folder to `use`, and removes it. Undefined if the original changed in the meantime. */
export async function withCopy<T>(directory: string, use: (copy: string) => Promise<T>): Promise<T | undefined> {
  const copy = await mkdtemp(join(tmpdir(), 'stimnet-look-'))
  const before = await stateOf(directory)
  try {
    for (const { name } of before) await put(join(directory, name), join(copy, name), { link: TABLE.test(name) })
    const found = await use(copy)
    return isSame(before, await stateOf(directory)) ? found : undefined
  } catch (error) {
    // A file that a running process replaced is not damage.
    if (!isSame(before, await stateOf(directory))) return undefined
    throw error
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

interface FileState {
  readonly name: string
  readonly state: string
}

async function stateOf(directory: string): Promise<FileState[]> {
  const names = (await readdir(directory)).filter((name) => NEEDED.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const facts = await stat(join(directory, name)).catch(() => undefined)
      return { name, state: facts === undefined ? 'gone' : `${facts.ino} ${facts.size} ${facts.mtimeMs}` }
    })
  )
}

function isSame(before: readonly FileState[], after: readonly FileState[]): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

async function put(from: string, to: string, { link }: { link: boolean }): Promise<void> {
  // If this user may not create links, as on Windows, the file is copied.
  const isLinked =
    link &&
    (await symlink(from, to).then(
      () => true,
      () => false
    ))
  if (!isLinked) await copyFile(from, to)
}
