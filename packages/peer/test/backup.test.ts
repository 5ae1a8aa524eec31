/**
 * Tests of backups: a backup is complete or absent, is verified before anything is touched, and never lets a peer forget
 * what was released.
 */
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { PermitTerms } from '@stimnet/api'
import { openToOthers } from '@stimnet/machine'
import { cryptographicRandom, keyFileOf, signCheckpoint, signerFromSeed } from '@stimnet/protocol'
import { makeBackup } from '../src/backup/make.ts'
import type { Manifest } from '../src/backup/manifest.ts'
import { recordBackups } from '../src/backup/noted.ts'
import { restoreBackup } from '../src/backup/restore.ts'
import { storeFinding } from '../src/checkup/store.ts'
import { loadConfig } from '../src/config/config.ts'
import { checkpoint } from '../src/store/level/checkpoint.ts'
import { DataPermits } from '../src/store/data-permits.ts'
import { EndedTokens } from '../src/store/accounts/ended-tokens.ts'
import { Database } from '../src/store/database.ts'
import { reconcile } from '../src/witness/witnesses.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const NOW = 1_700_000_000_000
const clock = { now: () => NOW, sleep: async () => undefined }
const random = cryptographicRandom
const PASSPHRASE = 'four words that are long'

/** A peer's folder with content in each of its parts. */
async function peerFolder(folder: string) {
  const data = join(folder, 'data')
  for (const one of ['db', 'snapshots/trial/e1', 'uploads', 'federation'])
    await mkdir(join(data, one), { recursive: true })
  const seed = random.bytes(32)
  const text =
    'institution: North\ndata_dir: ./data\ncatalogs: []\ngateway: { port: 0 }\nfederation: { charter: ./charter.jwt }\n'
  const configFile = join(folder, 'stimnet.yaml')
  await writeFile(configFile, text)
  await writeFile(join(folder, 'charter.jwt'), 'a charter')
  await writeFile(join(data, 'identity.key'), keyFileOf(seed), { mode: 0o600 })
  await writeFile(join(data, 'accounts.json'), '{}', { mode: 0o600 })
  await writeFile(join(data, 'snapshots/trial/e1/rows.parquet'), 'rows')
  await mkdir(join(data, 'snapshots/trial/unfinished-1'))
  await writeFile(join(data, 'uploads/0a'), 'a file')
  await writeFile(join(data, 'federation/one.jwt'), 'a statement')
  const open = () => Database.open({ directory: join(data, 'db') }, clock.now)
  const database = await open()
  await write(database, { from: 0, to: 20 })
  const backUp = async (to: string, more: { passphrase?: string } = {}) =>
    makeBackup({ loaded: await loadConfig(configFile, {}), folder: to, clock, random, ...more })
  return { folder, data, configFile, open, database, backUp, peerId: (await signerFromSeed(seed)).id }
}

/** Batches that each change two values and the audit log; a batch that is torn in two would be noticed. */
async function write(database: Database, { from, to, bytes = 10 }: { from: number; to: number; bytes?: number }) {
  const [left, right] = [database.json<number>('left'), database.json<{ at: number; fill: string }>('right')]
  for (let at = from; at < to; at++) {
    const fill = Buffer.from(random.bytes(bytes)).toString('base64')
    await database.commit(
      (draft) => {
        draft.put(left, 'last', at)
        draft.put(right, `at-${at % 64}`, { at, fill })
        draft.put(right, 'last', { at, fill: '' })
        draft.audit({ kind: 'release', actor: 'ada', detail: { at } })
      },
      { sync: false }
    )
  }
}

/** A data permit, a standing approval and an API key. */
async function grant(database: Database, atMs: number) {
  const terms = { id: 'FD-1', from: '2000-01-01', until: '2100-01-01' } as PermitTerms
  const standing = { approvals: [{ by: 'sue', atMs, notes: '' }], runsLeft: 5, expiresAtMs: NOW * 2 }
  await database.commit((draft) => {
    draft.put(database.json('data-permits'), 'FD-1', { terms, grantedBy: 'sue', grantedAtMs: atMs })
    draft.put(database.json('standing-approvals'), 's', standing)
    draft.put(database.json('api-keys'), 'k', { id: 'k', createdAtMs: atMs, expiresAtMs: NOW * 2 })
    draft.put(database.json('signed-on'), 'idp:p', { name: 'idp:p', roles: ['steward'], seenAtMs: atMs })
  })
}

/** What of these grants is in force. */
async function granted(database: Database) {
  const permit = (await DataPermits.open(database)).at('FD-1', NOW)?.state
  const ids = (name: string) => database.json(name).keys().all()
  return [permit, ...(await ids('standing-approvals')), ...(await ids('api-keys')), ...(await ids('signed-on'))]
}

