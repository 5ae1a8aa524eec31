import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type MessageType, messages } from '../src/index.ts'
import { coded } from './fixtures.ts'

// Absent bytes may be another kind of byte array than given ones, so only their contents are compared.
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

const text = fc.string({ unit: 'binary', maxLength: 40 })
const number = fc.double({ noNaN: true }).map((value) => (value === 0 ? 0 : value))
const uint32 = fc.nat(0xffff_ffff)
const bytes = fc.uint8Array({ maxLength: 60 })
const texts = fc.array(text, { maxLength: 3 })
const numbers = fc.array(number, { maxLength: 3 })

const variable = fc.record({
  name: text,
  type: text,
  unit: text,
  description: text,
  levels: texts,
  breakpoints: numbers,
  minimum: number,
  maximum: number,
  bounded: fc.boolean(),
  missingShare: fc.double({ min: 0, max: 1, noNaN: true }),
  missingTold: fc.boolean(),
  identifying: fc.boolean(),
  derivation: fc.string()
})
const table = fc.record({
  name: text,
  description: text,
  variables: fc.array(variable, { maxLength: 2 }),
  oneRowPerSubject: fc.boolean()
})
const receipt = fc.record({
  requestHash: text,
  outputHash: text,
  epoch: text,
  codeHash: text,
  image: text,
  policyHash: text,
  auditHead: text,
  auditSequence: number,
  releasedAtMs: number,
  requester: text,
  custody: text,
  permit: text,
  engine: text,
  grade: text,
  audit: fc.option(
    fc.record({
      entry: bytes,
      index: number,
      size: number,
      path: fc.array(bytes, { maxLength: 3 }),
      root: bytes,
      record: bytes
    })
  )
})

const helloAnswer = fc.record({
  nodeId: text,
  institution: text,
  version: text,
  catalogs: texts,
  sandbox: text,
  sandboxEngine: text,
  sandboxGrade: text,
  languages: texts
})

/** All fields of the messages without a `oneof`. The fields of a JobRequest are tested with their own modules. */
const FULL: Partial<Record<keyof typeof messages, fc.Arbitrary<object>>> = {
  Statement: fc.record({
    domain: text,
    type: text,
    issuer: text,
    audience: texts,
    issuedAtMs: number,
    expiresAtMs: number,
    nonce: bytes,
    body: bytes
  }),
  CatalogDescriptor: fc.record({
    name: text,
    title: text,
    description: text,
    dataType: text,
    accessLevel: text,
    keywords: texts,
    tables: fc.array(table, { maxLength: 2 }),
    subjectKey: text,
    epoch: text,
    snapshotAtMs: number,
    subjectsRounded: uint32,
    synthetic: fc.boolean(),
    programs: texts,
    lattice: fc.array(fc.record({ variable: text, breakpoints: numbers }), { maxLength: 2 }),
    cohortSizeMin: uint32,
    mode: text,
    scripts: text,
    sandboxGradeMin: text,
    sitesPerPerson: uint32,
    preset: text,
    policyHash: text,
    precision: text,
    dataUse: texts,
    sets: fc.array(fc.record({ name: text, completeOn: texts, where: fc.constant(null) }), { maxLength: 2 }),
    permitRequired: fc.boolean()
  }),
  CatalogQuery: fc.record({ words: texts, name: text }),
  CatalogAnswer: fc.record({ catalogs: fc.array(bytes, { maxLength: 3 }) }),
  HelloAsk: fc.record({ version: text }),
  HelloAnswer: helloAnswer,
  Envelope: fc.record({ jws: bytes }),
  JobAsk: fc.record({ request: bytes }),
  JobAnswer: fc.record({ decision: bytes }),
  Decision: fc.record({
    allowed: fc.boolean(),
    code: text,
    reason: text,
    jobId: text,
    requestHash: text,
    state: text,
    warnings: texts
  }),
  CancelAsk: fc.record({ cancel: bytes }),
  CancelRequest: fc.record({ jobId: text }),
  CancelAnswer: fc.record({ ok: fc.boolean(), code: text, reason: text }),
  FollowAsk: fc.record({ log: text, after: number, openJobs: texts }),
  FollowEvent: fc.record({
    log: text,
    sequence: number,
    jobId: text,
    state: text,
    progress: number,
    result: bytes,
    alive: fc.boolean(),
    code: text,
    refusals: fc.option(fc.record({ bits: uint32, bitsMax: uint32, project: text }))
  }),
  JobResult: fc.record({
    jobId: text,
    state: text,
    code: text,
    reason: text,
    outputJson: bytes,
    receipt: fc.option(receipt)
  }),
  AuditRecord: fc.record({
    sequence: number,
    atMs: number,
    kind: text,
    actor: text,
    jobId: text,
    code: text,
    detailJson: text,
    hash: bytes,
    salt: bytes
  }),
  FederationAsk: fc.record({ charter: text, digest: text, statements: texts }),
  FederationAnswer: fc.record({ digest: text, statements: texts }),
  InviteAsk: fc.record({ institution: text, proof: bytes, commitment: bytes, nonce: bytes }),
  InviteAnswer: fc.record({
    nonce: bytes,
    admitted: fc.boolean(),
    charterJson: text,
    statements: texts,
    addresses: texts
  }),
  UploadAsk: fc.record({ requestHash: text, sha256: text, offset: uint32 }),
  UploadAnswer: fc.record({ piece: bytes }),
  WitnessAsk: fc.record({ note: text, oldSize: number, path: fc.array(bytes, { maxLength: 3 }) }),
  WitnessAnswer: fc.record({ cosignature: text, code: text, seen: text }),
  LogConflict: fc.record({ peer: text, seen: text, shown: text }),
  LogConflictAnswer: fc.record({ code: text }),
  PeerDigest: fc.record({
    sequence: number,
    about: helloAnswer,
    addresses: texts,
    catalogsHash: text,
    charter: text,
    open: fc.boolean()
  }),
  DigestsAsk: fc.record({ root: text, digests: fc.array(bytes), wanted: bytes }),
  DigestsAnswer: fc.record({ root: text, marks: bytes, digests: fc.array(bytes) })
}

