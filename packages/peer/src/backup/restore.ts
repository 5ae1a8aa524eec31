/** Restoring a backup. No existing file is touched before the whole backup has been verified. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { makeFolder, makePrivately, readSeed, refuse, writePrivate } from '@stimnet/machine'
import { type Clock, keyFileOf, type Signer, signerFromSeed } from '@stimnet/protocol'
import { type LoadedConfig, loadConfig } from '../config/config.ts'
import { copyPrivately, factOf, syncFolder } from '../store/level/copied.ts'
import { Database } from '../store/database.ts'
import { lockFolder } from '../store/folder-lock.ts'
import { RESTORING } from '../store/folders.ts'
import { KEY_FILE } from '../store/identity.ts'
import type { ClosedGrants } from '../witness/grants.ts'
import { noteRestored } from '../witness/restored.ts'
import { logIn } from './make.ts'
import {
  CHARTER_FILE,
  CONFIG_FILE,
  DATA_FOLDER,
  KEYS_FILE,
  MANIFEST_FILE,
  type Manifest,
  readManifest,
  unusable,
  verifyFiles
} from './manifest.ts'
import { openKey, sealedKeySchema } from './sealed-key.ts'

/** The backup to restore, and the target. */
export interface RestoreOptions {
  readonly folder: string
  /** The peer's configuration file. If it does not exist, the configuration of the backup is written there. */
  readonly configFile: string
  /** Whether an existing database is set aside. */
  readonly replace: boolean
  /** Called only if the key is taken from the backup. */
  readonly passphrase: () => Promise<string>
  readonly clock: Clock
}

/** The result of a restore. */
export interface Restored {
  readonly manifest: Manifest
  readonly dataDir: string
  /** The folder that now holds the previous content; undefined if there was none. */
  readonly setAside: string | undefined
  /** Grants of the backup that are closed, since it does not know which were withdrawn. */
  readonly closed: ClosedGrants
}

/**
 * Restores a backup. Throws STORE_UNAVAILABLE if the backup is incomplete, damaged or of a newer format, or if a peer or
 * another restore is running; PARAMETER_INVALID if the backup is of another peer, the key or the passphrase is missing or
 * wrong, or a database exists and `replace` is not set.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const folder = resolve(options.folder)
  const manifest = await readManifest(folder)
  await verifyFiles(folder, manifest)
  const loaded = await configOf(folder, options.configFile)
  const dataDir = resolve(loaded.baseDir, loaded.config.data_dir)
  const key = await keyFor(folder, { manifest, dataDir, passphrase: options.passphrase })
  assertRoom(dataDir, options.replace)
  makePrivately()
  const place = join(dataDir, RESTORING)
  const isAtWork = 'Another restore is at work in this folder. Nothing was changed.'
  const unlock = await lockFolder(join(await made(place), 'lock'), isAtWork)
  try {
    const release = await lockDatabase(dataDir, place)
    try {
      // This is checked again, because a peer or another restore could make a database before the locks were held.
      assertRoom(dataDir, options.replace)
      const { staged, closed } = await stage(folder, { place, manifest, signer: key.signer, clock: options.clock })
      await writePrivate(join(place, SWAPPING), '')
      if (key.isFromBackup) await writePrivate(join(dataDir, KEY_FILE), keyFileOf(key.seed))
      const setAside = await swap(dataDir, staged, `replaced-${options.clock.now()}`)
      await writeSettings(folder, { loaded, manifest, configFile: options.configFile })
      await syncFolder(dataDir)
      await rm(join(place, SWAPPING))
      return { manifest, dataDir, setAside, closed }
    } finally {
      await release()
    }
  } finally {
    // If this or an earlier restore stopped half-way, no peer may start here before a restore has finished. The folder is
    // renamed while it is locked, so that the removed folder is never that of a restore that begins now.
    const isOver = !existsSync(join(place, SWAPPING))
    const over = `${place}-over-${randomBytes(6).toString('hex')}`
    if (isOver) await rename(place, over)
    await unlock()
    if (isOver) await rm(over, { recursive: true, force: true })
  }
}

/** File that exists while the previous content is exchanged for the restored content. */
const SWAPPING = 'swapping'

async function made(folder: string): Promise<string> {
  await makeFolder(folder)
  return folder
}

/** The existing configuration; otherwise that of the backup, read as if it were at that path. */
async function configOf(folder: string, configFile: string): Promise<LoadedConfig> {
  if (existsSync(configFile)) return loadConfig(configFile)
  const file = resolve(configFile)
  return { ...(await loadConfig(join(folder, CONFIG_FILE))), file, baseDir: dirname(file) }
}

interface Key {
  readonly seed: Uint8Array
  readonly signer: Signer
  readonly isFromBackup: boolean
}

/** The existing key; otherwise that of the backup. Throws PARAMETER_INVALID if it is not the key of the backup's peer. */
async function keyFor(
  folder: string,
  { manifest, dataDir, passphrase }: { manifest: Manifest; dataDir: string; passphrase: () => Promise<string> }
): Promise<Key> {
  const file = join(dataDir, KEY_FILE)
  const own = await readSeed(file)
  const seed = own ?? (await keyIn(folder, { manifest, file, passphrase }))
  const signer = await signerFromSeed(seed)
  if (signer.id === manifest.peer_id) return { seed, signer, isFromBackup: own === undefined }
  return refuse(`${folder} is of another peer, ${manifest.peer_id}; the key here is that of ${signer.id}`)
}

