/** The memory of a Python that has started already: built once on this machine, so that no job waits for the start. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { DENO_ENVIRONMENT, denoArguments, type Installation, underOsLimits } from './deno.ts'
import { hashOf } from './interpreter.ts'

/** Memory of 30 MB and a list of names; what is larger could not be restored. */
const OUTPUT_BYTES_MAX = 40 * 1024 * 1024
/** Three seconds on an idle machine, much longer where many start at once. */
const BUILD_MS_MAX = 120_000
const BUILD_MEMORY_BYTES = 1024 * 1024 * 1024

/** Python’s memory after start, on disk. */
export interface Snapshot {
  readonly path: string
  /** The top-level modules that Python really has. */
  readonly modules: readonly string[]
  /** SHA-256 over everything that runs a program, hex: the identity in receipts, and the snapshot's name. */
  readonly hash: string
}

const underWay = new Map<string, Promise<Snapshot>>()

/** The snapshot in `cacheDir`, built if it is not there. Several processes may ask at once; one of theirs stays. */
export async function ensureSnapshot(installation: Installation, cacheDir: string): Promise<Snapshot> {
  const hash = await identityOf(installation)
  // Sandboxes start in the root folder, so their paths must be whole.
  const folder = resolve(cacheDir)
  const directory = join(folder, `python-${hash.slice(0, 32)}`)
  const pending = underWay.get(directory)
  if (pending) return pending
  const work = findOrBuild(installation, { hash, directory, cacheDir: folder }).finally(() =>
    underWay.delete(directory)
  )
  underWay.set(directory, work)
  return work
}

async function findOrBuild(
  installation: Installation,
  place: { hash: string; directory: string; cacheDir: string }
): Promise<Snapshot> {
  const { hash, directory, cacheDir } = place
  try {
    const found = await readSnapshot(directory, hash)
    if (found) return found
    const { memory, modules } = await build(installation)
    // Written aside and renamed as a whole: nobody ever sees half of it.
    const aside = join(cacheDir, `building-${randomUUID()}`)
    await mkdir(aside, { recursive: true, mode: 0o755 })
    await writeDurably(join(aside, 'memory.bin'), memory)
    await writeDurably(join(aside, 'modules.json'), modules)
    await rename(aside, directory).catch(() => rm(aside, { recursive: true, force: true }))
    const built = await readSnapshot(directory, hash)
    if (built) return built
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `building Python's snapshot in ${cacheDir}`, { cause })
  }
  throw new StimnetError('SANDBOX_UNAVAILABLE', `building Python's snapshot in ${cacheDir}`)
}

async function readSnapshot(directory: string, hash: string): Promise<Snapshot | undefined> {
  let text: string
  try {
    text = await readFile(join(directory, 'modules.json'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const modules: unknown = JSON.parse(text)
  if (!Array.isArray(modules)) throw new TypeError('modules.json is no list')
  return { path: join(directory, 'memory.bin'), modules: modules.map(String), hash }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Everything a program runs on, in a fixed order. */
async function identityOf(installation: Installation): Promise<string> {
  const { pyodideDirectory, runnerDirectory, denoVersion, pyodideVersion } = installation
  const parts = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip']
  const runner = (await readdir(runnerDirectory)).filter((name) => /\.py$|\.js$/.test(name) && name !== 'r.js').sort()
  return hashOf(
    [`deno ${denoVersion} pyodide ${pyodideVersion}`],
    [...parts.map((name) => join(pyodideDirectory, name)), ...runner.map((name) => join(runnerDirectory, name))]
  )
}

async function build(installation: Installation): Promise<{ modules: Buffer; memory: Buffer }> {
  const { deno, pyodideDirectory, runnerDirectory } = installation
  const command = denoArguments({
    readable: [pyodideDirectory, runnerDirectory],
    runner: join(runnerDirectory, 'runner.js'),
    memoryBytesMax: BUILD_MEMORY_BYTES,
    args: ['snapshot', pyodideDirectory]
  })
  const output = await outputOf(
    underOsLimits([deno, ...command], { memoryBytesMax: BUILD_MEMORY_BYTES, cpuSecondsMax: BUILD_MS_MAX / 1000 })
  )
  const modules = frameAt(output, 0, 'M')
  return { modules, memory: frameAt(output, 5 + modules.length, 'S') }
}

function frameAt(output: Buffer, at: number, kind: string): Buffer {
  if (output.toString('latin1', at, at + 1) !== kind) throw new TypeError(`no frame ${kind}`)
  return output.subarray(at + 5, at + 5 + output.readUInt32BE(at + 1))
}

function outputOf([file = '', ...args]: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: DENO_ENVIRONMENT,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: BUILD_MS_MAX,
      killSignal: 'SIGKILL'
    })
    const chunks: Buffer[] = []
    let bytes = 0
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > OUTPUT_BYTES_MAX) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk).slice(-2000)
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(chunks)) : reject(new Error(complaint))))
  })
}
