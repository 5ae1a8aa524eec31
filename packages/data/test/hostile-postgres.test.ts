/** Broken and hostile PostgreSQL servers: they can end the reading, and cannot do anything else to the peer. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { SimulatedClock, seededRandom } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { type Catalog, catalogConfigSchema, type IndexLevel, openCatalog } from '../src/index.ts'

const MIB = 1024 * 1024
/** Text with control sequences for a terminal, and of great length. */
const EVIL = `\u001b]0;pwned\u0007\n2026-12-01 ALERT Alice Miller ${'A'.repeat(100_000)}`
/** Maximum number of bytes in the sockets of both sides. */
const UNDER_WAY_BYTES_MAX = 16 * MIB
const PEOPLE = 20

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stimnet-hostile-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** The step of a reading: before a login, at a small result, at the first rows of the table. */
type Step = 'login' | 'settings' | 'rows'
/** The action of a server at a step, in place of its answer. */
type Deed = (socket: Socket) => void

/** A request for the password by MD5 with a salt. */
const MD5_ASKED = Buffer.from('R\0\0\0\x0c\0\0\0\x05SALT', 'latin1')

test('whatever a server sends, the reading ends with a word, and what was served before is served on', async (context) => {
  const attacks: [words: RegExp, step: Step, deed: Deed, bytesMax?: number][] = [
    [/sends more than it was asked for/, 'login', flood(message('S', text('key'), text('v'.repeat(400))))],
    [/sends more than it was asked for/, 'login', floodAfter(giant('R'))],
    [/sends more than it was asked for/, 'settings', floodAfter(giant('T'))],
    [/sends more than it was asked for/, 'settings', flood(columns('a'), row('x'.repeat(400))), 16 * MIB],
    [/sends more than it was asked for/, 'settings', flood(notice()), 16 * MIB],
    [/people: it sends more than it was asked for/, 'rows', floodAfter(giant('D'))],
    [/people: it sends more than it was asked for/, 'rows', flood(row('p', '1')), 16 * MIB],
    [/as many cells as the result has columns/, 'rows', (socket) => socket.write(row('p', '1', '2'))],
    [/as many cells as the result has columns/, 'rows', (socket) => socket.write(row('p'))],
    [/as many cells as the result has columns/, 'settings', (socket) => socket.write(row('early'))],
    [/sends more than it was asked for/, 'login', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [/does not speak the protocol/, 'login', (socket) => socket.write(message('R', int32(99)))],
    [/does not speak the protocol/, 'settings', (socket) => socket.write(Buffer.from('D\0\0\0\0'))],
    [/does not speak the protocol/, 'settings', (socket) => socket.write(message('D', int16(2), int32(9)))],
    [/broke off/, 'settings', (socket) => socket.end(row('cut', 'short').subarray(0, 9))],
    [/broke off/, 'rows', (socket) => socket.end(Buffer.concat([row('p1', '41'), row('p2', '42').subarray(0, 9)]))],
    [/ended the connection|broke off/, 'login', (socket) => socket.destroy()],
    // As many hash iterations as would keep a processor busy for an hour.
    [/ended the connection/, 'login', askForRounds(2 ** 31 - 1)],
    // Requests that would allow the password to be guessed from the answer.
    [/by MD5, from which it can be guessed fast.*tls: verify/, 'login', (socket) => socket.write(MD5_ASKED)],
    [/fewer than 4096 rounds.*tls: verify/, 'login', askForRounds(1)],
    [/fewer than 4096 rounds/, 'login', askForRounds(4095)],
    [/in clear text/, 'login', (socket) => socket.write(message('R', int32(3)))],
    // Texts in place of a code, as an impostor may send while the database is down.
    ...[`22${EVIL}`, `08${EVIL}`, 'constructor', '__proto__', EVIL].map((code): [RegExp, Step, Deed] => [
      /its settings: the connection broke off while it was being read$/,
      'settings',
      (socket) => socket.write(failed(code))
    ]),
    [/its settings: there is no such table or view/, 'settings', (socket) => socket.write(failed('42P01'))],
    [/its settings: the server refuses it \(SQLSTATE ABCDE\)/, 'settings', (socket) => socket.write(failed('ABCDE'))]
  ]
  const place = { index: new MemoryLevel() as unknown as IndexLevel, dataDir: folder }
  const honest = await startServer()
  context.after(honest.close)
  const first = await openFrom(honest, place)
  assert.equal(first.subjects, PEOPLE)
  for (const [words, step, deed, bytesMax = 0] of attacks) {
    const server = await startServer(step, deed)
    try {
      const served = await openFrom(server, place, { fallback: first.epoch })
      assert.match(served.note ?? '', new RegExp(`^served as it was: PostgreSQL 127.0.0.1:.*${words.source}`))
      assert.doesNotMatch(served.note ?? '', /\p{Cc}|pwned|Alice/u)
      assert.equal((await served.cohort(undefined)).size, PEOPLE)
      assert.ok(server.sent() <= bytesMax + UNDER_WAY_BYTES_MAX, `${words.source}: ${server.sent()} bytes were taken`)
      await served.close()
    } finally {
      await server.close()
    }
  }
  assert.equal((await openFrom(honest, place)).epoch, first.epoch)
  await first.close()
})

test('what a server says of itself is short and printable, and stops no catalog that was served before', async (context) => {
  const place = newPlace()
  const honest = await startServer()
  context.after(honest.close)
  const first = await openFrom(honest, place)
  const named = (...names: readonly string[]) => names.map((name) => [name, 't'])
  const said: [words: RegExp, ...results: (typeof RESULTS)[number][]][] = [
    [/its role is a superuser/, [/pg_has_role/, ['a', 'b', 'c'], [[EVIL, '', '']]]],
    [/its role has the role \uFFFD.{63}…\. A role that reads/u, [/pg_has_role/, ['a', 'b', 'c'], [['role', EVIL, '']]]],
    [/its role may write to \uFFFD.{63}…\.log\. /u, [/pg_has_role/, ['a', 'b', 'c'], [['table', EVIL, 'log']]]],
    [/a column of type \uFFFD.{63}… has no single value/u, [/pg_type/, ['a', 'b', 'c', 'd'], [['25', EVIL, 'X', 'b']]]],
    [
      /no column "id"\. It has \uFFFD.{63}…, age/u,
      [/attname/, ['a', 'b'], named(EVIL, 'age')],
      [/LIMIT 0/, [EVIL, 'age'], []]
    ],
    [/there is no such table or view/, [/attname/, [], []]]
  ]
  for (const [words, ...results] of said) {
    const server = await startServer(undefined, undefined, results)
    context.after(server.close)
    const served = await openFrom(server, place, { fallback: first.epoch })
    assert.match(served.note ?? '', words)
    assert.doesNotMatch(served.note ?? '', /\p{Cc}/u)
    assert.ok((served.note ?? '').length < 500)
    assert.equal(served.epoch, first.epoch)
    await served.close()
    // At the first start, the fault is reported for correction.
    await assert.rejects(openFrom(server, newPlace()), { code: 'SOURCE_INVALID', message: words })
  }
  await first.close()
})

test('rows that do not fit are those of whoever listens there, and stop no catalog that was served before', async (context) => {
  const place = newPlace()
  const honest = await startServer()
  const liar = await startServer(undefined, undefined, [[/people/, ['id', 'age'], [['p1', 'x']]]])
  for (const { close } of [honest, liar]) context.after(close)
  const first = await openFrom(honest, place)
  const served = await openFrom(liar, place, { fallback: first.epoch })
  assert.equal(served.epoch, first.epoch)
  assert.match(served.note ?? '', /^served as it was: .*age/)
  await assert.rejects(openFrom(liar, newPlace()), { code: 'SOURCE_INVALID' })
  await Promise.all([first.close(), served.close()])
})

test('rows without end, each batch as asked for, end at megabytes_max', async (context) => {
  const batch = Buffer.concat([...Array.from({ length: 2_000 }, (_, i) => row(`p${i}`, '1'.repeat(100))), message('s')])
  const server = await startServer('rows', (socket) => {
    socket.write(batch)
    // Each message that requests more rows names the cursor.
    socket.on('data', (chunk) => chunk.includes('C_') && socket.write(batch))
  })
  context.after(server.close)
  await assert.rejects(openFrom(server, newPlace(), {}, { megabytes_max: 8 }), {
    code: 'SOURCE_UNAVAILABLE',
    message: /people: it sends more than megabytes_max$/
  })
})

test('a server that falls silent is left at its deadline', async (context) => {
  await leftBehind(context, 'login', 10_000, /: no answer in time$/)
  await leftBehind(context, 'settings', 60_000, /its settings: reading took longer than minutes_max$/)
  await leftBehind(context, 'rows', 60_000, /people: reading took longer than minutes_max$/)
})

async function leftBehind(context: TestContext, step: Step, ms: number, message: RegExp): Promise<void> {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const silent = Promise.withResolvers<void>()
  const server = await startServer(step, () => silent.resolve())
  context.after(server.close)
  const reading = assert.rejects(openFrom(server, newPlace(), {}, { minutes_max: 1 }), {
    ...{ code: 'SOURCE_UNAVAILABLE', message }
  })
  await silent.promise
  context.mock.timers.tick(ms)
  await reading
  context.mock.timers.reset()
}

function newPlace() {
  return { index: new MemoryLevel() as unknown as IndexLevel, dataDir: join(folder, crypto.randomUUID()) }
}

/** Opens a catalog with one table of people from a server. */
function openFrom(
  { port }: { readonly port: number },
  place: { readonly index: IndexLevel; readonly dataDir: string },
  more: { readonly fallback?: string } = {},
  postgres: object = {}
): Promise<Catalog> {
  const config = catalogConfigSchema.parse({
    ...{ name: 'registry', subject_key: 'id' },
    postgres: { url: `postgresql://reader@127.0.0.1:${port}/registry`, password_env: 'READER', ...postgres },
    tables: [{ name: 'people', relation: 'people', variables: [{ name: 'age', type: 'integer' }] }]
  })
  return openCatalog(config, {
    ...{ baseDir: folder, environment: { READER: 'secret' }, cohortSizeMin: 5, programs: ['sql'] },
    ...{ clock: new SimulatedClock(), random: seededRandom(1), ...place, ...more }
  })
}

/** The results of an honest server, by a pattern of the statement: columns and rows. */
const RESULTS: readonly [asked: RegExp, names: readonly string[], rows: readonly (readonly string[])[]][] = [
  [/server_version_num/, ['a', 'b', 'c', 'd', 'e'], [['170000', 'UTF8', 'UTF8', 'on', 'repeatable read']]],
  [/pg_has_role/, ['power'], []],
  [
    /attname/,
    ['name', 'may'],
    [
      ['id', 't'],
      ['age', 't']
    ]
  ],
  [/LIMIT 0/, ['id', 'age'], []],
  [/pg_type/, ['oid', 'name', 'category', 'form'], [['25', 'text', 'S', 'b']]],
  [/people/, ['id', 'age'], Array.from({ length: PEOPLE }, (_, i) => [`p${i}`, `${40 + i}`])]
]

interface FakeServer {
  readonly port: number
  /** Number of bytes that clients have received, or that are in transit to them. */
  sent(): number
  close(): Promise<void>
}

/** Starts a server that implements as much of the protocol as reading a catalog needs. At `step` it performs `deed` instead. */
async function startServer(step?: Step, deed: Deed = () => undefined, said: typeof RESULTS = []): Promise<FakeServer> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const takeOver = (at: Step) => {
      if (at === step) deed(socket)
      return at === step
    }
    serve(socket, takeOver, [...said, ...RESULTS])
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    }
  }
}

