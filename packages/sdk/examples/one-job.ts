import { ApiError, createClient } from '@stimnet/sdk'

const client = createClient({ url: process.env.STIMNET_URL ?? 'http://127.0.0.1:8000' })
await client.authenticate('demo', process.env.STIMNET_PASSWORD ?? 'demo')

const { job_id } = await client.submitJob(
  {
    target_node_id: 'node-1',
    data_catalog_name: 'clinical_trial_data',
    script_type: 'statistic',
    script_content: JSON.stringify({ name: 'mean', variables: ['UPDRS_change'], by: ['sex'] }),
    filters: { 'outcomes.visit': 'month_12' }
  },
  // If the request is sent again with the same key, it is still one job.
  { idempotencyKey: 'mean-change-at-12-months' }
)
const job = await client.waitForJob(job_id)
console.log(job.status, job.result_data)

try {
  await client.job('0'.repeat(32))
} catch (error) {
  // Every error has a code.
  if (!(error instanceof ApiError)) throw error
  console.log(error.code, error.status)
}
