import { cryptographicRandom, signerFromSeed } from '@stimnet/protocol'
import { createClient, signRequest, verifyAndPool } from '@stimnet/sdk'

const client = createClient({ url: process.env.STIMNET_URL ?? 'http://127.0.0.1:8000' })
await client.authenticate('demo', process.env.STIMNET_PASSWORD ?? 'demo')

// Your own key: protect its 32 bytes like a password. Institutions identify you by `signer.id`.
const signer = await signerFromSeed(cryptographicRandom.bytes(32))
const holders = (await client.meshCatalogs('')).filter(({ name }) => name === 'clinical_trial_data')
const targets = holders.map(({ peer_id }) => peer_id)

const signed = await signRequest({
  signer,
  targets,
  // Only this peer may deliver the request. Otherwise an institution could pass it on and collect the answer of another one.
  carrier: (await client.health()).peer_id,
  catalog: 'clinical_trial_data',
  program: { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' },
  where: { column: 'sex', op: '=', values: ['female'] }
})
const { id } = await client.submitBroadcast(signed)
for await (const _ of client.watchBroadcast(id)) void _

// Pooled again from the signed answers, without relying on the gateway.
const { pooled, parts, complete } = await verifyAndPool(await client.broadcast(id), {
  requestHash: signed.hash,
  peers: targets
})
for (const { institution, verified, code } of parts) console.log(institution, verified ? 'verified' : code)
console.log(complete ? 'every receipt holds:' : 'incomplete:', pooled.rows[0]?.values)
