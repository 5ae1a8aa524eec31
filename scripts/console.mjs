/** Builds the console if its output is missing or not up to date. */
// Plain JavaScript for any Node from 20 on, because set-up.mjs calls it when no other Node may be installed. Vite itself runs
// under the pinned Node.
// usage: node scripts/with-node.mjs scripts/console.mjs

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { holdingLock, pinnedNode, root, run } from './set-up.mjs'

const home = join(root, 'packages/console')
const dist = join(home, 'dist')
/** All inputs of the build. */
const SOURCES = ['console', 'sdk', 'api', 'protocol', 'statistics'].flatMap((name) => [
  `packages/${name}/package.json`,
  `packages/${name}/src`
])
const ALSO = ['packages/console/index.html', 'packages/console/vite.config.mjs', 'package-lock.json']

/** Builds the console if needed. Returns whether an up-to-date console exists afterwards. Failures are reported on stderr. */
export async function buildConsole() {
  if (!existsSync(join(home, 'index.html'))) return false
  try {
    if (!isBuilt()) await holdingLock(async () => void (isBuilt() || (await build())))
    return true
  } catch (error) {
    console.error(`The console could not be built (${error.message}): the gateway serves /docs without it.`)
    return false
  }
}

function isBuilt() {
  const stamp = join(dist, 'stamp')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf()
}

/** A hash over the names and contents of all sources. */
function stampOf() {
  const hash = createHash('sha256')
  for (const path of [...SOURCES.flatMap(filesOf), ...ALSO].sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesOf(path) {
  if (path.endsWith('.json')) return [path]
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const below = `${path}/${entry.name}`
    return entry.isDirectory() ? filesOf(below) : [below]
  })
}

async function build() {
  const started = performance.now()
  const stamp = stampOf()
  const fresh = join(home, 'dist.new')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const options = { cwd: home, stdio: ['ignore', 'ignore', 2] }
  const code = await run(pinnedNode(), [vite, 'build', '--outDir', 'dist.new', '--logLevel', 'warn'], options)
  if (code !== 0) throw new Error(`vite ended with ${code}`)
  writeFileSync(join(fresh, 'stamp'), stamp)
  // Running peers have already read the old files. A peer that starts now finds either all files or none.
  rmSync(dist, { recursive: true, force: true })
  renameSync(fresh, dist)
  console.error(`Built the console in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = (await buildConsole()) ? 0 : 1
