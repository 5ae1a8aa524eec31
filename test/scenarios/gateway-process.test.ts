/** Tests of gateways in processes of their own: peers without data in front of peers with data. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { fakeSandbox } from '@stimnet/sandbox'
import { type Client, createClient } from '@stimnet/sdk'
import {
  type PeerProcess,
  PASSWORD,
  scratchFolder,
  spawnSite,
  startFederation,
  stimnetIn,
  until,
  writeSite
} from '../mesh.ts'

const COUNT = 'SELECT sex, COUNT(DISTINCT subject_id) AS n FROM subjects GROUP BY sex'
const ASK = { data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: COUNT } as const

interface Front {
  readonly process: PeerProcess
  readonly client: Client
}

/** `n` gateways without catalogs, connected to a peer. All of them have the same account. */
async function frontsOf(t: TestContext, peer: Peer, n: number): Promise<Front[]> {
  const parent = await scratchFolder(t)
  const fronts: Front[] = []
  for (let at = 0; at < n; at++) {
    const site = await writeSite(parent, 10 + at, { bootstrap: peer.addresses, config: { catalogs: [] } })
    const stimnet = stimnetIn(site.folder)
    const added = await stimnet(['account', 'add', 'ada', '--config', site.configFile], `${PASSWORD}\n`)
    assert.equal(added.code, 0, added.err)
    const process = await spawnSite(t, site)
    const client = createClient({ url: process.gatewayUrl })
    await client.authenticate('ada', PASSWORD)
    fronts.push({ process, client })
  }
  await until(() => fronts.every((front) => peer.mesh.connected().includes(front.process.peerId)), 'all are connected')
  return fronts
}

describe('a gateway in a process of its own', () => {
  test('offers nothing itself, and gives its accounts the answers of every peer behind it', async (t) => {
    const { peers } = await startFederation(t, 2)
    const [front] = await frontsOf(t, peers[0] as Peer, 1)
    const client = front?.client as Client
    assert.deepEqual(await client.catalogs(), [])
    await until(async () => (await client.meshCatalogs('parkinson')).length === 2, 'both peers are found')
    const { id } = await client.submitBroadcast(ASK)
    await until(async () => (await client.broadcast(id)).state === 'completed', 'all have answered')
    const { pooled, parts } = await client.broadcast(id)
    assert.equal(parts.length, 2)
    assert.equal(pooled?.sites.length, 2)
    const one = await client.submitJob({ ...ASK, target_node_id: peers[1]?.peerId ?? '' })
    assert.equal((await client.waitForJob(one.job_id)).status, 'completed')
    const own = await client.submitJob({ ...ASK, target_node_id: front?.process.peerId ?? '' })
    assert.equal((await client.waitForJob(own.job_id)).code, 'CATALOG_UNKNOWN')
  })

  test('is one of several: each knows its own requests, tokens and files, and the others go on without it', async (t) => {
    const bytes = randomBytes(1_000)
    const read: Uint8Array[] = []
    const sandbox = fakeSandbox({
      answer: ({ uploads = [] }) => {
        read.push(...uploads.map((one) => one.bytes))
        return { result: '{"mean": 61.5}' }
      }
    })
    const { peers } = await startFederation(t, 1, { peer: { sandbox } })
    const [first, second] = (await frontsOf(t, peers[0] as Peer, 2)) as [Front, Front]
    const target_node_id = peers[0]?.peerId ?? ''
    const made = await first.client.submitJob({ ...ASK, target_node_id })
    assert.equal((await first.client.waitForJob(made.job_id)).status, 'completed')
    // This is why a load balancer must keep a client at one gateway.
    await assert.rejects(second.client.job(made.job_id), { code: 'JOB_UNKNOWN' })
    const token = await first.client.authenticate('ada', PASSWORD)
    const elsewhere = createClient({ url: second.process.gatewayUrl, token })
    await assert.rejects(elsewhere.listJobs(), { code: 'UNAUTHENTICATED' })

    await first.process.kill()
    const { file_id } = await second.client.upload('data', { filename: 'grid.npy', bytes })
    const script = { script_type: 'python', script_content: 'result = {"mean": 61.5}' } as const
    const job = await second.client.submitJob({ ...ASK, ...script, target_node_id, uploaded_file_ids: [file_id] })
    assert.equal((await second.client.waitForJob(job.job_id)).status, 'completed')
    assert.deepEqual(
      read.map((one) => Buffer.from(one)),
      [bytes]
    )
  })
})
