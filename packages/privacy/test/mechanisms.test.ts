import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bernoulliExp, discreteGaussian, discreteLaplace, RandomBits, type Ratio } from '@stimnet/privacy'
import { seededRandom } from '@stimnet/protocol'

const DRAWS = 60_000

/** Asserts a deviation within z = 6 of the expected number, which fails by chance once in five hundred million tests. */
function assertFrequency(found: number, expected: number, draws = DRAWS): void {
  const spread = Math.sqrt(draws * expected * (1 - expected))
  assert.ok(Math.abs(found - draws * expected) <= 6 * spread, `${found} of ${draws}, expected ${draws * expected}`)
}

function frequencies(draw: (bits: RandomBits) => bigint, seed: number): (value: number) => number {
  const bits = new RandomBits(seededRandom(seed))
  const counts = new Map<bigint, number>()
  for (let i = 0; i < DRAWS; i++) {
    const value = draw(bits)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return (value) => counts.get(BigInt(value)) ?? 0
}

const ratio = (top: number, bottom = 1): Ratio => ({ top: BigInt(top), bottom: BigInt(bottom) })

test('discrete Laplace noise has the published probabilities', () => {
  const published: [Ratio, number[]][] = [
    [ratio(1), [0.46211715726, 0.170003401569, 0.062540756366, 0.023007458502]],
    [ratio(2), [0.244918662404, 0.148550677884, 0.090100540658, 0.054648740365]]
  ]
  for (const [scale, expected] of published) {
    const found = frequencies((bits) => discreteLaplace(bits, scale), 7)
    for (const [value, probability] of expected.entries()) {
      assertFrequency(found(value), probability)
      assertFrequency(found(-value), probability)
    }
  }
})

test('discrete Laplace noise of any scale, also a broken one, follows its formula in both tails', () => {
  for (const [top, bottom] of [
    [3, 2],
    [10, 1],
    [1000, 7]
  ] as const) {
    const scale = top / bottom
    const found = frequencies((bits) => discreteLaplace(bits, ratio(top, bottom)), top)
    const head = (1 - Math.exp(-1 / scale)) / (1 + Math.exp(-1 / scale))
    for (const value of [0, 1, -1, 5, -5, 20]) assertFrequency(found(value), head * Math.exp(-Math.abs(value) / scale))
  }
})

test('discrete Gaussian noise has the published probabilities', () => {
  const published: [Ratio, number[]][] = [
    [ratio(1), [0.398942278267, 0.241970723224, 0.053990966224, 0.004431848388]],
    [ratio(1, 4), [0.786570707042, 0.106450769423, 0.000263865076]]
  ]
  for (const [variance, expected] of published) {
    const found = frequencies((bits) => discreteGaussian(bits, variance), 11)
    for (const [value, probability] of expected.entries()) {
      assertFrequency(found(value), probability)
      assertFrequency(found(-value), probability)
    }
  }
})

test('discrete Gaussian noise of a large and of a broken variance has that variance', () => {
  for (const [top, bottom] of [
    [25, 4],
    [10_000, 1],
    [123_456_789, 1000]
  ] as const) {
    const bits = new RandomBits(seededRandom(bottom))
    let squares = 0
    for (let i = 0; i < 20_000; i++) squares += Number(discreteGaussian(bits, ratio(top, bottom))) ** 2
    // The variance of a mean of squares of a normal distribution is 2σ⁴/n.
    assert.ok(Math.abs(squares / 20_000 / (top / bottom) - 1) < 6 * Math.sqrt(2 / 20_000))
  }
})

test('an exponential coin falls as often as it should, below and above one', () => {
  for (const [top, bottom] of [
    [0, 1],
    [1, 3],
    [1, 1],
    [5, 2],
    [7, 1]
  ] as const) {
    const bits = new RandomBits(seededRandom(3))
    let heads = 0
    for (let i = 0; i < DRAWS; i++) if (bernoulliExp(bits, ratio(top, bottom))) heads += 1
    assertFrequency(heads, Math.exp(-top / bottom))
  }
})

test('uniform integers are uniform, also beyond 32 bits', () => {
  const bits = new RandomBits(seededRandom(5))
  const counts = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < DRAWS; i++) {
    const at = Number(bits.below(6n))
    counts[at] = (counts[at] ?? 0) + 1
  }
  for (const count of counts) assertFrequency(count, 1 / 6)
  const large = 3n * 2n ** 70n
  let upper = 0
  for (let i = 0; i < DRAWS; i++) if (bits.below(large) >= 2n ** 71n) upper += 1
  assertFrequency(upper, 1 / 3)
  assert.equal(bits.below(1n), 0n)
})

test('noise of no scale, a choice of nothing and a source that runs dry are errors, never zero noise', () => {
  const bits = new RandomBits(seededRandom(1))
  assert.throws(() => discreteLaplace(bits, ratio(0)), RangeError)
  assert.throws(() => discreteGaussian(bits, ratio(0)), RangeError)
  assert.throws(() => bits.below(0n), RangeError)
  assert.throws(() => new RandomBits({ bytes: () => new Uint8Array(8) }).word(), RangeError)
})
