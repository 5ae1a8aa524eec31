/** The OpenAPI document as a contract: each operation is called with valid and invalid input, and its answers are checked. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { partOf, TABLE } from './fake-peer.ts'
import { type House, openHouse, SQL_JOB } from './house.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document read as it is
type Json = any

interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly spec: Json
}

interface Example {
  /** The calling account; nobody if absent. */
  readonly as?: string
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Json
  readonly headers?: Readonly<Record<string, string>>
}

const { target_node_id: _, ...ASKED } = SQL_JOB
const ABOUT = {
  ...{ requester_name: 'Ada', requester_institution: 'North', requester_email: 'ada@example.org' },
  ...{ analysis_title: 'Age', analysis_description: 'To describe the sample.' }
}
const FIRST = '1'.padStart(32, '0')
const ENDED = 'req-1'
const OPEN = 'req-2'

/** A valid request of each operation. The peer of `stocked` has everything that the requests refer to. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  health: {},
  ready: {},
  metrics: { as: 'olga' },
  serviceInfo: {},
  authenticate: { body: { username: 'ada', password: 'correct', grant_type: 'password' } },
  signOut: { as: 'ada' },
  discovery: {},
  nodes: {},
  catalogs: { as: 'ada', query: { access_level: 'public' } },
  catalog: { path: { id: '1' } },
  meshCatalogs: { as: 'ada', query: { q: 'parkinson' } },
  listJobs: { as: 'ada', query: { status: 'completed', limit: '1' } },
  submitJob: { as: 'ada', body: { ...SQL_JOB, filters: { sex: 'female' } }, headers: { 'idempotency-key': 'k' } },
  job: { as: 'ada', path: { id: ENDED } },
  cancelJob: { as: 'ada', path: { id: OPEN } },
  jobEvents: { as: 'ada', path: { id: ENDED } },
  submitBroadcast: { as: 'ada', body: { ...ASKED, targets: '*' } },
  listBroadcasts: { as: 'ada' },
  broadcast: { as: 'ada', path: { id: ENDED } },
  broadcastEvents: { as: 'ada', path: { id: ENDED } },
  listAnalysisRequests: { as: 'stew', query: { limit: '10' } },
  requestAnalysis: { as: 'ada', body: { ...SQL_JOB, ...ABOUT } },
  analysisRequest: { as: 'ada', path: { id: FIRST } },
  decideAnalysis: { as: 'stew', path: { id: FIRST }, body: { status: 'approved', approval_notes: 'Fine.' } },
  analysisResults: { as: 'ada', path: { id: FIRST } },
  standingApprovals: { as: 'stew' },
  revokeStandingApproval: { as: 'stew', path: { id: FIRST } },
  uploadScript: { as: 'ada', body: new File(['x = 1'], 'a.py') },
  uploadData: { as: 'ada', body: new File(['a,b\n1,2\n'], 'grid.csv') },
  listUploadedScripts: { as: 'ada' },
  listUploadedData: { as: 'ada' },
  deleteUpload: { as: 'ada', path: { id: '1'.padStart(32, 'a') } },
  analysisUpload: { as: 'stew', path: { id: FIRST, sha256: 'a'.repeat(64) } },
  privacyCost: { as: 'ada', body: { ...ASKED, privacy: { level: 'P2', epsilon: '1' } } },
  permits: { as: 'stew' },
  grantPermit: {
    as: 'stew',
    body: {
      ...{ id: 'FD-2026-2', authority: 'Data access body', purpose: ['DUO:0000037'], persons: ['gateway:self'] },
      ...{ data_catalog_names: ['clinical_trial_data'], statistics: ['mean'], from: '2026-01-01', until: '2026-12-31' }
    }
  },
  revokePermit: { as: 'stew', path: { id: 'FD-2026-1' } },
  confirmPermit: { as: 'stew', path: { id: 'FD-2026-1' } },
  permitRecords: { as: 'stew', path: { id: 'FD-2026-1' }, query: { after: '1' } },
  audit: { as: 'stew', query: { before: '3' } },
  auditVerification: { as: 'stew' },
  auditCheckpoint: { as: 'stew' },
  auditProof: { as: 'stew', path: { sequence: '1' } },
  gatherWitnesses: { as: 'stew' },
  docs: {},
  docsScript: {},
  docsStyle: {},
  openApi: {},
  loginProviders: {},
  listApiKeys: { as: 'ada' },
  createApiKey: { as: 'ada', body: { label: 'nightly' } },
  jobCrate: { as: 'ada', path: { id: ENDED } },
  broadcastCrate: { as: 'ada', path: { id: ENDED } },
  events: { as: 'stew', query: { limit: '5' } },
  sandboxes: { as: 'stew' },
  testSandboxes: { as: 'stew' }
}

/** A gateway whose peer has everything that the examples refer to. */
async function stocked(): Promise<House> {
  const house = openHouse()
  const part = partOf('node-1', { state: 'completed', output: TABLE, engine: 'node', receipt: 'a.b.c' })
  house.peer.add({ state: 'completed', progress: 1, completed_at: '2023-11-14T22:13:20.000Z', parts: [part] })
  house.peer.add({ state: 'running' })
  house.peer.revokeStanding = async (id?: string) => id === FIRST
  const body = { ...SQL_JOB, ...ABOUT }
  assert.equal((await house.ask('POST', '/api/v1/analysis-requests', { as: 'ada', body })).status, 200)
  await house.peer.upload({ kind: 'data', filename: 'a.csv', bytes: new Uint8Array(1) }, { name: 'ada', roles: [] })
  return house
}

