import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ADDONS, addR, openWasmSandbox } from '../src/index.ts'
import { contentsOf, webrDirectory } from '../src/wasm/r.ts'
import { filesIn } from '../src/wasm/addons/untar.ts'
import { type TarEntry, tarOf } from './archives.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const folder = await scratchFolder({ after })

const ARCHIVE = tarOf([
  { path: 'package/package.json', text: '{}' },
  { path: 'package/LICENSE.md', text: 'GPL-3.0' },
  { path: 'package/dist/R.js', text: 'js' },
  { path: 'package/dist/R.wasm', text: 'wasm' },
  { path: 'package/dist/libRblas.so', text: 'so' },
  { path: 'package/dist/webr.mjs', text: 'not needed' }
])
const ADDON = { ...ADDONS.webr, integrity: integrityOf(ARCHIVE) }

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

async function archiveFile(bytes: Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(folder, 'archive-')), 'webr.tgz')
  await writeFile(path, bytes)
  return path
}

describe('adding R', () => {
  test('takes from the archive what runs R and its licence, and no more', async () => {
    const cacheDir = await mkdtemp(join(folder, 'cache-'))
    const archive = await archiveFile(ARCHIVE)
    const { directory, isNew } = await addR({ cacheDir, archive, addon: ADDON })
    assert.ok(isNew)
    assert.equal(directory, webrDirectory(cacheDir))
    assert.deepEqual((await readdir(directory)).sort(), ['LICENSE.md', 'complete.json', 'dist'])
    assert.deepEqual((await readdir(join(directory, 'dist'))).sort(), ['R.js', 'R.wasm', 'libRblas.so'])
    assert.deepEqual(await readdir(cacheDir), [directory.slice(cacheDir.length + 1)])
    assert.deepEqual(await addR({ cacheDir, archive: '/nonexistent', addon: ADDON }), { directory, isNew: false })
  })

  test('keeps nothing of an archive that is another than the lock names', async () => {
    const cacheDir = await mkdtemp(join(folder, 'cache-'))
    const archive = await archiveFile(tarOf([{ path: 'package/dist/R.js', text: 'other' }]))
    await assert.rejects(addR({ cacheDir, archive, addon: ADDON }), {
      code: 'SANDBOX_UNAVAILABLE',
      message: /^the archive of webR has sha512-/
    })
    await assert.rejects(addR({ cacheDir, archive }), { code: 'SANDBOX_UNAVAILABLE' })
    assert.deepEqual(await readdir(cacheDir), [])
  })

  test('writes anew what another version or a cut has left', async () => {
    const cacheDir = await mkdtemp(join(folder, 'cache-'))
    const archive = await archiveFile(ARCHIVE)
    const { directory } = await addR({ cacheDir, archive, addon: ADDON })
    await writeFile(join(directory, 'complete.json'), '{"integrity": "sha512-other"}')
    await writeFile(join(directory, 'dist/R.js'), 'broken')
    assert.ok((await addR({ cacheDir, archive, addon: ADDON })).isNew)
    assert.equal(await readFile(join(directory, 'dist/R.js'), 'utf8'), 'js')
  })

  test('keeps the sandbox from opening where what is there is not what the lock names', async () => {
    const cacheDir = await mkdtemp(join(folder, 'cache-'))
    await addR({ cacheDir, archive: await archiveFile(ARCHIVE), addon: ADDON })
    await assert.rejects(openWasmSandbox({ cacheDir, poolSize: 0 }), {
      code: 'SANDBOX_UNAVAILABLE',
      message: /another webR than the one in the lock/
    })
  })

  test('keeps the sandbox from opening where a file of it was changed since', async () => {
    const cacheDir = await mkdtemp(join(folder, 'cache-'))
    const { directory } = await addR({ cacheDir, archive: await archiveFile(ARCHIVE), addon: ADDON })
    const before = await contentsOf(directory)
    await writeFile(join(directory, 'dist/R.js'), 'JS')
    assert.notEqual(await contentsOf(directory), before)
    // An attacker who changes a file can also write the file that marks the folder as complete.
    await writeFile(join(directory, 'complete.json'), JSON.stringify({ integrity: ADDONS.webr.integrity }))
    await assert.rejects(openWasmSandbox({ cacheDir, poolSize: 0 }), { message: /is not what was added/ })
  })

  test('says what npm said, where it cannot fetch, and lets npm run no script', async () => {
    const cacheDir = await mkdtemp(join(folder, 'cache-'))
    const npm = join(folder, 'npm')
    await writeFile(npm, `#!/bin/sh\necho "$@" > ${join(folder, 'asked')}\necho "no registry here" >&2\nexit 1\n`)
    await chmod(npm, 0o755)
    await assert.rejects(addR({ cacheDir, npm }), { code: 'SANDBOX_UNAVAILABLE', message: /no registry here/ })
    assert.match(await readFile(join(folder, 'asked'), 'utf8'), /^pack webr@\d+\.\d+\.\d+ .*--ignore-scripts/)
    await assert.rejects(addR({ cacheDir, npm: join(folder, 'nowhere') }), { code: 'SANDBOX_UNAVAILABLE' })
  })
})

