import assert from 'node:assert/strict'
import { test } from 'node:test'
import { literalsOfPython, publicWordsOf } from '@stimnet/privacy'
import fc from 'fast-check'
import { judgeScript, type ScriptContract } from '../src/script/script-output.ts'
import { CATALOG } from './fixtures.ts'

const contract = (...words: string[]): ScriptContract => ({
  literals: new Set(words),
  k: 5,
  bitsMax: 256,
  subjects: 150
})
const judge = (text: string, ...words: string[]) => judgeScript(text, contract(...words))
const refused = (text: string, ...words: string[]) => {
  const judged = judge(text, ...words)
  return judged.ok ? '' : judged.why
}
const values = (text: string, ...words: string[]) => {
  const judged = judge(text, ...words)
  return judged.ok ? judged.values : judged.why
}

test('an ordinary result of a script passes, in canonical order', () => {
  const text =
    '{ "mean": 63.24567, "n": 150, "by_sex": {"M": 61.2, "F": 64.9}, "note": "mean", "ok": true, "none": null }'
  const judged = judge(text, 'mean', 'n', 'by_sex', 'M', 'F', 'note', 'ok', 'none')
  assert.ok(judged.ok)
  assert.deepEqual(judged.values, {
    by_sex: { F: 64.9, M: 61.2 },
    mean: 63.25,
    n: 150,
    none: null,
    note: 'mean',
    ok: true
  })
  assert.equal(Object.keys(judged.values as object).join(), 'by_sex,mean,n,none,note,ok')
  assert.ok(judged.bits > 100 && judged.bits < 256)
})

test('R37: a secret in the last digits of a mean does not arrive', () => {
  assert.equal(JSON.stringify(values('63.2451')), JSON.stringify(values('63.2451000000777')))
  assert.deepEqual(values('[63.2451, 1e-9, 123456, 12345.6]'), [63.25, 1e-9, 123500, 12350])
})

test('a small count is withheld and only its number is told', () => {
  const judged = judge('{"a": 4, "b": -4, "c": 5, "d": 0, "e": 3.0, "f": 2.99999}', 'a', 'b', 'c', 'd', 'e', 'f')
  assert.ok(judged.ok)
  assert.deepEqual([judged.values, judged.withheld], [{ c: 5, d: 0 }, 4])
  assert.deepEqual(judge('[4, 7]'), { ...judge('[4, 7]'), values: [null, 7], withheld: 1 })
  assert.deepEqual(values('4'), null)
})

test('R35: a row of data in base64, as text or as key, is refused', () => {
  const row = Buffer.from('P-017,F,71,PD').toString('base64')
  assert.notEqual(refused(`{"label": "${row}"}`, 'label'), '')
  assert.notEqual(refused(`{"${row}": 1.5}`, 'label'), '')
  assert.notEqual(refused('{"label": "mea"}', 'label', 'mean'), '', 'a part of a literal is no literal')
})

test('R40: words that look like declared ones are others', () => {
  const lookalikes = ['mеan', 'mean\u200b', '\u202emean', 'me\u0301an', 'Mean', 'mean ']
  for (const word of lookalikes) assert.notEqual(refused(JSON.stringify({ [word]: 1.5 }), 'mean'), '', word)
})

test('R39: counts beyond 2^53 and numbers of thirty digits are refused', () => {
  for (const text of [
    '9007199254740993',
    '-9007199254740993',
    `1${'0'.repeat(40)}`,
    `0.${'1'.repeat(40)}`,
    '1e31',
    '1e308'
  ]) {
    assert.notEqual(refused(text), '', text)
  }
})

