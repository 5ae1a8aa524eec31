/** Installation of R for the embedded sandbox: webR from the configured npm registry or from a file, verified by its hash. */
import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { ADDONS, type Addon } from './addons.ts'
import { ownFolder } from '../own-folder.ts'
import { COMPLETE, webrDirectory } from '../r.ts'
import { filesIn } from './untar.ts'

/** Maximum unpacked size, bytes. The pinned version has 49 MB. */
const UNPACKED_BYTES_MAX = 128 * 1024 * 1024
const DOWNLOAD_MS_MAX = 10 * 60_000
/** The files needed to run R. The other files are type declarations, source maps, and a page for the browser. */
const NEEDED = /^(LICENSE.*|dist\/(R\.js|R\.wasm|lib[A-Za-z]+\.so))$/

/** Options of `addR`. */
export interface AddROptions {
  readonly cacheDir: string
  /** The package's archive as a file, for machines without a registry. Default: `npm pack` with npm's own configuration. */
  readonly archive?: string
  /** Default: the pinned version. */
  readonly addon?: Addon
  /** Default: `npm`. */
  readonly npm?: string
  readonly signal?: AbortSignal
}

/**
 * Installs R unless it is already installed, and returns its folder. Throws SANDBOX_UNAVAILABLE if the archive cannot be obtained or its
 * hash differs from the pinned hash. Sandboxes that are already open must be reopened to use R.
 */
export async function addR(options: AddROptions): Promise<{ directory: string; isNew: boolean }> {
  const directory = webrDirectory(options.cacheDir)
  const { integrity } = options.addon ?? ADDONS.webr
  await ownFolder(options.cacheDir)
  if (await isComplete(directory, integrity)) return { directory, isNew: false }
  const archive = options.archive ? await read(resolve(options.archive)) : await pack(options)
  const [algorithm = '', expected] = integrity.split(/-(.*)/s)
  const found = createHash(algorithm).update(archive).digest('base64')
  if (found !== expected) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `the archive of webR has ${algorithm}-${found}, not ${integrity}`)
  }
  const files = filesIn(archive, { bytesMax: UNPACKED_BYTES_MAX }).filter(({ path }) => NEEDED.test(path))
  // Written to another folder and renamed, so that no process ever sees an incomplete folder.
  const aside = join(dirname(directory), `adding-${randomUUID()}`)
  try {
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(aside, path)), { recursive: true, mode: 0o700 })
      await writeFile(join(aside, path), bytes, { mode: 0o600, flag: 'wx' })
    }
    await writeFile(join(aside, COMPLETE), JSON.stringify({ integrity }), { mode: 0o600 })
    // An existing folder that is not complete is broken or contains another archive.
    if (!(await isComplete(directory, integrity))) await rm(directory, { recursive: true, force: true })
    await rename(aside, directory)
  } catch (cause) {
    await rm(aside, { recursive: true, force: true })
    if (!(await isComplete(directory, integrity))) {
      throw new StimnetError('SANDBOX_UNAVAILABLE', `writing R to ${directory}`, { cause })
    }
  }
  return { directory, isNew: true }
}

async function isComplete(directory: string, integrity: string): Promise<boolean> {
  try {
    const found = JSON.parse(await readFile(join(directory, COMPLETE), 'utf8')) as { integrity?: unknown }
    return found.integrity === integrity
  } catch {
    // The mark is missing or incomplete, so R is installed again.
    return false
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `reading ${path}`, { cause })
  }
}

/** Fetches the archive with npm, using npm's own registry, proxy and certificates. No script of the package runs. */
async function pack({ npm = 'npm', addon = ADDONS.webr, signal }: AddROptions): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-add-'))
  try {
    const args = ['pack', `webr@${addon.version}`, '--pack-destination', folder, '--ignore-scripts', '--silent']
    await runToEnd(npm, args, { cwd: folder, signal })
    const [name] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
    if (name === undefined) throw new StimnetError('SANDBOX_UNAVAILABLE', 'npm pack left no archive')
    return await readFile(join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function runToEnd(
  command: string,
  args: readonly string[],
  { cwd, signal }: { cwd: string; signal: AbortSignal | undefined }
): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(DOWNLOAD_MS_MAX)
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      // On Windows npm is a script, which needs a shell.
      shell: process.platform === 'win32'
    })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk).slice(-2000)
    })
    const failed = (cause?: Error) =>
      reject(new StimnetError('SANDBOX_UNAVAILABLE', `${command} ${args[0]} ${args[1]}: ${complaint}`, { cause }))
    child.once('error', failed)
    child.once('close', (code) => (code === 0 ? resolve() : failed()))
  })
}
