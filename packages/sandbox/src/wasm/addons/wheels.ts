/** The libraries that the operator has fetched for the embedded Python, verified against their lock. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { StimnetError } from '@stimnet/protocol'
import type { Installation } from '../deno.ts'

/** The file of one library, as a lock describes it. */
export interface Wheel {
  readonly name: string
  readonly version: string
  readonly fileName: string
  /** Hexadecimal. */
  readonly sha256: string
  /** Names of the wheels that this wheel requires. */
  readonly depends: readonly string[]
  /** Top-level modules in this wheel. */
  readonly imports: readonly string[]
}

/** The wheels in one folder. */
export interface Wheels {
  readonly directory: string
  readonly packages: readonly Wheel[]
}

/** The name of the lock of the fetched wheels. The lock is written last, so that it lists only files that exist. */
export const WHEELS_LOCK = 'pyodide-lock.json'

/** Permitted file names in a lock. They become part of a path and of a URL. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}$/
const SHA256 = /^[0-9a-f]{64}$/

/** The folder of the wheels for a version of Pyodide. */
export function wheelsDirectory(cacheDir: string, pyodideVersion: string): string {
  return join(resolve(cacheDir), `wheels-${pyodideVersion}`)
}

/** All wheels of a lock, by name. Throws SANDBOX_UNAVAILABLE if the text is not a lock, or contains a file name that is not permitted. */
export function readLock(text: string): ReadonlyMap<string, Wheel> {
  try {
    const { packages } = JSON.parse(text) as { packages: Record<string, unknown> }
    return new Map(Object.entries(packages).map(([name, entry]) => [name, wheelOf(entry)]))
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `reading a lock of wheels: ${(cause as Error).message}`, { cause })
  }
}

function wheelOf(entry: unknown): Wheel {
  const { name, version, file_name: fileName, sha256, depends, imports } = entry as Record<string, unknown>
  if (typeof name !== 'string' || typeof version !== 'string') throw new TypeError('a package without name or version')
  if (typeof fileName !== 'string' || !FILE_NAME.test(fileName)) throw new TypeError(`${name} has no plain file name`)
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) throw new TypeError(`${name} has no SHA-256`)
  return { name, version, fileName, sha256, depends: words(depends), imports: words(imports) }
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/**
 * The wheels in this folder; undefined if none were fetched. Throws SANDBOX_UNAVAILABLE if a file's hash differs from the lock, or if the
 * folder's lock differs from `wheelsLock`, which is stored elsewhere, by more than missing packages.
 */
export async function findWheels(
  cacheDir: string,
  { pyodideDirectory, pyodideVersion }: Pick<Installation, 'pyodideDirectory' | 'pyodideVersion'>,
  wheelsLock = join(pyodideDirectory, WHEELS_LOCK)
): Promise<Wheels | undefined> {
  const directory = wheelsDirectory(cacheDir, pyodideVersion)
  const lock = await readFile(join(directory, WHEELS_LOCK), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new StimnetError('SANDBOX_UNAVAILABLE', `reading ${directory}`, { cause: error })
  })
  if (lock === undefined) return undefined
  const packages = [...readLock(lock).values()]
  if (!isPartOf(lock, await readFile(wheelsLock, 'utf8'))) {
    const advice = `the lock in ${directory} is not that of this version: remove the folder and fetch again`
    throw new StimnetError('SANDBOX_UNAVAILABLE', advice)
  }
  for (const wheel of packages) {
    if (await isWhole(directory, wheel)) continue
    const advice = `${wheel.fileName} in ${directory} is not what was fetched: remove the folder and fetch again`
    throw new StimnetError('SANDBOX_UNAVAILABLE', advice)
  }
  return packages.length === 0 ? undefined : { directory, packages }
}

/** Whether `part` equals `whole` except for missing packages. */
function isPartOf(part: string, whole: string): boolean {
  const [cut, all] = [part, whole].map((text) => JSON.parse(text) as { packages: Record<string, unknown> })
  if (!cut || !all) return false
  const kept = Object.keys(cut.packages).map((name) => [name, all.packages[name]])
  return isDeepStrictEqual(cut, { ...all, packages: Object.fromEntries(kept) })
}

/** Whether the file exists and its hash is that of the lock. */
export async function isWhole(directory: string, wheel: Wheel): Promise<boolean> {
  try {
    return sha256Of(await readFile(join(directory, wheel.fileName))) === wheel.sha256
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new StimnetError('SANDBOX_UNAVAILABLE', `reading ${wheel.fileName}`, { cause: error })
  }
}

/** The SHA-256 of the bytes, in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
