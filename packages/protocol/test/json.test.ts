import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson, parseJsonObject } from '@stimnet/protocol'
import fc from 'fast-check'

test('an object with a name twice is refused, however the name is written', () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"x":1,"y":[{}],"x":2}}]',
    '{"":1, "" :2}',
    '{"a":{"a":1},"b":[{"a":1}],"a":2}'
  ]) {
    assert.throws(() => parseJson(text), SyntaxError, text)
    if (text.startsWith('{')) assert.throws(() => parseJsonObject(text), { code: 'PARAMETER_INVALID' })
  }
})

test('everything else is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 1)
      assert.deepEqual(parseJson(text), JSON.parse(text))
    })
  )
  const tricky = '{"a":"{\\"a\\":1,","b":["a","a",{"a":1},{"a":1}],"c":{"a":"}"},"d\\"":1,"d":2}'
  assert.deepEqual(parseJson(tricky), JSON.parse(tricky))
  assert.throws(() => parseJson('{"a":1'), SyntaxError)
})
