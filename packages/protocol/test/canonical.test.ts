import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalBytes, canonicalJson } from '../src/index.ts'
import { coded } from './fixtures.ts'

const malformed = coded('MALFORMED')

test('RFC 8785, section 3.2.2: the example object', () => {
  const value = {
    numbers: JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]') as number[],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false]
  }
  assert.equal(
    canonicalJson(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
  )
})

test('RFC 8785, section 3.2.3: names are sorted by UTF-16 code units', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis'
  }
  assert.deepEqual(Object.values(JSON.parse(canonicalJson(value)) as object).length, 7)
  assert.deepEqual(
    [...canonicalJson(value).matchAll(/:"([^"]*)"/g)].map((match) => match[1]),
    [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh'
    ]
  )
})

test('RFC 8785, appendix B: numbers by their 64 bits', () => {
  const cases: readonly [bits: string, text: string][] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2']
  ]
  for (const [bits, text] of cases) assert.equal(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), text)
})

test('one value has one text, whatever the order in which it was written', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)])
    )
  }
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      const text = canonicalJson(value)
      assert.equal(canonicalJson(shuffled(value)), text)
      // Parsing and writing the text again gives the same text, so nothing was lost.
      assert.equal(canonicalJson(JSON.parse(text)), text)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 300 }
  )
})

test('what is absent is left out of an object, and null in a list, holes included', () => {
  assert.equal(canonicalJson({ a: undefined, b: [undefined, 1] }), '{"b":[null,1]}')
  assert.equal(canonicalJson(new Array(2)), '[null,null]')
})

test('what JSON cannot say is refused, not written as something else', () => {
  const cannot = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    undefined,
    () => 1,
    Symbol('a'),
    1n,
    '\ud800',
    { '\udfff': 1 },
    { a: [{ b: Number.NaN }] },
    new Map([['a', 1]]),
    new Set([1]),
    new Date(0),
    new Uint8Array(2)
  ]
  for (const value of cannot) assert.throws(() => canonicalJson(value), malformed)
})

test('a value nested without end is refused, and the stack holds', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
  assert.equal(canonicalJson(nested(100)).length, 200)
  for (const depth of [101, 200_000]) assert.throws(() => canonicalJson(nested(depth)), malformed)
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  assert.throws(() => canonicalJson(cyclic), malformed)
})

test('a name of the language is a name like others', () => {
  const value: unknown = JSON.parse('{"__proto__":1,"constructor":2}')
  assert.equal(canonicalJson(value), '{"__proto__":1,"constructor":2}')
})

test('bytes are the text in UTF-8', () => {
  assert.deepEqual(canonicalBytes('€'), Uint8Array.of(0x22, 0xe2, 0x82, 0xac, 0x22))
})
