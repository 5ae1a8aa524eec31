/** Tests of institutions that only dial out, and reach each other through a third one. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import {
  charterSchema,
  cryptographicRandom,
  keyFileOf,
  signCharter,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import type { Client } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { clientOf, freePort, PASSWORD, type Site, scratchFolder, startSite, until, writeSite } from '../mesh.ts'

/** Writes the founders of a federation: a relay, and two that listen nowhere. `relayAt` is known before they start. */
async function writeSites(folder: string, relayAt: string): Promise<Site[]> {
  const seeds = [0, 1, 2].map(() => cryptographicRandom.bytes(32))
  const signers = await Promise.all(seeds.map(signerFromSeed))
  const founders = signers.map(({ id: peer }, at) => ({ peer, institution: `Hospital ${at}` }))
  const charter = charterSchema.parse({ name: 'Network', needed: 2, founders })
  const signatures = await Promise.all(signers.map((signer) => signCharter(charter, { signer, clock: systemClock })))
  await writeFile(join(folder, 'charter.json'), JSON.stringify({ charter, signatures }))
  const relays = [`${relayAt}/p2p/${signers[0]?.id}`]
  return Promise.all(
    seeds.map(async (seed, at) => {
      const config = {
        mesh: at === 0 ? { listen: [relayAt], relay: true } : { listen: [], bootstrap: relays, relays },
        federation: { charter: '../charter.json' },
        requesters: signers.map(({ id }) => `gateway:${id}`),
        catalogs: demoCatalogs('data')
      }
      const site = await writeSite(folder, at, { config })
      await mkdir(join(site.folder, 'stimnet-data'), { mode: 0o700 })
      await writeFile(join(site.folder, 'stimnet-data/identity.key'), keyFileOf(seed), { mode: 0o600 })
      return site
    })
  )
}

async function countAt(client: Client, target: string): Promise<unknown> {
  const isKnown = async () => (await client.nodes()).some(({ node_id, is_active }) => node_id === target && is_active)
  await until(isKnown, `${target} is known`)
  const { job_id } = await client.submitJob({
    ...{ target_node_id: target, data_catalog_name: 'clinical_trial_data', script_type: 'sql' },
    script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
  })
  await until(async () => (await client.job(job_id)).completed_at !== null, `the job at ${target} has ended`)
  return (await client.job(job_id)).status
}

test('two institutions that listen nowhere ask each other through a relay, also after it was away', async (t) => {
  const folder = await scratchFolder(t)
  const sites = await writeSites(folder, `/ip4/127.0.0.1/tcp/${await freePort()}`)
  const [relaySite, ...hidden] = sites as [Site, Site, Site]
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  const relay = await startSite(relaySite)
  t.after(() => relay.stop())
  for (const site of hidden) peers.push(await startSite(site))
  const [north, south] = peers as [Peer, Peer]
  await north.accounts.put({ name: 'olga', roles: ['operator'], password: PASSWORD })
  const clients = await Promise.all([clientOf(north), clientOf(south)])
  assert.deepEqual(await Promise.all([countAt(clients[0], 'node-3'), countAt(clients[1], 'node-2')]), [
    'completed',
    'completed'
  ])
  const operator = await clientOf(north, 'olga')
  const { reach, mesh_addresses } = await operator.status()
  assert.deepEqual(reach.direct, { addresses: [], reached: false })
  assert.deepEqual(
    reach.relays.map(({ peer_id, since, why }) => ({ peer_id, isReserved: since !== null, why })),
    [{ peer_id: relay.peerId, isReserved: true, why: '' }]
  )
  assert.deepEqual(mesh_addresses, [`${reach.relays[0]?.address}/p2p-circuit/p2p/${north.peerId}`])

  await relay.stop()
  await until(async () => (await operator.status()).reach.relays[0]?.why === 'it cannot be reached', 'it is told')
  const alerts = (await operator.status()).waiting.alerts.filter(({ kind }) => kind === 'relay-lost')
  assert.equal(alerts[0]?.actor, relay.peerId)
  const again = await startSite(relaySite)
  peers.push(again)
  await until(async () => (await operator.status()).reach.relays[0]?.since !== null, 'the reservation is back')
  assert.deepEqual(await Promise.all([countAt(clients[0], 'node-3'), countAt(clients[1], 'node-2')]), [
    'completed',
    'completed'
  ])
})
