/** Tests of Python's snapshot: a user who can write to the cache folder must not be able to change the interpreter. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openWasmSandbox } from '../src/index.ts'
import { findInstallation } from '../src/wasm/deno.ts'
import { ensureSnapshot } from '../src/wasm/snapshot.ts'
import { sha256Of } from '../src/wasm/addons/wheels.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const key = new Uint8Array(32).fill(7)
const cacheDir = await scratchFolder({ after })
const snapshot = () => ensureSnapshot(findInstallation(), { cacheDir, key })

async function patch(path: string): Promise<Buffer> {
  const memory = await readFile(path)
  memory[memory.length >> 1] = (memory[memory.length >> 1] ?? 0) ^ 1
  await writeFile(path, memory)
  return memory
}

describe('the snapshot of Python', () => {
  test('lies in a folder that is closed to others, also where it was open before', async () => {
    await chmod(cacheDir, 0o755)
    const { path } = await snapshot()
    if (process.platform === 'win32') return
    const modes = await Promise.all([cacheDir, dirname(path), path].map(async (one) => (await stat(one)).mode & 0o777))
    assert.deepEqual(modes, [0o700, 0o700, 0o600])
  })

  test('is built anew where one bit of it was changed', async () => {
    const { path, sha256 } = await snapshot()
    await patch(path)
    const again = await snapshot()
    assert.equal(sha256Of(await readFile(again.path)), again.sha256)
    assert.notEqual(again.sha256, sha256, 'each build has chance in it')
  })

  test('is built anew where whoever changed it sealed it with a key of their own', async () => {
    const { path, hash } = await snapshot()
    const memory = await patch(path)
    const modules = await readFile(join(dirname(path), 'modules.json'))
    const text = ['stimnet/snapshot-seal/1', hash, sha256Of(memory), sha256Of(modules)].join('\n')
    const forged = createHmac('sha256', new Uint8Array(32)).update(text).digest('hex')
    await writeFile(join(dirname(path), 'seal'), forged)
    const again = await snapshot()
    assert.notEqual(again.sha256, sha256Of(memory))
    assert.equal(sha256Of(await readFile(again.path)), again.sha256)
  })

  test('that is changed while sandboxes are open runs no program', async () => {
    const sandbox = await openWasmSandbox({ cacheDir, poolSize: 0, snapshotKey: key })
    const job = jobOf('result = 1')
    assert.ok((await sandbox.run(job, LIMITS_OF_TESTS)).ok)
    const { path } = await snapshot()
    const kept = await readFile(path)
    await patch(path)
    const outcome = await sandbox.run(job, LIMITS_OF_TESTS)
    assert.equal(outcome.ok, false)
    assert.equal(!outcome.ok && outcome.code, 'SANDBOX_UNAVAILABLE')
    await writeFile(path, kept)
    assert.ok((await sandbox.run(job, LIMITS_OF_TESTS)).ok)
    await sandbox.close()
  })
})
