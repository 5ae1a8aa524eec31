import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { partOf, TABLE } from './fake-peer.ts'
import { type House, openHouse } from './house.ts'

const PAGE = 'https://console.example.org'

describe('a page of another origin', () => {
  const house = () => openHouse({ corsOrigins: [PAGE, 'http://localhost:5173'] })
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')

  it('may read answers and refusals where the operator named its origin, and sends no credentials', async () => {
    const open = house()
    for (const path of ['/health', '/api/v1/jobs', '/nothing']) {
      const response = await open.ask('GET', path, { headers: { origin: PAGE } })
      assert.equal(allowed(response), PAGE, path)
      assert.match(response.headers.get('vary') ?? '', /Origin/)
      assert.match(response.headers.get('access-control-expose-headers') ?? '', /etag, link/)
      assert.equal(response.headers.get('access-control-allow-credentials'), null)
    }
  })

  it('is asked before, and told what it may send to which address', async () => {
    const headers = { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x' }
    const response = await house().ask('OPTIONS', '/api/v1/jobs', { headers })
    assert.equal(response.status, 204)
    assert.equal(allowed(response), PAGE)
    assert.equal(response.headers.get('access-control-allow-methods'), 'GET, POST, HEAD, OPTIONS')
    assert.match(response.headers.get('access-control-allow-headers') ?? '', /^authorization, content-type,/)
    assert.equal(response.headers.get('access-control-max-age'), '600')
  })

  it('that is not named exactly is told nothing, only that the answer depends on it', async () => {
    const open = house()
    const others = [
      ...['https://evil.example', 'null', '*', `${PAGE}/`, `${PAGE}:443`, `${PAGE}.evil.example`],
      ...['http://console.example.org', 'https://CONSOLE.example.org', 'https://x.console.example.org', '']
    ]
    for (const origin of others) {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { origin, 'access-control-request-method': 'POST' }
        const response = await open.ask(method, '/api/v1/jobs', { headers })
        assert.equal(allowed(response), null, origin)
        assert.equal(response.headers.get('access-control-allow-methods'), null)
        assert.match(response.headers.get('vary') ?? '', /Origin/)
      }
    }
  })

  it('is let in nowhere unless configured', async () => {
    const response = await openHouse().ask('GET', '/health', { headers: { origin: PAGE } })
    assert.equal(allowed(response), null)
    assert.equal(response.headers.get('vary'), null)
  })
})

describe('an answer that a client has', () => {
  const again = async (house: House, path: string, as: string | undefined, tag: string) =>
    house.ask('GET', path, { ...(as ? { as } : {}), headers: { 'if-none-match': tag } })

  it('is not sent again: catalogs, nodes, the document, a job that has ended', async () => {
    const house = openHouse()
    const part = partOf('node-1', { state: 'completed', output: TABLE })
    const { id } = house.peer.add({
      state: 'completed',
      progress: 1,
      parts: [part],
      completed_at: '2023-11-14T22:13:20.000Z'
    })
    const paths = [
      ['/api/v1/data-catalogs', undefined],
      ['/api/v1/data-catalogs', 'ada'],
      ['/api/v1/data-catalogs/1', undefined],
      ['/api/v1/nodes', undefined],
      ['/openapi.json', undefined],
      [`/api/v1/jobs/${id}`, 'ada']
    ] as const
    for (const [path, as] of paths) {
      const first = await house.ask('GET', path, as ? { as } : {})
      const tag = first.headers.get('etag') ?? ''
      assert.match(tag, /^W\/"[\w-]{22}"$/, path)
      assert.notEqual(await first.text(), '')
      for (const known of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
        const second = await again(house, path, as, known)
        assert.equal(second.status, 304, `${path} ${known}`)
        assert.equal(second.headers.get('etag'), tag)
        assert.equal(await second.text(), '')
      }
      for (const other of ['"other"', 'W/""', '', tag.slice(0, -2), 'x'.repeat(5_000)]) {
        assert.equal((await again(house, path, as, other)).status, 200, `${path} ${other}`)
      }
    }
  })

  it('is another one for another account, and for a catalog that changed', async () => {
    const house = openHouse()
    const tagFor = async (as?: string) =>
      (await house.ask('GET', '/api/v1/data-catalogs', as ? { as } : {})).headers.get('etag') ?? ''
    const [nobody, ada, steward] = [await tagFor(), await tagFor('ada'), await tagFor('stew')]
    assert.equal(new Set([nobody, ada, steward]).size, 3)
    const response = await again(house, '/api/v1/data-catalogs', undefined, steward)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('cache-control'), 'private, no-cache')
    assert.match(response.headers.get('vary') ?? '', /Authorization/)
  })

  it('says nothing of a job to somebody else, and a job under way has no tag', async () => {
    const house = openHouse()
    const { id } = house.peer.add({ state: 'running' })
    const open = await house.ask('GET', `/api/v1/jobs/${id}`, { as: 'ada', headers: { 'if-none-match': '*' } })
    assert.equal(open.status, 200)
    assert.equal(open.headers.get('etag'), null)
    house.peer.change(id, { state: 'completed' })
    assert.equal((await again(house, `/api/v1/jobs/${id}`, 'bob', '*')).status, 404)
    assert.equal((await again(house, `/api/v1/jobs/${id}`, undefined, '*')).status, 401)
    const ended = await house.ask('GET', `/api/v1/jobs/${id}`, { as: 'ada' })
    assert.equal(ended.headers.get('cache-control'), 'no-store')
  })
})