describe('an archive', () => {
  const read = (entries: readonly TarEntry[], options?: { isCut: boolean }) =>
    filesIn(tarOf(entries, options), { bytesMax: 1_000_000 })

  test('is read as it was written', () => {
    const files = read([
      { path: 'package/a b.txt', text: 'one' },
      { path: 'package/deep', type: '5' },
      { path: 'package/deep/b.js', text: 'x'.repeat(1000) }
    ])
    assert.deepEqual(
      files.map(({ path, bytes }) => [path, bytes.length]),
      [
        ['a b.txt', 3],
        ['deep/b.js', 1000]
      ]
    )
  })

  for (const path of [
    'package/../outside',
    '../outside',
    '/etc/outside',
    'other/file',
    'package/',
    'package//x',
    'package/./x',
    'package/.hidden',
    'package/a\\..\\b',
    'package/C:x',
    'package/a\nb'
  ]) {
    test(`with a path that leads elsewhere is refused: ${JSON.stringify(path)}`, () => {
      assert.throws(() => read([{ path, text: 'x' }]), { code: 'SANDBOX_UNAVAILABLE' })
    })
  }

  for (const [name, type] of Object.entries({
    'hard link': '1',
    link: '2',
    device: '3',
    FIFO: '6',
    'longer name': 'x',
    'GNU name': 'L'
  })) {
    test(`with a ${name} in it is refused`, () => {
      const entry = { path: 'package/link', type, link: '/etc/passwd', text: '' }
      assert.throws(() => read([entry, { path: 'package/link/x', text: 'x' }]), { code: 'SANDBOX_UNAVAILABLE' })
    })
  }

  test('with one path twice, a wrong sum, a wrong size or no end is refused', () => {
    const file = { path: 'package/x', text: 'x' }
    assert.throws(() => read([file, file]), { message: /twice/ })
    assert.throws(() => read([{ ...file, sum: 1 }]), { message: /wrong sum/ })
    assert.throws(() => read([{ ...file, size: 10_000_000 }]), { message: /ends too early/ })
    assert.throws(() => read([file], { isCut: true }), { message: /ends too early/ })
    assert.throws(() => filesIn(Buffer.from('no archive'), { bytesMax: 100 }), { code: 'SANDBOX_UNAVAILABLE' })
  })

  test('that grows beyond its bound is not unpacked', () => {
    const bomb = tarOf([{ path: 'package/x', text: '0'.repeat(2_000_000) }])
    assert.ok(bomb.length < 10_000)
    assert.throws(() => filesIn(bomb, { bytesMax: 1_000_000 }), { code: 'SANDBOX_UNAVAILABLE' })
  })
})
