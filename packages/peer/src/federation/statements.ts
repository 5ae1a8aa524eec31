/** Statements about members, one file each: readable in an editor, and copied with any tool. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

const ENDING = '.jws'
/** Maximum number of characters of one statement: enough for the longest reason. */
export const STATEMENT_CHARACTERS_MAX = 8_192
/** Maximum number of files that are read; more than are ever kept. */
const FILES_MAX = 16_384
/**
 * Maximum number of statements that are kept: enough for hundreds of members, each admitted by a few statements, and some
 * revocations.
 */
export const STATEMENTS_MAX = 1_024

/** The file name of a statement: its hash, so that the same statement is never stored twice. */
function nameOf(jws: string): string {
  return `${createHash('sha256').update(jws).digest('hex')}${ENDING}`
}

/** Every statement of a folder, ordered by file name; empty if there is no folder. Files that are too large are left out. */
export async function readStatements(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [] as string[])
  const wanted = names
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .slice(0, FILES_MAX)
  const texts = await Promise.all(wanted.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts.map((text) => text.trim()).filter((text) => text !== '' && text.length <= STATEMENT_CHARACTERS_MAX)
}

/** Writes a statement to its file atomically, even if the machine stops. */
export async function keepStatement(folder: string, jws: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${randomUUID()}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${jws}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, nameOf(jws)))
}
