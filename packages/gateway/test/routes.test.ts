import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { P1_ASK, StimnetError } from '@stimnet/protocol'
import type { Submission } from '../src/index.ts'
import { GATEWAY_LIMITS } from '../src/http/limits.ts'
import { CARD, PEER_ID, partOf, TABLE } from './fake-peer.ts'
import { openHouse, SQL_JOB } from './house.ts'

describe('the node', () => {
  it('tells its health in the documented fields, to anyone, its counts rounded down to tens', async () => {
    const house = openHouse()
    house.peer.activity = () => ({ activeJobs: 9, totalJobs: 39, connectedPeers: 20 })
    const { status, body } = await house.json('GET', '/health')
    assert.equal(status, 200)
    assert.deepEqual(body, {
      status: 'healthy',
      node_id: 'node-1',
      version: '0.1.0',
      uptime: 5,
      active_jobs: 0,
      total_jobs: 30,
      institution: 'Charité',
      peer_id: PEER_ID,
      peers: 20
    })
    house.peer.activity = () => ({ activeJobs: 9, totalJobs: 39, connectedPeers: 2 })
    assert.ok(
      !('peers' in (await house.json('GET', '/health')).body),
      'not 0, which would say that nobody is connected'
    )
  })

  it('is ready when every check is, and answers 503 when one is not', async () => {
    const house = openHouse()
    assert.equal((await house.json('GET', '/ready')).status, 200)
    house.peer.ready = [...house.peer.ready, { name: 'sandbox', ok: false, detail: 'no engine' }]
    await house.clock.advance(1_000)
    const { status, body } = await house.json('GET', '/ready')
    assert.equal(status, 503)
    assert.equal(body.ready, false)
    assert.deepEqual(body.checks[1], { name: 'sandbox', ok: false, detail: 'no engine' })
  })

  it('runs its checks at most once a second, however often it is probed', async () => {
    const house = openHouse()
    for (let i = 0; i < 20; i++) await house.ask('GET', '/ready')
    assert.equal(house.peer.checked, 1)
  })

  it('describes itself as a GA4GH service', async () => {
    const { body } = await openHouse().json('GET', '/service-info')
    assert.equal(body.id, 'org.stimnet.node-1')
    assert.deepEqual(Object.keys(body.type), ['group', 'artifact', 'version'])
    assert.equal(body.organization.name, 'Charité')
  })

  it('shows metrics to operators alone', async () => {
    const house = openHouse()
    assert.equal((await house.json('GET', '/metrics')).status, 401)
    assert.equal((await house.json('GET', '/metrics', { as: 'ada' })).status, 403)
    const response = await house.ask('GET', '/metrics', { as: 'olga' })
    assert.equal(response.status, 200)
    assert.match(await response.text(), /stimnet_jobs_total 3/)
  })

  it('shows metrics to nobody behind a proxy on this machine that writes its own Host', async () => {
    const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }
    const { status } = await openHouse().json('GET', '/metrics', { env, headers: { host: '127.0.0.1:8000' } })
    assert.equal(status, 401)
  })
})

