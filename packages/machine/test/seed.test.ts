import assert from 'node:assert/strict'
import { chmod, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { loadOrCreateSeed } from '../src/files/seed.ts'
import { cryptographicRandom } from '@stimnet/protocol'
import { scratchFolder } from '../../../test/scratch.ts'

async function keyFile(t: TestContext): Promise<string> {
  const folder = await scratchFolder(t)
  return join(folder, 'deep', 'identity.key')
}

describe('a key in a file', () => {
  test('is made once, closed to others, and the same ever after', async (t) => {
    const file = await keyFile(t)
    const made = await loadOrCreateSeed(file, cryptographicRandom)
    assert.deepEqual(await loadOrCreateSeed(file, cryptographicRandom), made)
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o077, 0)
  })

  test('a key that others can read is refused', { skip: process.platform === 'win32' }, async (t) => {
    const file = await keyFile(t)
    await loadOrCreateSeed(file, cryptographicRandom)
    await chmod(file, 0o644)
    await assert.rejects(loadOrCreateSeed(file, cryptographicRandom), { code: 'CONFIG_INVALID' })
  })

  test('a damaged key file is never replaced by a new key', async (t) => {
    const file = await keyFile(t)
    await loadOrCreateSeed(file, cryptographicRandom)
    await writeFile(file, 'half a key')
    await assert.rejects(loadOrCreateSeed(file, cryptographicRandom), { code: 'CONFIG_INVALID' })
  })
})
