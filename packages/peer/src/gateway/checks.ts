/** Health checks for /ready, each with advice. */
import { counted } from '@stimnet/protocol'
import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import type { Readiness } from '@stimnet/api'
import type { Mesh } from '@stimnet/mesh'
import type { Sandbox } from '@stimnet/sandbox'
import { type Clocks, type ClockVerdict, spanText } from '../monitor/clocks.ts'
import type { Database } from '../store/database.ts'

type Check = Readiness['checks'][number]

/** Minimum free space. Below it, a synced batch may soon fail: LevelDB compacts into new files. */
const DISK_FREE_BYTES_MIN = 256 * 1024 * 1024

/** The checks of a running peer, evaluated at each `/ready`. */
export function createChecks(parts: {
  database: Database
  mesh: Mesh
  sandbox: Sandbox | undefined
  dataDir: string
  clocks: Clocks
}): () => Promise<readonly Check[]> {
  return async () => [
    databaseCheck(parts.database),
    withoutFigures(await diskCheck(parts.dataDir)),
    meshCheck(parts.mesh),
    clockCheck(parts.clocks.verdict),
    await sandboxCheck(parts.sandbox)
  ]
}

function databaseCheck({ failure }: Database): Check {
  const detail = failure ? 'writing failed: free the disk, then restart the peer' : 'writable'
  return { name: 'database', ok: failure === undefined, detail }
}

/**
 * Anybody may ask `/ready`, so its answer contains neither a path of this machine nor its free space. `stimnet doctor` shows
 * both.
 */
function withoutFigures({ name, ok }: Check): Check {
  return { name, ok, detail: ok ? 'writable, with room' : 'no room, or not writable: stimnet doctor says more' }
}

/** Checks that a folder is writable and has enough free space. */
export async function diskCheck(directory: string): Promise<Check> {
  try {
    await access(directory, constants.W_OK)
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    const detail = `${(free / 2 ** 30).toFixed(1)} GiB free`
    return {
      name: 'disk',
      ok: free >= DISK_FREE_BYTES_MIN,
      detail: free < DISK_FREE_BYTES_MIN ? `${detail}: make room` : detail
    }
  } catch {
    return { name: 'disk', ok: false, detail: `cannot write ${directory}` }
  }
}

function meshCheck(mesh: Mesh): Check {
  const detail = mesh.connected().length > 0 ? 'listening, connected' : 'listening, nobody is connected'
  return { name: 'mesh', ok: true, detail }
}

/**
 * Fails only if most of several peers disagree with this machine's clock: nothing that this machine signs is accepted then.
 * One peer with a wrong clock must not take this peer out of service.
 */
function clockCheck({ compared, differing, ownOffMs }: ClockVerdict): Check {
  const name = 'clock'
  if (ownOffMs !== null) {
    const detail = `${differing} of ${compared} peers’ clocks are ${spanText(ownOffMs)} this machine’s: set it, and keep it with NTP`
    return { name, ok: false, detail }
  }
  const of = compared === 1 ? 'the one peer' : `${differing} of ${compared} peers`
  const detail =
    differing > 0
      ? `differs from ${of} that were compared: stimnet events --alerts says which`
      : `agrees with ${counted(compared, 'peer that was', 'peers that were')} compared`
  return { name, ok: true, detail: compared === 0 ? 'no peer to compare it with: keep it with NTP' : detail }
}

async function sandboxCheck(sandbox: Sandbox | undefined): Promise<Check> {
  if (!sandbox)
    return { name: 'sandbox', ok: true, detail: 'none: scripts are refused, SQL and statistics are answered' }
  try {
    const { engine, grade, languages } = await sandbox.describe()
    if (!(await sandbox.isAvailable()))
      return {
        name: 'sandbox',
        ok: false,
        detail: `${engine} does not answer: start it again. Approved scripts wait for it`
      }
    return { name: 'sandbox', ok: true, detail: `${engine} (${grade}): ${languages.join(', ')}` }
  } catch {
    return { name: 'sandbox', ok: false, detail: 'cannot be started: see the log' }
  }
}