describe('nodes and catalogs', () => {
  it('lists this node first and its own catalogs in their order', async () => {
    const { body } = await openHouse().json('GET', '/api/v1/discovery', { as: 'ada' })
    assert.deepEqual(
      body.nodes.map((node: { node_id: string }) => node.node_id),
      ['node-1', 'node-2']
    )
    assert.deepEqual(
      body.data_catalogs.map((catalog: { name: string }) => catalog.name),
      ['clinical_trial_data', 'imaging_data']
    )
  })

  it('lists known nodes with the documented fields', async () => {
    const { body } = await openHouse().json('GET', '/api/v1/nodes')
    const [node] = body
    assert.equal(node.id, 1)
    assert.equal(node.is_active, true)
    assert.equal(node.last_seen, '2023-11-14T22:13:20.000Z')
  })

  it('shows public catalogs alone to whoever has no account, even where the peer would show more', async () => {
    const house = openHouse()
    for (const path of ['/api/v1/data-catalogs', '/api/v1/data-catalogs?access_level=restricted']) {
      const { body } = await house.json('GET', path)
      assert.ok(body.every((catalog: { access_level: string }) => catalog.access_level === 'public'))
    }
    assert.equal((await house.json('GET', '/api/v1/data-catalogs/2')).status, 404)
    assert.equal((await house.json('GET', '/api/v1/discovery')).body.data_catalogs.length, 1)
  })

  it('filters catalogs by access level', async () => {
    const house = openHouse()
    const { body } = await house.json('GET', '/api/v1/data-catalogs?access_level=restricted', { as: 'ada' })
    assert.deepEqual(
      body.map((catalog: { name: string }) => catalog.name),
      ['imaging_data']
    )
    const wrong = await house.json('GET', '/api/v1/data-catalogs?access_level=everything')
    assert.equal(wrong.status, 422)
    assert.equal(wrong.body.errors[0].field, 'access_level')
  })

  it('gives one catalog by number or name, with its schema and a rounded size', async () => {
    const house = openHouse()
    const byNumber = await house.json('GET', '/api/v1/data-catalogs/1')
    const byName = await house.json('GET', '/api/v1/data-catalogs/clinical_trial_data')
    assert.deepEqual(byNumber.body, byName.body)
    assert.equal(byNumber.body.total_records, 150)
    assert.equal(byNumber.body.schema_definition.tables[0].variables[0].maximum, 95)
  })

  it('answers the same for a catalog that is hidden and one that is not there', async () => {
    const house = openHouse()
    const hidden = await house.json('GET', '/api/v1/data-catalogs/3', { as: 'ada' })
    const absent = await house.json('GET', '/api/v1/data-catalogs/99', { as: 'ada' })
    assert.equal(hidden.status, 404)
    assert.deepEqual({ ...hidden.body, request_id: '' }, { ...absent.body, request_id: '' })
    assert.equal((await house.json('GET', '/api/v1/data-catalogs/3', { as: 'stew' })).status, 200)
  })

  it('shows HTML in a description as JSON text that no browser runs', async () => {
    const { body, response } = await openHouse().json('GET', '/api/v1/data-catalogs/1')
    assert.equal(body.description, '<script>alert(1)</script>')
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  })

  it('searches the mesh by words', async () => {
    const house = openHouse()
    const { body } = await house.json('GET', '/api/v1/mesh/catalogs?q=parkinson%20%20UPDRS,age', { as: 'ada' })
    assert.deepEqual(house.peer.searched, ['parkinson', 'UPDRS', 'age'])
    assert.equal(body[0].peer_id, 'peer-node-2')
    assert.equal((await house.json('GET', `/api/v1/mesh/catalogs?q=${'a+'.repeat(9)}`, { as: 'ada' })).status, 422)
    assert.equal((await house.json('GET', '/api/v1/mesh/catalogs')).status, 401)
  })
})