async function scratch(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await scratchFolder(t)
  return folder
}

const never = () => Promise.reject(new Error('no passphrase is needed'))

function restore(folder: string, configFile: string, options: { replace?: boolean; passphrase?: string } = {}) {
  const { passphrase, replace = false } = options
  return restoreBackup({
    folder,
    configFile,
    replace,
    clock,
    passphrase: passphrase === undefined ? never : async () => passphrase
  })
}

test('a backup of a database that is written to is the database of one moment', async (t) => {
  const folder = await scratch(t)
  const peer = await peerFolder(folder)
  let isDone = false
  const writing = (async () => {
    for (let from = 20; !isDone; from += 50) await write(peer.database, { from, to: from + 50, bytes: 20_000 })
  })()
  t.after(() => peer.database.close())
  const sizes: number[] = []
  try {
    for (const name of ['first', 'second', 'third']) {
      const { audit_log } = await peer.backUp(join(folder, name))
      const directory = join(folder, name, 'data/db')
      const copy = await Database.open({ directory }, clock.now)
      const [left, right] = [copy.json<number>('left'), copy.json<{ at: number }>('right')]
      const last = await left.get('last')
      assert.deepEqual([(await right.get('last'))?.at, copy.auditLog.head.size], [last, (last ?? 0) + 1])
      assert.equal(audit_log.size, (last ?? 0) + 1)
      await copy.close()
      sizes.push(audit_log.size)
    }
  } finally {
    isDone = true
    await writing
  }
  assert.ok((sizes[0] ?? 0) < (sizes[2] ?? 0), 'it was written to meanwhile')
  const finding = await peer.database.verify()
  assert.ok(finding.ok, 'and the original is unharmed')
})

test('a moment in which tables are merged is not copied, and the next one without is', async (t) => {
  const folder = await scratch(t)
  const peer = await peerFolder(folder)
  await peer.database.close()
  const directory = join(peer.data, 'db')
  const manifest = join(directory, (await readFile(join(directory, 'CURRENT'), 'utf8')).trim())
  // Simulates a merge: the manifest grows while the other files are read. Between two of these the event loop turns at least
  // once.
  let isMerging = true
  t.after(() => {
    isMerging = false
  })
  const merge = () => {
    if (!isMerging) return
    appendFileSync(manifest, '\0')
    setImmediate(merge)
  }
  const { length } = await readFile(manifest)
  merge()
  const to = join(folder, 'copy')
  await mkdir(to)
  const changing = { code: 'STORE_UNAVAILABLE', reason: /changes all the time/ }
  await assert.rejects(checkpoint(directory, to, { attemptsMax: 2 }), changing)
  assert.deepEqual(await readdir(to), [])
  isMerging = false
  await truncate(manifest, length)
  await checkpoint(directory, to)
  const copy = await Database.open({ directory: to }, clock.now)
  assert.equal(copy.auditLog.head.size, 20)
  await copy.close()
})

