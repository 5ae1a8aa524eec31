/** Benchmark of an idle peer: its memory, and the time from its start until it serves. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { clientOf, type Site, spawnSite, startSite, writeSite } from '../mesh.ts'
import { inTurn, median, short, spread, timed } from './measure.ts'
import { residentOf } from './processes.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const ROUNDS = 5
const ENOUGH_MS = 30_000
/** Wait until the garbage of the start is collected and a waiting sandbox has started, ms. */
const SETTLE_MS = 2_000
/** Wait after which a peer has collected its garbage again, ms (packages/peer/src/start/rest.ts). */
const COLLECTED_MS = 25_000

export const restRow: Row = {
  name: 'rest',
  says: 'memory and start of a peer at rest',
  withinMs: 120_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const site = await writeSite(folder, 0, { config: configOf(folder, 0) })
  context.progress('first start: snapshots')
  await (await spawnSite(context, site)).stop()
  const memory: number[] = []
  const bareMemory: number[] = []
  const found = await inTurn(
    { peer: () => startOf(context, site, memory), bare: () => bareStart(context, bareMemory) },
    {
      warmUps: 0,
      rounds: ROUNDS,
      enoughMs: ENOUGH_MS,
      onRound: (round) => context.progress(`start ${round} of ${ROUNDS}`)
    }
  )
  const floorIs = 'a bare node process'
  return [
    {
      name: 'a peer at rest: resident memory',
      unit: 'MB',
      ours: median(memory),
      floor: median(bareMemory),
      floorIs,
      target: { of: 'ours', bound: 'at most', value: 150 },
      note: `${SETTLE_MS / 1_000} s after the start, four catalogs, no job yet; ${await warmSlots(context, folder)}`
    },
    {
      name: 'a peer: from start to serving',
      unit: 'ms',
      ours: median(found.peer),
      floor: median(found.bare),
      floorIs,
      target: { of: 'ours', bound: 'at most', value: 1_000 },
      note: `with a current snapshot; middle half ${spread(found.peer)} ms`
    }
  ]
}

function configOf(folder: string, poolSize: number): Record<string, unknown> {
  return {
    log: { level: 'info' },
    sandbox: { engine: 'auto', pool_size: poolSize, cache_dir: join(folder, 'sandbox') }
  }
}

/** Starts a peer, waits until it serves, records its memory at rest and stops it. Returns the time until it serves. */
async function startOf(context: Context, site: Site, memory: number[]): Promise<number> {
  const started = performance.now()
  const peer = await spawnSite(context, site)
  const took = performance.now() - started
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  memory.push((await residentOf(peer.process.pid ?? 0)).own)
  await peer.stop()
  return took
}

async function bareStart(context: Context, memory: number[]): Promise<number> {
  const took = await timed(async () => {
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  })
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { stdio: 'ignore' })
  const exited = once(idle, 'exit')
  context.after(() => idle.kill('SIGKILL'))
  await new Promise((resolve) => setTimeout(resolve, 300))
  memory.push((await residentOf(idle.pid ?? 0)).own)
  idle.kill('SIGKILL')
  await exited
  return took
}

/** The memory of a peer after its first script, from which on one sandbox waits, and after it is at rest again. */
async function warmSlots(context: Context, folder: string): Promise<string> {
  const site = await writeSite(folder, 0, { config: configOf(folder, 1) })
  // Adds the account that asks.
  await (await startSite(site)).stop()
  const peer = await spawnSite(context, site)
  const client = await clientOf(peer)
  const { job_id: id } = await client.submitJob({
    target_node_id: site.site.nodeId,
    data_catalog_name: 'demo_dataset',
    script_type: 'python',
    script_content: SCRIPT
  } as never)
  const { status } = await client.waitForJob(String(id))
  await new Promise((resolve) => setTimeout(resolve, 2 * SETTLE_MS))
  const { own, children } = await residentOf(peer.process.pid ?? 0)
  await new Promise((resolve) => setTimeout(resolve, COLLECTED_MS))
  const later = (await residentOf(peer.process.pid ?? 0)).own
  await peer.stop()
  const told = children.map(({ name, mb }) => `${name} ${short(mb)} MB`).join(', ') || 'no child'
  return `after a first script (${status}): the peer ${short(own)} MB, ${short(later)} MB after ${COLLECTED_MS / 1_000} s at rest, the warm sandbox beside it ${told}`
}

const SCRIPT = 'result = {"n": 1}\n'
