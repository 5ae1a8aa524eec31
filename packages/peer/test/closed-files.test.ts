/** Tests that the files of a peer are closed to others. */
import assert from 'node:assert/strict'
import { chmod, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadOrCreateSeed, openToOthers } from '@stimnet/machine'
import { cryptographicRandom } from '@stimnet/protocol'
import { Accounts } from '../src/store/accounts/accounts.ts'
import { Database } from '../src/store/database.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const skip = process.platform === 'win32' && 'there are no such permissions'

test('the database is closed to others whatever the folder above and whatever was there before', {
  skip
}, async (t) => {
  const folder = await scratchFolder(t)
  await chmod(folder, 0o755)
  const directory = join(folder, 'db')
  await mkdir(directory, { mode: 0o755 })
  await writeFile(join(directory, 'LOG'), 'of before', { mode: 0o644 })
  const database = await Database.open({ directory }, () => 0)
  const values = database.json<string>('values')
  await database.commit((draft) => draft.put(values, 'a', 'b'))
  assert.equal((await stat(directory)).mode & 0o777, 0o700)
  assert.deepEqual(await openToOthers(directory), [])
  await database.close()
  assert.deepEqual(await openToOthers(directory), [])
})

test('accounts and keys are never read through a link or beside others', { skip }, async (t) => {
  const folder = await scratchFolder(t)
  const accounts = join(folder, 'accounts.json')
  await (await Accounts.open(accounts)).setLockedOut('clinic:ada', true)
  await rename(accounts, join(folder, 'elsewhere.json'))
  await symlink(join(folder, 'elsewhere.json'), accounts)
  await assert.rejects(Accounts.open(accounts), { code: 'CONFIG_INVALID', message: /is a link/ })
  await chmod(join(folder, 'elsewhere.json'), 0o644)
  await assert.rejects(Accounts.open(join(folder, 'elsewhere.json')), { message: /can be read by others/ })
  const key = join(folder, 'identity.key')
  await loadOrCreateSeed(key, cryptographicRandom)
  await rename(key, join(folder, 'other.key'))
  await symlink(join(folder, 'other.key'), key)
  await assert.rejects(loadOrCreateSeed(key, cryptographicRandom), { message: /is a link/ })
})
