import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openHouse, SQL_JOB } from './house.ts'

const LIMIT = 1024 * 1024
const submit = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  openHouse().json('POST', '/api/v1/jobs', { as: 'ada', body, headers })

describe('a body', () => {
  it('larger than one MiB is refused unread, by its declared length', async () => {
    const { status, body } = await submit('{}', {
      'content-type': 'application/json',
      'content-length': String(LIMIT + 1)
    })
    assert.equal(status, 413)
    assert.equal(body.code, 'BODY_TOO_LARGE')
  })

  it('larger than one MiB is refused while it arrives, and its stream let go', async () => {
    const house = openHouse()
    let sent = 0
    let cancelled = false
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(32))
      },
      cancel: () => {
        cancelled = true
      }
    })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await house.token('ada')}` }
    const init = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit
    const response = await house.app.request('/api/v1/jobs', init)
    assert.equal(response.status, 413)
    assert.ok(cancelled)
    assert.ok(sent < LIMIT + 4 * 65_536)
  })

  it('of just under one MiB is read', async () => {
    const parameters = { text: 'a'.repeat(LIMIT - 1_000) }
    assert.equal((await submit(JSON.stringify({ ...SQL_JOB, parameters }))).status, 200)
  })

  it('of another content type is refused', async () => {
    for (const type of [
      '',
      'text/plain',
      'multipart/form-data',
      'application/xml',
      'application/json; charset=latin1'
    ]) {
      const { status, body } = await submit(JSON.stringify(SQL_JOB), { 'content-type': type })
      assert.equal(status, 415, type)
      assert.equal(body.code, 'MEDIA_TYPE_UNSUPPORTED')
    }
    for (const type of ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"']) {
      assert.equal((await submit(JSON.stringify(SQL_JOB), { 'content-type': type })).status, 200, type)
    }
  })

  it('that is no JSON is refused without repeating it', async () => {
    for (const text of ['', '{', 'undefined', '{"a":1,}', "{'a':1}", '<script>alert(1)</script>']) {
      const { status, body } = await submit(text)
      assert.equal(status, 400, text)
      assert.equal(body.code, 'MALFORMED')
      assert.doesNotMatch(JSON.stringify(body), /script>|position/)
    }
  })

  it('that is no UTF-8 is refused', async () => {
    const house = openHouse()
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await house.token('ada')}` }
    const response = await house.app.request('/api/v1/jobs', {
      method: 'POST',
      headers,
      body: Uint8Array.of(0xff, 0xfe)
    })
    assert.equal(response.status, 400)
  })

  it('with depth, numbers, text or keys that trip a later reader is refused', async () => {
    const inside = (json: string) => `${JSON.stringify(SQL_JOB).slice(0, -1)},"parameters":{"deep":${json}}}`
    const hostile = {
      deep: `${'['.repeat(40)}${']'.repeat(40)}`,
      'very deep': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      'deep objects': `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
      'an infinite number': '1e999',
      'half a character': '"\\ud800"',
      'a key to the prototype': '{"__proto__":{"admin":true}}'
    }
    for (const [name, json] of Object.entries(hostile)) {
      const { status, body } = await submit(inside(json))
      assert.equal(status, 422, name)
      assert.equal(body.code, 'BODY_INVALID', name)
      assert.match(body.errors[0].field, /^parameters/, name)
    }
    assert.equal((await submit(inside('{"fine":[1,"ü",null]}'))).status, 200)
  })

  it('of any JSON at all gets an answer and never an incident', async () => {
    const house = openHouse()
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const headers = { 'content-type': 'application/json' }
        for (const path of ['/api/v1/jobs', '/api/v1/broadcasts']) {
          const { status } = await house.json('POST', path, { as: 'ada', body: text, headers })
          assert.ok(status === 422 || status === 200)
        }
      }),
      { numRuns: 100 }
    )
    assert.equal(house.peer.incidents.length, 0)
  })

  it('with any value in a field gets an answer and never an incident', async () => {
    const house = openHouse()
    const fields = ['script_type', 'script_content', 'filters', 'where', 'parameters', 'purpose', 'target_node_id']
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue(), async (field, value) => {
        const { status } = await house.json('POST', '/api/v1/jobs', { as: 'ada', body: { ...SQL_JOB, [field]: value } })
        assert.ok(status === 422 || status === 200)
      }),
      { numRuns: 200 }
    )
    assert.equal(house.peer.incidents.length, 0)
  })
})
