/** Tests of a gateway process in front of a peer that comes and goes. */
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:net'
import type { Peer } from '@stimnet/peer'
import { type Client, createClient } from '@stimnet/sdk'
import { spawnGateway } from '../gateway-process.ts'
import { PASSWORD, scratchFolder, startSite, until, writeSite } from '../mesh.ts'

const QUESTION = {
  ...{ target_node_id: 'node-1', data_catalog_name: 'clinical_trial_data', script_type: 'sql' as const },
  script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
}

test('a gateway process holds nothing: its peer may come, go and come back, and what clients had is still theirs', async (t) => {
  const folder = await scratchFolder(t)
  const site = await writeSite(folder, 0, {
    config: { gateway: { enabled: false }, gateways: { socket: './stimnet-data/gateways.sock' } }
  })
  const home = join(folder, 'gateway')
  await mkdir(home)
  const socket = join(site.folder, 'stimnet-data', 'gateways.sock')
  const gateway = await spawnGateway(t, home, { name: 'edge-1', peer: { socket } })
  const early = await fetch(`${gateway.url}/health`)
  assert.deepEqual([early.status, early.headers.get('retry-after')], [503, '5'], 'no peer yet')

  const first = await startSite(site)
  await first.accounts.put({ name: 'olga', roles: ['operator'], password: PASSWORD })
  assert.equal(first.gatewayUrl, undefined, 'the peer has no listener of its own')
  const [ada, olga] = [createClient({ url: gateway.url }), createClient({ url: gateway.url })]
  const token = await ada.authenticate('ada', PASSWORD)
  await olga.authenticate('olga', PASSWORD)
  const { job_id } = await ada.submitJob(QUESTION, { idempotencyKey: 'once' })
  assert.equal((await ada.waitForJob(job_id)).state, 'completed')
  await until(async () => (await olga.status()).gateways.length === 1, 'it is attached')
  const { gateways } = await olga.status()
  assert.deepEqual(
    gateways.map(({ name, through }) => [name, through]),
    [['edge-1', 'socket']]
  )
  assert.match(gateway.out(), new RegExp(`^Peer +${first.peerId}`, 'm'))

  await first.stop()
  await assert.rejects(ada.job(job_id), { code: 'PEER_UNREACHABLE', status: 503 })
  const second = await startSite(site)
  t.after(() => second.stop())
  assert.equal((await ada.job(job_id)).state, 'completed', 'the token and the job are still valid')
  assert.equal((await ada.submitJob(QUESTION, { idempotencyKey: 'once' })).job_id, job_id, 'asked again, run once')
  await until(async () => (await olga.status()).gateways.length === 1, 'it is attached again')

  await assertAskedOnce(second, ada, { socket, token })

  if (process.platform === 'linux') {
    const loaded = await readFile(`/proc/${gateway.process.pid}/maps`, 'utf8')
    assert.doesNotMatch(loaded, /duckdb|leveldb|classic-level/i, 'it has no database')
  }
  assert.equal(await gateway.end('SIGTERM'), 0)
  await until(async () => (await second.database.auditLog.read({ limit: 1 })).length === 1, 'the peer goes on')
})

/** Submits jobs over connections that end after sending, like those of a killed gateway, and asks again. */
async function assertAskedOnce(peer: Peer, client: Client, at: { socket: string; token: string }): Promise<void> {
  const asked = async () => {
    const all = { limit: 1_000, signal: new AbortController().signal }
    return (await peer.database.auditLog.select(({ kind }) => kind === 'ask', all)).length
  }
  const before = await asked()
  const keys = Array.from({ length: 8 }, (_, key) => `broken-${key}`)
  for (const [turn, key] of keys.entries()) {
    const body = JSON.stringify(QUESTION)
    const lines = [
      ...['POST /api/v1/jobs HTTP/1.1', 'Host: peer', 'X-StimNet-Caller: 192.0.2.1'],
      ...[`Authorization: Bearer ${at.token}`, 'Content-Type: application/json', `Idempotency-Key: ${key}`],
      ...[`Content-Length: ${body.length}`, '', body]
    ]
    const gateway = connect(at.socket)
    gateway.on('error', () => undefined)
    await new Promise<void>((resolve) => gateway.write(lines.join('\r\n'), () => resolve()))
    // At several moments, before and after the peer has stored the request.
    await new Promise((resolve) => setTimeout(resolve, turn * 3))
    gateway.destroy()
    const first = await client.submitJob(QUESTION, { idempotencyKey: key })
    const again = await client.submitJob(QUESTION, { idempotencyKey: key })
    assert.equal(again.job_id, first.job_id)
  }
  assert.equal((await asked()) - before, keys.length, 'each was asked once')
}
