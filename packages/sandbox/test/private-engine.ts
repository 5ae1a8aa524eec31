/** A separate Docker engine for tests that kill it or fill its disk, so that other users' engine is not affected. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SOCKET } from './docker-engine.ts'
import { eventually } from './processes.ts'

const run = promisify(execFile)

/** Whether a test can start a private engine, which requires mounting a disk and starting a daemon. */
export const canStartEngine =
  process.platform === 'linux' && process.getuid?.() === 0 && ['/usr/sbin/dockerd', '/usr/bin/dockerd'].some(existsSync)

export interface PrivateEngine {
  readonly socketPath: string
  /** Its small disk, which is in memory. */
  readonly dataDir: string
  start(): Promise<void>
  /** Kills the daemon. Its containers keep running. */
  kill(): Promise<void>
  /** Ends the daemon and all containers, and removes its files. */
  close(): Promise<void>
}

/** Starts an engine with a disk of this size, bytes, and copies this image from the common engine. */
export async function startPrivateEngine(options: { image: string; diskBytes: number }): Promise<PrivateEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'stimnet-engine-'))
  const dataDir = join(folder, 'data')
  const socketPath = join(folder, 'docker.sock')
  await run('mkdir', [dataDir])
  await run('mount', ['-t', 'tmpfs', '-o', `size=${options.diskBytes}`, 'tmpfs', dataDir])
  let daemon: ChildProcess | undefined
  const engine: PrivateEngine = {
    socketPath,
    dataDir,
    start: async () => {
      daemon = spawnDaemon(folder)
      await untilItAnswers(socketPath)
    },
    kill: async () => {
      daemon?.kill('SIGKILL')
      await rm(join(folder, 'docker.pid'), { force: true })
    },
    close: async () => {
      daemon?.kill('SIGTERM')
      await eventually(async () => daemon?.exitCode !== null || daemon.signalCode !== null, { msMax: 30_000 })
      daemon?.kill('SIGKILL')
      await endContainerd(folder)
      // Containers that existed when the daemon was killed have mounts in this folder.
      const unmount = 'cut -d " " -f 2 /proc/mounts | grep "^$1" | sort -r | xargs -r -n 1 umount -l'
      await run('sh', ['-c', unmount, 'sh', folder])
      await rm(folder, { recursive: true, force: true })
    }
  }
  try {
    await engine.start()
    const save = 'docker --host "$1" save "$2" | docker --host "$3" load'
    await run('sh', ['-c', save, 'sh', `unix://${SOCKET}`, options.image, `unix://${socketPath}`])
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}

function spawnDaemon(folder: string): ChildProcess {
  const words = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--config-file', '/dev/null']
  const places = { host: `unix://${folder}/docker.sock`, pidfile: `${folder}/docker.pid` }
  const folders = { 'data-root': `${folder}/data`, 'exec-root': `${folder}/exec` }
  const all = Object.entries({ ...places, ...folders }).flatMap(([name, value]) => [`--${name}`, value])
  return spawn('dockerd', [...words, ...all], { stdio: 'ignore' })
}

async function untilItAnswers(socketPath: string): Promise<void> {
  const answers = () => run('docker', ['--host', `unix://${socketPath}`, 'info']).then(Boolean, () => false)
  if (!(await eventually(answers, { msMax: 60_000 }))) throw new Error('the engine of this test did not start')
}

/** Ends containerd, a child of the daemon. If the daemon is killed, containerd stays, with a supervisor for each container. */
async function endContainerd(folder: string): Promise<void> {
  const { stdout } = await run('pgrep', ['-f', `${folder}/exec/`]).catch(() => ({ stdout: '' }))
  for (const pid of stdout.split('\n').filter(Boolean).map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(folder) && command.includes('containerd')) process.kill(pid, 'SIGKILL')
  }
}