async function keyIn(
  folder: string,
  { manifest, file, passphrase }: { manifest: Manifest; file: string; passphrase: () => Promise<string> }
): Promise<Uint8Array> {
  if (!manifest.files.some(({ path }) => path === KEYS_FILE)) {
    refuse(`${folder} has no key, and ${file} is missing: put the key back from its copy first (chmod 600)`)
  }
  const parsed = sealedKeySchema.safeParse(JSON.parse(await readFile(join(folder, KEYS_FILE), 'utf8')))
  if (!parsed.success) unusable(`${folder} is damaged: its ${KEYS_FILE} cannot be read`)
  return openKey(parsed.data, { peerId: manifest.peer_id, passphrase: await passphrase() })
}

function assertRoom(dataDir: string, replace: boolean): void {
  if (replace || !existsSync(join(dataDir, 'db'))) return
  refuse(`${dataDir} has a database: --replace sets it aside, in a folder beside it. Nothing was changed.`)
}

/**
 * Holds the lock of the existing database without opening the database: some damage makes LevelDB end the process. A hard
 * link to its lock file in a separate folder is locked instead. Throws STORE_UNAVAILABLE if a peer has the database open.
 */
async function lockDatabase(dataDir: string, place: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'db', 'LOCK')
  if (!existsSync(file)) return async () => undefined
  const probe = join(place, 'probe')
  await rm(probe, { recursive: true, force: true })
  await link(file, join(await made(probe), 'LOCK'))
  return lockFolder(
    probe,
    'The peer is running, or a command has its database open: stop it first. Nothing was changed.'
  )
}

/** Copies everything beside the existing content, verifies the copy, and marks it as restored. */
async function stage(
  folder: string,
  { place, manifest, signer, clock }: { place: string; manifest: Manifest; signer: Signer; clock: Clock }
): Promise<{ staged: string; closed: ClosedGrants }> {
  const staged = join(place, 'staged')
  await rm(staged, { recursive: true, force: true })
  const inData = `${DATA_FOLDER}/`
  for (const { path, sha256 } of manifest.files.filter((one) => one.path.startsWith(inData))) {
    const copy = path.slice(inData.length)
    await makeFolder(dirname(join(staged, copy)))
    await copyPrivately(join(folder, path), join(staged, copy))
    if ((await factOf(staged, copy)).sha256 !== sha256) unusable(`${path} changed while it was copied`)
  }
  const directory = join(staged, 'db')
  const { size, root } = await logIn(directory)
  if (size !== manifest.audit_log.size || root !== manifest.audit_log.root) {
    unusable(`${folder} is damaged: its audit log is not the one that its ${MANIFEST_FILE} names`)
  }
  const database = await Database.open({ directory }, () => clock.now())
  try {
    const closed = await noteRestored(database, { signer, madeAtMs: manifest.made_at_ms, atMs: clock.now() })
    return { staged, closed }
  } finally {
    await database.close()
  }
}

/** The files and folders that a restore exchanges. The sandbox's cache and files of open jobs stay. */
const EXCHANGED = ['snapshots', 'uploads', 'federation', 'accounts.json', 'db'] as const

/**
 * Exchanges the existing content for the staged content. Existing accounts and statements about members stay: a copy must
 * not undo a lock or a revocation. Returns the folder in which the rest was set aside.
 */
async function swap(dataDir: string, staged: string, name: string): Promise<string | undefined> {
  const aside = join(dataDir, name)
  await keepStatements(join(dataDir, 'federation'), join(staged, 'federation'))
  for (const what of EXCHANGED) {
    const [here, fresh] = [join(dataDir, what), join(staged, what)]
    if (what === 'accounts.json' && existsSync(here)) continue
    if (existsSync(here)) await rename(here, join(await made(aside), what))
    if (existsSync(fresh)) await rename(fresh, here)
  }
  return existsSync(aside) ? aside : undefined
}

async function keepStatements(here: string, staged: string): Promise<void> {
  for (const entry of await readdir(here, { withFileTypes: true }).catch(() => [])) {
    const copy = join(await made(staged), entry.name)
    if (entry.isFile() && !existsSync(copy)) await copyPrivately(join(here, entry.name), copy)
  }
}

/** Writes configuration and charter if they do not exist. */
async function writeSettings(
  folder: string,
  { loaded, manifest, configFile }: { loaded: LoadedConfig; manifest: Manifest; configFile: string }
): Promise<void> {
  const { charter } = loaded.config.federation
  const hasCharter = charter !== undefined && manifest.files.some(({ path }) => path === CHARTER_FILE)
  if (hasCharter) await copyIfMissing(join(folder, CHARTER_FILE), resolve(loaded.baseDir, charter))
  await copyIfMissing(join(folder, CONFIG_FILE), resolve(configFile))
}

async function copyIfMissing(from: string, to: string): Promise<void> {
  if (existsSync(to)) return
  await makeFolder(dirname(to))
  await copyPrivately(from, to)
}
