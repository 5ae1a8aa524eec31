/** Tests of listed scripts: a script whose hash a steward has listed runs without approval; a changed one needs approval. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { fakeSandbox } from '@stimnet/sandbox'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { clientOf, scratchFolder, startSite, until, writeSite } from '../mesh.ts'

const CODE = 'result = 1\n'

test('a listed script runs, a changed one waits, and an image that is not listed runs neither', async (t) => {
  const folder = await scratchFolder(t)
  const sandbox = fakeSandbox({ answer: () => ({ result: '1' }) })
  const described = await sandbox.describe()
  const [trial, imaging] = demoCatalogs('data')
  const code_hashes = [createHash('sha256').update(CODE).digest('hex')]
  const catalogs = [
    { ...trial, scripts: 'review', code_hashes, images: [described.image('python')] },
    { ...imaging, scripts: 'review', code_hashes, images: ['another image'] }
  ]
  const config = { mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] }, requesters: ['gateway:self'], catalogs }
  const peer = await startSite(await writeSite(folder, 0, { config }), { sandbox })
  t.after(() => peer.stop())
  const client = await clientOf(peer)
  const submit = (script_content: string, data_catalog_name = 'clinical_trial_data') =>
    client.submitJob({ target_node_id: 'node-1', data_catalog_name, script_type: 'python', script_content })
  const job = await client.waitForJob((await submit(CODE)).job_id)
  assert.equal(job.status, 'completed', JSON.stringify(job))
  const changed = await submit(`${CODE} `)
  await until(async () => (await client.job(changed.job_id)).state === 'pending', 'it waits for people')
  const elsewhere = await client.waitForJob((await submit(CODE, 'imaging_data')).job_id)
  assert.notEqual(elsewhere.status, 'completed')
  assert.match(JSON.stringify(elsewhere), /lists what may run scripts/)
})
