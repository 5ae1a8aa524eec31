import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isUploadName, LIMITS, StimnetError, uploadNameOf } from '@stimnet/protocol'
import fc from 'fast-check'
import { type House, openHouse, SQL_JOB } from './house.ts'

const BOUNDARY = 'x-boundary-of-the-tests'
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`
const SHA = 'a'.repeat(64)

/** A form from raw parts, so that a test can write forms that no library would. */
function formOf(...parts: { head: string; bytes: Uint8Array | string }[]): Buffer {
  const pieces = parts.flatMap(({ head, bytes }) => [`--${BOUNDARY}\r\n${head}\r\n\r\n`, bytes, '\r\n'])
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece as string)))
}

const part = (filename: string, bytes: Uint8Array | string = 'a,b\n1,2\n', field = 'file') => ({
  head: `Content-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: text/csv`,
  bytes
})

async function send(
  house: House,
  body: Uint8Array | ReadableStream,
  more: { path?: string; as?: string; type?: string; headers?: Record<string, string> } = {}
) {
  const headers = {
    authorization: `Bearer ${await house.token(more.as ?? 'ada')}`,
    'content-type': more.type ?? TYPE,
    ...more.headers
  }
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  const response = await house.app.request(more.path ?? '/api/v1/upload/data', init)
  const answer = (await response.json()) as {
    [name: string]: never
    code: never
    detail: never
    errors: never
  }
  return { status: response.status, body: answer as Record<string, string> & { code: string }, response }
}

describe('an uploaded file', () => {
  it('is kept for its owner byte for byte, listed in its own list, and deleted by its owner alone', async () => {
    const house = openHouse()
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256)
    const form = new FormData()
    form.set('file', new File([bytes], 'grid.npy'))
    const sent = new Response(form)
    const uploaded = await send(house, new Uint8Array(await sent.arrayBuffer()), {
      type: sent.headers.get('content-type') ?? ''
    })
    assert.equal(uploaded.status, 200, JSON.stringify(uploaded.body))
    assert.deepEqual(Buffer.from(house.peer.uploaded[0]?.bytes ?? []), Buffer.from(bytes))
    const { file_id } = uploaded.body
    assert.ok(file_id)
    assert.equal((await send(house, formOf(part('a.py', 'x = 1')), { path: '/api/v1/upload/script' })).status, 200)
    const listed = (await house.json('GET', '/api/v1/uploads/data', { as: 'ada' })).body
    assert.deepEqual(
      listed.map((one: { filename: string }) => one.filename),
      ['grid.npy']
    )
    assert.equal((await house.json('GET', '/api/v1/uploads/scripts', { as: 'ada' })).body[0].file_type, 'script')
    assert.deepEqual((await house.json('GET', '/api/v1/uploads/data', { as: 'bob' })).body, [])
    assert.equal((await house.json('DELETE', `/api/v1/uploads/${file_id}`, { as: 'bob' })).body.code, 'NOT_FOUND')
    assert.equal((await house.json('DELETE', `/api/v1/uploads/${file_id}`, { as: 'ada' })).body.deleted, true)
    assert.equal((await house.json('DELETE', `/api/v1/uploads/${file_id}`, { as: 'ada' })).body.code, 'NOT_FOUND')
  })

  it('needs a token and the role of a researcher', async () => {
    const house = openHouse()
    const body = new URLSearchParams()
    assert.equal((await house.json('POST', '/api/v1/upload/data', { body })).status, 401)
    assert.equal((await send(house, formOf(part('a.csv')), { as: 'stew' })).status, 403)
    assert.equal((await house.json('GET', '/api/v1/uploads/data')).status, 401)
  })

  it('is refused where its name is a path, unseen, reserved, too long or of another type; the refusal is no incident', async () => {
    const house = openHouse()
    const hostile = {
      '../../etc/passwd.csv': 422,
      '/etc/cron.d/x.csv': 422,
      'C:\\\\windows\\\\x.csv': 422,
      '..': 422,
      'a\u0000.csv': 422,
      'a\u202Evsc.exe.csv': 422,
      'CON.csv': 422,
      'lpt1.csv': 422,
      [`${'a'.repeat(300)}.csv`]: 422,
      'program.exe': 415,
      'a.csv.sh': 415,
      noending: 415,
      'script.py': 415
    }
    for (const [name, status] of Object.entries(hostile)) {
      const answer = await send(house, formOf(part(name)))
      assert.equal(answer.status, status, `${JSON.stringify(name)}: ${JSON.stringify(answer.body)}`)
      assert.match(answer.response.headers.get('content-type') ?? '', /^application\/problem\+json/)
    }
    assert.equal((await send(house, formOf(part('')))).status, 422)
    assert.equal(house.peer.uploaded.length, 0)
    assert.equal(house.peer.incidents.length, 0)
  })

  it('may bear a name that is HTML: it is shown as text and never becomes a file name', async () => {
    const house = openHouse()
    const name = '<img src=x onerror=alert(1)>.csv'
    const answer = await send(house, formOf(part(name)))
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    assert.equal(answer.body.filename, name)
    assert.equal(answer.body.name, '_img_src_x_onerror_alert_1__.csv')
    assert.match(answer.response.headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(answer.response.headers.get('x-content-type-options'), 'nosniff')
  })

  it('over its limit is refused by its declared length, while it arrives, and once it is parsed', async () => {
    const house = openHouse()
    const declared = await send(house, formOf(part('a.csv')), { headers: { 'content-length': String(2 ** 30) } })
    assert.deepEqual([declared.status, declared.body.code], [413, 'BODY_TOO_LARGE'])
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const piece = sent === 0 ? formOf(part('a.csv')).subarray(0, 120) : new Uint8Array(1 << 20)
        sent += piece.length
        controller.enqueue(piece)
      },
      cancel: () => {
        cancelled = true
      }
    })
    assert.equal((await send(house, endless)).status, 413)
    assert.ok(cancelled)
    assert.ok(sent < LIMITS.uploadBytesMax + 4 * (1 << 20))
    const justOver = new Uint8Array(LIMITS.uploadBytesMax + 1)
    assert.equal((await send(house, formOf(part('a.csv', justOver)))).status, 413)
    assert.equal((await send(house, formOf(part('a.csv', justOver.subarray(1))))).status, 200)
    const script = new Uint8Array(LIMITS.scriptBytesMax + 1).fill(32)
    assert.equal((await send(house, formOf(part('a.py', script)), { path: '/api/v1/upload/script' })).status, 413)
  })

  it('is one file in one field: empty, missing, two, thousands, other fields and broken forms are refused', async () => {
    const house = openHouse()
    const refusals: [Buffer, number, string?][] = [
      [formOf(part('a.csv', '')), 422],
      [formOf(), 422],
      [formOf(part('a.csv'), part('b.csv')), 422],
      [formOf(part('a.csv', 'x', 'script')), 422],
      [formOf(part('a.csv'), { head: 'Content-Disposition: form-data; name="owner"', bytes: 'bob' }), 422],
      [formOf({ head: 'Content-Disposition: form-data; name="file"', bytes: 'no name' }), 422],
      [formOf(...Array.from({ length: 2_000 }, () => part('a.csv', 'x'))), 422],
      [Buffer.from(`--${BOUNDARY}\r\nnonsense`), 400],
      [formOf(part('a.csv')).subarray(0, -10), 400],
      [Buffer.from('{}'), 400],
      [formOf(part('a.csv')), 415, 'multipart/form-data'],
      [formOf(part('a.csv')), 415, 'application/json'],
      [formOf(part('a.csv')), 415, 'multipart/form-data; boundary="a\\"b"'],
      [formOf(part('a.csv')), 415, `multipart/form-data; boundary=${'b'.repeat(71)}`]
    ]
    for (const [body, status, type] of refusals) {
      const answer = await send(house, body, type === undefined ? {} : { type })
      assert.equal(answer.status, status, `${body.subarray(0, 200)} ${type}: ${JSON.stringify(answer.body)}`)
    }
    assert.equal(house.peer.uploaded.length, 0)
  })

  it('that says it is a script is text', async () => {
    const path = '/api/v1/upload/script'
    for (const bytes of [Uint8Array.of(0xff, 0xfe), 'x\u0000']) {
      assert.equal((await send(openHouse(), formOf(part('a.py', bytes)), { path })).status, 422)
    }
  })

  it('that is an archive is bytes: nothing unpacks it', async () => {
    const house = openHouse()
    const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(1_000)])
    assert.equal((await send(house, formOf(part('bomb.zip', zip)))).status, 200)
    assert.deepEqual(Buffer.from(house.peer.uploaded[0]?.bytes ?? []), zip)
  })

  it('of any bytes at all gets an answer and never an incident', async () => {
    const house = openHouse()
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(fc.string({ unit: 'binary' }), fc.uint8Array()).map(([name, bytes]) => formOf(part(name, bytes))),
      fc.string().map((head) => formOf({ head, bytes: 'x' }))
    )
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { status } = await send(house, Buffer.from(body))
        assert.ok([200, 400, 415, 422].includes(status))
      }),
      { numRuns: 200 }
    )
    assert.equal(house.peer.incidents.length, 0)
  })

  it('waits for no other: past a few at once of one account, and of all, uploads are told to come again', async () => {
    const house = openHouse()
    const held = () => {
      let release = () => {}
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          release = () => controller.close()
        }
      })
      return { sending: send(house, body), release: () => release() }
    }
    const first = [held(), held()]
    await new Promise((resolve) => setTimeout(resolve, 20))
    const third = await send(house, formOf(part('a.csv')))
    assert.deepEqual([third.status, third.body.code], [503, 'BUSY'])
    assert.equal((await send(house, formOf(part('a.csv')), { as: 'bob' })).status, 200)
    for (const { sending, release } of first) {
      release()
      assert.equal((await sending).status, 400)
    }
    assert.equal((await send(house, formOf(part('a.csv')))).status, 200)
  })

  it('that finds no room is refused with what to do', async () => {
    const house = openHouse()
    house.peer.fails = new StimnetError('UPLOADS_FULL', 'full')
    const { status, body } = await send(house, formOf(part('a.csv')))
    assert.deepEqual([status, body.code], [409, 'UPLOADS_FULL'])
  })

  it('is named in a submission by id or number, at most eight', async () => {
    const house = openHouse()
    const ask = (uploaded_file_ids: unknown) =>
      house.json('POST', '/api/v1/jobs', { as: 'ada', body: { ...SQL_JOB, uploaded_file_ids } })
    assert.equal((await ask(['f'.repeat(32), 7])).status, 200)
    assert.deepEqual((house.peer.submissions.at(-1) as { uploads?: unknown }).uploads, ['f'.repeat(32), '7'])
    for (const wrong of [[''], [1.5], [-1], [null], 'x', {}, Array.from({ length: 9 }, (_, at) => at + 1)]) {
      const { status, body } = await ask(wrong)
      assert.deepEqual([status, body.code], [422, 'BODY_INVALID'], JSON.stringify(wrong))
    }
  })
})

describe('a file that a request brings along', () => {
  const path = `/api/v1/analysis-requests/${'1'.padStart(32, '0')}/uploads/${SHA}`

  it('is read by stewards as a file, whatever it holds', async () => {
    const house = openHouse()
    const response = await house.ask('GET', path, { as: 'stew' })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/octet-stream')
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="grid.csv"')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  })

  it('is there for nobody else, and for no other name', async () => {
    const house = openHouse()
    assert.equal((await house.json('GET', path, { as: 'ada' })).status, 403)
    for (const other of [path.replace(SHA, 'b'.repeat(64)), path.replace(SHA, '..%2f..%2fx'), `${path}0`]) {
      assert.equal((await house.json('GET', other, { as: 'stew' })).status, 404, other)
    }
  })
})

describe('the name under which a script finds a file', () => {
  it('is one for every name there is, and keeps its ending', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => isUploadName(uploadNameOf(name))))
    assert.equal(uploadNameOf('Größe (1).csv'), 'Gro_e__1_.csv')
    assert.equal(uploadNameOf('.hidden'), '_hidden')
    assert.equal(uploadNameOf('-rf.csv'), '_rf.csv')
    assert.equal(uploadNameOf('../../x.csv'), '_._.._x.csv')
    assert.match(uploadNameOf(`${'é'.repeat(400)}.csv`), /^e{124}\.csv$/)
    for (const wrong of ['', '.', '..', '-a', 'a/b', 'a\\b', 'a b', 'ä', 'a\u0000', 'a\n', 'a'.repeat(129)]) {
      assert.equal(isUploadName(wrong), false, JSON.stringify(wrong))
    }
  })
})
