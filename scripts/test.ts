/** Runs the tests: all that finish in minutes, with --long the thousands too; words narrow it to paths that hold one. */
// usage: npm test [-- [--long] [PATH-WORD…] [--test-name-pattern=… or another option of node --test]]
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

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
  // Two at a time: scenarios start peers of their own, and CI has two cores. The limit is for one file as well.
  const limitMs = long ? 60 * 60_000 : 5 * 60_000
  const settings = ['--test-reporter=spec', '--test-concurrency=2', `--test-timeout=${limitMs}`]
  // Tests that do the same fifty times do it a thousand times.
  const env = long ? { ...process.env, STIMNET_LONG: '1' } : process.env
  const child = spawn(process.execPath, ['--test', ...settings, ...options, ...files], {
    cwd: root,
    stdio: 'inherit',
    env
  })
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  // Ctrl-C reaches the whole group; we stay for the summary.
  process.on('SIGINT', () => undefined)
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
