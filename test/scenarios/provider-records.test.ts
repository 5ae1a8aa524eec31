/** Advertising of catalogs in the DHT, with the store that a peer has on its disk. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEvents, type Peer } from '@stimnet/peer'
import { startFederation, until } from '../mesh.ts'

async function recordsOf({ database }: Peer): Promise<number> {
  const mesh = database.root.sublevel<string, Uint8Array>('mesh', { valueEncoding: 'view' })
  return (await mesh.keys().all()).filter((key) => key.includes('/dht/provider/')).length
}

test('peers store the records of each other’s catalogs, and nothing fails meanwhile', async (t) => {
  const failures: unknown[] = []
  const events = createEvents({ level: 'silent', nodeId: 'node' })
  const watched = { ...events, unexpected: (error: unknown, incident: string) => void failures.push([incident, error]) }
  const { peers } = await startFederation(t, 2, { peer: { events: watched } })
  const [first, second] = peers
  assert.ok(first && second)
  const haveRecords = async () => (await recordsOf(first)) > 0 && (await recordsOf(second)) > 0
  await until(haveRecords, 'both have records of the DHT', { withinMs: 60_000 })
  assert.deepEqual(failures, [])
})
