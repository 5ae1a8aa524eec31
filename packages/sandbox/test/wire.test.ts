import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AnswerReader, encodeJob } from '../src/wire.ts'
import { jobOf, SUBJECTS } from './jobs.ts'

const READY = Buffer.from('READY\n')

function frame(kind: string, payload: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(payload))
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(payload)])
}

function read(bytes: Buffer, chunkBytes = bytes.length || 1) {
  const reader = new AnswerReader({ answerBytesMax: 100 })
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes))
  return reader.answer()
}

test('one whole frame after READY is an answer, however it is cut into pieces', () => {
  const bytes = Buffer.concat([READY, frame('R', '{"n": 3}')])
  for (const size of [1, 2, 5, 7, 100]) {
    assert.deepEqual(read(bytes, size), { end: 'result', bytes: Buffer.from('{"n": 3}') })
  }
  assert.deepEqual(read(Buffer.concat([READY, frame('F', 'MEMORY_LIMIT')])), { end: 'failed', code: 'MEMORY_LIMIT' })
})

test('a whole frame is told when its last byte is there, and never before', async () => {
  const bytes = Buffer.concat([READY, frame('R', '{"n": 3}')])
  const reader = new AnswerReader({ answerBytesMax: 100 })
  let isWhole = false
  const whole = reader.whole.then(() => {
    isWhole = true
  })
  for (const byte of bytes.subarray(0, -1)) reader.push(Buffer.from([byte]))
  await new Promise(setImmediate)
  assert.ok(!isWhole)
  reader.push(bytes.subarray(-1))
  await whole
  reader.push(Buffer.from('x'))
  assert.equal(reader.answer(), undefined)
})

test('a second frame, a torn one, an unknown one or anything before READY is no answer', () => {
  const one = frame('R', '1')
  const wrong = [
    Buffer.concat([READY, one, one]),
    Buffer.concat([READY, one, Buffer.from('\n')]),
    Buffer.concat([READY, one.subarray(0, 5)]),
    Buffer.concat([READY, READY, one]),
    Buffer.concat([READY, frame('X', '1')]),
    Buffer.concat([Buffer.from('x'), READY, one]),
    one,
    READY,
    Buffer.alloc(0)
  ]
  for (const bytes of wrong) assert.equal(read(bytes), undefined, bytes.toString('latin1'))
})

test('a program cannot claim that time was up, that it was cancelled or that the node is at fault', () => {
  for (const code of ['TIME_LIMIT', 'CANCELLED', 'SANDBOX_UNAVAILABLE', 'NODE_ERROR', '']) {
    assert.equal(read(Buffer.concat([READY, frame('F', code)])), undefined, code)
  }
})

test('more bytes than allowed are counted, not kept, and are no answer', () => {
  const reader = new AnswerReader({ answerBytesMax: 100 })
  const counted = reader.push(Buffer.concat([READY, frame('R', 'x'.repeat(1000))]))
  assert.equal(counted, 1000)
  assert.equal(reader.push(Buffer.alloc(1_000_000)), 1_000_000)
  assert.equal(reader.answer(), undefined)
})

test('no bytes whatever make the reader fall over', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (chunks) => {
      const reader = new AnswerReader({ answerBytesMax: 100 })
      for (const chunk of [READY, ...chunks]) reader.push(chunk)
      reader.answer()
    })
  )
})

test('a job is a header and the bytes of its tables, in that order', () => {
  const [length, header, ...tables] = encodeJob(jobOf('x = 1'), 100) ?? []
  const parsed = JSON.parse(Buffer.from(header ?? []).toString())
  assert.equal(Buffer.from(length ?? []).readUInt32BE(), header?.length)
  assert.deepEqual(parsed.files, [{ name: 'subjects.csv', length: SUBJECTS.csv.length }])
  assert.deepEqual(parsed.cells, ['x = 1'])
  assert.deepEqual(tables, [SUBJECTS.csv])
})

test('a table whose name would leave its folder never becomes a file', () => {
  for (const name of ['../x', 'a/b', '', '.hidden', 'a\0']) {
    assert.throws(() => encodeJob(jobOf('', { tables: [{ ...SUBJECTS, name }] }), 100), RangeError)
  }
})

test('an upload whose name could be a path goes into no sandbox', () => {
  for (const name of ['../x', '/etc/passwd', 'a/b', '.hidden', '-rf', '', 'a\u0000b', 'a'.repeat(129)]) {
    const uploads = [{ name, bytes: new Uint8Array(1), sha256: '' }]
    assert.throws(() => encodeJob(jobOf('', { uploads }), 100), RangeError, name)
  }
})

test('uploads follow the tables, each under its folder and with its length', () => {
  const uploads = [{ name: 'a.npy', bytes: Uint8Array.of(1, 2, 3), sha256: 'ab' }]
  const [length, header, csv, upload] = encodeJob(jobOf('', { uploads }), 100) ?? []
  const { files } = JSON.parse(String(header))
  assert.equal(Buffer.from(length ?? []).readUInt32BE(), header?.length)
  assert.deepEqual(files.at(-1), { name: 'uploads/a.npy', length: 3 })
  assert.equal(csv, SUBJECTS.csv)
  assert.deepEqual(upload, Uint8Array.of(1, 2, 3))
})
