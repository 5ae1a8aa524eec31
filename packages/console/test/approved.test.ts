/** The page for stewards shows everything that an approval is bound to. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BOUND_TO } from '@stimnet/protocol'
import type { AnalysisRequest } from '@stimnet/sdk'
import { cellsToRead } from '../src/requests/cells.ts'
import { rowsOf } from '../src/requests/rows.ts'
import { saidSoFar, saysToBe, signedBy } from '../src/requests/status.ts'
import { allowedInWords } from '../src/words/question/allowed.ts'

const NORTH = '12D3KooWNorthNorthNorthNorthNorthNorthNorthNorth'
const SOUTH = '12D3KooWSouthSouthSouthSouthSouthSouthSouthSouth'

const REQUEST: AnalysisRequest = {
  ...{ id: 1, request_id: 'r', status: 'pending', state: 'pending', target_node_id: 'node-2', priority: 'normal' },
  ...{ requester_name: 'Ada', requester_institution: 'Charité', requester_email: 'ada@example.org' },
  ...{ requester_affiliation: null, analysis_title: 'T', analysis_description: 'D', data_catalog_name: 'trial' },
  ...{ selected_score: null, selected_timeline: null, script_type: 'python', script_content: 'x = 1' },
  ...{ parameters: {}, filters: {}, filters_unapplied: [], estimated_duration: null, approved_by: null },
  ...{ approval_notes: null, approved_at: null, expires_at: null, submitted_at: '', updated_at: '', approvals: 0 },
  ...{ approvals_needed: 2, purpose: [], project: null, privacy: null, contract: [], mappings: [], standing: null },
  ...{ wall_time_ms_max: null, requester_key: SOUTH, custody: 'gateway', account: 'demo', request_hash: 'h' },
  ...{ asked_by: { peer_id: NORTH, institution: 'North' }, cohort: null, outputs: [], uploads: [] },
  ...{ epoch: null, image: null, review: [] }
}

const MAPPING = { peer: NORTH, variable: 'people.sex', local: 'people.gender', scale: '' }

/** One change of each field of the request. A change of `filters_unapplied` needs a filter in both requests. */
const CHANGES = {
  data_catalog_name: 'other',
  epoch: 'e',
  script_type: 'r',
  script_content: 'x = 2',
  cohort: { column: 'people.sex', op: '=', values: ['female'] },
  set: 'main',
  outputs: [{ name: 'n', kind: 'count' }],
  filters: { sex: 'female' },
  filters_unapplied: ['cmd'],
  image: 'docker',
  parameters: { cmd: 'do it' },
  requester_key: NORTH,
  custody: 'requester',
  account: 'eve',
  asked_by: { peer_id: SOUTH, institution: 'South' },
  purpose: ['DUO:0000037'],
  project: 'aging',
  permit: 'FD-2026-7',
  privacy: { level: 'P2', rho: '0.5', groups_per_subject: 1, rows_per_subject: 1 },
  contract: [{ variable: 'people.age', type: 'integer', unit: 'a', breakpoints: [65] }],
  mappings: [{ ...MAPPING, levels: [{ local: 'm', level: 'male' }] }],
  uploads: [{ name: 'grid.csv', sha256: 'aa', size: 3 }],
  wall_time_ms_max: 90_000
} satisfies Partial<Record<keyof AnalysisRequest, unknown>>

/** Base requests of their own: scripts make no claim by `privacy`, and a node itself reads no files. */
const BASES: Partial<Record<keyof typeof CHANGES, Partial<AnalysisRequest>>> = {
  privacy: { script_type: 'sql' },
  filters_unapplied: { filters: { cmd: 'do it' } }
}

/** Fields that other parts of the page show. */
const BESIDE = {
  script_content: (request: AnalysisRequest) => cellsToRead(request.script_type, request.script_content),
  uploads: (request: AnalysisRequest) => request.uploads
}