test('what JSON.parse would let pass is refused by the reader', () => {
  const hostile = [
    '{"a": 1.5, "a": 2.5}',
    '{"a": 1.5, "\\u0061": 2.5}',
    '{"__proto__": {"a": 1.5}}',
    'NaN',
    'Infinity',
    '-Infinity',
    '-0',
    '-0.0',
    '-0e5',
    '1e999',
    '01',
    '+1',
    '.5',
    '1.',
    '0x10',
    '1_000',
    "{'a': 1}",
    '{"a": 1.5,}',
    '[1.5,]',
    '[1.5 2.5]',
    '{"a" 1.5}',
    '{a: 1.5}',
    '"\u0001"',
    '"\\ud800"',
    '"\\x41"',
    '"\\u00g0"',
    '"open',
    '{"a": 1.5',
    '1.5 // note',
    '1.5 2.5',
    'nulll',
    'tru',
    '',
    ' ',
    '\ufeff1.5',
    '\u00a01.5',
    '[[[[[1.5]]]]]',
    JSON.stringify(Array.from({ length: 65 }, () => 0)),
    JSON.stringify(Array.from({ length: 65 }, () => [])),
    '['.repeat(100_000)
  ]
  for (const text of hostile) assert.notEqual(refused(text, 'a', '__proto__', '', 'x'), '', text.slice(0, 40))
})

test('escapes are read for what they mean', () => {
  assert.deepEqual(values('"\\u006dean\\n"', 'mean\n'), 'mean\n')
  assert.deepEqual(values('"\\"\\\\\\/\\b\\f\\r\\t"', '"\\/\b\f\r\t'), '"\\/\b\f\r\t')
})

test('the bits that can be told are few: thirteen free numbers exhaust them', () => {
  const numbers = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => 0.123 + i))
  assert.equal(refused(numbers(10)), '')
  assert.match(refused(numbers(13)), /bits/)
  const judged = judge('[1.5]')
  assert.ok(judged.ok && judged.bits >= 3 + 2 + 6 + 2 + 20)
})

test('every reading is JSON that the platform reads alike, or a refusal', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (text) => {
      const judged = judgeScript(text, {
        literals: { has: () => true, size: 2 } as unknown as ReadonlySet<string>,
        k: 1,
        bitsMax: 1e6,
        subjects: 10
      })
      if (!judged.ok) return
      const rounded = (value: unknown): unknown => {
        if (typeof value === 'number') return Math.abs(value) < 1e-30 ? 0 : Number(value.toPrecision(4))
        if (Array.isArray(value)) return value.map(rounded)
        if (typeof value !== 'object' || value === null) return value
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]))
      }
      assert.deepEqual(judged.values, rounded(JSON.parse(text)))
    })
  )
})

test('no text at all makes the reader throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'{}[]",:0-.eE\\u1 \n') })),
      (text) => {
        judge(text, 'a')
      }
    ),
    { numRuns: 2000 }
  )
})

test('the literals of a script are its whole strings, without f-strings, bytes and escapes', () => {
  const code = `
import json  # don't count 'this'
x = 'mean' + "sd"
y = '''three
lines''' ; z = r"raw\\n" ; w = f"{x} of people" ; v = b'bytes' ; rb = Rb'rawbytes'
q = "it's" ; e = 'a\\nb' ; u = u'unicode'
save_result("n", len(rows)); open = 'unterminated
after = 'fine'
`
  assert.deepEqual([...literalsOfPython(code)].sort(), [
    'fine',
    "it's",
    'mean',
    'n',
    'sd',
    'three\nlines',
    'unicode',
    'unterminated'
  ])
})

test('every literal is text of the signed code, whatever the code, and scanning takes linear time', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'\'"\\#frb\nab ') }), (code) => {
      for (const literal of literalsOfPython(code)) assert.ok(code.includes(literal))
    }),
    { numRuns: 2000 }
  )
  const before = process.cpuUsage()
  literalsOfPython("\"a\" '''".repeat(30_000))
  literalsOfPython('\\"'.repeat(100_000))
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 10_000_000, `${(user + system) / 1_000} ms of a processor`)
})

test('the public words of a catalog may be keys', () => {
  const words = publicWordsOf(CATALOG)
  for (const word of ['subjects', 'sex', 'F', 'month_12', 'UPDRS_total']) assert.ok(words.has(word))
})
