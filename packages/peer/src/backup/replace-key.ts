/** Replacement of a peer's key. The database is kept: ledgers, audit log and epochs. The old key is no longer accepted here. */
import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loadOrCreateSeed, makePrivately, readSeed, refuse } from '@stimnet/machine'
import { type Clock, type RandomSource, type Signer, signCheckpoint, signerFromSeed } from '@stimnet/protocol'
import type { LoadedConfig } from '../config/config.ts'
import { Database } from '../store/database.ts'
import { KEY_FILE } from '../store/identity.ts'
import { syncFolder } from '../store/level/copied.ts'
import { type ReplacedKey, replacedKeys } from '../store/replaced-keys.ts'
import type { Regression } from '../witness/witnesses.ts'

/** The result of a replacement. */
export interface Replacement {
  /** The old PeerId (`from`) and the new one (`to`). */
  readonly from: string
  readonly to: string
  /** Number of records of the audit log, which the new key signs from now on. */
  readonly records: number
}

/** File of the new key until it replaces the old key. */
const NEXT_FILE = `${KEY_FILE}.next`

/**
 * Replaces the key of a stopped peer, whether the old key is present or lost. One batch records the replacement, forgets
 * what the old key signed about the log, and marks the peer as behind: witnesses of the old key cannot say whether the log
 * is complete, so nothing about people is answered until a steward has run `stimnet audit reconcile`. The command may be
 * repeated if it was interrupted. Throws PARAMETER_INVALID if there is no database or the key is not that of the database,
 * STORE_UNAVAILABLE while the peer runs.
 */
export async function replaceKey(
  { config, baseDir }: LoadedConfig,
  { clock, random }: { readonly clock: Clock; readonly random: RandomSource }
): Promise<Replacement> {
  const dataDir = resolve(baseDir, config.data_dir)
  const file = join(dataDir, KEY_FILE)
  if (!existsSync(join(dataDir, 'db', 'CURRENT'))) {
    refuse(
      `${dataDir} has no database, so nothing depends on a key: remove ${KEY_FILE}, and stimnet init makes another`
    )
  }
  makePrivately()
  const replacement = await recorded(dataDir, { clock, random })
  // The database knows the new key: a start with the old key is refused until this command has been run again.
  await rename(join(dataDir, NEXT_FILE), file)
  await syncFolder(dataDir)
  return replacement
}

/** Records the replacement in the database, unless it was already recorded. */
async function recorded(
  dataDir: string,
  { clock, random }: { readonly clock: Clock; readonly random: RandomSource }
): Promise<Replacement> {
  const file = join(dataDir, KEY_FILE)
  const old = await readSeed(file)
  const id = old && (await signerFromSeed(old)).id
  const database = await Database.open({ directory: join(dataDir, 'db') }, () => clock.now())
  try {
    const replaced = await replacedKeys(database).iterator().all()
    const known = await readSeed(join(dataDir, NEXT_FILE))
    const nextId = known && (await signerFromSeed(known)).id
    const from = (await pendingIn(dataDir, replaced)) ?? (await peerOf(database, replaced))
    if (nextId !== undefined && (nextId === id || nextId === from)) {
      refuse(
        `${join(dataDir, NEXT_FILE)} is the key that this peer has, ${nextId}: it would replace itself. Remove the file, and run this again`
      )
    }
    if (id !== undefined && id !== from) refuse(`${file} is the key of ${id}, and the database beside it of ${from}`)
    const next = await signerFromSeed(await loadOrCreateSeed(join(dataDir, NEXT_FILE), random))
    const isDone = replaced.some(([, { by }]) => by === next.id)
    if (!isDone) await record(database, { from, next, atMs: clock.now(), isLost: old === undefined })
    return { from, to: next.id, records: database.auditLog.head.size }
  } finally {
    await database.close()
  }
}

type Replaced = readonly (readonly [peer: string, ReplacedKey])[]

/** The PeerId whose replacement was recorded, but whose new key is not yet in place. */
async function pendingIn(dataDir: string, replaced: Replaced): Promise<string | undefined> {
  const seed = await readSeed(join(dataDir, NEXT_FILE))
  const next = seed && (await signerFromSeed(seed)).id
  return replaced.find(([, { by }]) => by === next)?.[0]
}

/** Number of log records that are read at once. */
const PAGE = 1_000

/** The PeerId whose key the database belongs to: that of the last replacement, or of the last start. */
async function peerOf(database: Database, replaced: Replaced): Promise<string> {
  const gone = new Set(replaced.map(([peer]) => peer))
  const last = replaced.find(([, { by }]) => !gone.has(by))
  if (last !== undefined) return last[1].by
  for (let before: number | undefined; ; ) {
    const page = await database.auditLog.read({ limit: PAGE, ...(before === undefined ? {} : { before }) })
    const started = page.find(({ kind }) => kind === 'start')
    if (started !== undefined) return started.actor
    before = page.at(-1)?.sequence
    if (before === undefined)
      return refuse('The database is of a peer that has never started: nothing depends on its key')
  }
}

async function record(
  database: Database,
  { from, next, atMs, isLost }: { from: string; next: Signer; atMs: number; isLost: boolean }
): Promise<void> {
  const [signed, found] = [database.json<string>('checkpoint'), database.json<Regression>('regression')]
  const before = await found.get('found')
  const seen = await signCheckpoint(database.auditLog.head, next)
  await database.commit((draft) => {
    draft.put(replacedKeys(database), from, { atMs, by: next.id })
    for (const name of ['last', 'signed']) draft.del(signed, name)
    if (before === undefined)
      draft.put(found, 'found', { witness: next.id, seen, foundAtMs: atMs, restored: true, replaced: true })
    draft.audit({ kind: 'identity', actor: 'steward', detail: { from, to: next.id, lost: isLost } })
  })
}
