/** A second layer of isolation around Deno on Linux with bubblewrap: separate namespaces, an almost empty root, fewer system calls. */
import { spawn } from 'node:child_process'
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { DENO_ENVIRONMENT } from './deno.ts'

const BWRAP = '/usr/bin/bwrap'

/** Folders that may contain the C library. A symbolic link is recreated as a link inside the sandbox. */
const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/lib', '/lib64']

/** Maximum time for the probe, ms: more than bubblewrap and `deno --version` ever took. */
const PROBE_MS_MAX = 10_000

/** Read-only folders and files of the sandbox: path inside → path on this machine. */
export type Binds = Readonly<Record<string, string>>

/** The file descriptor from which bubblewrap reads the filter: the first one after the three standard descriptors. */
export const SECCOMP_DESCRIPTOR = 3

/** The command line that runs `command` under bubblewrap. Paths in `command` are those inside the sandbox. */
export function underBubblewrap(command: readonly string[], binds: Binds): string[] {
  return [
    BWRAP,
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--uid', '65534', '--gid', '65534', '--hostname', 'job'],
    ...['--clearenv', ...Object.entries(DENO_ENVIRONMENT).flatMap(([name, value]) => ['--setenv', name, value])],
    ...LIBRARY_FOLDERS.flatMap(mirrored),
    ...Object.entries(binds).flatMap(([inside, outside]) => ['--ro-bind', outside, inside]),
    // The root and /dev are in memory, and a program could fill that memory if they were not made read-only.
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

/** Whether bubblewrap works on this machine. Some machines and most containers forbid user namespaces. */
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

/** Sends the filter. A broken pipe is ignored, since the exit of a process that has not read the filter is detected elsewhere. */
export function sendFilter(stream: unknown, filter: Buffer): void {
  const pipe = stream as NodeJS.WritableStream
  pipe.on('error', () => {})
  pipe.end(filter)
}