describe('an answer of some length', () => {
  it('is compressed for a client that reads gzip, and the same uncompressed', async () => {
    const house = openHouse()
    const { id } = house.peer.add({
      state: 'completed',
      warnings: Array.from({ length: 100 }, (_, i) => `warning ${i}`)
    })
    const ask = (encoding?: string) =>
      house.ask('GET', `/api/v1/jobs/${id}`, {
        as: 'ada',
        ...(encoding === undefined ? {} : { headers: { 'accept-encoding': encoding } })
      })
    const plain = await ask()
    assert.equal(plain.headers.get('content-encoding'), null)
    assert.match(plain.headers.get('vary') ?? '', /Accept-Encoding/)
    const text = await plain.text()
    for (const encoding of ['gzip', 'br;q=1, gzip;q=0.5', 'deflate, *', 'GZIP']) {
      // Twice, since an answer that never changes is compressed only once.
      for (const answer of [await ask(encoding), await ask(encoding)]) {
        assert.equal(answer.headers.get('content-encoding'), 'gzip', encoding)
        const bytes = new Uint8Array(await answer.arrayBuffer())
        assert.ok(bytes.length < text.length / 2)
        assert.equal(gunzipSync(bytes).toString(), text)
      }
    }
    for (const encoding of ['identity', 'gzip;q=0', 'br', 'gzip;q=0.0, br', 'xgzip']) {
      assert.equal((await ask(encoding)).headers.get('content-encoding'), null, encoding)
    }
    const short = await house.ask('GET', '/health', { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(short.headers.get('content-encoding'), null)
  })

  it('has the same letters however long it is, and however often it is read', async () => {
    const house = openHouse()
    for (const warnings of [['Größe ≥ 5 µm'], Array.from({ length: 100 }, (_, i) => `Größe ≥ ${i} µm — 漢字 😀`)]) {
      const { id } = house.peer.add({ state: 'completed', warnings })
      for (let times = 0; times < 2; times++) {
        const { body, response } = await house.json('GET', `/api/v1/jobs/${id}`, { as: 'ada' })
        assert.deepEqual(body.warnings, warnings)
        assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
      }
    }
  })

  // A compressed answer shows by its length whether a guess that is in it equals a secret that is in it.
  it('is not compressed if it gives a token or a key', async () => {
    const house = openHouse()
    const headers = { 'accept-encoding': 'gzip' }
    const form = new URLSearchParams({ username: 'ada', password: 'correct' })
    const token = await house.ask('POST', '/api/v1/auth/token', { body: form, headers })
    const key = await house.ask('POST', '/api/v1/api-keys', { as: 'ada', body: { label: 'x'.repeat(60) }, headers })
    for (const answer of [token, key]) {
      assert.ok(answer.status < 300)
      assert.equal(answer.headers.get('content-encoding'), null)
    }
    assert.match(await token.text(), /access_token/)
    assert.match(await key.text(), /"key":/)
  })
})

describe('a long list', () => {
  /** Reads all pages by following the links, as a client would. */
  async function walk(house: House, first: string, as: string): Promise<{ items: string[]; pages: number }> {
    const items: string[] = []
    let pages = 0
    for (let path: string | undefined = first; path !== undefined; ) {
      const { body, response } = await house.json('GET', path, { as })
      pages += 1
      items.push(...body.map((one: Record<string, unknown>) => String(one.job_id ?? one.id ?? one.sequence)))
      const [, next] = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '') ?? []
      path = next
    }
    return { items, pages }
  }

  it('is read page by page to its end, each item once, in the shape it always had', async () => {
    const house = openHouse()
    for (let at = 0; at < 25; at++) house.peer.add({ isToMany: at % 2 === 0, owner: at === 3 ? 'bob' : 'ada' })
    const jobs = await walk(house, '/api/v1/jobs?limit=10', 'ada')
    assert.equal(jobs.pages, 3)
    assert.deepEqual(jobs.items, [...new Set(jobs.items)])
    assert.equal(jobs.items.length, 24)
    assert.equal((await walk(house, '/api/v1/jobs?limit=12&status=queued', 'ada')).items.length, 24)
    assert.equal((await walk(house, '/api/v1/jobs?limit=24', 'ada')).pages, 1)
    assert.equal((await walk(house, '/api/v1/broadcasts?limit=5', 'ada')).items.length, 13)
    assert.equal((await walk(house, '/api/v1/jobs?limit=1', 'bob')).items.length, 1)
  })

  it('keeps its filters from page to page', async () => {
    const house = openHouse()
    for (let at = 0; at < 3; at++) house.peer.add({})
    const { response } = await house.json('GET', '/api/v1/jobs?status=queued&limit=2', { as: 'ada' })
    assert.match(
      response.headers.get('link') ?? '',
      /^<\/api\/v1\/jobs\?status=queued&limit=2&cursor=[\w-]+>; rel="next"$/
    )
  })

  it('refuses a place that no page wrote, and another account gains nothing by one', async () => {
    const house = openHouse()
    for (let at = 0; at < 3; at++) house.peer.add({})
    const wrong = [
      'x',
      '%00',
      Buffer.from('{}').toString('base64url'),
      Buffer.from('{"before":"1"}').toString('base64url')
    ]
    for (const cursor of [...wrong, Buffer.from('{"before":1,"owner":"bob"}').toString('base64url'), 'a'.repeat(600)]) {
      for (const path of ['jobs', 'broadcasts', 'analysis-requests']) {
        const { status, body } = await house.json('GET', `/api/v1/${path}?cursor=${cursor}`, { as: 'ada' })
        assert.deepEqual([status, body.code], [422, 'PARAMETER_INVALID'], `${path} ${cursor}`)
      }
    }
    const { response } = await house.json('GET', '/api/v1/jobs?limit=1', { as: 'ada' })
    const [, path = ''] = /^<([^>]+)>/.exec(response.headers.get('link') ?? '') ?? []
    assert.deepEqual((await house.json('GET', path, { as: 'bob' })).body, [])
  })
})