describe('jobs', () => {
  it('accepts a job in the documented form and answers where to read it', async () => {
    const house = openHouse()
    const { status, body, response } = await house.json('POST', '/api/v1/jobs', {
      as: 'ada',
      body: { ...SQL_JOB, parameters: { seed: 1 }, filters: { sex: 'female', visit: [1, 2] } },
      headers: { 'idempotency-key': 'once' }
    })
    assert.equal(status, 200)
    assert.equal(body.status, 'queued')
    assert.equal(response.headers.get('location'), `/api/v1/jobs/${body.job_id}`)
    assert.deepEqual(house.peer.submissions, [
      {
        targets: ['node-1'],
        catalog: 'clinical_trial_data',
        program: { kind: 'sql', sql: SQL_JOB.script_content },
        parameters: { seed: 1 },
        filters: { sex: 'female', visit: [1, 2] },
        purpose: [],
        project: '',
        privacy: P1_ASK,
        outputs: [],
        contract: [],
        mappings: [],
        title: '',
        idempotencyKey: 'once'
      }
    ])
  })

  it('takes null for what the documented form may leave null', async () => {
    const house = openHouse()
    const body = { ...SQL_JOB, parameters: null, filters: null, uploaded_file_ids: null }
    assert.equal((await house.json('POST', '/api/v1/jobs', { as: 'ada', body })).status, 200)
  })

  it('reads every script type as its program', async () => {
    const house = openHouse()
    const call = { name: 'mean', table: 'subjects', variables: ['age'] }
    for (const type of ['sql', 'python', 'r', 'jupyter', 'statistic']) {
      const script_content = type === 'statistic' ? JSON.stringify(call) : 'text'
      const body = { ...SQL_JOB, script_type: type, script_content }
      assert.equal((await house.json('POST', '/api/v1/jobs', { as: 'ada', body })).status, 200)
    }
    const programs = house.peer.submissions.map((one) => (one as Submission).program)
    assert.deepEqual(programs, [
      { kind: 'sql', sql: 'text' },
      { kind: 'script', language: 'python', code: 'text' },
      { kind: 'script', language: 'r', code: 'text' },
      { kind: 'script', language: 'jupyter', code: 'text' },
      { kind: 'statistic', statistic: { ...call, by: [], arguments: {} } }
    ])
  })

  it('asks every peer that offers the catalog for the target "*"', async () => {
    const house = openHouse()
    await house.json('POST', '/api/v1/jobs', { as: 'ada', body: { ...SQL_JOB, target_node_id: '*' } })
    assert.equal(house.peer.submissions[0]?.targets, '*')
  })

  it('names the field of a submission that does not fit', async () => {
    const house = openHouse()
    const { script_content: _, ...incomplete } = SQL_JOB
    const wrong: [body: unknown, field: string][] = [
      [incomplete, 'script_content'],
      [{ ...SQL_JOB, script_type: 'cobol' }, 'script_type'],
      [{ ...SQL_JOB, script_content: 5 }, 'script_content'],
      [{ ...SQL_JOB, target_node_id: ['node-1'] }, 'target_node_id'],
      [{ ...SQL_JOB, parameters: [] }, 'parameters'],
      [{ ...SQL_JOB, filters: 'sex' }, 'filters'],
      [{ ...SQL_JOB, uploaded_file_ids: [{}] }, 'uploaded_file_ids.0'],
      [{ ...SQL_JOB, surprise: 1 }, 'surprise'],
      [{ ...SQL_JOB, script_content: 'ü'.repeat(140 * 1024) }, 'script_content'],
      [{ ...SQL_JOB, script_type: 'statistic', script_content: 'SELECT' }, 'script_content'],
      [{ ...SQL_JOB, script_type: 'statistic', script_content: '{"name":5}' }, 'script_content.name'],
      [[], ''],
      ['text', '']
    ]
    for (const [body, field] of wrong) {
      const answer = await house.json('POST', '/api/v1/jobs', {
        as: 'ada',
        body: JSON.stringify(body),
        headers: asJson
      })
      assert.equal(answer.status, 422, field)
      assert.equal(answer.body.code, 'BODY_INVALID')
      assert.equal(answer.body.errors[0].field, field)
      assert.ok(answer.body.detail.startsWith(field))
    }
    assert.equal(house.peer.submissions.length, 0)
  })

  it('refuses a filter that is too deep or has no values, and an unfit idempotency key', async () => {
    const house = openHouse()
    const where = { column: 'sex', op: '=', values: [] }
    const answer = await house.json('POST', '/api/v1/jobs', { as: 'ada', body: { ...SQL_JOB, where } })
    assert.equal(answer.body.code, 'FILTER_INVALID')
    const deep = { not: { not: { not: { not: { not: { column: 'a', op: 'is null', values: [] } } } } } }
    assert.equal(
      (await house.json('POST', '/api/v1/jobs', { as: 'ada', body: { ...SQL_JOB, where: deep } })).status,
      422
    )
    const headers = { 'idempotency-key': 'a b' }
    assert.equal((await house.json('POST', '/api/v1/jobs', { as: 'ada', body: SQL_JOB, headers })).status, 422)
    assert.equal(house.peer.submissions.length, 0)
  })

  it('answers a refusal of the peer with its code and reason', async () => {
    const house = openHouse()
    house.peer.fails = new StimnetError('LIBRARY_NOT_AVAILABLE', 'inside words', { reason: 'numpy' })
    const { status, body } = await house.json('POST', '/api/v1/jobs', { as: 'ada', body: SQL_JOB })
    assert.equal(status, 422)
    assert.equal(body.code, 'LIBRARY_NOT_AVAILABLE')
    assert.equal(body.detail, 'numpy')
  })

  it('lets researchers alone submit', async () => {
    const house = openHouse()
    assert.equal((await house.json('POST', '/api/v1/jobs', { as: 'stew', body: SQL_JOB })).status, 403)
    assert.equal((await house.json('POST', '/api/v1/jobs', { body: SQL_JOB })).status, 401)
    assert.equal(house.peer.submissions.length, 0)
  })

  it('shows a completed job as existing clients read it: rows as objects, a time that is a number', async () => {
    const house = openHouse()
    const { id } = house.peer.add({
      state: 'completed',
      progress: 1,
      started_at: '2023-11-14T22:13:20.100Z',
      completed_at: '2023-11-14T22:13:21.350Z',
      parts: [partOf('node-1', { state: 'completed', output: TABLE, receipt: 'a.b.c' })]
    })
    const { body } = await house.json('GET', `/api/v1/jobs/${id}`, { as: 'ada' })
    assert.equal(body.id, 1)
    assert.equal(body.job_id, id)
    assert.equal(body.status, 'completed')
    assert.equal(body.execution_time, 1.25)
    assert.equal(body.error_message, null)
    assert.equal(body.receipt, 'a.b.c')
    assert.deepEqual(body.result_data, {
      columns: ['sex', 'n'],
      rows: [
        { sex: 'female', n: 70 },
        { sex: 'male', n: null }
      ],
      withheld: { groups: 1, cells: 2 },
      disclosure: CARD
    })
  })

  it('lists own jobs alone, newest first, by status and limit', async () => {
    const house = openHouse()
    for (const state of ['pending', 'queued', 'running', 'denied', 'expired', 'completed'] as const) {
      house.peer.add({ state, parts: [partOf('node-1', { state })] })
    }
    house.peer.add({ owner: 'bob' })
    const numbers = async (query: string) => {
      const { body } = await house.json('GET', `/api/v1/jobs${query}`, { as: 'ada' })
      return body.map((job: { id: number }) => job.id)
    }
    assert.deepEqual(await numbers(''), [6, 5, 4, 3, 2, 1])
    assert.deepEqual(await numbers('?limit=2'), [6, 5])
    assert.deepEqual(await numbers('?status=queued'), [2, 1])
    assert.deepEqual(await numbers('?status=queued&limit=1'), [2])
    assert.deepEqual(await numbers('?status=pending'), [1])
    assert.deepEqual(await numbers('?status=running'), [3])
    assert.deepEqual(await numbers('?status=blocked'), [4])
    assert.deepEqual(await numbers('?status=cancelled'), [5])
  })

  it('refuses limits out of range, unknown statuses and unknown or repeated parameters, naming them', async () => {
    const house = openHouse()
    for (const query of ['limit=0', 'limit=1001', 'limit=-1', 'limit=1e2', 'limit=', 'limit=0x10', 'limit=1&limit=2']) {
      const { status, body } = await house.json('GET', `/api/v1/jobs?${query}`, { as: 'ada' })
      assert.equal(status, 422, query)
      assert.equal(body.code, 'PARAMETER_INVALID')
      assert.equal(body.errors[0].field, 'limit')
    }
    for (const [query, field] of [
      ['status=disclosing', 'status'],
      ['colour=red', 'colour']
    ]) {
      const { body } = await house.json('GET', `/api/v1/jobs?${query}`, { as: 'ada' })
      assert.equal(body.errors[0].field, field)
    }
  })

  it('answers the same for a job of somebody else and one that is not there', async () => {
    const house = openHouse()
    const { id } = house.peer.add({ owner: 'bob' })
    for (const method of ['GET', 'DELETE']) {
      const other = await house.json(method, `/api/v1/jobs/${id}`, { as: 'ada' })
      const absent = await house.json(method, '/api/v1/jobs/req-99', { as: 'ada' })
      assert.equal(other.status, 404)
      assert.equal(other.body.code, 'JOB_UNKNOWN')
      assert.deepEqual({ ...other.body, request_id: '' }, { ...absent.body, request_id: '' })
    }
    assert.equal(house.peer.requestsMade.get(id)?.broadcast.state, 'queued')
  })

  it('takes no path for an id', async () => {
    const house = openHouse()
    let asked = 0
    const { request } = house.peer
    house.peer.request = (...given) => {
      asked += 1
      return request.apply(house.peer, given)
    }
    const ids = [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e',
      '%00',
      '%E0%A4%A',
      'a%0d%0ab',
      'x'.repeat(65),
      '%3Cscript%3E',
      "'--"
    ]
    for (const id of ids) {
      assert.equal((await house.json('GET', `/api/v1/jobs/${id}`, { as: 'ada' })).status, 404, id)
      const { status } = await house.json('GET', `/api/v1/broadcasts/${id}/events`, { as: 'ada' })
      // A dot segment is resolved before the gateway sees it, and leads to the node's events, which ada may not read.
      assert.equal(status, id === '%2e%2e' ? 403 : 404, id)
    }
    assert.equal(asked, 0)
  })

  it('cancels a job, and says so when it has already ended', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const { status, body } = await house.json('DELETE', `/api/v1/jobs/${id}`, { as: 'ada' })
    assert.equal(status, 200)
    assert.equal(body.status, 'cancelled')
    const again = await house.json('DELETE', `/api/v1/jobs/${id}`, { as: 'ada' })
    assert.equal(again.status, 409)
    assert.equal(again.body.code, 'JOB_ENDED')
  })
})

