/** Tests of the conditions under which the console is built, in a clone of a few files with a fake Vite. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'

const project = join(import.meta.dirname, '../..')
let clone = ''

/** A fake Vite: it writes to a log, waits, and writes a page. It fails if there is a file `fail`. */
const VITE = `
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs')
appendFileSync('vite.log', process.argv.slice(2).join(' ') + '\\n')
setTimeout(() => {
  if (existsSync('fail')) process.exit(1)
  mkdirSync('dist.new', { recursive: true })
  writeFileSync('dist.new/index.html', 'built')
}, 200)
`

const SOURCES = {
  'packages/console/index.html': '<!doctype html>',
  'packages/console/vite.config.mjs': 'export default {}',
  'packages/console/package.json': '{ "type": "commonjs" }',
  'packages/console/src/parts/a.tsx': 'export const a = 1',
  ...Object.fromEntries(
    ['sdk', 'api', 'protocol', 'statistics'].flatMap((name) => [
      [`packages/${name}/package.json`, '{}'],
      [`packages/${name}/src/index.ts`, 'export {}']
    ])
  ),
  'package-lock.json': '{}'
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true })
  writeFileSync(join(clone, path), text)
}

before(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), 'stimnet-console-')))
  for (const path of ['scripts/set-up.mjs', 'scripts/console.mjs']) cpSync(join(project, path), join(clone, path))
  write('package.json', '{ "type": "module" }')
  write('node_modules/vite/package.json', '{ "type": "commonjs" }')
  write('node_modules/vite/bin/vite.js', VITE)
})
beforeEach(() => {
  for (const path of ['dist', 'dist.new', 'vite.log', 'fail']) {
    rmSync(join(clone, 'packages/console', path), { recursive: true, force: true })
  }
  for (const [path, text] of Object.entries(SOURCES)) write(path, text)
})
after(() => rmSync(clone, { recursive: true, force: true }))

const start = () => spawn(process.execPath, ['scripts/console.mjs'], { cwd: clone, stdio: ['ignore', 'pipe', 'pipe'] })

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}

const build = () => ended(start())
const page = () => join(clone, 'packages/console/dist/index.html')
const builds = () => readFileSync(join(clone, 'packages/console/vite.log'), 'utf8').split('\n').length - 1

describe('the console', () => {
  test('is built once, and not again while its sources say the same', async () => {
    assert.match((await build()).said, /Built the console in \d/)
    assert.equal(readFileSync(page(), 'utf8'), 'built')
    utimesSync(join(clone, 'packages/console/src/parts/a.tsx'), 2_000_000_000, 2_000_000_000)
    assert.equal((await build()).said, '')
    assert.equal(builds(), 1)
  })

  test('is built again when anything it is made of changes, is added, or is renamed', async () => {
    await build()
    const changes: (() => void)[] = [
      () => write('packages/console/src/parts/a.tsx', 'export const a = 2'),
      () => write('packages/protocol/src/more.ts', 'export {}'),
      () => write('packages/console/vite.config.mjs', 'export default { base: "/" }'),
      () => write('package-lock.json', '{ "lockfileVersion": 3 }')
    ]
    for (const [at, change] of changes.entries()) {
      change()
      await build()
      assert.equal(builds(), at + 2)
    }
    rmSync(join(clone, 'packages/protocol/src/more.ts'))
  })

  test('is built once by two that start at once', async () => {
    const both = await Promise.all([build(), build()])
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0]
    )
    assert.equal(builds(), 1)
    assert.equal(existsSync(join(clone, '.cache/set-up.lock')), false)
  })

  test('that cannot be built is told, and the one from before stays', async () => {
    await build()
    write('packages/console/src/parts/a.tsx', 'broken')
    write('packages/console/fail', '')
    const { code, said } = await build()
    assert.equal(code, 1)
    assert.match(said, /The console could not be built \(vite ended with 1\): the gateway serves \/docs without it/)
    assert.equal(existsSync(page()), true)
    assert.equal(existsSync(join(clone, '.cache/set-up.lock')), false)
  })

  test('that is not there at all is no error', async () => {
    rmSync(join(clone, 'packages/console/index.html'))
    const { code, said } = await build()
    assert.deepEqual([code, said], [1, ''])
  })
})