describe('a backup', () => {
  const cleanUp: (() => unknown)[] = []
  let peer: Awaited<ReturnType<typeof peerFolder>>
  let backup: string
  let manifest: Manifest
  before(async () => {
    const folder = await scratch({ after: (fn) => void cleanUp.push(fn as () => unknown) })
    peer = await peerFolder(folder)
    await grant(peer.database, NOW - 1)
    backup = join(folder, 'backup')
    manifest = await peer.backUp(backup, { passphrase: PASSPHRASE })
    await peer.database.close()
  })
  after(async () => {
    for (const fn of cleanUp) await fn()
  })

  /** A changed copy of the backup, and a new machine on which it is restored. */
  async function changed(t: TestContext, change: (copy: string) => Promise<unknown>) {
    const folder = await scratch(t)
    const copy = join(folder, 'backup')
    await cp(backup, copy, { recursive: true })
    await change(copy)
    return { copy, folder, configFile: join(folder, 'peer/stimnet.yaml') }
  }

  test('comes back on a machine that has nothing, and answers nobody before a steward has decided', async (t) => {
    assert.deepEqual(await openToOthers(backup), [])
    const { copy, folder, configFile } = await changed(t, async () => undefined)
    await assert.rejects(restore(copy, configFile, { passphrase: 'another passphrase' }), {
      code: 'PARAMETER_INVALID',
      reason: /passphrase does not open/
    })
    assert.deepEqual(await readdir(folder), ['backup'], 'nothing was touched')
    const { setAside } = await restore(copy, configFile, { passphrase: PASSPHRASE })
    assert.equal(setAside, undefined)
    for (const name of [
      'identity.key',
      'accounts.json',
      'snapshots/trial/e1/rows.parquet',
      'uploads/0a',
      'federation/one.jwt'
    ]) {
      const [was, is] = [join(peer.data, name), join(folder, 'peer/data', name)]
      assert.deepEqual(await readFile(is), await readFile(was), name)
    }
    assert.deepEqual((await readdir(join(folder, 'peer/data'))).sort(), [
      ...['accounts.json', 'db', 'federation', 'identity.key', 'snapshots', 'uploads']
    ])
    assert.equal(await readFile(join(folder, 'peer/charter.jwt'), 'utf8'), 'a charter')
    assert.deepEqual(await openToOthers(join(folder, 'peer/data')), [])

    const restored = await Database.open({ directory: join(folder, 'peer/data/db') }, clock.now)
    t.after(() => restored.close())
    const [record] = await restored.auditLog.read({ limit: 1 })
    assert.deepEqual([record?.kind, record?.sequence], ['restore', manifest.audit_log.size + 1])
    const found = restored.json<{ witness: string; restored?: true }>('regression')
    assert.deepEqual([(await found.get('found'))?.witness, (await found.get('found'))?.restored], [peer.peerId, true])
    assert.equal((await reconcile(restored, 'steward'))?.restored, true)
    assert.equal(await found.get('found'), undefined)
  })

  test('opens nothing again that may have been withdrawn after it was made', async (t) => {
    const before = await peer.open()
    assert.deepEqual(await granted(before), ['in_force', 's', 'k', 'idp:p'])
    await before.close()
    const { copy, folder, configFile } = await changed(t, async () => undefined)
    const { closed } = await restore(copy, configFile, { passphrase: PASSPHRASE })
    assert.deepEqual(closed, { permits: 1, standing: 1, api_keys: 1 })
    const restored = await Database.open({ directory: join(folder, 'peer/data/db') }, clock.now)
    t.after(() => restored.close())
    assert.deepEqual(await granted(restored), ['unconfirmed'])
    assert.notEqual((await EndedTokens.open(restored)).epoch, '', 'no access token from before is accepted')
    const [record] = await restored.auditLog.read({ limit: 1 })
    assert.match(record?.detailJson ?? '', /"api_keys":1.*"permits":1,"standing":1/)
    await reconcile(restored, 'steward')
    assert.deepEqual(await granted(restored), ['unconfirmed'], 'the decision about budgets is none about permits')
  })

  test('that somebody put back by hand opens nothing either, once a member has shown that it is old', async (t) => {
    const database = await Database.open({ memory: true }, clock.now)
    t.after(() => database.close())
    await grant(database, NOW - 2)
    const seen = await signCheckpoint(database.auditLog.head, await signerFromSeed(random.bytes(32)))
    const find = (foundAtMs: number) => {
      const found = { witness: 'bob', seen, foundAtMs }
      return database.commit((draft) => draft.put(database.json('regression'), 'found', found))
    }
    await find(NOW - 3)
    await reconcile(database, 'steward')
    assert.deepEqual(await granted(database), ['in_force', 's', 'k', 'idp:p'], 'given after that')
    await find(NOW - 1)
    await reconcile(database, 'steward')
    assert.deepEqual(await granted(database), ['unconfirmed'])
  })

  test('from which any file is missing, or of which only the first files were written, is none', async (t) => {
    const files = [...manifest.files.map(({ path }) => path), 'manifest.json']
    assert.ok(files.length > 9)
    for (const [at, path] of files.entries()) {
      const lacks = await changed(t, (copy) => rm(join(copy, path)))
      await assert.rejects(
        restore(lacks.copy, lacks.configFile),
        { code: 'STORE_UNAVAILABLE', reason: /complete/ },
        path
      )
      const short = await changed(t, async (copy) => {
        for (const later of files.slice(at)) await rm(join(copy, later))
      })
      await assert.rejects(restore(short.copy, short.configFile), { reason: /is no complete backup/ }, path)
      assert.deepEqual(await readdir(short.folder), ['backup'])
    }
  })

  test('with one flipped bit is refused, whichever file it is in', async (t) => {
    const flip = async (file: string, place: number, bit: number) => {
      const bytes = await readFile(file)
      const at = Math.floor(bytes.length * place)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      await writeFile(file, bytes)
    }
    const { copy, folder, configFile } = await changed(t, async () => undefined)
    for (const path of [...manifest.files.map((one) => one.path), 'manifest.json']) {
      const whole = await readFile(join(copy, path))
      for (const place of path === 'manifest.json' ? [0, 0.1, 0.3, 0.5, 0.7, 0.95] : [0.5]) {
        for (const bit of [0, 5]) {
          if (whole.length === 0) continue
          await flip(join(copy, path), place, bit)
          await assert.rejects(restore(copy, configFile), { code: 'STORE_UNAVAILABLE' }, `${path} at ${place}`)
          await writeFile(join(copy, path), whole)
        }
      }
    }
    assert.deepEqual(await readdir(folder), ['backup'], 'nothing was touched')
  })

  test('of a newer format, of another peer or without a key is refused in words', async (t) => {
    const newer = await changed(t, async (copy) => {
      const text = await readFile(join(copy, 'manifest.json'), 'utf8')
      await writeFile(join(copy, 'manifest.json'), text.replace('"format": 1', '"format": 2'))
    })
    await assert.rejects(restore(newer.copy, newer.configFile), {
      code: 'STORE_UNAVAILABLE',
      reason: /newer version.*format 2/
    })
    const folder = await scratch(t)
    const other = await peerFolder(folder)
    await other.database.close()
    await assert.rejects(restore(backup, other.configFile, { replace: true }), {
      code: 'PARAMETER_INVALID',
      reason: new RegExp(`of another peer, ${peer.peerId}`)
    })
    await other.backUp(join(folder, 'keyless'))
    await rm(join(other.data, 'identity.key'))
    await assert.rejects(restore(join(folder, 'keyless'), other.configFile, { replace: true }), {
      code: 'PARAMETER_INVALID',
      reason: /has no key, and .*identity.key is missing/
    })
  })

  test('takes the place of a database only if asked, and undoes no lock and no revocation', async (t) => {
    const folder = await scratch(t)
    await cp(peer.folder, folder, { recursive: true })
    const [data, configFile] = [join(folder, 'data'), join(folder, 'stimnet.yaml')]
    await writeFile(join(data, 'federation/revoked.jwt'), 'a revocation')
    await writeFile(join(data, 'accounts.json'), '{"locked":1}', { mode: 0o600 })
    const lost = await Database.open({ directory: join(data, 'db') }, clock.now)
    await write(lost, { from: 20, to: 25 })
    await lost.close()
    await assert.rejects(restore(backup, configFile), {
      code: 'PARAMETER_INVALID',
      reason: /has a database: --replace/
    })

    // The restore stops half-way, because the folder for the previous content is taken. No peer starts between two states,
    // and the next attempt succeeds.
    await writeFile(join(data, `replaced-${NOW}`), 'in the way')
    await assert.rejects(restore(backup, configFile, { replace: true }), { code: 'ENOTDIR' })
    const open = () => Database.open({ directory: join(data, 'db') }, clock.now)
    await assert.rejects(open(), { code: 'STORE_UNAVAILABLE', reason: /restore was cut short.*--replace/ })
    assert.match(
      (await storeFinding(data, { isRunning: false })).finding.detail,
      /restore is under way or was cut short/
    )
    await rm(join(data, `replaced-${NOW}`))
    const { setAside } = await restore(backup, configFile, { replace: true })
    assert.equal(setAside, join(data, `replaced-${NOW}`))
    assert.equal(await readFile(join(data, 'accounts.json'), 'utf8'), '{"locked":1}')
    assert.deepEqual((await readdir(join(data, 'federation'))).sort(), ['one.jwt', 'revoked.jwt'])
    const now = await open()
    assert.equal(now.auditLog.head.size, manifest.audit_log.size + 1)
    await now.close()
    const aside = await Database.open({ directory: join(setAside ?? '', 'db') }, clock.now)
    // The copy of the folder has a note of the backup, which is recorded by the peer and not by the database.
    assert.equal(aside.auditLog.head.size, manifest.audit_log.size + 5)
    await aside.close()
  })

  test('is made once of two that are made under one name, and is recorded by its peer', async (t) => {
    const folder = await scratch(t)
    const one = await peerFolder(folder)
    t.after(() => one.database.close())
    const target = join(folder, 'backups/monday')
    const made = await Promise.allSettled([one.backUp(target), one.backUp(target)])
    assert.deepEqual(made.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const refused = made.find((each) => each.status === 'rejected')
    assert.match(refused?.reason.reason, /exists already: name a new folder/)
    assert.deepEqual(await readdir(join(folder, 'backups')), ['monday'], 'and leaves nothing unfinished')
    await assert.rejects(one.backUp(join(one.data, 'snapshots/mine')), { reason: /inside of/ })
    await rm(join(folder, 'charter.jwt'))
    await assert.rejects(one.backUp(join(folder, 'backups/tuesday')), { code: 'ENOENT' })
    assert.deepEqual(await readdir(join(folder, 'backups')), ['monday'], 'one that fails leaves nothing either')

    await recordBackups(one.data, one.database)
    const records = await one.database.auditLog.read({ limit: 5 })
    const backups = records.filter(({ kind }) => kind === 'backup')
    assert.equal(backups.length, 1)
    assert.equal(JSON.parse(backups[0]?.detailJson ?? '').log_size, 20)
    await recordBackups(one.data, one.database)
    assert.equal(one.database.auditLog.head.size, 21, 'once')
  })
})