const asJson = { 'content-type': 'application/json' }

describe('broadcasts', () => {
  it('takes an ask for every peer and shows each share', async () => {
    const house = openHouse()
    const { target_node_id: _, ...asked } = SQL_JOB
    const { status, body, response } = await house.json('POST', '/api/v1/broadcasts', { as: 'ada', body: asked })
    assert.equal(status, 201)
    assert.equal(house.peer.submissions[0]?.targets, '*')
    assert.equal(response.headers.get('location'), `/api/v1/broadcasts/${body.id}`)
    assert.equal(body.parts.length, 2)
    assert.equal(body.pooled, null)
  })

  it('hands a request that a researcher signed on as it is', async () => {
    const house = openHouse()
    const jws = 'aGVhZA.cGF5bG9hZA.c2ln'
    const asked = { envelope: jws, targets: ['node-1', 'node-2'] }
    const headers = { 'idempotency-key': 'k1' }
    assert.equal((await house.json('POST', '/api/v1/broadcasts', { as: 'ada', body: asked, headers })).status, 201)
    const wrapped = { ...asked, envelope: Buffer.from(jws).toString('base64url') }
    assert.equal((await house.json('POST', '/api/v1/broadcasts', { as: 'ada', body: wrapped })).status, 201)
    const envelope = Uint8Array.from(Buffer.from(jws))
    assert.deepEqual(house.peer.submissions, [
      { targets: ['node-1', 'node-2'], envelope, idempotencyKey: 'k1' },
      { targets: ['node-1', 'node-2'], envelope }
    ])
  })

  it('names the field that does not fit, in the form that was meant', async () => {
    const house = openHouse()
    const { target_node_id: _, ...asked } = SQL_JOB
    const wrong: [body: unknown, field: string][] = [
      [{ envelope: 'a.b.c' }, 'targets'],
      [{ envelope: 'a b', targets: '*' }, 'envelope'],
      [{ ...asked, script_type: 'cobol' }, 'script_type'],
      [{ ...asked, targets: [] }, 'targets'],
      [{ ...asked, targets: 'node-1' }, 'targets'],
      [{ ...asked, surprise: 1 }, 'surprise']
    ]
    for (const [body, field] of wrong) {
      const answer = await house.json('POST', '/api/v1/broadcasts', { as: 'ada', body })
      assert.equal(answer.status, 422)
      assert.equal(answer.body.errors[0].field, field, JSON.stringify(answer.body))
    }
    assert.equal(house.peer.submissions.length, 0)
  })

  it('shows the safe outputs, receipts and the pooled answer, but leaves them out of the list', async () => {
    const house = openHouse()
    const pooled = {
      columns: [{ name: 'n', role: 'measure' as const, kind: 'subjects', variables: [], pools: true }],
      rows: [{ values: [140], sites: ['peer-node-1', 'peer-node-2'] }],
      sites: ['peer-node-1', 'peer-node-2'],
      missing: [],
      notes: []
    }
    const done = { state: 'completed' as const, progress: 1, output: TABLE, receipt: 'a.b.c' }
    const parts = [partOf('node-1', done), partOf('node-2', done)]
    const { id } = house.peer.add({ state: 'completed', progress: 1, parts, pooled })
    house.peer.add({})
    const one = await house.json('GET', `/api/v1/broadcasts/${id}`, { as: 'ada' })
    assert.deepEqual(one.body.pooled, pooled)
    assert.deepEqual(one.body.parts[1].output, TABLE)
    assert.equal(one.body.parts[1].receipt, 'a.b.c')
    const list = await house.json('GET', '/api/v1/broadcasts', { as: 'ada' })
    assert.equal(list.body.length, 1)
    assert.equal(list.body[0].parts[1].output, null)
    assert.equal(list.body[0].pooled, null)
    const all = await house.json('GET', '/api/v1/broadcasts?to_one=true', { as: 'ada' })
    assert.equal(all.body.length, 2)
  })

  it('shows a broadcast through the jobs of the documented API too, pooled first and parts beside', async () => {
    const house = openHouse()
    const pooled = {
      columns: [{ name: 'n', role: 'measure' as const, kind: 'subjects', variables: [], pools: true }],
      rows: [{ values: [70], sites: ['peer-node-1'] }],
      sites: ['peer-node-1'],
      missing: [{ site: 'peer-node-2', code: 'COHORT_NOT_RELEASABLE' }],
      notes: ['peer-node-2 gave no output.']
    }
    const parts = [
      partOf('node-1', { state: 'completed', output: TABLE }),
      partOf('node-2', { state: 'blocked', code: 'COHORT_NOT_RELEASABLE' })
    ]
    const { id } = house.peer.add({ state: 'completed', parts, pooled })
    const { body } = await house.json('GET', `/api/v1/jobs/${id}`, { as: 'ada' })
    assert.deepEqual(body.result_data.columns, ['n'])
    assert.deepEqual(body.result_data.rows, [{ n: 70 }])
    assert.deepEqual(body.result_data.withheld, { groups: 1, cells: 2 })
    assert.deepEqual(body.result_data.missing, pooled.missing)
    assert.equal(body.result_data.parts[0].result_data.rows[0].n, 70)
    assert.equal(body.result_data.parts[1].result_data, null)
    const list = await house.json('GET', '/api/v1/jobs', { as: 'ada' })
    assert.equal(list.body[0].result_data.parts, undefined)
    assert.deepEqual(list.body[0].result_data.rows, [{ n: 70 }])
  })
})

