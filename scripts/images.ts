/** Builds the image that Docker sandboxes start from, once for each state of its inputs; prints its name and id. */
// usage: node scripts/with-node.mjs scripts/images.ts [--minimal]
// --minimal: Python alone, without numpy and pandas. It is for tests.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const SUITE = 'trixie'
const OFFICIAL_BASE = `debian:${SUITE}-slim`
/** Made here where no registry of images is reachable. */
const OWN_BASE = `stimnet-base:${SUITE}`

/** A registry that does not begin to answer within this time is not reachable, ms. */
const PULL_MS_MAX = 60_000
const BUILD_MS_MAX = 20 * 60_000

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { minimal: { type: 'boolean', default: false } } })
const name = values.minimal ? 'stimnet-python-minimal' : 'stimnet-python'
const packages = values.minimal ? ['python3'] : undefined

try {
  console.log(await ensureImage())
} catch (error) {
  console.error(`images: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

/** `name@id` of the image for the present inputs; builds it where it is missing. */
async function ensureImage(): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'stimnet-images-'))
  try {
    layOut(context)
    const tag = `${name}:${hashOf(context)}`
    const base = (await idOf(tag)) ? undefined : await ensureBase()
    if (base) await build(context, { tag, base })
    await docker(['tag', tag, `${name}:latest`])
    return `${name}@${await idOf(tag)}`
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

/** The folder an image is built from: the helpers are those of the embedded sandbox, so that a script finds the same. */
function layOut(context: string): void {
  const shared = join(root, 'packages/sandbox/src/wasm/runner')
  cpSync(join(root, 'images/python'), context, { recursive: true })
  mkdirSync(join(context, 'helpers'))
  for (const file of ['data_loader.py', 'stimnet.py']) cpSync(join(shared, file), join(context, 'helpers', file))
  cpSync(join(shared, 'run.py'), join(context, 'runner/run.py'))
}

function hashOf(context: string): string {
  const hash = createHash('sha256').update(JSON.stringify([SUITE, packages ?? 'all']))
  const files = readdirSync(context, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(path.slice(context.length)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/** A Debian to build on: Debian's own image, or the same from its packages. */
async function ensureBase(): Promise<string> {
  if (await idOf(OFFICIAL_BASE)) return OFFICIAL_BASE
  if (await idOf(OWN_BASE)) return OWN_BASE
  const pulled = await attempt('docker', ['pull', '--quiet', OFFICIAL_BASE], { msMax: PULL_MS_MAX })
  if (pulled.ok) return OFFICIAL_BASE
  const folder = mkdtempSync(join(tmpdir(), 'stimnet-base-'))
  try {
    await bootstrap(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return OWN_BASE
}

async function bootstrap(folder: string): Promise<void> {
  console.error(`images: no registry answers; making Debian ${SUITE} with debootstrap`)
  const { ok, output } = await attempt('debootstrap', ['--variant=minbase', SUITE, folder])
  if (!ok) throw new Error(`no base image: neither a registry nor debootstrap (as root) gave one\n${output}`)
  const trimmed = ['var/cache', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/log']
  for (const path of trimmed) rmSync(join(folder, path), { recursive: true, force: true })
  // apt and dpkg expect their folders, empty as they are.
  for (const path of ['var/cache/apt/archives/partial', 'var/lib/apt/lists/partial', 'var/log'])
    mkdirSync(join(folder, path), { recursive: true })
  const words = ['-c', 'tar --numeric-owner --one-file-system -C "$1" -c . | docker import - "$2"', 'sh', folder]
  const imported = await attempt('sh', [...words, OWN_BASE])
  if (!imported.ok) throw new Error(`importing the base\n${imported.output}`)
}

async function build(context: string, { tag, base }: { tag: string; base: string }): Promise<void> {
  console.error(`images: building ${tag} on ${base}`)
  const args = ['build', '--network', 'host', '--build-arg', `BASE=${base}`, '--tag', tag]
  if (packages) args.push('--build-arg', `PACKAGES=${packages.join(' ')}`)
  await docker([...args, context])
}

/** The id of an image, which names its content; undefined where there is none. */
async function idOf(image: string): Promise<string | undefined> {
  const { ok, output } = await attempt('docker', ['image', 'inspect', '--format', '{{.Id}}', image])
  return ok ? output.trim() : undefined
}

async function docker(args: readonly string[]): Promise<void> {
  const { ok, output } = await attempt('docker', args)
  if (!ok) throw new Error(`docker ${args[0]}\n${output}`)
}

/** Runs a command to its end; what it said, and whether it went well. */
async function attempt(
  command: string,
  args: readonly string[],
  { msMax = BUILD_MS_MAX }: { msMax?: number } = {}
): Promise<{ ok: boolean; output: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: msMax, killSignal: 'SIGKILL' })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ok = await new Promise<boolean>((resolve) => {
    child.once('error', (error) => {
      output += String(error)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
  return { ok, output }
}
