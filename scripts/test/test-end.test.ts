/** Tests that a test run ends even if a file leaves something open, and reports the file and the open resources. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

const scripts = join(import.meta.dirname, '..')

const passes = (body: string) => `
import { spawn } from 'node:child_process'
import { test } from 'node:test'
test('passes', () => { ${body} })
`
/** Open resources last for an hour, so that a run that waits for them does not end. */
const FILES = {
  good: passes(''),
  timer: passes('setInterval(() => {}, 1_000)'),
  child: passes("spawn('sleep', ['3600'], { stdio: 'inherit' }).unref()"),
  quiet: passes("spawn('sleep', ['5'], { stdio: 'ignore', detached: true }).unref()"),
  hangs: `import { test } from 'node:test'\ntest('hangs', () => new Promise((resolve) => setTimeout(resolve, 3_600_000)))\n`
}

describe('a run of tests', { skip: process.platform !== 'linux' && 'what runs can be seen on Linux alone' }, () => {
  let folder: string

  before(async () => {
    // scripts/test.ts looks for tests relative to its own folder.
    folder = await mkdtemp(join(tmpdir(), 'stimnet-test-end-'))
    await mkdir(join(folder, 'scripts'))
    await mkdir(join(folder, 'test'))
    for (const name of ['test.ts', 'test-end.ts', 'descendants.ts'])
      await cp(join(scripts, name), join(folder, 'scripts', name))
    // The copied project has no property tests and no packages.
    await writeFile(join(folder, 'scripts/test-seed.ts'), '')
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, 'test', `${name}.test.ts`), text)
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function run(names: readonly string[], env: object): Promise<{ code: number; text: string }> {
    const { NODE_TEST_CONTEXT: _, ...rest } = process.env
    const words = names.map((name) => `/${name}.`)
    const child = spawn(process.execPath, [join(folder, 'scripts/test.ts'), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...rest, ...env }
    })
    const texts = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray())
    const [code] = await once(child, 'close')
    const text = (await Promise.all(texts)).flat().join('')
    return { code, text }
  }

  test('of files that close what they opened is as it was', async () => {
    const { code, text } = await run(['good', 'quiet'], { STIMNET_TEST_END_MS: '500' })
    assert.equal(code, 0, text)
    assert.doesNotMatch(text, /has not ended|leaves/)
  })

  test('ends a file that leaves something open, names both, and goes on with the others', async () => {
    const { code, text } = await run(['good', 'timer'], { STIMNET_TEST_END_MS: '500' })
    assert.equal(code, 1)
    assert.match(text, /timer\.test\.ts has not ended 0\.5 s after its last test; open: .*1 Timeout/)
    assert.match(text, /pass 2/)
  })

  test('ends processes that a file leaves behind and that write where it wrote', async () => {
    const { code, text } = await run(['good', 'child'], {})
    assert.equal(code, 1)
    assert.match(text, /child\.test\.ts leaves processes behind\n {2}\d+ sleep 3600\n/)
  })

  test('that has taken too long names what still runs, and ends', async () => {
    const { code, text } = await run(['good', 'hangs'], { STIMNET_TEST_RUN_MS: '3000' })
    assert.equal(code, 1)
    assert.match(text, /as long as it may/)
    assert.match(text, /Interrupted while running.*hangs\.test\.ts/s)
  })
})
