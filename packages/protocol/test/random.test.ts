import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cryptographicRandom, type RandomSource, randomUnit, seededRandom } from '../src/index.ts'

test('cryptographic bytes come in any number, and never twice', () => {
  for (const length of [0, 1, 16, 65_536, 65_537, 200_000]) {
    assert.equal(cryptographicRandom.bytes(length).length, length)
  }
  const large = cryptographicRandom.bytes(200_000)
  // The last bytes are random too: more than one call was made.
  assert.ok(new Set(large.slice(-1_000)).size > 100)
  assert.notDeepEqual(cryptographicRandom.bytes(16), cryptographicRandom.bytes(16))
})

test('a seed gives the same bytes again, however they are drawn; another seed gives others', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(20), { maxLength: 5 }), (seed, lengths) => {
      const inParts = seededRandom(seed)
      const parts = Buffer.concat(lengths.map((length) => inParts.bytes(length)))
      const whole = seededRandom(seed).bytes(parts.length)
      assert.deepEqual(Uint8Array.from(parts), whole)
    })
  )
  assert.notDeepEqual(seededRandom(1).bytes(16), seededRandom(2).bytes(16))
})

test('a random number lies from 0 up to, but not at, 1', () => {
  const constant = (byte: number): RandomSource => ({ bytes: (length) => new Uint8Array(length).fill(byte) })
  assert.equal(randomUnit(constant(0)), 0)
  assert.equal(randomUnit(constant(255)), 1 - 2 ** -53)
  const source = seededRandom(7)
  const sample = Array.from({ length: 4_000 }, () => randomUnit(source))
  assert.ok(sample.every((value) => value >= 0 && value < 1))
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length
  assert.ok(Math.abs(mean - 0.5) < 0.02, `mean ${mean}`)
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = sample.filter((value) => Math.floor(value * 10) === tenth).length / sample.length
    assert.ok(Math.abs(share - 0.1) < 0.02, `tenth ${tenth}: ${share}`)
  }
})
