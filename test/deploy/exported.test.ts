/** Tests that a running peer exports every metric that the rules and the dashboard of its deployment name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { clientOf, scratchFolder, startSite, writeSite } from '../mesh.ts'
import { type Exported, exportedIn, unknownIn } from './expressions.ts'
import { deployFile } from './tools.ts'

test('a peer exports every metric, label and value that a rule or the dashboard names', async (t) => {
  const config = { metrics: { listen: '127.0.0.1:0', certificates: ['none.crt'] } }
  const peer = await startSite(await writeSite(await scratchFolder(t), 0, { config }))
  t.after(() => peer.stop())
  const client = await clientOf(peer)
  const { job_id } = await client.submitJob({
    ...{ target_node_id: 'node-1', data_catalog_name: 'clinical_trial_data', script_type: 'sql' },
    script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
  })
  await client.waitForJob(job_id)
  const text = await (await fetch(`${peer.metricsUrl}/metrics`)).text()
  assert.match(text, /^stimnet_jobs_ended_total\{outcome="completed"\} 1$/m)
  assert.match(text, /^stimnet_certificate_expiry_timestamp_seconds\{file="none.crt"\} 0$/m, 'unreadable')
  assert.match(text, /^stimnet_http_requests_total\{route="submitJob",status="2xx"\} 1$/m)
  assert.match(text, /^stimnet_disk_size_bytes [1-9]/m)
  for (const check of ['database', 'disk', 'mesh', 'clock', 'sandbox']) {
    assert.match(text, new RegExp(`^stimnet_check_ok\\{check="${check}"\\} 1$`, 'm'))
  }
  const exported = exportedIn(text)
  const { expressions, recorded } = namedInFiles()
  assert.ok(expressions.length > 40)
  for (const expression of expressions) assert.deepEqual(unknownIn(expression, exported, recorded), [], expression)
  assertFinds(exported, recorded)
})

/** All expressions of rules and dashboard. */
function namedInFiles(): { expressions: string[]; recorded: Set<string> } {
  const { groups } = parse(deployFile('prometheus/stimnet.rules.yml')) as {
    groups: { rules: { record?: string; expr: string }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  const { panels } = JSON.parse(deployFile('grafana/dashboard.json')) as { panels: { targets: { expr: string }[] }[] }
  return {
    expressions: [
      ...rules.map(({ expr }) => expr),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    ],
    recorded: new Set(rules.flatMap(({ record }) => record ?? []))
  }
}

/** The check itself finds missing names. */
function assertFinds(exported: Exported, recorded: ReadonlySet<string>): void {
  const wrong = (expression: string) => unknownIn(expression, exported, recorded)
  assert.deepEqual(wrong('sum by (le) (rate(stimnet_nothing_bucket[5m])) > 0'), ['stimnet_nothing_bucket'])
  assert.deepEqual(wrong('up == 0 and stimnet:nothing:share > 1'), ['stimnet:nothing:share'])
  assert.deepEqual(wrong('stimnet_check_ok{check!="nothing"}'), ['stimnet_check_ok{check="nothing"}'])
  assert.deepEqual(wrong('stimnet_alerts_total{what=~"quota|x"}'), ['stimnet_alerts_total{what}'])
}
