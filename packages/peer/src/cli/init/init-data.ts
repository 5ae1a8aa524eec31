/** Existing content of the data folder before `stimnet init` creates a peer there: a key and accounts that somebody has made. */
import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Io, printable, refuse } from '@stimnet/machine'
import { counted, StimnetError } from '@stimnet/protocol'
import { Accounts } from '../../store/accounts/accounts.ts'
import { peerIdIn } from '../../store/identity.ts'

/** Maximum number of accounts that are named. */
const NAMED_MAX = 10
const KEEP = 'keep'

/**
 * Asks whether an existing data folder is used, with its key, its accounts and their passwords, and shows its content.
 * Throws PARAMETER_INVALID if nobody confirms this, and always for a folder of another user: whoever made the folder has its
 * key.
 */
export async function assertDataKept(
  dataDir: string,
  { isKept, ask, io }: { readonly isKept: boolean; readonly ask: Io['ask']; readonly io: Io }
): Promise<void> {
  const there = await dataIn(dataDir)
  if (there === undefined) return
  const text = `${printable(dataDir)} is there already, and would be that of this peer: ${there}.`
  if (isKept) return io.err(`${text}\n`)
  const otherwise = 'Move it away, or take another folder. Nothing was written'
  if (ask === undefined) refuse(`${text} With --keep-data it is taken as it is. ${otherwise}`)
  io.err(`${text}\n`)
  const answer = await ask(`Type ${KEEP} to take it as it is, with its key and its passwords: `, io.signal)
  if (io.signal.aborted || answer.trim() !== KEEP) refuse(otherwise)
}

/** The content of the folder, in words; undefined if there is no folder, or an empty one. */
async function dataIn(dataDir: string): Promise<string | undefined> {
  const facts = await lstat(dataDir).catch(() => undefined)
  if (facts === undefined) return undefined
  if (!facts.isDirectory()) refuse(`${dataDir} is no folder of its own, but a file or a link. Nothing was written`)
  const names = await readdir(dataDir)
  for (const path of [dataDir, ...names.map((name) => join(dataDir, name))]) await assertOwn(path)
  if (names.length === 0) return undefined
  const found = [
    await keyIn(dataDir),
    await accountsIn(dataDir),
    existsSync(join(dataDir, 'db', 'CURRENT')) ? 'a database with its ledgers and its log' : undefined
  ].filter((one) => one !== undefined)
  return found.length === 0 ? counted(names.length, 'file or folder', 'files and folders') : found.join('; ')
}

/** Windows has no such owner. */
async function assertOwn(path: string): Promise<void> {
  const own = process.getuid?.()
  const { uid } = await lstat(path)
  if (own === undefined || uid === own) return
  refuse(
    `${path} belongs to another user (uid ${uid}), who has what is in it. Move it away, or run this as that user. Nothing was written`
  )
}

async function keyIn(dataDir: string): Promise<string | undefined> {
  try {
    const peerId = await peerIdIn(dataDir)
    return peerId === undefined ? undefined : `the key of ${peerId}`
  } catch (error) {
    if (error instanceof StimnetError) return 'a key that cannot be read'
    throw error
  }
}

async function accountsIn(dataDir: string): Promise<string | undefined> {
  const file = join(dataDir, 'accounts.json')
  if (!existsSync(file)) return undefined
  try {
    const all = (await Accounts.open(file)).list()
    const named = all.slice(0, NAMED_MAX).map(({ name, roles }) => printable(`${name} (${roles.join(', ')})`))
    const more = all.length > NAMED_MAX ? ' and more' : ''
    return `${counted(all.length, 'account')} with passwords${all.length === 0 ? '' : `: ${named.join(', ')}${more}`}`
  } catch (error) {
    if (error instanceof StimnetError) return 'accounts that cannot be read'
    throw error
  }
}
