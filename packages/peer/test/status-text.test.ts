import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Status } from '@stimnet/sdk'
import { statusText } from '../src/cli/serve/status-text.ts'
import { bytesText } from '../src/store/disk-use.ts'

const AT = '2026-11-30T12:00:00.000Z'
const STATUS: Status = {
  ...{ node_id: 'north', institution: 'Hospital\u001b North', peer_id: '12D3KooA', version: '0.1.0', started_at: AT },
  ...{ gateway_url: 'http://127.0.0.1:8000', mesh_addresses: [] },
  gateways: [{ name: 'edge\u001b-1', version: '0.1.0', since: AT, through: 'socket' }],
  reach: {
    direct: { addresses: [], reached: false },
    relays: [
      { peer_id: '12D3KooR', address: '/dns4/relay/tcp/4001/p2p/12D3KooR', since: AT, why: '' },
      { peer_id: '12D3KooS', address: '/dns4/spare/tcp/4001/p2p/12D3KooS', since: null, why: 'it cannot be reached' }
    ],
    relaying: { reservations: 2, circuits: 1 }
  },
  checks: [{ name: 'database', ok: false, detail: 'writing failed' }],
  sandbox: { engine: 'docker', grade: 'docker', languages: ['python'] },
  catalogs: [{ name: 'trial', epoch: 'a'.repeat(64), newer_epoch: 'b'.repeat(64), note: 'served as it was' }],
  federation: 'Network',
  members: [
    {
      peer_id: '12D3KooB',
      institution: 'South',
      connected: false,
      self: false,
      last_seen: null,
      clock_offset_ms: null
    },
    { peer_id: '12D3KooC', institution: '', connected: true, self: false, last_seen: AT, clock_offset_ms: -90_000 }
  ],
  clock: { compared: 1, differing: 1, own_off_ms: null },
  jobs: { queued: 2, running: 1 },
  waiting: {
    requests: ['r1', 'r2'],
    epochs: ['trial'],
    statements: [{ says: 'admit', peer_id: '12D3KooD', institution: 'West', signatures: 1, needed: 2 }],
    alerts: [{ kind: 'quota', count: 3, latest_at: AT, actor: '12D3KooB', detail: 'job' }]
  },
  disk: [
    { what: 'database', bytes: 1536 },
    { what: 'free', bytes: 3 * 2 ** 40 }
  ],
  retention: [
    { what: 'results', days: 365, due: 12 },
    { what: 'jobs', days: null, due: 0 }
  ],
  usage: [{ data_catalog_name: 'trial', scope: '', what: 'refusals', used: '40', max: '200', share: 0.2 }]
}

test('the state of a peer names everything that waits for a person, with the command for it', () => {
  const text = statusText(STATUS)
  assert.ok(!text.includes('\u001b'), 'names from elsewhere cannot steer the terminal')
  for (const line of [
    /^FIX +database: writing failed$/m,
    /^Gateway +process edge\uFFFD-1 on this machine since /m,
    /^Reached +not directly: mesh.listen is empty$/m,
    /^Reached +through 12D3KooR since /m,
    /^Reached +not through 12D3KooS: it cannot be reached$/m,
    /^Relays +for 2 peers, 1 connection now$/m,
    /^Sandbox +docker \(docker\): python$/m,
    /^Jobs +1 running, 2 queued$/m,
    /^Disk +database 1\.5 KiB, free 3\.0 TiB$/m,
    /^Keeps +results 365 days \(12 to be deleted\), jobs for ever$/m,
    /^trial +a{12} +newer data wait: stimnet epoch accept trial; served as it was$/m,
    /^Members of Network: 1 of 2 connected$/m,
    /^South +never connected +12D3KooB$/m,
    /^\(name not known yet\) +connected +1 min 30 s behind ours +12D3KooC$/m,
    /^ {2}2 requests for stewards: stimnet requests$/m,
    /^ {2}a newer epoch of trial: stimnet epoch accept trial$/m,
    /^ {2}1 of 2 signed to admit West: stimnet federation admit 12D3KooD$/m,
    /^ {2}3 alerts quota, the latest .*: job$/m,
    /^trial +refusals +40 +200 +20 %$/m
  ]) {
    assert.match(text, line)
  }
  const quiet = { ...STATUS, waiting: { requests: [], epochs: [], statements: [], alerts: [] }, usage: [], members: [] }
  assert.match(
    statusText(quiet),
    /none besides this peer\.\n\nNothing waits for a person\.\n\nNothing of a budget is used\./
  )
  assert.equal(bytesText({ what: 'uploads', bytes: 0 }), 'uploads 0 B')
})
