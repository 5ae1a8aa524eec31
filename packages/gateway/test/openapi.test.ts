import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { openHouse } from './house.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document read as it is
type Document = any

async function document(): Promise<Document> {
  return (await openHouse().ask('GET', '/openapi.json')).json()
}

const DOCUMENTED = [
  'GET /health',
  'GET /ready',
  'GET /metrics',
  'GET /service-info',
  'GET /docs',
  'GET /openapi.json',
  'GET /api/v1/discovery',
  'GET /api/v1/nodes',
  'GET /api/v1/data-catalogs',
  'GET /api/v1/data-catalogs/{id}',
  'GET /api/v1/mesh/catalogs',
  'GET /api/v1/jobs',
  'POST /api/v1/jobs',
  'GET /api/v1/jobs/{id}',
  'DELETE /api/v1/jobs/{id}',
  'GET /api/v1/jobs/{id}/events',
  'POST /api/v1/auth/token',
  'POST /api/v1/broadcasts',
  'GET /api/v1/broadcasts',
  'GET /api/v1/broadcasts/{id}',
  'GET /api/v1/broadcasts/{id}/events',
  'POST /api/v1/analysis-requests',
  'GET /api/v1/analysis-requests',
  'GET /api/v1/analysis-requests/{id}',
  'GET /api/v1/analysis-requests/{id}/results',
  'PUT /api/v1/analysis-requests/{id}',
  'POST /api/v1/upload/script',
  'POST /api/v1/upload/data',
  'GET /api/v1/uploads/scripts',
  'GET /api/v1/uploads/data',
  'GET /api/v1/audit',
  'GET /api/v1/audit/verification'
]

describe('the OpenAPI document', () => {
  it('lists every endpoint there is, each once', async () => {
    const { openapi, paths } = await document()
    assert.equal(openapi, '3.1.0')
    const listed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`)
    )
    for (const endpoint of DOCUMENTED) assert.ok(listed.includes(endpoint), endpoint)
    assert.equal(listed.length, openHouse().routes.length)
    const ids = Object.values(paths as Document).flatMap((methods: Document) =>
      Object.values(methods).map((operation: Document) => operation.operationId)
    )
    assert.equal(new Set(ids).size, ids.length)
  })

  it('points only to schemas it has, and every one it has is pointed to', async () => {
    const whole = await document()
    const text = JSON.stringify(whole)
    const names = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name))
    assert.deepEqual([...names].sort(), Object.keys(whole.components.schemas).sort())
    assert.equal(text.match(/"\$ref":"(?!#\/components\/schemas\/)/), null)
    assert.doesNotMatch(text, /"\$schema"|"\$id"|\$defs/)
  })

  it('says for each operation who may use it, what fits and how it fails', async () => {
    const { paths } = await document()
    const jobs = paths['/api/v1/jobs']
    assert.deepEqual(jobs.post.security, [{ bearer: [] }, { apiKey: [] }])
    assert.deepEqual(paths['/health'].get.security, [])
    assert.deepEqual(paths['/api/v1/nodes'].get.security[0], {})
    const limit = jobs.get.parameters.find((parameter: Document) => parameter.name === 'limit')
    assert.deepEqual(limit.schema, { type: 'integer', minimum: 1, maximum: 1_000, default: 100 })
    assert.equal(limit.required, false)
    assert.ok(jobs.post.parameters.some((parameter: Document) => parameter.name === 'Idempotency-Key'))
    assert.ok(paths['/api/v1/data-catalogs/{id}'].get.parameters[0].required)
    assert.deepEqual(Object.keys(paths['/ready'].get.responses), ['200', '503', '4XX', 'default'])
    assert.ok(paths['/api/v1/auth/token'].post.requestBody.content['application/x-www-form-urlencoded'])
  })

  it('lets answers grow but is exact about what is sent', async () => {
    const { schemas } = (await document()).components
    assert.equal(schemas.Job.additionalProperties, undefined)
    assert.equal(schemas.JobSubmission.additionalProperties, false)
    assert.deepEqual(schemas.JobSubmission.required, [
      'target_node_id',
      'data_catalog_name',
      'script_type',
      'script_content'
    ])
  })
})

describe('the document, read by a linter', () => {
  it('has nothing to be said against it, by the strictest set of rules that most keep', async () => {
    const source = await (await openHouse().ask('GET', '/openapi.json')).text()
    const config = await createConfig({ extends: ['recommended-strict'] })
    const found = await lintFromString({ source, absoluteRef: 'openapi.json', config })
    assert.deepEqual(
      found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`),
      []
    )
    // The check itself is tested: a response without a description, a path without its parameter.
    const broken = source
      .replace('"description":"Node health check"', '"x":1')
      .replace('"name":"id","in":"path"', '"name":"no","in":"path"')
    const rules = new Set(
      (await lintFromString({ source: broken, absoluteRef: 'x.json', config })).map((one) => one.ruleId)
    )
    assert.ok(rules.has('struct') && rules.has('path-parameters-defined'), [...rules].join())
  })
})

describe('the documentation page', () => {
  it('loads nothing but its own two files, and runs nothing inline', async () => {
    const house = openHouse()
    const page = await house.ask('GET', '/docs')
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(policy, /unsafe|https?:/)
    const html = await page.text()
    assert.doesNotMatch(html, /https?:\/\/|<style|style=|\son\w+=|javascript:/)
    assert.doesNotMatch(html, /<script(?![^>]*src=)/)
    for (const [, path = ''] of html.matchAll(/(?:src|href)="(\/[^"#]*)"/g)) {
      assert.equal((await house.ask('GET', path)).status, 200, path)
    }
  })

  it('sets text as text, never as HTML', async () => {
    const script = await (await openHouse().ask('GET', '/docs/app.js')).text()
    assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:\/\//)
  })
})
