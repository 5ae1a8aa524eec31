/** The location of Deno's binary, and the flags and limits with which Deno runs an untrusted program. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StimnetError } from '@stimnet/protocol'

const MiB = 1024 * 1024
const WASM_PAGE_BYTES = 65_536

/** Memory that the interpreter, its compiled code and V8 use before a program allocates anything, bytes. */
const BASE_BYTES = 256 * MiB

/** Address space that V8 reserves at its start beyond the memory in use, bytes. V8 does not start with less. */
const RESERVED_BYTES = 1280 * MiB

/**
 * The complete environment of a sandbox. A DENO_DIR below a file cannot be created, not even by root. A real folder would outlive the job,
 * with the contents of localStorage.
 */
export const DENO_ENVIRONMENT = { DENO_DIR: '/dev/null/none', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' } as const

/** The locations and versions of the parts of the embedded Python on this machine. */
export interface Installation {
  readonly deno: string
  readonly denoVersion: string
  readonly pyodideDirectory: string
  readonly pyodideVersion: string
  readonly runnerDirectory: string
}

/** Finds the installed parts. Throws SANDBOX_UNAVAILABLE if a part is missing (npm has no Deno for musl systems). */
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
 * Deno's arguments. The only permission is to read the files of the interpreter, and the runner revokes it before it takes a job. Fetching
 * of modules is disabled explicitly, because by default Deno may fetch them from a list of public hosts. Throws SANDBOX_UNAVAILABLE for a
 * path that Deno would misread.
 */
export function denoArguments(options: {
  readable: readonly string[]
  runner: string
  memoryBytesMax: number
  args: readonly string[]
}): string[] {
  // A comma separates paths in Deno's list, so that the part of a path after a comma would be permitted as a path of its own.
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
 * The command with limits of the operating system on data, processor time and open files. It can write no files and no core dump. `-f 0`
 * applies to root too. On Linux the process is also killed when its parent ends. Windows has no ulimit: there only V8's own limits and the
 * deadline apply, and memory outside of V8 is not limited.
 */
export function underOsLimits(command: readonly string[], options: { memoryBytesMax: number; cpuSecondsMax: number }) {
  if (process.platform === 'win32') return [...command]
  const dataKiB = Math.ceil((options.memoryBytesMax + RESERVED_BYTES) / 1024)
  const limits = `ulimit -d ${dataKiB} && ulimit -t ${options.cpuSecondsMax} && ulimit -n 64 && ulimit -f 0 && ulimit -c 0`
  const dying = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : []
  return ['/bin/sh', '-c', `${limits} && exec "$@"`, 'sh', ...dying, ...command]
}

/** A program of util-linux, which every common Linux distribution has. */
const SETPRIV = '/usr/bin/setpriv'
