import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { embeddedParts, fetchWheels, openWasmSandbox, whereIs } from '../src/index.ts'
import { findInstallation } from '../src/wasm/deno.ts'
import { sha256Of, wheelsDirectory } from '../src/wasm/addons/wheels.ts'
import { wheelOf } from './archives.ts'
import { jobOf, LIMITS_OF_TESTS } from './jobs.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const { pyodideVersion, pyodideDirectory } = findInstallation()
const folder = await scratchFolder({ after })

const GREETING = wheelOf('greeting', { 'greeting/__init__.py': 'import words\nhello = lambda: words.word\n' })
const WORDS = wheelOf('words', { 'words.py': 'word = "hello"\n' })

/** Pyodide's own lock, with small libraries in place of its packages. */
async function lockOf(
  changes: Record<string, Record<string, unknown>> = {},
  libraries: Record<string, Uint8Array> = { greeting: GREETING, words: WORDS }
): Promise<string> {
  const own = JSON.parse(await readFile(join(pyodideDirectory, 'pyodide-lock.json'), 'utf8'))
  const entryOf = (name: string, bytes: Uint8Array) => ({
    name,
    version: '1.0',
    file_name: `${name}-1.0-py3-none-any.whl`,
    install_dir: 'site',
    sha256: sha256Of(bytes),
    package_type: 'package',
    imports: [name],
    depends: name === 'greeting' ? ['words'] : [],
    unvendored_tests: false,
    ...changes[name]
  })
  const packages = Object.fromEntries(Object.entries(libraries).map(([name, bytes]) => [name, entryOf(name, bytes)]))
  const path = join(await mkdtemp(join(folder, 'lock-')), 'lock.json')
  await writeFile(path, JSON.stringify({ ...own, packages }))
  return path
}