describe('the contract', () => {
  let document: Json
  let operations: Operation[] = []
  let ajv: Ajv2020
  const validators = new Map<string, ValidateFunction>()

  before(async () => {
    document = await (await openHouse().ask('GET', '/openapi.json')).json()
    operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).map(([method, spec]) => ({
        ...{ id: spec.operationId, method: method.toUpperCase(), path, spec }
      }))
    )
    ajv = new Ajv2020({ strict: false, allErrors: true })
    ajv.addFormat('date-time', (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text))
    for (const name of ['date', 'email', 'uri']) ajv.addFormat(name, true)
    ajv.addSchema(document, 'document')
  })

  const validator = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` })
    validators.set(pointer, known)
    return known
  }

  const token = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

  /** Checks an answer against the OpenAPI document: its status, its media type and all of its fields. */
  async function holds({ id, method, path, spec }: Operation, response: Response): Promise<Json> {
    const { status } = response
    const named =
      [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((key) => key in spec.responses) ?? ''
    const good = status < 400 || named === String(status)
    assert.ok(good ? named === String(status) : named !== '', `${id}: ${status} is not in the document`)
    const content = spec.responses[named].content
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
    const text = await response.text()
    if (content === undefined) return assert.equal(text, '', id)
    assert.ok(type in content, `${id}: ${status} ${type}`)
    const value: Json = /json$/.test(type) ? JSON.parse(text) : text
    const base = `/paths/${token(path)}/${method.toLowerCase()}/responses/${token(named)}/content/${token(type)}/schema`
    const validate = validator(base)
    const fits = Boolean(validate(value))
    assert.ok(fits, `${id} ${status}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`)
    if (status >= 400) assert.equal(value.status, status, id)
    return value
  }

  function addressOf({ path }: Operation, { path: parameters = {}, query = {} }: Example): string {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(parameters[name] ?? 'x'))
    const text = new URLSearchParams(query).toString()
    return text === '' ? filled : `${filled}?${text}`
  }

  const bodyType = ({ spec }: Operation): string | undefined => Object.keys(spec.requestBody?.content ?? {})[0]

  async function ask(house: House, operation: Operation, example: Example): Promise<Response> {
    const headers: Record<string, string> = { ...example.headers }
    if (example.as) headers.authorization = `Bearer ${await house.token(example.as)}`
    const init: RequestInit = { method: operation.method, headers }
    const { body } = example
    if (body instanceof File) {
      const form = new FormData()
      form.set('file', body)
      init.body = form
    } else if (body !== undefined) {
      headers['content-type'] ??= bodyType(operation) ?? 'application/json'
      const isForm = headers['content-type'] === 'application/x-www-form-urlencoded' && typeof body === 'object'
      init.body = typeof body === 'string' ? body : isForm ? String(new URLSearchParams(body)) : JSON.stringify(body)
    }
    return house.app.request(addressOf(operation, example), init, {})
  }

  it('is kept by every operation that has an example, and every documented one has', async () => {
    for (const operation of operations) {
      const example = EXAMPLES[operation.id]
      if (!example) continue
      const house = await stocked()
      const response = await ask(house, operation, example)
      assert.ok(response.status < 300, `${operation.id}: ${response.status} ${await response.clone().text()}`)
      await holds(operation, response)
      assert.equal(house.peer.incidents.length, 0, operation.id)
    }
    const absent = Object.keys(EXAMPLES).filter((id) => !operations.some((operation) => operation.id === id))
    assert.deepEqual(absent, [])
  })

  it('takes what its own request schemas call good', () => {
    for (const operation of operations) {
      const { body } = EXAMPLES[operation.id] ?? {}
      const type = bodyType(operation)
      if (body === undefined || body instanceof File || type === undefined) continue
      const place = `/paths/${token(operation.path)}/${operation.method.toLowerCase()}/requestBody/content/${token(type)}`
      const validate = validator(`${place}/schema`)
      assert.ok(validate(body), `${operation.id}: ${ajv.errorsText(validate.errors)}`)
    }
  })

  it('refuses whoever has no token or a wrong one, wherever it says that one is needed', async () => {
    const house = await stocked()
    for (const operation of operations) {
      const { security } = operation.spec
      const needsToken = security.length > 0 && !security.some((one: object) => Object.keys(one).length === 0)
      const wrong = await ask(house, operation, {
        ...{ ...EXAMPLES[operation.id], headers: { authorization: 'Bearer x.y.z' } },
        as: ''
      })
      if (security.length > 0) assert.equal((await holds(operation, wrong)).code, 'UNAUTHENTICATED', operation.id)
      const without = await ask(house, operation, { ...EXAMPLES[operation.id], as: '' })
      if (needsToken) assert.equal((await holds(operation, without)).code, 'UNAUTHENTICATED', operation.id)
      else await holds(operation, without)
    }
    assert.equal(house.peer.incidents.length, 0)
  })

  it('refuses paths, queries and methods that it does not have', async () => {
    const house = await stocked()
    const staff = async (operation: Operation, more: Example) =>
      ask(house, operation, { ...EXAMPLES[operation.id], as: EXAMPLES[operation.id]?.as ?? 'stew', ...more })
    for (const operation of operations) {
      const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
      for (const value of ['0', '-1', '..%2f', 'a b', "' OR 1=1", '\u0000', 'x'.repeat(2_000), '<b>', 'null', '٣']) {
        if (names.length === 0) break
        const path = Object.fromEntries(names.map((name) => [name, value]))
        const problem = await holds(operation, await staff(operation, { path }))
        assert.ok(
          problem.status >= 400 && problem.status < 500,
          `${operation.id} ${JSON.stringify(value)} ${problem.status}`
        )
      }
      const parameters: Json[] = (operation.spec.parameters ?? []).filter((one: Json) => one.in === 'query')
      for (const { name, schema } of parameters) {
        const isText = schema.type === 'string' && !schema.enum && (schema.maxLength ?? 0) <= 512 && name === 'q'
        const wrong = isText
          ? ['x'.repeat(600), 'a '.repeat(40)]
          : ['', 'x', '-1', '1e3', '0x1', '1.5', 'null', '[]', `${2 ** 60}`]
        for (const value of wrong) {
          const problem = await holds(operation, await staff(operation, { query: { [name]: value } }))
          assert.equal(problem.code, 'PARAMETER_INVALID', `${operation.id} ${name}=${value}`)
        }
      }
      if (parameters.length > 0) {
        const problem = await holds(operation, await staff(operation, { query: { no_such_parameter: '1' } }))
        assert.equal(problem.code, 'PARAMETER_INVALID', operation.id)
      }
      const other = await house.app.request(addressOf(operation, EXAMPLES[operation.id] ?? {}), { method: 'PATCH' }, {})
      assert.equal(other.status, 405, operation.id)
      assert.match(other.headers.get('allow') ?? '', new RegExp(operation.method))
    }
    assert.equal(house.peer.incidents.length, 0)
  })

  it('refuses bodies of another kind, without a required field, with a wrong type or an unknown field', async () => {
    const house = await stocked()
    for (const operation of operations) {
      const type = bodyType(operation)
      const example = EXAMPLES[operation.id]
      if (type === undefined || !example) continue
      const send = async (body: Json, headers: Record<string, string> = {}) =>
        holds(operation, await ask(house, operation, { ...example, body, headers }))
      assert.equal((await send('x', { 'content-type': 'text/plain' })).code, 'MEDIA_TYPE_UNSUPPORTED', operation.id)
      if (type === 'multipart/form-data') continue
      for (const nothing of ['', '[]', 'null', '"x"', '1']) {
        assert.match((await send(nothing)).code, /^(MALFORMED|BODY_INVALID)$/, `${operation.id} ${nothing}`)
      }
      const schema = bodySchema(operation, type)
      for (const name of schema.required ?? []) {
        const { [name]: __, ...rest } = example.body
        assert.equal((await send(rest)).code, 'BODY_INVALID', `${operation.id} without ${name}`)
      }
      if (type !== 'application/json') continue
      assert.equal((await send({ ...example.body, no_such_field: 1 })).code, 'BODY_INVALID', operation.id)
      for (const name of Object.keys(schema.properties)) {
        for (const wrong of [{ a: [] }, [{}], 1e9, true, '\ud800', 'x'.repeat(300_000)]) {
          const body = { ...example.body, [name]: wrong }
          const validate = validator(`${placeOf(operation, type)}/schema`)
          const answer = await ask(house, operation, { ...example, body })
          const value = await holds(operation, answer)
          // A body that the OpenAPI document forbids is refused. A body may also be refused for a rule that a schema cannot express (`1e9`
          // in a filter).
          if (!validate(body))
            assert.ok(value.status >= 400, `${operation.id} ${name}: ${JSON.stringify(wrong).slice(0, 40)}`)
        }
      }
    }
    assert.equal(house.peer.incidents.length, 0)
  })

  function placeOf({ path, method }: Operation, type: string): string {
    return `/paths/${token(path)}/${method.toLowerCase()}/requestBody/content/${token(type)}`
  }

  /** The object schema of a body, behind its reference; of several forms the last one, which has no signature. */
  function bodySchema({ spec }: Operation, type: string): Json {
    let schema = spec.requestBody.content[type].schema
    for (;;) {
      if (schema.anyOf) schema = schema.anyOf.at(-1)
      else if (schema.$ref) schema = document.components.schemas[schema.$ref.split('/').at(-1)]
      else return schema
    }
  }
})
