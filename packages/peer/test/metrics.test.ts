/** Tests of the metrics: sufficient for an operator to act on, insufficient to learn data or decisions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEvents } from '../src/events.ts'
import type { Readings } from '../src/monitor/gauges.ts'

const MIB = 1024 * 1024
const now: Readings = {
  ...{ queued: 3, queueMax: 100, running: 2, peers: 1, gateways: 2 },
  checks: [
    { name: 'disk', ok: true },
    { name: 'sandbox', ok: false }
  ],
  disk: { freeBytes: 130 * MIB + 1, sizeBytes: 1_000 * MIB },
  diskUse: [{ what: 'results, in database', bytes: 130 * MIB }],
  used: { 'privacy budget': 0.79, refusals: 1, 'script bits': 0, information: 0.3333 },
  certificates: new Map([['site.crt', 1_700_000_000_000]])
}

test('ends of jobs tell apart what an operator can repair, and no decision about data', async () => {
  const events = createEvents({ level: 'silent', nodeId: 'node-1' })
  events.ended({ jobId: 'a', state: 'completed' })
  events.ended({ jobId: 'b', state: 'failed', code: 'SANDBOX_UNAVAILABLE' })
  events.ended({ jobId: 'c', state: 'failed', code: 'SCRIPT_INVALID' })
  events.ended({ jobId: 'd', state: 'blocked', code: 'COHORT_NOT_RELEASABLE' })
  events.refused({ code: 'COHORT_NOT_RELEASABLE', askedBy: 'x', catalog: 'secret_name' })
  const lines = (await events.metrics()).split('\n')
  const ends = lines.filter((line) => line.startsWith('stimnet_jobs_ended_total'))
  assert.deepEqual(ends, [
    'stimnet_jobs_ended_total{outcome="completed"} 1',
    'stimnet_jobs_ended_total{outcome="node-fault"} 1',
    'stimnet_jobs_ended_total{outcome="other"} 2'
  ])
  assert.deepEqual(
    lines.filter((line) => /COHORT|SCRIPT_INVALID|blocked|secret_name/.test(line)),
    []
  )
})

test('amounts are rounded, and what cannot be read counts as the worst', async () => {
  const events = createEvents({ level: 'silent', nodeId: 'node-1' })
  let readings = now
  events.onMetrics(async () => readings)
  const text = await events.metrics()
  const has = (line: string) => assert.ok(text.split('\n').includes(line), `${line} in ${text}`)
  has('stimnet_jobs_queued 3')
  has('stimnet_jobs_queue_limit 100')
  has('stimnet_gateways_attached 2')
  has('stimnet_check_ok{check="disk"} 1')
  has('stimnet_check_ok{check="sandbox"} 0')
  has(`stimnet_disk_free_bytes ${128 * MIB}`)
  has(`stimnet_disk_use_bytes{what="results, in database"} ${128 * MIB}`)
  has('stimnet_used_share{what="privacy budget"} 0.7')
  has('stimnet_used_share{what="refusals"} 1')
  has('stimnet_used_share{what="information"} 0.3')
  has('stimnet_certificate_expiry_timestamp_seconds{file="site.crt"} 1700000000')
  has('stimnet_alerts_total{kind="log-conflict"} 0')

  readings = { ...now, disk: undefined, certificates: new Map([['site.crt', 0]]) }
  const worse = await events.metrics()
  assert.match(worse, /^stimnet_disk_free_bytes 0$/m)
  assert.match(worse, /^stimnet_certificate_expiry_timestamp_seconds\{file="site.crt"\} 0$/m)
})

test('requests of the gateway are counted by operation and class of status', async () => {
  const events = createEvents({ level: 'silent', nodeId: 'node-1' })
  events.answered({ route: 'submitJob', status: 201, ms: 50 })
  events.answered({ route: 'submitJob', status: 429, ms: 1 })
  const text = await events.metrics()
  assert.match(text, /^stimnet_http_requests_total\{route="submitJob",status="2xx"\} 1$/m)
  assert.match(text, /^stimnet_http_requests_total\{route="submitJob",status="4xx"\} 1$/m)
  assert.match(text, /^stimnet_http_request_seconds_bucket\{le="0.02",route="submitJob"\} 1$/m)
})