describe('libraries for the embedded Python', () => {
  let server: Server
  let from: string
  let asked: string[]
  let answer: RequestListener
  let cacheDir: string
  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    from = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/full`
  })
  after(() => server?.close())
  beforeEach(async () => {
    asked = []
    answer = ({ url }, response) => response.end(url?.includes('greeting') ? GREETING : WORDS)
    cacheDir = await mkdtemp(join(folder, 'cache-'))
  })
  const filesThere = async () => readdir(wheelsDirectory(cacheDir, pyodideVersion)).catch(() => [])

  test('come with all they need, and a program finds them, warm or cold', async () => {
    const lock = await lockOf()
    const wheels = await fetchWheels({ cacheDir, names: ['greeting'], from, lock })
    assert.deepEqual(wheels.map(({ name }) => name).sort(), ['greeting', 'words'])
    assert.deepEqual(asked.sort(), ['/full/greeting-1.0-py3-none-any.whl', '/full/words-1.0-py3-none-any.whl'])
    assert.deepEqual((await embeddedParts(cacheDir, lock)).wheels.map(({ name }) => name).sort(), ['greeting', 'words'])
    const sandbox = await openWasmSandbox({ cacheDir, poolSize: 1, wheelsLock: lock })
    const { libraries, image } = await sandbox.describe()
    assert.ok(libraries('python').has('greeting') && libraries('jupyter').has('words'))
    assert.match(image('python'), /^wasm pyodide@\S+ greeting@1\.0 words@1\.0 sha256:/)
    const job = jobOf('import greeting\nresult = greeting.hello()')
    let warm = false
    for (let tries = 0; tries < 20 && !warm; tries++) {
      const outcome = await sandbox.run(job, { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000 })
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.equal(outcome.result, '"hello"')
      warm = outcome.usage.warm
    }
    assert.ok(warm)
    await sandbox.close()
  })

  test('give tables as data frames where pandas is among them, warm or cold', async () => {
    // A fake pandas with the only function that the helper uses.
    const pandas = wheelOf('pandas', {
      'pandas.py': 'read_csv = lambda file, **options: [next(file), options["dtype"]["weight"]]\n'
    })
    answer = (_, response) => response.end(pandas)
    const lock = await lockOf({}, { pandas })
    await fetchWheels({ cacheDir, names: ['pandas'], from, lock })
    const sandbox = await openWasmSandbox({ cacheDir, poolSize: 1, wheelsLock: lock })
    const job = jobOf(
      'from data_loader import load_data\nimport stimnet\nresult = [load_data("subjects"), stimnet.tables["subjects"][0]["age"]]'
    )
    let warm = false
    for (let tries = 0; tries < 20 && !warm; tries++) {
      const outcome = await sandbox.run(job, { ...LIMITS_OF_TESTS, wallTimeMsMax: 60_000 })
      assert.ok(outcome.ok, JSON.stringify(outcome))
      assert.deepEqual(JSON.parse(outcome.result), [['subject_id,age,sex,visit_date,weight\n', 'float64'], 61])
      warm = outcome.usage.warm
    }
    assert.ok(warm)
    await sandbox.close()
  })

  test('come from a folder too, and are not fetched twice', async () => {
    const lock = await lockOf()
    const brought = await mkdtemp(join(folder, 'brought-'))
    await writeFile(join(brought, 'words-1.0-py3-none-any.whl'), WORDS)
    await fetchWheels({ cacheDir, names: ['words'], from: brought, lock })
    await fetchWheels({ cacheDir, names: ['greeting'], from, lock })
    assert.deepEqual(asked, ['/full/greeting-1.0-py3-none-any.whl'])
    assert.deepEqual((await embeddedParts(cacheDir, lock)).wheels.map(({ name }) => name).sort(), ['greeting', 'words'])
  })

  test('are not kept where the file is another than the lock names', async () => {
    answer = (_, response) => response.end(Buffer.concat([WORDS, Buffer.from(' ')]))
    await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from, lock: await lockOf() }), {
      code: 'SANDBOX_UNAVAILABLE',
      message: /words-1\.0-py3-none-any\.whl .* has SHA-256/
    })
    assert.deepEqual(await filesThere(), [])
  })

  test('are not kept where the file is missing or ends too early', async () => {
    const lock = await lockOf()
    answer = (_, response) => response.writeHead(404).end(WORDS)
    await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from, lock }), { message: /the answer was 404/ })
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': WORDS.length })
      response.write(WORDS.subarray(0, 50), () => response.destroy())
    }
    await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from, lock }), { code: 'SANDBOX_UNAVAILABLE' })
    await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from: folder, lock }), { message: /ENOENT/ })
    assert.deepEqual(await filesThere(), [])
  })

  test('keep what was there before, where one of several fails', async () => {
    const lock = await lockOf()
    await fetchWheels({ cacheDir, names: ['words'], from, lock })
    answer = (_, response) => response.writeHead(500).end()
    await assert.rejects(fetchWheels({ cacheDir, names: ['greeting'], from, lock }))
    assert.deepEqual(
      (await embeddedParts(cacheDir, lock)).wheels.map(({ name }) => name),
      ['words']
    )
  })

  for (const fileName of [
    '../../outside.whl',
    '/etc/outside.whl',
    'a/b.whl',
    '..',
    '',
    'a\0b.whl',
    '%2e%2e%2fb.whl',
    'a?b'
  ]) {
    test(`are refused by a lock that names a path: ${JSON.stringify(fileName)}`, async () => {
      const lock = await lockOf({ words: { file_name: fileName } })
      await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from, lock }), { message: /no plain file name/ })
      assert.deepEqual(asked, [])
    })
  }

  test('are refused by a lock without a hash, and by a text that is no lock', async () => {
    const lock = await lockOf({ words: { sha256: 'abc' } })
    await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from, lock }), { message: /no SHA-256/ })
    const none = join(folder, 'none.json')
    await writeFile(none, '[]')
    await assert.rejects(fetchWheels({ cacheDir, names: ['words'], from, lock: none }), { code: 'SANDBOX_UNAVAILABLE' })
  })

  test('whose name nobody knows are refused before anything is asked', async () => {
    await assert.rejects(fetchWheels({ cacheDir, names: ['words', 'nosuch'], from, lock: await lockOf() }), {
      code: 'LIBRARY_NOT_AVAILABLE',
      reason: 'Pyodide has no library "nosuch".'
    })
    assert.deepEqual(asked, [])
  })

  test('that were changed on disk keep the sandbox from opening', async () => {
    const wheelsLock = await lockOf()
    await fetchWheels({ cacheDir, names: ['words'], from, lock: wheelsLock })
    const path = join(wheelsDirectory(cacheDir, pyodideVersion), 'words-1.0-py3-none-any.whl')
    const changed = wheelOf('words', { 'words.py': 'word = "changed"\n' })
    await writeFile(path, changed)
    await assert.rejects(openWasmSandbox({ cacheDir, poolSize: 0, wheelsLock }), {
      code: 'SANDBOX_UNAVAILABLE',
      message: /is not what was fetched/
    })
    // The lock in the same folder is changed too.
    const lock = join(wheelsDirectory(cacheDir, pyodideVersion), 'pyodide-lock.json')
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(sha256Of(WORDS), sha256Of(changed)))
    await assert.rejects(openWasmSandbox({ cacheDir, poolSize: 0, wheelsLock }), {
      message: /the lock in .* is not that of this version/
    })
  })
})

test('whoever asks for a library that is missing learns which sandbox has it', async () => {
  assert.equal(
    await whereIs('pandas', 'python'),
    "StimNet's Docker image has it; the embedded sandbox can, by `stimnet sandbox fetch pandas`"
  )
  assert.equal(await whereIs('sklearn', 'jupyter'), await whereIs('sklearn', 'python'))
  assert.match(await whereIs('sklearn', 'python'), /fetch scikit-learn`$/)
  assert.equal(await whereIs('dplyr', 'r'), "StimNet's Docker image has it")
  assert.equal(await whereIs('numpy', 'r'), 'no sandbox of StimNet has it')
  assert.equal(await whereIs('left_pad', 'python'), 'no sandbox of StimNet has it')
})
