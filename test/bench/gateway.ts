/** Benchmark of the gateway's requests per second, compared with a bare server. Server and load are separate processes. */
import { join } from 'node:path'
import { createClient } from '@stimnet/sdk'
import { PASSWORD, writeSite } from '../mesh.ts'
import { startBareServer, startServingPeer } from './children.ts'
import { requestsPerSecond } from './http-load.ts'
import { inTurn, median, spread } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'
import { QUESTIONS, trialCatalog, writeTrial } from './trial.ts'

const CONNECTIONS = 16
const REQUESTS = 4_000
const ROUNDS = 9
const ENOUGH_MS = 40_000
const WARM_UPS = 3

const FLOORS = { health: 'bare', job: 'bareBytes' } as const

export const gatewayRow: Row = {
  name: 'gateway',
  says: 'requests a second of the gateway',
  withinMs: 90_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const data = join(folder, 'trial.csv')
  await writeTrial(data)
  const site = await writeSite(folder, 0, {
    config: {
      log: { level: 'info' },
      // The rate limit is still checked at every request, as in an institution, but is never reached.
      gateway: { port: 0, requests_per_minute: 1_000_000_000 },
      catalogs: [trialCatalog('trial', data, 'prompt')]
    }
  })
  const peer = await startServingPeer(context, site.configFile)
  const bare = await startBareServer(context)
  const { id, token } = await endedJob(peer.gatewayUrl)
  const job = await fetch(`${peer.gatewayUrl}/api/v1/jobs/${id}`, { headers: { authorization: `Bearer ${token}` } })
  const bytes = (await job.arrayBuffer()).byteLength
  const load = (url: string, path: string, token?: string) =>
    requestsPerSecond({ url, path, connections: CONNECTIONS, requests: REQUESTS, ...(token ? { token } : {}) })
  const found = await inTurn(
    {
      health: () => load(peer.gatewayUrl, '/health'),
      bare: () => load(bare.url, '/health'),
      bareBytes: () => load(bare.url, `/bytes/${bytes}`),
      job: () => load(peer.gatewayUrl, `/api/v1/jobs/${id}`, token)
    },
    {
      warmUps: WARM_UPS,
      rounds: ROUNDS,
      enoughMs: ENOUGH_MS,
      onRound: (round) => context.progress(`round ${round} of ${ROUNDS}`)
    }
  )
  return (['health', 'job'] as const).map((side) => ({
    name: side === 'health' ? 'GET /health' : 'GET /api/v1/jobs/{id}, ended',
    unit: '/s',
    ours: median(found[side]),
    floor: median(found[FLOORS[side]]),
    floorIs: 'a bare Hono server with a constant answer of as many bytes',
    target: { of: 'ratio', bound: 'at least', value: side === 'health' ? 0.5 : 0.6 },
    note: `middle half: ours ${spread(found[side])} /s, floor ${spread(found[FLOORS[side]])} /s; ${CONNECTIONS} connections`
  }))
}

/** Runs a job of this peer through the gateway until its end. */
async function endedJob(url: string): Promise<{ id: string; token: string }> {
  const client = createClient({ url })
  const token = await client.authenticate('ada', PASSWORD)
  const { job_id: id } = await client.submitJob({
    target_node_id: 'node-1',
    data_catalog_name: 'trial',
    script_type: 'sql',
    script_content: QUESTIONS[0] ?? ''
  } as never)
  const job = await client.waitForJob(String(id))
  if (job.status !== 'completed') throw new Error(`the job ended ${job.status}`)
  return { id: String(id), token }
}