/** An error message of the server with the given code. */
const failed = (code: string) =>
  Buffer.concat([message('E', text('SERROR'), text(`C${code}`), text('MAlice pwned'), Buffer.alloc(1)), ready()])

/** Answers a client, unless `isTakenOver` handles a step instead. */
function serve(socket: Socket, isTakenOver: (step: Step) => boolean, results = RESULTS): void {
  let received = Buffer.alloc(0)
  let isGreeted = false
  let isHonest = true
  const instead = (step: Step) => {
    isHonest = !isTakenOver(step)
    return !isHonest
  }
  let sql = ''
  const answer = (code: string, body: Buffer): Buffer | undefined => {
    const [, names = [], rows = []] = results.find(([asked]) => asked.test(sql)) ?? []
    const step: Step = /server_version_num/.test(sql) ? 'settings' : 'rows'
    const isAimedAt = step === 'settings' || /^SELECT left/m.test(sql)
    switch (code) {
      case 'Q':
        return Buffer.concat([message('C', text('BEGIN')), ready()])
      case 'P':
        sql = body.toString()
        sql = sql.slice(sql.indexOf('\0') + 1)
        return message('1')
      case 'B':
        return message('2')
      case 'D':
        return columns(...names)
      case 'E':
        if (isAimedAt && instead(step)) return undefined
        return Buffer.concat([...rows.map((cells) => row(...cells)), message('C', text('SELECT'))])
      case 'C':
        return message('3')
      case 'S':
        return ready()
      default:
        return undefined
    }
  }
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    if (!isGreeted) {
      if (received.length < 4 || received.length < received.readUInt32BE(0)) return
      received = received.subarray(received.readUInt32BE(0))
      isGreeted = true
      if (!instead('login')) socket.write(Buffer.concat([message('R', int32(0)), ready()]))
    }
    while (isHonest && received.length >= 5 && received.length > received.readUInt32BE(1)) {
      const end = received.readUInt32BE(1) + 1
      const said = answer(String.fromCharCode(received[0] ?? 0), received.subarray(5, end))
      received = received.subarray(end)
      if (said !== undefined && !socket.destroyed) socket.write(said)
    }
  })
}