const codecs = Object.values(messages) as unknown as MessageType<object>[]

describe('a message arrives as it was sent', () => {
  for (const [name, arbitrary] of Object.entries(FULL)) {
    test(name, () => {
      const codec = messages[name as keyof typeof messages] as unknown as MessageType<object>
      fc.assert(
        fc.property(arbitrary, (message) => {
          assert.deepEqual(plain(codec.decode(codec.encode(message))), plain(message))
        }),
        { numRuns: 50 }
      )
    })
  }

  test('every message but the request is tested here, field by field', () => {
    const left = Object.keys(messages).filter((name) => !(name in FULL))
    assert.deepEqual(left, ['JobRequest'])
    for (const name of Object.keys(FULL) as (keyof typeof messages)[]) {
      const [sample] = fc.sample(FULL[name] ?? fc.object(), 1)
      assert.deepEqual(Object.keys(sample ?? {}).sort(), Object.keys(messages[name].decode(new Uint8Array())).sort())
    }
  })

  test('the empty message has every field, with nothing in it', () => {
    assert.deepEqual(plain(messages.Decision.decode(new Uint8Array())), {
      allowed: false,
      code: '',
      reason: '',
      jobId: '',
      requestHash: '',
      state: '',
      warnings: []
    })
    assert.equal(messages.JobResult.decode(new Uint8Array()).receipt, null)
  })

  test('a field of a later version is skipped', () => {
    const later = Buffer.concat([messages.CancelRequest.encode({ jobId: 'a' }), Uint8Array.of(0xfa, 0x01, 1, 7)])
    assert.deepEqual(messages.CancelRequest.decode(Uint8Array.from(later)), { jobId: 'a' })
  })
})

describe('bytes that are no message are refused as MALFORMED, and nothing else happens', () => {
  const decodes = (codec: MessageType<object>, input: Uint8Array) => {
    try {
      codec.decode(input)
    } catch (error) {
      coded('MALFORMED')(error)
    }
  }

  test('arbitrary bytes', () => {
    const anyCodec = fc.constantFrom(...codecs)
    const nearly = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(8, 10, 18, 26, 0, 1)), { maxLength: 200 })
    fc.assert(
      fc.property(
        anyCodec,
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          nearly.map((all) => Uint8Array.from(all))
        ),
        decodes
      ),
      { numRuns: 3_000 }
    )
  })

  test('a valid message with a byte changed or its end cut off', () => {
    const anyMessage = fc.constantFrom(...Object.entries(FULL)).chain(([name, arbitrary]) =>
      arbitrary.map((message) => {
        const codec = messages[name as keyof typeof messages] as unknown as MessageType<object>
        return { codec, encoded: codec.encode(message) }
      })
    )
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.nat(255), ({ codec, encoded }, at, byte) => {
        decodes(codec, encoded.slice(0, at % (encoded.length + 1)))
        const changed = encoded.slice()
        if (changed.length > 0) changed[at % changed.length] = byte
        decodes(codec, changed)
      }),
      { numRuns: 1_000 }
    )
  })

  test('a length that reaches past the end, and a field that never ends', () => {
    for (const bytes of [[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x0a], [0x80], Array(20).fill(0xff), [0x0b, 0x0b]]) {
      assert.throws(() => messages.Statement.decode(Uint8Array.from(bytes)), coded('MALFORMED'))
    }
  })

  test('a field that stands twice, and one of another type', () => {
    const twice = [...messages.CancelRequest.encode({ jobId: 'a' }), ...messages.CancelRequest.encode({ jobId: 'b' })]
    for (const bytes of [twice, [0x08, 0x01]]) {
      assert.throws(() => messages.CancelRequest.decode(Uint8Array.from(bytes)), coded('MALFORMED'))
    }
  })

  test('a filter nested a hundred thousand times', () => {
    // Each level is field 3 (not) of a Filter; the outermost filter is field 4 (cohort) of the request.
    const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
    const levels: number[][] = []
    for (let length = 0, i = 0; i < 100_000; i++) {
      const header = [i === 99_999 ? 0x22 : 0x1a, ...varint(length)]
      levels.push(header)
      length += header.length
    }
    const deep = Uint8Array.from(levels.reverse().flat())
    assert.throws(() => messages.JobRequest.decode(deep), coded('MALFORMED'))
  })
})
