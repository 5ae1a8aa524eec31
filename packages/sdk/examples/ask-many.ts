import { createClient } from '@stimnet/sdk'

const client = createClient({ url: process.env.STIMNET_URL ?? 'http://127.0.0.1:8000' })
await client.authenticate('demo', process.env.STIMNET_PASSWORD ?? 'demo')

const { id } = await client.submitBroadcast({
  targets: '*',
  data_catalog_name: 'clinical_trial_data',
  script_type: 'sql',
  script_content: 'SELECT sex, COUNT(DISTINCT subject_id) AS n FROM subjects GROUP BY sex'
})

// Yields each state until the end. A broken connection is restored.
for await (const { progress, parts } of client.watchBroadcast(id)) {
  console.log(`${Math.round(progress * 100)} %`, parts.map(({ node_id, state }) => `${node_id} ${state}`).join(', '))
}

const { pooled } = await client.broadcast(id)
console.table(pooled?.rows.map(({ values }) => values))
