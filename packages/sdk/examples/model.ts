import { createClient, FormulaError } from '@stimnet/sdk'

const client = createClient({ url: process.env.STIMNET_URL ?? 'http://127.0.0.1:8000' })
await client.authenticate('demo', process.env.STIMNET_PASSWORD ?? 'demo')

const catalog = 'clinical_trial_data'
const model = await client.model('UPDRS_change ~ age + sex', {
  catalog,
  where: { column: 'outcomes.visit', op: '=', values: ['month_12'] },
  // The institution is a factor, so that differences between institutions do not affect the other coefficients.
  site: 'fixed'
})
console.log(model.summary())
for (const { term, estimate, low, high } of model.coefficients) console.log(term, estimate, [low, high])
// One coefficient per institution, then the pooled one.
console.table(model.forest('age'))

try {
  await client.model('UPDRS_change ~ agee', { catalog })
} catch (error) {
  // The formula has an error; nothing was sent.
  if (!(error instanceof FormulaError)) throw error
  console.log(`at character ${error.at}: ${error.why}`)
}
