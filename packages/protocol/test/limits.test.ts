import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, messages, seal } from '../src/index.ts'
import { ada, bytesOf, clockAt, START_MS } from './fixtures.ts'

const clock = clockAt(START_MS)
const filled = (length: number) => 'x'.repeat(length)

test('a script of the largest size, with parameters, fits into an envelope', async () => {
  const request = messages.JobRequest.encode({
    catalog: filled(64),
    program: { script: { language: 'python', code: filled(LIMITS.scriptBytesMax) } },
    parametersJson: filled(64 * 1024),
    filtersJson: filled(16 * 1024)
  })
  const { bytes: jws } = await seal({ type: 'job-request', body: request, signer: ada, clock, lifetimeMs: 60_000 })
  assert.ok(jws.length <= LIMITS.envelopeBytesMax)
  // The envelope in base64 also fits into a JSON body.
  assert.ok((jws.length * 4) / 3 < LIMITS.restBodyBytesMax)
})

test('the largest output, sealed with its receipt, fits into an event of the follow stream', async () => {
  const hash = filled(64)
  const body = messages.JobResult.encode({
    jobId: filled(32),
    state: 'completed',
    outputJson: bytesOf(filled(LIMITS.outputBytesMax)),
    receipt: {
      requestHash: hash,
      outputHash: hash,
      epoch: hash,
      codeHash: hash,
      image: filled(256),
      policyHash: hash,
      auditHead: hash,
      auditSequence: 1e9,
      releasedAtMs: START_MS,
      requester: ada.id,
      custody: 'requester'
    }
  })
  const { bytes: result } = await seal({
    type: 'job-result',
    body,
    signer: ada,
    clock,
    lifetimeMs: Number.POSITIVE_INFINITY
  })
  const event = messages.FollowEvent.encode({
    log: hash,
    sequence: 1e9,
    jobId: filled(32),
    state: 'completed',
    result,
    refusals: { bits: 1e6, bitsMax: 1e6, project: 'é'.repeat(128) }
  })
  assert.ok(event.length <= LIMITS.followFrameBytesMax)
})

test('every limit is a positive whole number, and those that depend on each other agree', () => {
  for (const [name, limit] of Object.entries(LIMITS)) {
    assert.ok(Number.isSafeInteger(limit) && limit > 0, name)
  }
  assert.ok(LIMITS.cohortSizeFloor >= 3)
  assert.ok(LIMITS.queueJobsPerRequesterMax < LIMITS.queueJobsMax)
  assert.ok(LIMITS.wallTimeMsDefault <= LIMITS.wallTimeMsMax)
  assert.equal(LIMITS.scriptGridMs % LIMITS.releaseGridMs, 0)
})
