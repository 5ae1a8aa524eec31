/** Download of libraries for the embedded Python from the network or a folder. Each file is verified by its hash in the lock. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { findInstallation } from '../deno.ts'
import { ownFolder } from '../own-folder.ts'
import { isWhole, readLock, sha256Of, WHEELS_LOCK, type Wheel, wheelsDirectory } from './wheels.ts'

/** The URL at which the Pyodide project publishes the libraries of a version. */
const published = (version: string) => `https://cdn.jsdelivr.net/pyodide/v${version}/full/`

/** Maximum size of a file, bytes. The largest file today has 30 MB. */
const WHEEL_BYTES_MAX = 256 * 1024 * 1024
const DOWNLOAD_MS_MAX = 10 * 60_000

/** Options of `fetchWheels`. */
export interface FetchOptions {
  readonly cacheDir: string
  /** Names as in Pyodide's lock. Dependencies are fetched too. */
  readonly names: readonly string[]
  /** A URL or a folder with the files. Default: the URL at which the Pyodide project publishes them. */
  readonly from?: string
  /** Path of the lock. Default: the lock of the installed Pyodide. */
  readonly lock?: string
  readonly signal?: AbortSignal
  /** Called for each file before it is fetched. */
  onFile?(wheel: Wheel): void
}

/**
 * Fetches the missing libraries, and returns all requested ones. A file whose hash differs from the lock is discarded. Throws
 * LIBRARY_NOT_AVAILABLE for a name that is not in the lock, and SANDBOX_UNAVAILABLE if a file cannot be obtained or has another hash.
 * Sandboxes that are already open must be reopened to use new libraries.
 */
export async function fetchWheels(options: FetchOptions): Promise<readonly Wheel[]> {
  const { pyodideDirectory, pyodideVersion } = findInstallation()
  const text = await readFile(options.lock ?? join(pyodideDirectory, WHEELS_LOCK), 'utf8')
  const wanted = withDependencies(readLock(text), options.names)
  const directory = wheelsDirectory(options.cacheDir, pyodideVersion)
  const from = options.from ?? published(pyodideVersion)
  try {
    await ownFolder(options.cacheDir)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    for (const wheel of wanted) {
      if (await isWhole(directory, wheel)) continue
      options.onFile?.(wheel)
      const bytes = await bytesOf(from, wheel, options.signal)
      const found = sha256Of(bytes)
      if (found !== wheel.sha256) {
        throw new StimnetError(
          'SANDBOX_UNAVAILABLE',
          `${wheel.fileName} from ${from} has SHA-256 ${found}, not that of the lock`
        )
      }
      await writeWhole(join(directory, wheel.fileName), bytes)
    }
    await writeWhole(join(directory, WHEELS_LOCK), await lockOf(text, directory, wanted))
  } catch (cause) {
    if (cause instanceof StimnetError) throw cause
    throw new StimnetError('SANDBOX_UNAVAILABLE', `writing to ${directory}`, { cause })
  }
  return wanted
}

/** The named libraries and all their dependencies, without duplicates. */
function withDependencies(lock: ReadonlyMap<string, Wheel>, names: readonly string[]): Wheel[] {
  const found = new Map<string, Wheel>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const wheel = lock.get(name)
    if (!wheel) {
      throw StimnetError.told('LIBRARY_NOT_AVAILABLE', `Pyodide has no library ${JSON.stringify(name.slice(0, 80))}.`)
    }
    if (found.has(name)) continue
    found.set(name, wheel)
    open.push(...wheel.depends)
  }
  return [...found.values()]
}

/** The given lock, reduced to the libraries in the folder. */
async function lockOf(text: string, directory: string, wanted: readonly Wheel[]): Promise<string> {
  const whole = JSON.parse(text) as { packages: Record<string, unknown> }
  const before = await readFile(join(directory, WHEELS_LOCK), 'utf8').catch(() => '{"packages":{}}')
  const names = new Set([...readLock(before).keys(), ...wanted.map(({ name }) => name)])
  const packages = Object.fromEntries(Object.entries(whole.packages).filter(([name]) => names.has(name)))
  return JSON.stringify({ ...whole, packages }, null, 1)
}

/** Writes to a temporary name and renames, so that an interruption leaves no incomplete file under the final name. */
async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await writeFile(aside, content, { mode: 0o600, flag: 'wx' })
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

async function bytesOf(from: string, wheel: Wheel, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    if (!/^https?:\/\//.test(from)) return await readFile(join(resolve(from), wheel.fileName))
    const address = new URL(encodeURIComponent(wheel.fileName), from.endsWith('/') ? from : `${from}/`)
    const deadline = AbortSignal.timeout(DOWNLOAD_MS_MAX)
    const response = await fetch(address, { signal: signal ? AbortSignal.any([signal, deadline]) : deadline })
    if (!response.ok || !response.body) throw new Error(`the answer was ${response.status}`)
    return await collect(response.body)
  } catch (cause) {
    throw new StimnetError(
      'SANDBOX_UNAVAILABLE',
      `fetching ${wheel.fileName} from ${from}: ${(cause as Error).message}`,
      {
        cause
      }
    )
  }
}

/** Reads the body. The size is counted as the body arrives, since an announced length may be wrong. */
async function collect(body: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > WHEEL_BYTES_MAX) throw new RangeError(`more than ${WHEEL_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
