/** Fetching libraries for the embedded Python, once, by whoever has a network or a folder of them: each checked by its lock's hash. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { findInstallation } from './deno.ts'
import { ownFolder } from './own-folder.ts'
import { isWhole, readLock, sha256Of, WHEELS_LOCK, type Wheel, wheelsDirectory } from './wheels.ts'

/** Where the makers of Pyodide publish its libraries, by version. */
const published = (version: string) => `https://cdn.jsdelivr.net/pyodide/v${version}/full/`

/** The largest one today has 30 MB. */
const WHEEL_BYTES_MAX = 256 * 1024 * 1024
const DOWNLOAD_MS_MAX = 10 * 60_000

/** What to fetch, from where, and where it goes. */
export interface FetchOptions {
  readonly cacheDir: string
  /** Names as in Pyodide's lock. What they depend on comes with them. */
  readonly names: readonly string[]
  /** An address or a folder that has the files. Default: where the makers of Pyodide publish them. */
  readonly from?: string
  /** Path of the lock. Default: the one of the installed Pyodide. */
  readonly lock?: string
  readonly signal?: AbortSignal
  /** Told of each file before it is fetched. */
  onFile?(wheel: Wheel): void
}

/**
 * Fetches libraries that are not there yet; gives all that were asked for. Nothing is kept of a file whose hash is not that
 * of the lock. Throws LIBRARY_NOT_AVAILABLE for a name that the lock does not have, and SANDBOX_UNAVAILABLE where a file
 * cannot be had or is another. Sandboxes that are open do not see them: they must be opened anew.
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

/** Those named and all they need, each once. */
function withDependencies(lock: ReadonlyMap<string, Wheel>, names: readonly string[]): Wheel[] {
  const found = new Map<string, Wheel>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const wheel = lock.get(name)
    if (!wheel) {
      const reason = `Pyodide has no library ${JSON.stringify(name.slice(0, 80))}.`
      throw new StimnetError('LIBRARY_NOT_AVAILABLE', reason, { reason })
    }
    if (found.has(name)) continue
    found.set(name, wheel)
    open.push(...wheel.depends)
  }
  return [...found.values()]
}

/** The given lock, cut down to what is in the folder now. */
async function lockOf(text: string, directory: string, wanted: readonly Wheel[]): Promise<string> {
  const whole = JSON.parse(text) as { packages: Record<string, unknown> }
  const before = await readFile(join(directory, WHEELS_LOCK), 'utf8').catch(() => '{"packages":{}}')
  const names = new Set([...readLock(before).keys(), ...wanted.map(({ name }) => name)])
  const packages = Object.fromEntries(Object.entries(whole.packages).filter(([name]) => names.has(name)))
  return JSON.stringify({ ...whole, packages }, null, 1)
}

/** Aside first, so that a cut leaves no half of a file under its name. */
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

/** Counted while it comes: a length that is announced is only a word. */
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
