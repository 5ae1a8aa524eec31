import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { enginesAround, GRADE_HOLDS, SANDBOX_GRADES } from '../src/index.ts'
import { scratchFolder } from '../../../test/scratch.ts'

test('the engines of a machine are told by the files they need, the weakest first', async (t) => {
  const folder = await scratchFolder(t)
  const socketPath = join(folder, 'docker.sock')
  const around = async () =>
    Object.fromEntries((await enginesAround({ path: folder, socketPath })).map(({ grade, isHere }) => [grade, isHere]))
  assert.deepEqual(await around(), { wasm: true, 'wasm+bwrap': false, docker: false, 'docker+gvisor': false })
  for (const name of ['bwrap', 'runsc']) {
    await writeFile(join(folder, name), '')
    await chmod(join(folder, name), 0o755)
  }
  assert.deepEqual(await around(), { wasm: true, 'wasm+bwrap': true, docker: false, 'docker+gvisor': false })
  await writeFile(socketPath, '')
  assert.deepEqual(await around(), { wasm: true, 'wasm+bwrap': true, docker: true, 'docker+gvisor': true })
})

test('each grade says in words what it holds with', () => {
  for (const grade of SANDBOX_GRADES) assert.match(GRADE_HOLDS[grade], /^[A-Z].*\.$/)
})
