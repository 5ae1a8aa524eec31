/** Changes to a configuration file by a command: comments stay, and nothing is written unless the result is valid. */
import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { StimnetError } from '@stimnet/protocol'
import { isSeq, parseDocument } from 'yaml'
import { loadConfig } from './config.ts'

/**
 * Adds a charter and bootstrap addresses to the file. Throws CONFIG_INVALID if the result would not be a valid
 * configuration; the file is unchanged then.
 */
export async function addFederation(
  file: string,
  added: { readonly charter: string; readonly bootstrap: readonly string[] }
): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'))
  document.setIn(['federation', 'charter'], added.charter)
  const list = document.getIn(['mesh', 'bootstrap'])
  const known = isSeq(list) ? (list.toJSON() as unknown[]) : []
  const fresh = added.bootstrap.filter((address) => !known.includes(address))
  if (fresh.length > 0) document.setIn(['mesh', 'bootstrap'], [...known, ...fresh])
  const { mode } = await stat(file)
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`
  try {
    await writeFile(draft, document.toString({ lineWidth: 0 }), { flag: 'wx', mode: mode & 0o777, flush: true })
    await loadConfig(draft)
    await rename(draft, file)
  } catch (cause) {
    await rm(draft, { force: true })
    if (cause instanceof StimnetError) throw cause
    throw new StimnetError('CONFIG_INVALID', `changing ${file}`, { cause })
  }
}
