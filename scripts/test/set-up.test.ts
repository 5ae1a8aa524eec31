/** Tests of the set-up of a fresh clone, in a clone of a few files with a fake npm. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'

const project = join(import.meta.dirname, '../..')
let clone = ''

const LOCK = {
  packages: {
    '': { name: 'clone' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/tool': { version: '1.0.0', integrity: 'sha512-tool', dev: true },
    'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-b', optional: true, os: ['plan9'] }
  }
}

/** A fake npm: it writes to a log, waits, and leaves the files that npm leaves. It fails if there is a file `fail`. */
const NPM = `
const { appendFileSync, cpSync, existsSync, mkdirSync, rmSync } = require('node:fs')
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n')
console.log('npm talks')
setTimeout(() => {
  if (existsSync('fail')) process.exit(3)
  rmSync('node_modules', { recursive: true, force: true })
  mkdirSync('node_modules')
  cpSync('package-lock.json', 'node_modules/.package-lock.json')
}, 300)
`

/** A program that prints its arguments and its folder. With the argument `stay`, it runs until a signal ends it. */
const PROGRAM = `
const args = process.argv.slice(2)
console.log(JSON.stringify({ args, cwd: process.cwd() }))
if (args[0] === 'stay') {
  setInterval(() => {}, 1000)
  let times = 0
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {
    times++
    setTimeout(() => { console.log(signal, times); process.exit(7) }, 200)
  })
}
if (args[0] === 'kill') process.kill(process.pid, 'SIGKILL')
if (args[0] === 'exit') process.exitCode = Number(args[1])
`

before(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), 'stimnet-clone-')))
  for (const path of ['scripts/set-up.mjs', 'scripts/with-node.mjs', 'scripts/console.mjs', 'bin/stimnet']) {
    cpSync(join(project, path), join(clone, path))
  }
  mkdirSync(join(clone, 'packages/cli/src'), { recursive: true })
  mkdirSync(join(clone, 'elsewhere'))
  writeFileSync(join(clone, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(clone, 'npm'))
  writeFileSync(join(clone, 'npm/package.json'), '{ "type": "commonjs" }')
  writeFileSync(join(clone, 'npm/npm-cli.js'), NPM)
  writeFileSync(join(clone, 'packages/cli/src/main.ts'), PROGRAM)
  symlinkSync(join(clone, 'bin/stimnet'), join(clone, 'elsewhere/stimnet'))
})

beforeEach(() => {
  for (const path of ['node_modules', '.cache', 'npm.log', 'fail']) {
    rmSync(join(clone, path), { recursive: true, force: true })
  }
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(LOCK))
})

after(() => rmSync(clone, { recursive: true, force: true }))

function start(args: readonly string[], cwd = clone): ChildProcess {
  const env = { ...process.env, npm_execpath: join(clone, 'npm/npm-cli.js') }
  return spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text) => (texts[name] += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

const run = (args: readonly string[], cwd?: string) => ended(start(args, cwd))
const program = 'packages/cli/src/main.ts'
const installs = () =>
  existsSync(join(clone, 'npm.log')) ? readFileSync(join(clone, 'npm.log'), 'utf8').split('\n').length - 1 : 0
const leaveInstalled = (lock: object) => {
  mkdirSync(join(clone, 'node_modules'), { recursive: true })
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), JSON.stringify(lock))
}
const without = (...paths: string[]) => ({
  packages: Object.fromEntries(Object.entries(LOCK.packages).filter(([path]) => !paths.includes(path)))
})

describe('this machine’s own Node', () => {
  test('goes before a package that lags behind the pinned minor, and before no other', async () => {
    const { isOwnBetter } = (await import(String(new URL('../set-up.mjs', import.meta.url)))) as {
      isOwnBetter(versions: { own: string; pinned: string; wanted: string }): boolean
    }
    const wanted = '24.21.0'
    assert.equal(isOwnBetter({ own: '24.21.0', pinned: '24.0.0', wanted }), true)
    assert.equal(isOwnBetter({ own: '24.30.1', pinned: '24.0.0', wanted }), true)
    assert.equal(isOwnBetter({ own: '24.20.9', pinned: '24.0.0', wanted }), false)
    assert.equal(isOwnBetter({ own: '25.1.0', pinned: '24.0.0', wanted }), false)
    assert.equal(isOwnBetter({ own: '24.30.0', pinned: '24.21.0', wanted }), false)
  })
})

