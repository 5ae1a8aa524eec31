import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cryptographicRandom, messages, open, signerFromSeed, systemClock, verifyAuditProof } from '@stimnet/protocol'
import { publish } from '../src/jobs/run/publish.ts'
import { fromText } from '../src/store/base64.ts'
import { Database } from '../src/store/database.ts'
import { type JobRecord, JobStore } from '../src/store/jobs.ts'

const HOUR_MS = 3_600_000
const ENDED_MS = 480_000 * HOUR_MS - 1
const VISIBLE_MS = ENDED_MS + 1_000

test('the log names the moment at which an end is shown, not the one at which it was computed', async () => {
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const database = await Database.open({ memory: true }, () => ENDED_MS)
  const jobs = await JobStore.open(database, () => 'log')
  const job: JobRecord = {
    ...{ id: 'a'.repeat(32), state: 'running', request: '', requestHash: 'b', issuer: signer.id, custody: 'requester' },
    ...{
      askedBy: signer.id,
      catalog: 'trial',
      epoch: 'c',
      programWord: 'python',
      admittedAtMs: 0,
      runs: 1,
      warnings: []
    }
  }
  const record = await database.commit((draft) =>
    publish({ clock: systemClock, signer, database, jobs }, draft, {
      ...{ job, ending: { state: 'failed', code: 'NODE_ERROR' }, codeHash: '', policyHash: '' },
      ranBy: { engine: '', grade: '', image: '' },
      visibleAtMs: VISIBLE_MS,
      charge: async () => ({})
    })
  )
  const [logged] = await database.auditLog.read({ limit: 1 })
  assert.equal(logged?.atMs, VISIBLE_MS)
  // A proof discloses the hour to everybody. It must be the hour of the boundary, not the hour before.
  const opened = await open(fromText(record.result ?? ''), { type: 'job-result', clock: systemClock, atAnyTime: true })
  const proof = messages.JobResult.decode(opened.body).receipt?.audit
  assert.ok(proof)
  await verifyAuditProof(proof)
  assert.equal(JSON.parse(new TextDecoder().decode(proof.entry)).hour, ENDED_MS + 1)
  await database.close()
})
