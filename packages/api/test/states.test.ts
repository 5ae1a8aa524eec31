import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JOB_STATES, outwardState } from '@stimnet/protocol'
import { isoOf, REST_STATUSES, restStatus, statesOf } from '../src/index.ts'

describe("a job's state", () => {
  it('is told in the words existing clients know, and in the true word beside', () => {
    const told = Object.fromEntries(JOB_STATES.map((state) => [state, [restStatus(state), outwardState(state)]]))
    assert.deepEqual(told, {
      pending: ['queued', 'pending'],
      queued: ['queued', 'queued'],
      running: ['running', 'running'],
      disclosing: ['running', 'running'],
      completed: ['completed', 'completed'],
      blocked: ['blocked', 'blocked'],
      failed: ['failed', 'failed'],
      cancelled: ['cancelled', 'cancelled'],
      denied: ['blocked', 'denied'],
      expired: ['cancelled', 'expired']
    })
  })

  it('is found by every documented status', () => {
    for (const status of REST_STATUSES) assert.ok(statesOf(status).every((state) => restStatus(state) === status))
    assert.deepEqual(REST_STATUSES.flatMap(statesOf).sort(), [...JOB_STATES].sort())
    assert.deepEqual(statesOf('denied'), ['denied'])
  })
})

describe('a time', () => {
  it('is a time, whatever a peer claims', () => {
    for (const odd of [1e300, Number.NaN, Number.NEGATIVE_INFINITY])
      assert.equal(isoOf(odd), '1970-01-01T00:00:00.000Z')
    assert.equal(isoOf(1_700_000_000_000), '2023-11-14T22:13:20.000Z')
  })
})
