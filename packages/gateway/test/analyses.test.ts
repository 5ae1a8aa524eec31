import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openHouse, SQL_JOB } from './house.ts'

/** A request as existing clients send it. */
const REQUEST = {
  ...SQL_JOB,
  requester_name: 'Ada',
  requester_institution: 'Hospital A',
  requester_email: 'ada@example.org',
  requester_affiliation: null,
  analysis_title: 'Change under stimulation',
  analysis_description: 'Mean change at twelve months.',
  selected_score: 'UPDRS',
  selected_timeline: null,
  priority: 'high',
  estimated_duration: null,
  uploaded_file_ids: null
}

describe('analysis requests', () => {
  it('are taken in the documented form and answered with their documented fields', async () => {
    const house = openHouse()
    const { status, body, response } = await house.json('POST', '/api/v1/analysis-requests', {
      as: 'ada',
      body: REQUEST
    })
    assert.equal(status, 200)
    assert.equal(response.headers.get('location'), `/api/v1/analysis-requests/${body.request_id}`)
    const { id, request_id, submitted_at, updated_at, ...rest } = body
    assert.deepEqual(
      [typeof id, typeof request_id, typeof submitted_at, typeof updated_at],
      ['number', 'string', 'string', 'string']
    )
    assert.equal(rest.status, 'pending')
    assert.equal(rest.analysis_title, 'Change under stimulation')
    assert.equal(rest.requester_email, 'ada@example.org')
    assert.equal(rest.priority, 'high')
    assert.deepEqual(
      [rest.approved_by, rest.approval_notes, rest.approved_at, rest.expires_at],
      [null, null, null, null]
    )
    const read = await house.json('GET', `/api/v1/analysis-requests/${request_id}`, { as: 'ada' })
    assert.equal(read.body.request_id, request_id)
    const results = await house.json('GET', `/api/v1/analysis-requests/${id}/results`, { as: 'ada' })
    assert.deepEqual([results.status, results.body.result_data], [200, null])
  })

  it('refuse what is not a request, by field', async () => {
    const house = openHouse()
    for (const [field, value] of Object.entries({
      requester_email: 'nobody',
      priority: 'at once',
      analysis_title: '',
      requester_name: 'A\u202eda',
      requester_institution: 'North\nSouth',
      analysis_description: 'One.\rTwo.'
    })) {
      const body = { ...REQUEST, [field]: value }
      const { status, body: problem } = await house.json('POST', '/api/v1/analysis-requests', { as: 'ada', body })
      assert.equal(status, 422, field)
      assert.match(JSON.stringify(problem), new RegExp(field))
    }
  })

  it('are decided by stewards, with their words, and by nobody else', async () => {
    const house = openHouse()
    const { body: made } = await house.json('POST', '/api/v1/analysis-requests', { as: 'ada', body: REQUEST })
    const path = `/api/v1/analysis-requests/${made.request_id}`
    const body = { status: 'approved', approval_notes: 'Fine.' }
    assert.equal((await house.json('PUT', path, { as: 'ada', body })).status, 403)
    const decided = await house.json('PUT', path, { as: 'stew', body })
    assert.deepEqual([decided.status, decided.body.status], [200, 'approved'])
    assert.deepEqual(house.peer.decisions, [{ id: made.request_id, status: 'approved', notes: 'Fine.', by: 'stew' }])
    assert.equal((await house.json('PUT', path, { as: 'stew', body: { status: 'maybe' } })).status, 422)
    assert.equal((await house.json('PUT', '/api/v1/analysis-requests/999', { as: 'stew', body })).status, 404)
  })

  it('are listed in full as documented, and in brief without what a list that is looked at often does not show', async () => {
    const house = openHouse()
    const body = { ...REQUEST, parameters: { years: 1 }, filters: { sex: 'f' } }
    await house.json('POST', '/api/v1/analysis-requests', { as: 'ada', body })
    const listed = async (query: string) =>
      (await house.json('GET', `/api/v1/analysis-requests${query}`, { as: 'ada' })).body[0]
    assert.equal((await listed('')).script_content, REQUEST.script_content)
    const brief = await listed('?brief=true')
    assert.deepEqual(
      [brief.script_content, brief.analysis_description, brief.parameters, brief.filters, brief.cohort],
      ['', '', {}, {}, null]
    )
    assert.deepEqual([brief.analysis_title, brief.requester_name], [REQUEST.analysis_title, 'Ada'])
    assert.deepEqual(Object.keys(brief).sort(), Object.keys(await listed('')).sort())
  })

  it('of another account are not there', async () => {
    const house = openHouse()
    const { body: made } = await house.json('POST', '/api/v1/analysis-requests', { as: 'ada', body: REQUEST })
    const read = await house.json('GET', `/api/v1/analysis-requests/${made.request_id}`, { as: 'bob' })
    assert.equal(read.status, 404)
  })
})