describe('the audit log', () => {
  it('is read by stewards, auditors and operators, in pages', async () => {
    const house = openHouse()
    const { body } = await house.json('GET', '/api/v1/audit?limit=2&before=10', { as: 'stew' })
    assert.deepEqual(
      body.map((record: { sequence: number }) => record.sequence),
      [9, 8]
    )
    assert.equal((await house.json('GET', '/api/v1/audit', { as: 'ada' })).status, 403)
    assert.equal((await house.json('GET', '/api/v1/audit')).status, 401)
    assert.equal((await house.json('GET', '/api/v1/audit?before=x', { as: 'stew' })).body.errors[0].field, 'before')
  })
})

describe('addresses and methods', () => {
  it('answers an unknown address with a problem', async () => {
    const house = openHouse()
    for (const path of ['/nothing', '/api/v1', '/api/v2/jobs', '/docs/../../etc/passwd', '/docs/%2e%2e/package.json']) {
      const { status, body } = await house.json('GET', path)
      assert.equal(status, 404)
      assert.equal(body.code, 'NOT_FOUND')
    }
  })

  it('answers a wrong method with 405 and the right ones', async () => {
    const { status, body, response } = await openHouse().json('PUT', '/api/v1/jobs', { as: 'ada' })
    assert.equal(status, 405)
    assert.equal(body.code, 'METHOD_NOT_ALLOWED')
    assert.equal(response.headers.get('allow'), 'GET, POST, HEAD, OPTIONS')
  })

  it('answers OPTIONS without letting any other origin in', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const response = await openHouse().ask('OPTIONS', '/api/v1/jobs', { headers })
    assert.equal(response.status, 204)
    assert.equal(response.headers.get('access-control-allow-origin'), null)
    assert.equal(response.headers.get('allow'), 'GET, POST, HEAD, OPTIONS')
  })

  it('answers HEAD as GET without a body, and opens no stream for it', async () => {
    const house = openHouse()
    const { id } = house.peer.add({})
    const head = await house.ask('HEAD', '/health')
    assert.equal(head.status, 200)
    assert.equal(await head.text(), '')
    // As many HEAD requests as an account may have streams: none of them holds a place.
    for (let i = 0; i < GATEWAY_LIMITS.streamsPerIdentityMax; i++) {
      assert.equal((await house.ask('HEAD', `/api/v1/jobs/${id}/events`, { as: 'ada' })).status, 200)
    }
    const stream = await house.ask('GET', `/api/v1/jobs/${id}/events`, { as: 'ada' })
    assert.equal(stream.status, 200)
    await stream.body?.cancel()
    assert.equal(house.peer.watching, 0)
  })

  it('leads whoever opens the bare address to the documentation', async () => {
    const response = await openHouse().ask('GET', '/')
    assert.equal(response.headers.get('location'), '/docs')
  })
})

describe('a gateway that requires no login', () => {
  it('lets anyone ask as the researcher "anonymous", but still refuses a wrong token', async () => {
    const house = openHouse({ requireAuth: false })
    const { body } = await house.json('POST', '/api/v1/jobs', { body: SQL_JOB })
    assert.equal(house.peer.requestsMade.get(body.job_id)?.owner, 'anonymous')
    assert.equal((await house.json('GET', `/api/v1/jobs/${body.job_id}`)).status, 200)
    assert.equal((await house.json('GET', '/api/v1/audit')).status, 403)
    const headers = { authorization: 'Bearer nonsense' }
    assert.equal((await house.json('GET', '/api/v1/jobs', { headers })).status, 401)
  })
})
