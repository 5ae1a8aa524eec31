/** A consistent copy of a LevelDB folder, even if a process has the database open and writes to it. */
import { type FileHandle, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { StimnetError } from '@stimnet/protocol'
import { copyHeld } from './copied.ts'

// https://github.com/google/leveldb/blob/main/doc/impl.md: tables are written once; a log and the manifest only grow, record
// by record, each with its checksum; a half-written last record counts as absent. A table or a log is removed only after the
// manifest has a record that makes it superfluous. So the files at a moment in which the manifest did not grow are the
// database of that moment, with a whole number of batches.
const TABLE = /^\d+\.(ldb|sst)$/
const LOG = /^\d+\.log$/
const MANIFEST = /^MANIFEST-\d+$/

/** Maximum number of attempts to find a moment without a merge of tables, and the time between two attempts, ms. */
const ATTEMPTS_MAX = 100
const PAUSE_MS = 100

/**
 * The files of one moment: open handles of tables, so that they stay readable if they are removed, and copies of the growing
 * files.
 */
interface Moment {
  readonly tables: readonly { readonly name: string; readonly file: FileHandle }[]
  readonly grown: readonly { readonly name: string; readonly bytes: Uint8Array }[]
}

/**
 * Writes the state of the database in `directory` at one moment into the folder `to`, which must exist and be empty. Only
 * reads in `directory`, and takes no lock there. Throws STORE_UNAVAILABLE if tables are merged without a pause.
 */
export async function checkpoint(
  directory: string,
  to: string,
  { attemptsMax = ATTEMPTS_MAX }: { readonly attemptsMax?: number } = {}
): Promise<void> {
  const held: FileHandle[] = []
  const release = () => Promise.all(held.splice(0).map((file) => file.close()))
  try {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const moment = await momentOf(directory, held)
      if (moment !== undefined) return await writeOut(moment, to)
      await release()
      await wait(PAUSE_MS)
    }
  } finally {
    await release()
  }
  const reason = `${directory} changes all the time: try again when the peer has less to do, or stop it`
  throw StimnetError.told('STORE_UNAVAILABLE', reason)
}

/** Undefined if the manifest changed in the meantime. Every opened file is added to `held`. */
async function momentOf(directory: string, held: FileHandle[]): Promise<Moment | undefined> {
  const hold = async (name: string) => {
    const file = await open(join(directory, name), 'r')
    held.push(file)
    return file
  }
  try {
    const current = await readFile(join(directory, 'CURRENT'))
    const name = current.toString('utf8').trim()
    if (!MANIFEST.test(name)) throw new StimnetError('STORE_UNAVAILABLE', `${join(directory, 'CURRENT')} is damaged`)
    const manifest = await hold(name)
    const bytes = await manifest.readFile()
    const names = (await readdir(directory)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    const tables: { name: string; file: FileHandle }[] = []
    for (const table of names.filter((one) => TABLE.test(one))) tables.push({ name: table, file: await hold(table) })
    // Logs are read in the order of their numbers: a log is complete when the next one exists, so only the last log can lack
    // its end.
    const logs: { name: string; bytes: Uint8Array }[] = []
    for (const log of names.filter((one) => LOG.test(one))) {
      logs.push({ name: log, bytes: await readFile(join(directory, log)) })
    }
    const hasGrown = (await manifest.stat()).size !== bytes.length
    if (hasGrown || !current.equals(await readFile(join(directory, 'CURRENT')))) return undefined
    return { tables, grown: [{ name: 'CURRENT', bytes: current }, { name, bytes }, ...logs] }
  } catch (error) {
    // The file was merged into another file between the listing and the opening.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function writeOut({ tables, grown }: Moment, to: string): Promise<void> {
  for (const { name, file } of tables) await copyHeld(file, join(to, name))
  for (const { name, bytes } of grown) await writeFile(join(to, name), bytes, { flag: 'wx', mode: 0o600 })
}
