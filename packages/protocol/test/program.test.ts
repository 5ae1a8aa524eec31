import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as wire from '../src/wire/gen/messages.ts'
import {
  type Encodable,
  LIMITS,
  messages,
  type Program,
  parseJsonObject,
  programFromMessage,
  programText,
  programToMessage,
  programWord,
  SCRIPT_LANGUAGES
} from '../src/index.ts'
import { coded, received } from './fixtures.ts'

const sent = (program: Encodable<wire.Program>) => received(wire.Program, program)

const overWire = (program: Program) =>
  programFromMessage(
    messages.JobRequest.decode(messages.JobRequest.encode({ program: programToMessage(program) })).program
  )

const PLAIN = { noNullPrototype: true }
const column = fc.string({ unit: 'binary', maxLength: 60 })
const statistic = fc.record(
  {
    name: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    table: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    variables: fc.array(column, { maxLength: 16 }),
    by: fc.array(column, { maxLength: 3 }),
    arguments: fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.jsonValue(), PLAIN)
  },
  { requiredKeys: ['name', 'variables', 'by', 'arguments'], ...PLAIN }
)
const anyProgram: fc.Arbitrary<Program> = fc.oneof(
  fc.record({ kind: fc.constant('sql' as const), sql: fc.string({ unit: 'binary', minLength: 1 }) }, PLAIN),
  fc.record({ kind: fc.constant('statistic' as const), statistic }, PLAIN) as fc.Arbitrary<Program>,
  fc.record(
    { kind: fc.constant('script' as const), language: fc.constantFrom(...SCRIPT_LANGUAGES), code: fc.string() },
    PLAIN
  )
)

describe('a program arrives as it was written', () => {
  test('whatever its kind', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        // JSON does not distinguish -0 from 0.
        assert.deepEqual(overWire(program), JSON.parse(JSON.stringify(program)))
      }),
      { numRuns: 300 }
    )
  })

  test('so that both sides take its hash over the same text, in whatever order a statistic was written', () => {
    const program: Program = {
      kind: 'statistic',
      statistic: { by: ['sex'], arguments: { q: 0.5, a: { z: 1, b: 2 } }, variables: ['age'], name: 'quantile' }
    }
    assert.equal(programText(overWire(program)), programText(program))
    assert.equal(
      programText(program),
      '{"arguments":{"a":{"b":2,"z":1},"q":0.5},"by":["sex"],"name":"quantile","variables":["age"]}'
    )
    assert.equal(programText({ kind: 'sql', sql: 'select 1' }), 'select 1')
    assert.equal(programText({ kind: 'script', language: 'r', code: 'x' }), 'x')
  })

  test('a catalog permits it by one word', () => {
    assert.equal(programWord({ kind: 'sql', sql: '' }), 'sql')
    assert.equal(programWord({ kind: 'script', language: 'python', code: '' }), 'python')
    const statistic = { name: 'count', variables: [], by: [], arguments: {} }
    assert.equal(programWord({ kind: 'statistic', statistic }), 'statistic')
  })
})

describe('a program that is none is refused', () => {
  test('nothing asked for', () => {
    for (const message of [null, {}, { sql: '' }, { sql: null, script: null, statistic: null }]) {
      assert.throws(() => programFromMessage(message && sent(message)), coded('MALFORMED'))
    }
  })

  test('a language nobody runs', () => {
    for (const language of ['', 'Python', 'bash', 'constructor']) {
      assert.throws(
        () => programFromMessage(sent({ script: { language, code: 'x' } })),
        coded('LANGUAGE_NOT_AVAILABLE')
      )
    }
  })

  test('more than 256 KiB, counted in bytes and not in characters', () => {
    const wide = '€'.repeat(LIMITS.scriptBytesMax / 3 + 1)
    const code = 'x'.repeat(LIMITS.scriptBytesMax)
    assert.ok(wide.length < LIMITS.scriptBytesMax)
    programFromMessage(sent({ script: { language: 'python', code } }))
    for (const text of [`${code}x`, wide]) {
      assert.throws(() => programFromMessage(sent({ script: { language: 'python', code: text } })), coded('TOO_LARGE'))
      assert.throws(() => programFromMessage(sent({ sql: text })), coded('TOO_LARGE'))
    }
  })

  test('a statistic without a name, with too many variables, or with arguments that are no JSON object', () => {
    const invalid = coded('PARAMETER_INVALID')
    for (const statistic of [
      {},
      { name: '' },
      { name: 'x'.repeat(65) },
      { name: 'mean', variables: Array(17).fill('a') },
      { name: 'mean', by: ['a', 'b', 'c', 'd'] },
      { name: 'mean', variables: ['a'.repeat(130)] },
      ...['[]', '1', 'null', '"a"', '{', '{"a":}'].map((argumentsJson) => ({ name: 'mean', argumentsJson }))
    ]) {
      assert.throws(() => programFromMessage(sent({ statistic })), invalid)
    }
  })

  test('parameters are a JSON object or nothing', () => {
    assert.deepEqual(parseJsonObject(''), {})
    assert.deepEqual(parseJsonObject('{"a":[1]}'), { a: [1] })
    const polluted = parseJsonObject('{"__proto__":{"polluted":true}}')
    assert.equal((polluted as { polluted?: unknown }).polluted, undefined)
    for (const text of ['[]', 'null', '1', 'x', '[['])
      assert.throws(() => parseJsonObject(text), coded('PARAMETER_INVALID'))
  })
})
