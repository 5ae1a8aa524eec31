/** Check of the sandbox: it is opened and closed again, in a temporary folder if the peer does not have one yet. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readSeed } from '@stimnet/machine'
import type { LoadedConfig, PeerConfig } from '../config/config.ts'
import { sandboxCacheDir } from '../config/sandbox-settings.ts'
import { KEY_FILE } from '../store/identity.ts'
import { type Finding, messageOf, namer } from './finding.ts'

const { ok, fix } = namer('sandbox')

/** Opens the configured sandbox. */
export async function sandboxFinding({ config, baseDir }: LoadedConfig, dataDir: string): Promise<Finding> {
  if (config.sandbox.engine === 'none') return ok('none: scripts are refused')
  const { openConfiguredSandbox } = await import('../start/opening.ts')
  const isThere = existsSync(resolve(sandboxCacheDir(config, dataDir)))
  const scratch = isThere ? undefined : await mkdtemp(join(tmpdir(), 'stimnet-look-'))
  const away: string[] = []
  try {
    // A key that cannot be read is reported by a separate finding.
    const seed = await readSeed(join(dataDir, KEY_FILE)).catch(() => undefined)
    const cache = scratch === undefined ? {} : { cache_dir: scratch }
    const settings = { ...config, sandbox: { ...config.sandbox, ...cache, pool_size: 0 } }
    const chosen = await openConfiguredSandbox(settings, dataDir, {
      owner: 'doctor',
      seed,
      baseDir,
      onAway: (name, error) => away.push(`${name}: ${whyOf(error)}`)
    })
    const description = await chosen?.sandbox.describe()
    await chosen?.sandbox.close()
    const runs = `${description?.engine} (${description?.grade}) runs ${description?.languages.join(', ')}`
    if (away.length > 0) return fix(`${runs}, but not on ${away.join('; ')}`)
    return ok(`${runs}; ${chosen?.reason}`)
  } catch (error) {
    return fix(`cannot be started: ${whyOf(error)}. ${remedyOf(error, config)}`)
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
  }
}

/** The message with the messages of its causes: only the last cause names the socket. */
function whyOf(error: unknown): string {
  const causes: string[] = []
  for (let at = error; at instanceof Error && causes.length < 4; at = at.cause) causes.push(at.message)
  return causes.length === 0 ? messageOf(error) : causes.join(': ')
}

function remedyOf(error: unknown, config: PeerConfig): string {
  const { engine, docker } = config.sandbox
  const isDocker = engine === 'docker' || (engine === 'auto' && docker.runtime !== undefined)
  if (!isDocker) return 'npm ci installs Deno and Pyodide'
  return dockerRemedy(systemCodeIn(error), docker.socket ?? '/var/run/docker.sock')
}

/** The remedy for a problem with Docker's socket, by the error code of the system. */
export function dockerRemedy(code: string | undefined, socket: string): string {
  if (code === 'EACCES' || code === 'EPERM') {
    return `This user may not use ${socket}: add the user to the group of that file (usually docker), which amounts to root on this machine, and log in again`
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return `No Docker engine answers at ${socket}: start Docker (systemctl start docker), or name its socket in sandbox.docker.socket`
  }
  return 'sandbox.engine: wasm runs scripts without Docker'
}

function systemCodeIn(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const { code, syscall } = at as NodeJS.ErrnoException
    if (syscall !== undefined && code !== undefined) return code
  }
  return undefined
}