/** Sends `first`, and then `again` for as long as the client reads. */
function flood(first: Buffer, again: Buffer = first): Deed {
  const many = Buffer.concat(Array.from({ length: Math.ceil(MIB / again.length) }, () => again))
  return (socket) => {
    socket.write(first)
    const go = () => {
      while (!socket.destroyed) if (!socket.write(many)) return void socket.once('drain', go)
    }
    go()
  }
}

const floodAfter = (first: Buffer): Deed => flood(first, Buffer.alloc(MIB, 'a'))

/** The beginning of a message of two gigabytes. */
function giant(code: string): Buffer {
  return Buffer.concat([Buffer.from(code), int32(2 ** 31 - 16)])
}

/** Requests a password by SCRAM with this number of hash iterations. */
function askForRounds(rounds: number): Deed {
  return (socket) => {
    socket.write(message('R', int32(10), text('SCRAM-SHA-256'), Buffer.alloc(1)))
    socket.on('data', (chunk) => {
      const nonce = /r=([^,]+)/.exec(chunk.toString('latin1'))?.[1]
      if (nonce !== undefined) socket.write(message('R', int32(11), Buffer.from(`r=${nonce}x,s=c2FsdA==,i=${rounds}`)))
    })
  }
}

const ready = () => message('Z', Buffer.from('T'))
const notice = () => message('N', text('SNOTICE'), text(`M${'y'.repeat(1_000)}`), Buffer.alloc(1))

function columns(...names: readonly string[]): Buffer {
  const fields = names.map((name) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)])
  )
  return message('T', int16(names.length), ...fields)
}

function row(...cells: readonly string[]): Buffer {
  return message('D', int16(cells.length), ...cells.flatMap((cell) => [int32(cell.length), Buffer.from(cell)]))
}

function message(code: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(code), int32(body.length + 4), body])
}

function text(words: string): Buffer {
  return Buffer.from(`${words}\0`)
}

function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(number)
  return bytes
}

function int16(number: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(number)
  return bytes
}
