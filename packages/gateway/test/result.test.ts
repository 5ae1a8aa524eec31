import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OUTWARD_STATES, type OutwardState } from '@stimnet/api'
import type { ValuesOutput } from '@stimnet/protocol'
import { jobOf } from '../src/shapes/job.ts'
import { CARD, FakePeer, partOf, TABLE, type Told } from './fake-peer.ts'

const made = (state: OutwardState, more: Told = {}) =>
  new FakePeer().add({ state, parts: [partOf('node-1', { state })], ...more })
const job = (state: OutwardState, more: Told = {}) => jobOf(made(state, more), { withParts: true })
const values = (given: unknown): ValuesOutput => ({
  kind: 'values',
  values: given,
  withheld: { leaves: 2 },
  disclosure: CARD
})
const scripted = (given: unknown) =>
  job('completed', { parts: [partOf('node-1', { state: 'completed', output: values(given) })] }).result_data

describe("a job's state", () => {
  it('that is an end always has a time in seconds, even where it never ran', () => {
    for (const state of ['completed', 'failed', 'cancelled', 'blocked', 'denied', 'expired'] as const) {
      assert.equal(typeof job(state).execution_time, 'number')
    }
    assert.equal(job('cancelled').execution_time, 0)
    assert.equal(job('running').execution_time, null)
    assert.equal(
      job('failed', { started_at: '2023-11-14T22:13:22.000Z', completed_at: '2023-11-14T22:13:21.000Z' })
        .execution_time,
      0
    )
  })

  it('never shows measurements that are a side channel', () => {
    for (const state of OUTWARD_STATES) {
      assert.equal(job(state).memory_used_mb, null)
      assert.equal(job(state).records_processed, null)
    }
  })
})

describe("a job's result", () => {
  it('of a blocked or denied job is a message', () => {
    const reason = 'Nothing can be released about this cohort.'
    const blocked = job('blocked', { code: 'COHORT_NOT_RELEASABLE', reason })
    assert.deepEqual(blocked.result_data, { message: reason })
    assert.equal(blocked.error_message, `COHORT_NOT_RELEASABLE: ${reason}`)
    assert.deepEqual(job('denied', { reason: 'Too few people.' }).result_data, { message: 'Too few people.' })
  })

  it('of a failed job is nothing but why', () => {
    const failed = job('failed', { code: 'LIBRARY_NOT_AVAILABLE', reason: 'numpy' })
    assert.equal(failed.result_data, null)
    assert.equal(failed.error_message, 'LIBRARY_NOT_AVAILABLE: numpy')
  })

  it('is not shown before the job has completed, whatever the peer holds', () => {
    for (const state of ['running', 'failed', 'cancelled'] as const) {
      const held = { parts: [partOf('node-1', { state, output: TABLE })] }
      assert.equal(job(state, held).result_data, null)
    }
  })

  it("of a script is its values, with what was withheld and the true card, which the script's own cannot replace", () => {
    assert.deepEqual(scripted({ mean: 4.2 }), { mean: 4.2, withheld: { leaves: 2 }, disclosure: CARD })
    const forged = scripted({ mean: 4.2, disclosure: { level: 'P2' }, withheld: 'nothing' })
    assert.deepEqual(forged, { mean: 4.2, withheld: { leaves: 2 }, disclosure: CARD })
  })

  it('of declared outputs is each under its name, over several peers with how it pooled', () => {
    const count = { name: 'women', kind: 'count', unit: '', class: 'c', n: 150, value: 78 } as const
    const output = { kind: 'typed' as const, outputs: [count], withheld: { values: 0 }, disclosure: CARD }
    const part = partOf('node-1', { state: 'completed', output })
    const { name, ...rest } = count
    const alone = job('completed', { parts: [part] }).result_data
    assert.deepEqual(alone, { [name]: rest, withheld: { values: 0 }, disclosure: CARD })
    const pooled = {
      ...{ columns: [], rows: [], sites: ['a', 'b'], missing: [], notes: [] },
      outputs: [{ output: { ...count, n: 300, value: 156 }, method: 'added' as const, sites: ['a', 'b'] }]
    }
    const both = job('completed', { parts: [part, partOf('node-2', { state: 'completed', output })], pooled })
    const expected = { ...rest, n: 300, value: 156, method: 'added', sites: ['a', 'b'] }
    assert.deepEqual(both.result_data?.outputs, { women: expected })
  })

  it('of peers that do not mean the same is none, with the difference site by site', () => {
    const difference = { site: 'b', variable: 'people.sex', field: 'levels', expected: 'F, M', found: 'M, F' } as const
    const schema = { contract: [], differences: [difference], mappings: [] }
    const stopped = job('failed', { parts: [], isToMany: true, code: 'SCHEMA_MISMATCH', reason: 'Differs.', schema })
    assert.deepEqual(stopped.schema, schema)
    assert.match(stopped.error_message ?? '', /^SCHEMA_MISMATCH: /)
    assert.equal(job('completed').schema, null)
  })

  it('of a script that gives no object stands under `result`', () => {
    assert.deepEqual(scripted([1, 2]), { result: [1, 2], withheld: { leaves: 2 }, disclosure: CARD })
    assert.deepEqual(scripted(null), { result: null, withheld: { leaves: 2 }, disclosure: CARD })
  })

  it('of several peers that were all blocked still names each', () => {
    const parts = ['node-1', 'node-2'].map((id) => partOf(id, { state: 'blocked', code: 'COHORT_NOT_RELEASABLE' }))
    const { result_data } = job('blocked', { parts, isToMany: true, code: 'COHORT_NOT_RELEASABLE' })
    assert.ok(Array.isArray(result_data?.parts) && result_data.parts.length === 2)
    assert.equal(typeof result_data?.message, 'string')
  })
})
