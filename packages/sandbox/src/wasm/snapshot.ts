/** The memory snapshot of a started Python. It is built once per machine, so that no job waits for Python's start. */
import { spawn } from 'node:child_process'
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { DENO_ENVIRONMENT, denoArguments, type Installation, underOsLimits } from './deno.ts'
import { hashOf } from './interpreter.ts'
import { ownFolder } from './own-folder.ts'
import { sha256Of } from './addons/wheels.ts'

/** Maximum size of a snapshot with its list of modules, bytes: enough for a memory of 30 MB. A larger memory could not be restored. */
const OUTPUT_BYTES_MAX = 40 * 1024 * 1024
/** Maximum build time, ms. A build takes three seconds on an idle machine, and much longer if many start at once. */
const BUILD_MS_MAX = 120_000
const BUILD_MEMORY_BYTES = 1024 * 1024 * 1024

/** The memory of Python after its start, on disk. */
export interface Snapshot {
  readonly path: string
  /** SHA-256 of the file, hexadecimal. The sandbox verifies the bytes that it has read before it uses them. */
  readonly sha256: string
  /** The top-level modules that this Python can import. */
  readonly modules: readonly string[]
  /** SHA-256 over everything that runs a program, hexadecimal. It is the identity in receipts, and part of the snapshot's folder name. */
  readonly hash: string
}

/**
 * The default key. Without a persistent key, a snapshot of an earlier process cannot be trusted: anybody who can write to the cache folder
 * could replace the memory, and also the seal if the key were stored beside it.
 */
const KEY_OF_PROCESS = randomBytes(32)

/** Snapshots that this process has built or verified, by folder and identity, so that the peers of one process share them. */
const trusted = new Map<string, Promise<Snapshot>>()

/**
 * The snapshot in `cacheDir`. It is built if it is missing or not sealed with this key. If several processes build it at the same time, one
 * of their snapshots is kept. Throws SANDBOX_UNAVAILABLE.
 */
export async function ensureSnapshot(
  installation: Installation,
  { cacheDir, key = KEY_OF_PROCESS }: { cacheDir: string; key?: Uint8Array | undefined }
): Promise<Snapshot> {
  const hash = await identityOf(installation)
  const folder = await ownFolder(cacheDir)
  const name = `${folder} ${hash}`
  const known = trusted.get(name)
  if (known && (await isStillThere(known))) return known
  const keyId = createHmac('sha256', key).update('stimnet/snapshot/1').digest('hex').slice(0, 16)
  const directory = join(folder, `python-${hash.slice(0, 32)}-${keyId}`)
  // Another call may have started the build in the meantime.
  const begun = trusted.get(name)
  if (begun !== known && begun) return begun
  const work = findOrBuild(installation, { hash, directory, cacheDir: folder, key })
  trusted.set(name, work)
  work.catch(() => trusted.delete(name))
  return work
}

async function isStillThere(known: Promise<Snapshot>): Promise<boolean> {
  const { path, sha256 } = await known
  const bytes = await readFile(path).catch(() => undefined)
  return bytes !== undefined && sha256Of(bytes) === sha256
}

/** The location of a snapshot, and the key that seals it. */
interface Place {
  readonly hash: string
  readonly directory: string
  readonly cacheDir: string
  readonly key: Uint8Array
}

async function findOrBuild(installation: Installation, place: Place): Promise<Snapshot> {
  const { hash, directory, cacheDir, key } = place
  try {
    const found = await readSnapshot(place)
    if (found) return found
    const { memory, modules } = await build(installation)
    // Written to another folder and renamed, so that no process ever sees an incomplete snapshot.
    const aside = join(cacheDir, `building-${randomUUID()}`)
    await mkdir(aside, { recursive: true, mode: 0o700 })
    await writeDurably(join(aside, 'memory.bin'), memory)
    await writeDurably(join(aside, 'modules.json'), modules)
    await writeDurably(join(aside, SEAL), Buffer.from(sealOf(key, { hash, memory, modules })))
    await takePlace(aside, place)
    const built = await readSnapshot(place)
    if (built) return built
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `building Python's snapshot in ${directory}`, { cause })
  }
  throw new StimnetError('SANDBOX_UNAVAILABLE', `building Python's snapshot in ${directory}`)
}

/** Moves the new snapshot to its final folder. It replaces a snapshot not sealed with this key, and is dropped if a sealed one exists. */
async function takePlace(aside: string, place: Place): Promise<void> {
  if (!(await readSnapshot(place))) await rm(place.directory, { recursive: true, force: true })
  await rename(aside, place.directory).catch(() => rm(aside, { recursive: true, force: true }))
}

const SEAL = 'seal'

function sealOf(key: Uint8Array, { hash, memory, modules }: { hash: string; memory: Buffer; modules: Buffer }): string {
  const text = ['stimnet/snapshot-seal/1', hash, sha256Of(memory), sha256Of(modules)].join('\n')
  return createHmac('sha256', key).update(text).digest('hex')
}

/** The stored snapshot; undefined if there is none, or if it was not sealed with this key. */
async function readSnapshot({ directory, hash, key }: Place): Promise<Snapshot | undefined> {
  const read = (name: string) => readFile(join(directory, name))
  const files = await Promise.all([read('memory.bin'), read('modules.json'), read(SEAL)]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    }
  )
  if (files === undefined) return undefined
  const [memory, modules, seal] = files
  const expected = Buffer.from(sealOf(key, { hash, memory, modules }))
  if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) return undefined
  const names = JSON.parse(modules.toString('utf8')) as unknown[]
  return { path: join(directory, 'memory.bin'), sha256: sha256Of(memory), modules: names.map(String), hash }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The hash over everything that runs a program, in a fixed order. */
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
