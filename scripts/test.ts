/** Runs the tests; with --long also the long ones. Words select the test files whose paths contain one of them. */
// usage: npm test [-- [--long] [PATH-WORD…] [--test-name-pattern=… or another option of node --test]]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendantsOf, endAll } from './descendants.ts'

const root = join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const long = given.includes('--long')
const options = given.filter((word) => word.startsWith('-') && word !== '--long')
const words = given.filter((word) => !word.startsWith('-'))

const endings = long ? ['test', 'long'] : ['test']
const folders = ['packages/*/test/**', 'scripts/test', 'test/**']
const files = globSync(
  folders.flatMap((folder) => endings.map((ending) => `${folder}/*.${ending}.ts`)),
  { cwd: root, exclude: ['**/node_modules'] }
)
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word.replace(/^\.\//, ''))))
  .sort()

if (files.length === 0) {
  console.error(`No test file's path holds ${words.join(' or ')}.`)
  process.exitCode = 1
} else {
  // The time limit also applies to a whole file. The longest file takes two minutes on a quiet machine, and several times that on a busy
  // one.
  const limitMs = (long ? 60 : 15) * 60_000
  // Three files run at a time on the two processors of CI, since many wait for containers, browsers and answers of other peers.
  const settings = ['--test-reporter=spec', '--test-concurrency=3', `--test-timeout=${limitMs}`]
  // With STIMNET_LONG, tests that repeat something fifty times repeat it a thousand times.
  const env = long ? { ...process.env, STIMNET_LONG: '1' } : process.env
  const loaded = ['test-end.ts', ...(long ? [] : ['test-seed.ts'])]
  const imports = loaded.flatMap((name) => ['--import', join(import.meta.dirname, name)])
  const child = spawn(process.execPath, [...imports, '--test', ...settings, ...options, ...files], {
    cwd: root,
    stdio: 'inherit',
    env
  })
  const last = setTimeout(() => void endRun(child), runMsMax(long))
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  // Ctrl-C reaches the whole process group. This process stays until the summary is printed.
  process.on('SIGINT', () => undefined)
  child.on('exit', (code) => {
    clearTimeout(last)
    process.exitCode = code ?? 1
  })
}

/** Maximum duration of a run, ms, in case something hangs. A busy machine takes several times as long as a quiet one. */
function runMsMax(isLong: boolean): number {
  const minutes = isLong ? 6 * 60 : 60
  return Number(process.env.STIMNET_TEST_RUN_MS ?? minutes * 60_000)
}

/** Interrupts Node's test runner, which then names the tests that still run. */
async function endRun(child: ChildProcess): Promise<void> {
  console.error('The run has taken as long as it may. What still runs is named below.')
  const left = descendantsOf(child.pid ?? 0)
  child.kill('SIGINT')
  await Promise.race([once(child, 'exit'), sleep(20_000, undefined, { ref: false })])
  endAll(left)
  child.kill('SIGKILL')
}
