import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type JobState, messages, programToMessage, SimulatedClock } from '@stimnet/protocol'
import { Views } from '../src/requests/view.ts'
import { toText } from '../src/store/base64.ts'
import type { RequestPart, RequestRecord } from '../src/store/requests.ts'

const AT_MS = 1_700_000_000_000
const views = new Views(new SimulatedClock(AT_MS))

function partOf(peerId: string, state: JobState, more: Partial<RequestPart> = {}): RequestPart {
  return {
    ...{ peerId, nodeId: '', institution: peerId, jobId: 'j', state, answered: true, progress: 0, warnings: [] },
    ...{ updatedAtMs: AT_MS, ...more }
  }
}

const shown = async (parts: readonly RequestPart[], more: Partial<RequestRecord> = {}) => {
  const program = programToMessage({ kind: 'sql', sql: 'SELECT COUNT(*) FROM subjects' })
  const filtersJson = JSON.stringify({ sex: 'f' })
  const unsealed = toText(messages.JobRequest.encode({ catalog: 'trial', program, filtersJson, custody: 'gateway' }))
  const record = {
    ...{ id: 'r', number: 7, owner: 'ada', mayUsePrivate: false, broadcast: false, targets: ['a'], unsealed },
    ...{ catalog: 'trial', programWord: 'sql', title: '', submittedAtMs: AT_MS, parts, ...more }
  }
  return views.of(record as RequestRecord)
}

describe('a request of an account', () => {
  test('is never shown disclosing, and says what went wrong in words where a peer gave none', async () => {
    const { broadcast } = await shown([partOf('a', 'disclosing')])
    assert.deepEqual([broadcast.state, broadcast.status, broadcast.parts[0]?.state], ['running', 'running', 'running'])
    const denied = (await shown([partOf('a', 'denied', { code: 'DENIED' })])).broadcast
    assert.deepEqual(
      [denied.status, denied.code, denied.reason],
      ['blocked', 'DENIED', 'A steward denied the request.']
    )
    const why = (await shown([partOf('a', 'failed', { code: 'LIBRARY_NOT_AVAILABLE', reason: 'numpy' })])).broadcast
    assert.equal(why.reason, 'numpy')
  })

  test('has times that are times and a progress that is a share, whatever a peer claims', async () => {
    const odd = partOf('a', 'running', { progress: 7, updatedAtMs: Number.NaN })
    const { broadcast } = await shown([odd], { submittedAtMs: 1e300, startedAtMs: Number.NaN })
    assert.equal(broadcast.submitted_at, '1970-01-01T00:00:00.000Z')
    assert.deepEqual([broadcast.progress, broadcast.parts[0]?.progress], [1, 1])
  })

  test('says what was asked in the form of a submission, with what has a default left out', async () => {
    const { broadcast, requester, requesterKey } = await shown([])
    assert.deepEqual(Object.keys(broadcast.asked ?? {}), [
      ...['targets', 'data_catalog_name', 'script_type', 'script_content', 'filters', 'privacy']
    ])
    assert.deepEqual(broadcast.cohort, { column: 'sex', op: '=', values: ['f'] })
    assert.equal(broadcast.opening, 'SELECT COUNT(*) FROM subjects')
    assert.deepEqual([requester, requesterKey], ['ada', ''])
  })
})
