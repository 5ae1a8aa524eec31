/** Benchmark of joining: the time until a newly started peer is connected with all others and listed at all gateways. */
import { createEvents, loadConfig, type Peer, startPeer } from '@stimnet/peer'
import type { Client } from '@stimnet/sdk'
import { clientOf, startSite, until, writeSite } from '../mesh.ts'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const ROUNDS = 5
const ENOUGH_MS = 30_000
const KNOWN_MS_MAX = 15_000

export const joinRow: Row = {
  name: 'join',
  says: 'a third peer joins',
  withinMs: 90_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const config = { gateway: { port: 0, requests_per_minute: 1_000_000 }, catalogs: [] }
  const first = await startSite(await writeSite(folder, 0, { config }))
  context.after(() => first.stop())
  const bootstrap = first.addresses.slice(0, 1)
  const second = await startSite(await writeSite(folder, 1, { config, bootstrap }))
  context.after(() => second.stop())
  await until(() => first.mesh.connected().length === 1, 'the first two are connected')
  const known = [first, second]
  const clients = await Promise.all(known.map((peer) => clientOf(peer)))
  const dials: number[] = []
  let at = known.length
  const found = await inTurn(
    {
      join: async () => {
        const { configFile, site } = await writeSite(folder, at++, {
          config: { ...config, gateway: { enabled: false } },
          bootstrap
        })
        const loaded = await loadConfig(configFile, {})
        const events = createEvents({ level: 'silent', nodeId: site.nodeId })
        let joining: Peer | undefined
        const took = await timed(async () => {
          joining = await startPeer(loaded, { events })
          await untilKnown(joining.peerId, known, clients)
        })
        if (joining) dials.push(await dial(joining, second))
        await joining?.stop()
        return took
      }
    },
    {
      warmUps: 1,
      rounds: ROUNDS,
      enoughMs: ENOUGH_MS,
      onRound: (round) => context.progress(`join ${round} of ${ROUNDS}`)
    }
  )
  return [
    {
      name: 'a third peer: from start to known by all',
      unit: 'ms',
      ours: median(found.join),
      floor: median(dials.slice(1)),
      floorIs: 'one connection to a peer whose address is known: TCP, Noise, yamux, identify',
      target: { of: 'ours', bound: 'below', value: 1_000 },
      note: `a new peer that knows one of two others, opening of its database included; middle half ${spread(found.join)} ms`
    }
  ]
}

async function untilKnown(peerId: string, peers: readonly Peer[], clients: readonly Client[]): Promise<void> {
  const end = performance.now() + KNOWN_MS_MAX
  const isKnown = async () => {
    if (!peers.every((peer) => peer.mesh.connected().includes(peerId))) return false
    const nodes = await Promise.all(clients.map((client) => client.nodes()))
    return nodes.every((seen) => JSON.stringify(seen).includes(peerId))
  }
  while (!(await isKnown())) {
    if (performance.now() > end) throw new Error(`${peerId} is not known after ${KNOWN_MS_MAX / 1_000} s`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Disconnects and connects again. */
async function dial(from: Peer, to: Peer): Promise<number> {
  await from.mesh.disconnect(to.peerId)
  return timed(() => from.mesh.connect(to.addresses[0] ?? '', { signal: AbortSignal.timeout(KNOWN_MS_MAX) }))
}