describe('set-up', () => {
  test('installs once, then never again, and says so on stderr alone', async () => {
    const first = await run(['scripts/with-node.mjs', program, 'hello'])
    assert.deepEqual(JSON.parse(first.stdout), { args: ['hello'], cwd: clone })
    assert.match(first.stderr, /Setting up: npm ci\. .* MB[\s\S]*npm talks[\s\S]*Set up in \d+ s\./)
    const second = await run(['scripts/with-node.mjs', program])
    assert.equal(second.stderr, '')
    assert.equal(installs(), 1)
  })

  test('keeps its own options, and hands on those of the program', async () => {
    const options = ['--production', '--console']
    const { code, stdout } = await run(['scripts/with-node.mjs', ...options, program, '--console', 'hello'])
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout).args, ['--console', 'hello'])
    assert.deepEqual(JSON.parse((await run(['bin/stimnet', 'start', '-c', 'x'])).stdout).args, ['start', '-c', 'x'])
  })

  test('of two processes that start at once installs once', async () => {
    const both = await Promise.all([1, 2].map(() => run(['scripts/with-node.mjs', program, 'hello'])))
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0]
    )
    assert.equal(installs(), 1)
    assert.equal(existsSync(join(clone, '.cache/set-up.lock')), false)
  })

  test('goes on where another was killed in the middle', async () => {
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(gone, 'exit')
    mkdirSync(join(clone, '.cache'))
    writeFileSync(join(clone, '.cache/set-up.lock'), String(gone.pid))
    assert.equal((await run(['scripts/with-node.mjs', program])).code, 0)
  })

  test('takes what npm ci or npm install by hand has left, without packages of other platforms', async () => {
    leaveInstalled(without('', 'node_modules/elsewhere'))
    assert.equal((await run(['scripts/with-node.mjs', program])).code, 0)
    assert.equal(installs(), 0)
  })

  test('links the pinned Node where npm did not, for the unit of systemd', {
    skip: process.platform !== 'linux' && 'the unit is for Linux'
  }, async () => {
    leaveInstalled(LOCK)
    const binary = join(clone, `node_modules/node-linux-${process.arch}/bin/node`)
    mkdirSync(dirname(binary), { recursive: true })
    symlinkSync(process.execPath, binary)
    const link = join(clone, 'node_modules/.bin/node')
    for (const time of ['first', 'second']) {
      assert.equal((await run(['scripts/with-node.mjs', program])).code, 0, time)
      assert.equal(realpathSync(link), realpathSync(process.execPath), time)
    }
    assert.equal(
      readlinkSync(link),
      `../node-linux-${process.arch}/bin/node`,
      'a link that survives a move of the folder'
    )
  })

  test('installs again when a package is missing or of another version than locked', async () => {
    const changed = { packages: { ...LOCK.packages, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-c' } } }
    for (const lock of [without('node_modules/a'), changed]) {
      leaveInstalled(lock)
      const before = installs()
      assert.equal((await run(['scripts/with-node.mjs', program])).code, 0)
      assert.equal(installs(), before + 1)
    }
  })

  test('for production leaves development tools out, and does not miss them', async () => {
    leaveInstalled(without('node_modules/tool'))
    assert.equal((await run(['scripts/with-node.mjs', '--production', program])).code, 0)
    assert.equal(installs(), 0)
    await run(['scripts/with-node.mjs', program])
    assert.equal(installs(), 1)
    rmSync(join(clone, 'node_modules'), { recursive: true })
    await run(['scripts/with-node.mjs', '--production', program])
    assert.match(
      readFileSync(join(clone, 'npm.log'), 'utf8'),
      /^ci --ignore-scripts .*\nci --ignore-scripts .* --omit=dev\n$/
    )
  })

  test('that fails says what to do, runs nothing, and lets the next one try', async () => {
    writeFileSync(join(clone, 'fail'), '')
    const failed = await run(['scripts/with-node.mjs', program])
    assert.deepEqual([failed.code, failed.stdout], [3, ''])
    assert.match(failed.stderr, /Set-up failed\. Check the network/)
    rmSync(join(clone, 'fail'))
    assert.equal((await run(['scripts/with-node.mjs', program])).code, 0)
  })
})

describe('the command stimnet', () => {
  test('runs from any folder, through a symlink, in the folder of the caller', async () => {
    leaveInstalled(LOCK)
    const folder = join(clone, 'elsewhere')
    const { stdout, stderr } = await run(['./stimnet', 'run', 'a b', '--json'], folder)
    assert.deepEqual(JSON.parse(stdout), { args: ['run', 'a b', '--json'], cwd: folder })
    assert.equal(stderr, '')
  })

  test('ends with the code of the program, 128 and more where a signal ended it', async () => {
    leaveInstalled(LOCK)
    assert.equal((await run(['bin/stimnet', 'exit', '5'])).code, 5)
    assert.equal((await run(['bin/stimnet', 'kill'])).code, 137)
  })

  test('hands a signal on to the program, once, and waits for its end', async () => {
    leaveInstalled(LOCK)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const child = start(['bin/stimnet', 'stay'])
      const end = ended(child)
      await once(child.stdout ?? child, 'data')
      await new Promise((resolve) => setTimeout(resolve, 100))
      child.kill(signal)
      child.kill(signal)
      const { code, stdout } = await end
      assert.equal(code, 7)
      assert.match(stdout, new RegExp(`${signal} 1\n`))
    }
  })

  test('ends the program when npm has ended the shell between them, and stays where somebody left it alone', {
    skip: existsSync('/proc/self/task') ? false : 'needs Linux'
  }, async () => {
    leaveInstalled(LOCK)
    for (const event of ['demo', undefined]) {
      const { npm_lifecycle_event: _, ...environment } = process.env
      const env = { ...environment, ...(event === undefined ? {} : { npm_lifecycle_event: event }) }
      const shell = spawn('sh', ['-c', `"${process.execPath}" bin/stimnet stay; true`], { cwd: clone, env })
      let said = ''
      const closed = once(
        shell.stdout.on('data', (piece) => (said += piece)),
        'close'
      )
      await once(shell.stdout, 'data')
      const children = readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8')
      shell.kill('SIGTERM')
      const wait = new Promise((resolve) =>
        setTimeout(() => resolve('there'), event === undefined ? 1_500 : 10_000).unref()
      )
      const outcome = await Promise.race([closed.then(() => 'ended'), wait])
      assert.equal(outcome, event === undefined ? 'there' : 'ended')
      if (event === undefined) process.kill(Number(children), 'SIGTERM')
      await closed
      assert.match(said, /SIGTERM 1/)
    }
  })
})
