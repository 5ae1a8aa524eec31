import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EXIT, runCommand } from '@stimnet/machine'
import { sandboxCommand } from '../src/cli/serve/sandbox.ts'
import { scratchFolder } from '../../../test/scratch.ts'
import { recordingIo } from '../../../test/recording-io.ts'

const folder = await scratchFolder({ after })
const config = join(folder, 'stimnet.yaml')
await writeFile(config, 'institution: A hospital\ncatalogs: []\n')

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = recordingIo()
  const code = await runCommand(sandboxCommand, [...args, '--config', config], io)
  return { code, ...io.said }
}

test('stimnet sandbox list shows what the embedded sandbox has, and how R is added', async () => {
  const { code, out } = await run('list')
  assert.equal(code, EXIT.ok)
  assert.match(out, /^python +pyodide \d+\.\d+\.\d+ +here$/m)
  assert.match(out, /^r +webr \d+\.\d+\.\d+ \(GPL-3\.0\) +stimnet sandbox add r$/m)
})

test('stimnet sandbox add takes R alone, says its licence, and nothing that is not R', async () => {
  assert.equal((await run('add')).code, EXIT.usage)
  assert.equal((await run('add', 'julia')).code, EXIT.usage)
  const archive = join(folder, 'other.tgz')
  await writeFile(archive, 'something else')
  await assert.rejects(run('add', 'r', '--from', archive), {
    code: 'SANDBOX_UNAVAILABLE',
    message: /^the archive of webR has sha512-/
  })
  await assert.rejects(run('add', 'r', '--from', join(folder, 'nowhere.tgz')), { code: 'SANDBOX_UNAVAILABLE' })
  assert.match((await run('list')).out, /stimnet sandbox add r/)
})

test('stimnet sandbox fetch wants names that exist, and files that are there', async () => {
  assert.equal((await run('fetch')).code, EXIT.usage)
  await assert.rejects(run('fetch', 'no-such-library'), { code: 'LIBRARY_NOT_AVAILABLE' })
  await assert.rejects(run('fetch', 'numpy', '--from', folder), { code: 'SANDBOX_UNAVAILABLE', message: /numpy-/ })
})

test('stimnet sandbox does nothing else', async () => {
  await assert.rejects(run('remove'), { code: 'PARAMETER_INVALID' })
})