const pageOf = (request: AnalysisRequest) =>
  JSON.stringify([
    rowsOf(request, (peer) => (peer === NORTH ? 'North' : 'South')).map(({ name, said }) => [name, said]),
    ...Object.values(BESIDE).map((shown) => shown(request))
  ])

const said = (changes: Partial<AnalysisRequest>, name: string) =>
  rowsOf({ ...REQUEST, ...changes }, () => 'North').find((row) => row.name === name)?.said

describe('the page of a request', () => {
  it('shows everything that an approval is bound to', () => {
    for (const [bound, fields] of Object.entries(BOUND_TO)) {
      for (const field of fields) {
        assert.ok(Object.hasOwn(CHANGES, field), `${bound}: this test does not know ${field}`)
        const before = { ...REQUEST, ...BASES[field] }
        const after = { ...before, [field]: CHANGES[field] } as AnalysisRequest
        assert.notEqual(pageOf(after), pageOf(before), `${bound}: ${field} stands nowhere`)
      }
    }
  })

  it('says filters as they were sent, and which of them choose nobody', () => {
    assert.equal(said({}, 'Filters as sent'), undefined)
    const filters = { sex: 'female', cmd: 'do it' }
    assert.deepEqual(said({ filters, filters_unapplied: ['cmd'] }, 'Filters as sent'), [
      'sex = "female"',
      'cmd = "do it": not a variable, selects nobody, is passed to the script'
    ])
  })

  it('says mappings, what variables are taken to be and the time in words', () => {
    assert.deepEqual(said({ mappings: CHANGES.mappings }, 'Mappings, which change the meaning of the cohort'), [
      'people.sex at North is people.gender: m is male'
    ])
    assert.deepEqual(said({ contract: CHANGES.contract }, 'Expected variables'), [
      'people.age: integer, in a, cut at 65'
    ])
    assert.deepEqual(said({ wall_time_ms_max: 90_000 }, 'Time limit'), ['at most 90 s'])
  })

  it('tells what a requester says of itself from what is certain', () => {
    assert.equal(saysToBe(REQUEST), 'says they are Ada, Charité')
    assert.equal(saysToBe({ ...REQUEST, requester_name: '' }), 'gives no name')
    assert.equal(signedBy(REQUEST), 'account demo of North')
    assert.match(signedBy({ ...REQUEST, custody: 'requester' }), /^own key 12D3KooWSo…hSouth, delivered by North$/)
    const nameless = { peer_id: NORTH, institution: '' }
    assert.match(signedBy({ ...REQUEST, asked_by: nameless }), /^account demo of 12D3KooW/)
  })

  it('says what stewards have decided, with notes or without', () => {
    const by = { approved_by: 'sue, tom' }
    assert.equal(saidSoFar(REQUEST), undefined)
    assert.equal(saidSoFar({ ...REQUEST, approved_by: 'sue' }), 'Agreed so far: sue.')
    assert.equal(
      saidSoFar({ ...REQUEST, ...by, status: 'approved', state: 'queued' }),
      'Approved by sue, tom. It runs now.'
    )
    assert.equal(saidSoFar({ ...REQUEST, ...by, status: 'approved', state: 'completed' }), 'Approved by sue, tom.')
    assert.equal(saidSoFar({ ...REQUEST, ...by, status: 'denied', state: 'denied' }), 'Denied by sue, tom.')
    assert.equal(saidSoFar({ ...REQUEST, status: 'denied', state: 'failed' }), 'Refused before a steward decided.')
  })
})

it('what a parameter may be under a standing approval is said in words', () => {
  const words = (allowed: unknown) => allowedInWords('a', allowed)
  assert.equal(words({ one_of: [1] }), 'a = 1')
  assert.equal(words({ one_of: [1, 'x', true] }), 'a = 1, "x" or true')
  assert.equal(words({ minimum: 1, maximum: 5 }), 'a from 1 to 5')
  assert.equal(words(null), 'a: null')
})
