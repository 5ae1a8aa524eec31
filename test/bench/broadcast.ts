/** Benchmark of one SQL job at 3, 10 and 30 peers of this process: from the gateway's acceptance to the pooled answer. */

import type { Peer } from '@stimnet/peer'
import { cryptographicRandom, type Signer, signerFromSeed } from '@stimnet/protocol'
import { type Client, signRequest } from '@stimnet/sdk'
import { clientOf, startSite, until, writeSite } from '../mesh.ts'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const SIZES = { three: 3, ten: 10, thirty: 30 } as const
const SQL = 'SELECT arm, COUNT(DISTINCT subject_id) AS n, AVG(value) AS value FROM test_data GROUP BY arm'
const ROUNDS = 7
const WARM_UPS = 2
const ENOUGH_MS = 40_000
/** The thread counts as quiet if it is busy for less than this share of half a second. */
const QUIET_SHARE = 0.2
const QUIET_MS_MAX = 20_000
/** Number of peers that start at the same time. */
const AT_ONCE = 3

export const broadcastRow: Row = {
  name: 'broadcast',
  says: 'one job to 3, 10 and 30 peers',
  withinMs: 130_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const { asker, targets } = await startPeers(context, Math.max(...Object.values(SIZES)), signer.id)
  const client = await clientOf(asker)
  await untilQuiet(context)
  const ask = (n: number) => () => broadcast(client, signer, targets.slice(0, n))
  const found = await inTurn(
    { three: ask(SIZES.three), ten: ask(SIZES.ten), thirty: ask(SIZES.thirty) },
    {
      warmUps: WARM_UPS,
      rounds: ROUNDS,
      enoughMs: ENOUGH_MS,
      onRound: (round) => context.progress(`round ${round} of ${ROUNDS}`)
    }
  )
  const three = median(found.three)
  return (['ten', 'thirty'] as const).map((size) => {
    const n = SIZES[size]
    return {
      name: `broadcast to ${n} peers, by peer`,
      unit: 'ms',
      ours: median(found[size]) / n,
      floor: three / SIZES.three,
      floorIs: 'the same broadcast to 3 peers, by peer',
      target: { of: 'ratio', bound: 'below', value: 1 },
      note: `whole: ${n} peers ${spread(found[size])} ms, 3 peers ${spread(found.three)} ms; all peers share one thread`
    }
  })
}

/** Time from sending the signed request to the end of the last part, ms. */
async function broadcast(client: Client, signer: Signer, targets: readonly string[]): Promise<number> {
  const program = { kind: 'sql', sql: SQL } as const
  const { peer_id: carrier } = await client.health()
  const signed = await signRequest({ signer, catalog: 'demo_dataset', program, targets, carrier })
  let id = ''
  const took = await timed(async () => {
    id = (await client.submitBroadcast(signed)).id
    for await (const _ of client.watchBroadcast(id)) void _
  })
  const { parts } = await client.broadcast(id)
  const lost = parts.find(({ state }) => state !== 'completed')
  if (lost || parts.length !== targets.length) throw new Error(`a part ended ${lost?.state}: ${JSON.stringify(lost)}`)
  return took
}

/**
 * Starts one asking peer and n answering ones. These permit only the asker, like institutions that share a project but not a
 * mesh. If all n peers in one thread were connected with each other, the benchmark would measure that instead.
 */
async function startPeers(context: Context, n: number, requester: string): Promise<{ asker: Peer; targets: string[] }> {
  const folder = await scratchFolder(context)
  const start = async (at: number, config: Record<string, unknown>): Promise<Peer> => {
    const peer = await startSite(await writeSite(folder, at, { config }))
    context.after(() => peer.stop())
    return peer
  }
  const asker = await start(0, { gateway: { port: 0, requests_per_minute: 1_000_000 }, catalogs: [] })
  const config = {
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: asker.addresses.slice(0, 1), peers: [asker.peerId] },
    requesters: [requester],
    gateway: { enabled: false },
    catalogs: [CATALOG]
  }
  const waiting = Array.from({ length: n }, (_, i) => i + 1)
  const targets: string[] = []
  const starter = async () => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      targets.push((await start(at, config)).peerId)
      if (targets.length % 10 === 0) context.progress(`${targets.length} of ${n} peers started`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, starter))
  const isConnected = () => targets.every((peerId) => asker.mesh.connected().includes(peerId))
  await until(isConnected, 'the asker is connected with all')
  return { asker, targets }
}

/** Waits until the peers have exchanged everything after their start, so that it does not affect the measurement. */
async function untilQuiet(context: Context): Promise<void> {
  context.progress('waiting until the peers have met')
  const end = performance.now() + QUIET_MS_MAX
  for (let share = 1; share > QUIET_SHARE && performance.now() < end; ) {
    const before = performance.eventLoopUtilization()
    await new Promise((resolve) => setTimeout(resolve, 500))
    share = performance.eventLoopUtilization(before).utilization
  }
}

/** A catalog with fifty subjects, since the communication is measured, not the computation. */
const CATALOG = {
  name: 'demo_dataset',
  access_level: 'public',
  subject_key: 'subject_id',
  synthetic: true,
  tables: [
    {
      name: 'test_data',
      file: 'data/test_data.csv',
      one_row_per_subject: true,
      variables: [
        { name: 'arm', type: 'category', levels: ['control', 'treatment'] },
        { name: 'value', type: 'number', minimum: 0, maximum: 30, decimals: 2 }
      ]
    }
  ],
  lattice: [{ variable: 'test_data.arm' }]
}
