import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { answerOf, clientOf, scratchFolder, startSite, until, writeSite } from '../mesh.ts'

const PEERS = 10
const NEIGHBOURS = 8

/** Names of the peers whose catalogs a peer knows. */
async function known(peer: Peer): Promise<string[]> {
  const neighbours = peer.database.json<{ peerId: string; catalogs: readonly string[] }>('neighbours')
  return (await neighbours.values().all()).filter(({ catalogs }) => catalogs.length > 0).map(({ peerId }) => peerId)
}

test('ten institutions with few connections each know all catalogs, and a broadcast reaches all', async (t) => {
  const parent = await scratchFolder(t)
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  const listen = ['/ip4/127.0.0.1/tcp/0']
  for (let at = 0; at < PEERS; at++) {
    // Each knows only the one before it.
    const bootstrap = peers.at(-1)?.addresses.slice(0, 1) ?? []
    const config = {
      mesh: { listen, bootstrap, open: true, neighbours: NEIGHBOURS },
      ...(at === 0 ? {} : { gateway: { enabled: false } })
    }
    peers.push(await startSite(await writeSite(parent, at, { config }), { timing: { idleMs: 3_000 } }))
  }
  for (const peer of peers) await until(async () => (await known(peer)).length === PEERS, 'it knows all catalogs')
  const most = () => Math.max(...peers.map(({ mesh }) => mesh.connected().length))
  await until(() => most() <= NEIGHBOURS, 'no peer has more connections than it may keep')
  const client = await clientOf(peers[0])
  const isActive = async () => (await client.nodes()).filter(({ is_active }) => is_active).length === PEERS
  await until(isActive, 'who is not connected counts as one that can be reached')
  const { parts, warnings } = await answerOf(client, {
    ...{ data_catalog_name: 'clinical_trial_data', script_type: 'sql' },
    script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
  })
  assert.deepEqual(
    parts.map(({ state }) => state),
    Array(PEERS).fill('completed')
  )
  assert.deepEqual(warnings, [])
  await until(() => most() <= NEIGHBOURS, 'what was opened for the broadcast is closed again')
})
