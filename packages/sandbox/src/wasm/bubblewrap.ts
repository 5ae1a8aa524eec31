/** A second wall around Deno where Linux has bubblewrap: its own namespaces, an almost empty root, fewer system calls. */
import { spawn } from 'node:child_process'
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { DENO_ENVIRONMENT } from './deno.ts'

const BWRAP = '/usr/bin/bwrap'

/** Where the C library may live. What is a link here is a link there. */
const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/lib', '/lib64']

/** More than bubblewrap and a Deno that only says its version ever took, ms. */
const PROBE_MS_MAX = 10_000

/** Folders and files the sandbox sees, read-only: path inside → path on this machine. */
export type Binds = Readonly<Record<string, string>>

/** The descriptor on which bubblewrap reads the filter: the first after the standard three. */
export const SECCOMP_DESCRIPTOR = 3

/** `command` (paths as inside) under bubblewrap. */
export function underBubblewrap(command: readonly string[], binds: Binds): string[] {
  return [
    BWRAP,
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--uid', '65534', '--gid', '65534', '--hostname', 'job'],
    ...['--clearenv', ...Object.entries(DENO_ENVIRONMENT).flatMap(([name, value]) => ['--setenv', name, value])],
    ...LIBRARY_FOLDERS.flatMap(mirrored),
    ...Object.entries(binds).flatMap(([inside, outside]) => ['--ro-bind', outside, inside]),
    // The root and /dev are memory that could be filled, until they are made read-only.
    ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', '/', '--seccomp', String(SECCOMP_DESCRIPTOR), '--'],
    ...command
  ]
}

function mirrored(folder: string): string[] {
  const status = lstatSync(folder, { throwIfNoEntry: false })
  if (!status) return []
  return status.isSymbolicLink() ? ['--symlink', readlinkSync(folder), folder] : ['--ro-bind', folder, folder]
}

/** Whether a command runs under bubblewrap here at all: some machines and most containers forbid user namespaces. */
export async function canBubblewrap(deno: string, filter: Buffer | undefined): Promise<boolean> {
  if (process.platform !== 'linux' || filter === undefined || !existsSync(BWRAP)) return false
  const [file = '', ...args] = underBubblewrap(['/sandbox/deno', '--version'], { '/sandbox/deno': deno })
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env: {},
      cwd: '/',
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: PROBE_MS_MAX,
      killSignal: 'SIGKILL'
    })
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
    sendFilter(child.stdio[SECCOMP_DESCRIPTOR], filter)
  })
}

/** Hands the filter over. A process that has ended before it read it tells by its exit. */
export function sendFilter(stream: unknown, filter: Buffer): void {
  const pipe = stream as NodeJS.WritableStream
  pipe.on('error', () => {})
  pipe.end(filter)
}
