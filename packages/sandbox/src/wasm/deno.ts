/** How Deno is started for a stranger: where its binary is, and with which flags. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StimnetError } from '@stimnet/protocol'

const MiB = 1024 * 1024
const WASM_PAGE_BYTES = 65_536

/** What the interpreter, its compiled code and V8 take before a program has asked for anything, bytes. */
const BASE_BYTES = 256 * MiB

/** The address space V8 wants at its start beyond what it uses; below this it does not come up. */
const RESERVED_BYTES = 1280 * MiB

/**
 * The whole environment of a sandbox.
 * A DENO_DIR below a file cannot be made, even by root: a real one would outlive the job (localStorage).
 */
export const DENO_ENVIRONMENT = { DENO_DIR: '/dev/null/none', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' } as const

/** Where the parts of the embedded Python are on this machine. */
export interface Installation {
  readonly deno: string
  readonly denoVersion: string
  readonly pyodideDirectory: string
  readonly pyodideVersion: string
  readonly runnerDirectory: string
}

/** Finds the installed parts; throws SANDBOX_UNAVAILABLE where one is missing (musl systems have no Deno on npm). */
export function findInstallation(): Installation {
  const require = createRequire(import.meta.url)
  try {
    const denoPackage = require.resolve('deno/package.json')
    const { platform, arch } = process
    const os = platform === 'win32' || platform === 'darwin' ? `${platform}-${arch}` : `${platform}-${arch}-glibc`
    const binaryPackage = createRequire(denoPackage).resolve(`@deno/${os}/package.json`)
    const deno = join(dirname(binaryPackage), platform === 'win32' ? 'deno.exe' : 'deno')
    if (!existsSync(deno)) throw new StimnetError('SANDBOX_UNAVAILABLE', `finding ${deno}`)
    const pyodidePackage = require.resolve('pyodide/package.json')
    return {
      deno,
      denoVersion: versionIn(require(denoPackage)),
      pyodideDirectory: dirname(pyodidePackage),
      pyodideVersion: versionIn(require(pyodidePackage)),
      runnerDirectory: fileURLToPath(new URL('./runner', import.meta.url))
    }
  } catch (cause) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', 'finding Deno and Pyodide', { cause })
  }
}

function versionIn(manifest: { version?: unknown }): string {
  return String(manifest.version)
}

/**
 * Deno's arguments. Nothing is allowed but reading what Python is made of, and the runner gives that back before it takes
 * a job. Imports are named separately: Deno would otherwise fetch modules from a list of public hosts unasked. Throws
 * SANDBOX_UNAVAILABLE for a path that Deno would misread.
 */
export function denoArguments(options: {
  readable: readonly string[]
  runner: string
  memoryBytesMax: number
  args: readonly string[]
}): string[] {
  // Deno takes a comma for the end of a path, and would permit what comes after it.
  if (options.readable.some((path) => path.includes(','))) {
    throw new StimnetError('SANDBOX_UNAVAILABLE', `a comma in one of ${options.readable.join(' ')}`)
  }
  const wasmPages = Math.floor(Math.max(64 * MiB, options.memoryBytesMax - BASE_BYTES) / WASM_PAGE_BYTES)
  return [
    ...['run', '--quiet', '--no-prompt', '--no-config', '--no-lock', '--no-npm', '--no-remote', '--cached-only'],
    '--no-code-cache',
    `--v8-flags=--max-old-space-size=256,--wasm-max-mem-pages=${Math.min(65_536, wasmPages)}`,
    `--allow-read=${options.readable.join(',')}`,
    options.runner,
    ...options.args
  ]
}

/**
 * The command under the limits of the operating system: data, processor time, open files, nothing written to disk, no
 * core dump. `-f 0` holds for root too. On Linux the process also dies with its parent, whatever it is doing.
 * Windows has no ulimit: there V8's own limits and the deadline are all, and memory outside V8 is not bounded.
 */
export function underOsLimits(command: readonly string[], options: { memoryBytesMax: number; cpuSecondsMax: number }) {
  if (process.platform === 'win32') return [...command]
  const dataKiB = Math.ceil((options.memoryBytesMax + RESERVED_BYTES) / 1024)
  const limits = `ulimit -d ${dataKiB} && ulimit -t ${options.cpuSecondsMax} && ulimit -n 64 && ulimit -f 0 && ulimit -c 0`
  const dying = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : []
  return ['/bin/sh', '-c', `${limits} && exec "$@"`, 'sh', ...dying, ...command]
}

/** Part of util-linux, which is on every ordinary Linux. */
const SETPRIV = '/usr/bin/setpriv'
