import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as privacy from '@stimnet/privacy'
import { assertSafe, SafeOutput } from '@stimnet/privacy'
import { takeMaker } from '../src/safe-output.ts'
import { ask, people, planOf, SUBJECTS } from './fixtures.ts'

function publish(output: SafeOutput): Uint8Array {
  return assertSafe(output).bytes
}

const disclosed = ask(
  planOf([SUBJECTS]),
  40,
  people(40, () => ({}))
)
assert.ok(disclosed.ok)
const { output } = disclosed

test('only a safe output can be published: a raw table does not compile, and does not run', () => {
  const raw = { json: output.json, bytes: output.bytes, output: output.output }
  // @ts-expect-error a table that merely has the same members is no safe output
  assert.throws(() => publish(raw), { code: 'INTERNAL' })
  // @ts-expect-error nor is the plain output inside one
  assert.throws(() => publish(output.output), { code: 'INTERNAL' })
  assert.equal(publish(output).length, new TextEncoder().encode(output.json).length)
})

test('a safe output cannot be made by anybody else', () => {
  // @ts-expect-error its constructor is private
  assert.throws(() => new SafeOutput(Symbol('made by disclose'), output.output), TypeError)
  assert.throws(() => Reflect.construct(SafeOutput, [undefined, output.output]), TypeError)
  assert.throws(() => takeMaker(), TypeError, 'the maker was taken when the door was built')
  assert.equal('takeMaker' in privacy, false)
  const forged: unknown = Object.create(SafeOutput.prototype)
  const copied: unknown = { ...output }
  const proxied: unknown = new Proxy(output, {})
  for (const value of [forged, copied, proxied, null, undefined, 'text', JSON.parse(output.json)]) {
    assert.throws(() => assertSafe(value), { code: 'INTERNAL' })
  }
})

test('a safe output cannot be changed after it passed', () => {
  const before = output.json
  output.bytes.fill(0)
  const copy = output.output
  if (copy.kind === 'table') Object.assign(copy.rows, { length: 0 })
  assert.throws(() => Object.assign(output, { json: '{}' }), TypeError)
  assert.throws(() => Object.defineProperty(output, 'json', { value: '{}' }), TypeError)
  assert.equal(output.json, before)
  assert.equal(new TextDecoder().decode(output.bytes), before)
})
