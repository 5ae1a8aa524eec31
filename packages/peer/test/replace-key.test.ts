/**
 * Tests of a new key for a peer's database: interrupted at any point, the replacement can be completed, and the old key is
 * no longer accepted.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openToOthers } from '@stimnet/machine'
import { keyFileOf, cryptographicRandom as random, signerFromSeed } from '@stimnet/protocol'
import { replaceKey } from '../src/backup/replace-key.ts'
import { loadConfig } from '../src/config/config.ts'
import { membershipOf, permitsOf } from '../src/federation/permits.ts'
import { Database } from '../src/store/database.ts'
import { replacedPeers } from '../src/store/replaced-keys.ts'
import { isBehind } from '../src/witness/restored.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const clock = { now: () => 1_700_000_000_000, sleep: async () => undefined }

/** A peer's folder that has started once. */
async function peerFolder(t: { after(fn: () => unknown): void }) {
  const folder = await scratchFolder(t)
  const data = join(folder, 'data')
  const key = join(data, 'identity.key')
  const configFile = join(folder, 'stimnet.yaml')
  await writeFile(configFile, 'institution: North\ndata_dir: ./data\ncatalogs: []\ngateway: { port: 0 }\n')
  const open = () => Database.open({ directory: join(data, 'db') }, clock.now)
  const database = await open()
  const seed = random.bytes(32)
  const { id } = await signerFromSeed(seed)
  await database.commit((draft) => {
    draft.audit({ kind: 'start', actor: id })
    draft.put(database.json<string>('checkpoint'), 'last', 'signed by the old key')
    draft.put(database.json<number>('ledger'), 'spent', 7)
    draft.audit({ kind: 'release', actor: id })
  })
  await database.close()
  await writeFile(key, keyFileOf(seed), { mode: 0o600 })
  const replace = async () => replaceKey(await loadConfig(configFile, {}), { clock, random })
  return { data, key, id, open, replace }
}

test('a new key keeps what was released, and says nothing about people until a steward has decided', async (t) => {
  const { data, key, id, open, replace } = await peerFolder(t)
  const running = await open()
  await assert.rejects(replace(), { code: 'STORE_UNAVAILABLE' })
  await running.close()
  const { from, to, records } = await replace()
  assert.deepEqual([from, records], [id, 3])
  assert.ok(to !== id && !existsSync(`${key}.next`))
  assert.deepEqual(await openToOthers(data), [])
  const database = await open()
  assert.equal(await database.json<number>('ledger').get('spent'), 7)
  assert.equal(await database.json<string>('checkpoint').get('last'), undefined)
  assert.equal(await isBehind(database), true)
  const [record] = await database.auditLog.read({ limit: 1 })
  assert.deepEqual([record?.kind, JSON.parse(record?.detailJson ?? '')], ['identity', { from: id, to, lost: false }])
  assert.deepEqual(await replacedPeers(database, to), new Set([id]))
  await assert.rejects(replacedPeers(database, id), { code: 'CONFIG_INVALID' })
  await database.close()
})

test('a key is replaced where it is lost, and again, but not by or over the key of another peer', async (t) => {
  const { key, id, open, replace } = await peerFolder(t)
  const own = await readFile(key)
  await writeFile(key, keyFileOf(random.bytes(32)))
  await assert.rejects(replace(), { code: 'PARAMETER_INVALID', message: /the database beside it of/ })
  await rm(key)
  const first = await replace()
  assert.equal(first.from, id)
  await rm(key)
  const second = await replace()
  assert.equal(second.from, first.to)
  await writeFile(key, own)
  await assert.rejects(replace(), { code: 'PARAMETER_INVALID' }, 'the first key comes back')
  const database = await open()
  assert.deepEqual(await replacedPeers(database, second.to), new Set([id, first.to]))
  await database.close()
})

test('a replacement that was cut short comes to its end, with one new key and one record', async (t) => {
  const { data, key, id, replace } = await peerFolder(t)
  await cp(data, `${data}-before`, { recursive: true })
  const { to } = await replace()
  // The machine stopped before the new key was in place: the old key is there, and the database knows the new key.
  await rename(key, `${key}.next`)
  await cp(join(`${data}-before`, 'identity.key'), key)
  assert.deepEqual(await replace(), { from: id, to, records: 3 })
  // The machine stopped before anything was recorded: the key that was already made is used.
  await rm(data, { recursive: true })
  await cp(`${data}-before`, data, { recursive: true })
  const seed = random.bytes(32)
  await writeFile(`${key}.next`, keyFileOf(seed), { mode: 0o600 })
  assert.equal((await replace()).to, (await signerFromSeed(seed)).id)
})

test('a peer lets nobody in with its own old key, whatever its lists and its federation say', async () => {
  const [old, other] = [(await signerFromSeed(random.bytes(32))).id, (await signerFromSeed(random.bytes(32))).id]
  const all = { isMember: () => true, isRevoked: () => false, withdrawnAtMs: () => undefined }
  const membership = membershipOf(all, new Set([old]))
  assert.deepEqual([membership.isMember(old), membership.isRevoked(old)], [false, true])
  assert.deepEqual([membership.isMember(other), membership.isRevoked(other)], [true, false])
  for (const open of [true, false]) {
    assert.equal(permitsOf({ open, peers: [old] }, membership)(old), false)
    assert.equal(permitsOf({ open, peers: [old] }, membershipOf(undefined, new Set([old])))(old), false)
  }
})

test('a key does not replace itself', async (t) => {
  const { key, id, open, replace } = await peerFolder(t)
  const same = {
    code: 'PARAMETER_INVALID',
    message: /identity\.key\.next is the key that this peer has.*Remove the file/
  }
  await cp(key, `${key}.next`)
  await assert.rejects(replace(), same)
  // The command also fails if the key is already the new one.
  await rm(`${key}.next`)
  const { to } = await replace()
  await cp(key, `${key}.next`)
  await assert.rejects(replace(), same)
  // If the present key is lost, the copy replaces it, as after an interrupted replacement; nothing is recorded again.
  await rm(key)
  assert.equal((await replace()).to, to)
  const database = await open()
  const records = await database.auditLog.read({ limit: 10 })
  assert.equal(records.filter(({ kind }) => kind === 'identity').length, 1)
  assert.deepEqual(await replacedPeers(database, to), new Set([id]))
  await database.close()
})
