/** Backup of a peer, which may be running or stopped. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { makeFolder, makePrivately, readSeed, refuse } from '@stimnet/machine'
import { type Clock, type RandomSource, StimnetError, signerFromSeed, toHex } from '@stimnet/protocol'
import type { LoadedConfig } from '../config/config.ts'
import { damageText } from '../store/level/checked-level.ts'
import { checkpoint } from '../store/level/checkpoint.ts'
import { copyFolder, copyPrivately, filesIn, syncFolder } from '../store/level/copied.ts'
import { Database } from '../store/database.ts'
import { RESTORING } from '../store/folders.ts'
import { KEY_FILE, keyLostText } from '../store/identity.ts'
import { VERSION } from '../version.ts'
import { CHARTER_FILE, CONFIG_FILE, DATA_FOLDER, FORMAT, KEYS_FILE, type Manifest, writeManifest } from './manifest.ts'
import { noteBackup } from './noted.ts'
import { sealKey } from './sealed-key.ts'

/** The source, the target and the dependencies of a backup. */
export interface BackupOptions {
  readonly loaded: LoadedConfig
  /** The folder to write. It must not exist. */
  readonly folder: string
  /** If given, the peer's key is part of the backup, encrypted. */
  readonly passphrase?: string
  readonly clock: Clock
  readonly random: RandomSource
}

/**
 * Maximum number of copies of the database. A table that the running peer was writing looks damaged in a copy; the next copy
 * then has the whole table.
 */
const COPIES_MAX = 3

/**
 * Writes a backup. The folder gets its final name only when the backup is complete and on disk. Throws PARAMETER_INVALID if
 * the folder exists or there is nothing to back up, STORE_UNAVAILABLE if the database is damaged or changes too fast.
 */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const { loaded, clock } = options
  const dataDir = resolve(loaded.baseDir, loaded.config.data_dir)
  const target = resolve(options.folder)
  assertPlace(target, dataDir)
  const seed = await seedOf(dataDir)
  makePrivately()
  await makeFolder(dirname(target))
  const unfinished = await mkdtemp(`${target}.unfinished-`)
  try {
    const manifest = await writeContents(unfinished, { ...options, dataDir, seed, madeAtMs: clock.now() })
    await rename(unfinished, target).catch((cause) => {
      if (existsSync(target)) refuse(takenText(target), cause)
      throw cause
    })
    await syncFolder(dirname(target))
    const { size: log_size, root: log_root } = manifest.audit_log
    const with_keys = options.passphrase !== undefined
    await noteBackup(dataDir, { made_at_ms: manifest.made_at_ms, log_size, log_root, with_keys })
    return manifest
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

function assertPlace(target: string, dataDir: string): void {
  if (existsSync(target)) refuse(takenText(target))
  if (`${target}${sep}`.startsWith(`${dataDir}${sep}`)) {
    refuse(`${target} is inside of ${dataDir}: name a folder elsewhere, best on another machine's disk`)
  }
  if (existsSync(join(dataDir, RESTORING))) refuse(`${dataDir} was not restored to the end: finish that first`)
  if (!existsSync(join(dataDir, 'db', 'CURRENT'))) refuse(`${dataDir} has no database: the peer has not run yet`)
}

function takenText(target: string): string {
  return `${target} exists already: name a new folder for each backup`
}

async function seedOf(dataDir: string): Promise<Uint8Array> {
  const seed = await readSeed(join(dataDir, KEY_FILE))
  return seed ?? refuse(keyLostText(dataDir) ?? `${join(dataDir, KEY_FILE)} is missing`)
}

interface Contents extends BackupOptions {
  readonly dataDir: string
  readonly seed: Uint8Array
  readonly madeAtMs: number
}

async function writeContents(folder: string, contents: Contents): Promise<Manifest> {
  const { dataDir, seed, madeAtMs, loaded, passphrase, random } = contents
  const signer = await signerFromSeed(seed)
  const data = join(folder, DATA_FOLDER)
  await mkdir(data, { mode: 0o700 })
  // The database is copied first: the files that it names are then complete in the backup, and later files are not
  // referenced.
  const audit_log = await copyDatabase(join(dataDir, 'db'), join(data, 'db'))
  await copyFolder(join(dataDir, 'snapshots'), join(data, 'snapshots'), { skip: /^unfinished-/, mayGo: false })
  await copyFolder(join(dataDir, 'uploads'), join(data, 'uploads'), { skip: /\.part$/, mayGo: true })
  await copyFolder(join(dataDir, 'federation'), join(data, 'federation'), { skip: /\.new$/, mayGo: true })
  const accounts = join(dataDir, 'accounts.json')
  if (existsSync(accounts)) await copyPrivately(accounts, join(data, 'accounts.json'))
  await copyPrivately(loaded.file, join(folder, CONFIG_FILE))
  const { charter } = loaded.config.federation
  if (charter !== undefined) await copyPrivately(resolve(loaded.baseDir, charter), join(folder, CHARTER_FILE))
  if (passphrase !== undefined) {
    const sealed = await sealKey(seed, { peerId: signer.id, passphrase, random })
    await writeFile(join(folder, KEYS_FILE), `${JSON.stringify(sealed)}\n`, { flag: 'wx', mode: 0o600, flush: true })
  }
  const manifest: Manifest = {
    format: FORMAT,
    version: VERSION,
    peer_id: signer.id,
    made_at_ms: madeAtMs,
    audit_log,
    files: await filesIn(folder)
  }
  await writeManifest(folder, manifest, signer)
  await syncFolder(folder)
  return manifest
}

/** Copies and verifies the database. Returns the state of its audit log. Throws STORE_UNAVAILABLE. */
async function copyDatabase(from: string, to: string): Promise<Manifest['audit_log']> {
  for (let copy = 1; ; copy++) {
    await mkdir(to, { mode: 0o700 })
    await checkpoint(from, to)
    const damage = damageText(await Database.walk(to))
    if (damage === undefined) break
    if (copy === COPIES_MAX) throw StimnetError.told('STORE_UNAVAILABLE', damage)
    await rm(to, { recursive: true })
  }
  return logIn(to)
}

/** Verifies the audit log of a database that is not open, and returns its size and root. Throws STORE_UNAVAILABLE. */
export async function logIn(directory: string): Promise<Manifest['audit_log']> {
  const database = await Database.open({ directory }, () => 0)
  try {
    const found = await database.auditLog.verify()
    if (!found.ok) {
      const reason = `The audit log is broken at record ${found.sequence}: ${found.why}. See stimnet audit verify.`
      throw StimnetError.told('STORE_UNAVAILABLE', reason)
    }
    const { size, root } = database.auditLog.head
    return { size, root: toHex(root) }
  } finally {
    await database.close()
    // Log files of LevelDB for people, and its lock.
    for (const name of ['LOG', 'LOG.old', 'LOCK']) await rm(join(directory, name), { force: true })
  }
}
