import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import { atOnce, ownRound, type SeenUntil, upperAt } from '@stimnet/statistics'
import fc from 'fast-check'
import { hazardWeighsTooMuch } from '../src/model/rounds/at-risk.ts'

/** Made-up people: a number and a category, tied times, and one person with a value far from the others. */
function peopleOf(seed: number, size: number, far: number): SeenUntil {
  const source = seededRandom(seed)
  const chance = () => randomUnit(source)
  const number = Float64Array.from({ length: size }, (_, i) => (i === 0 ? far : Math.round(10 * chance())))
  const level = Float64Array.from({ length: size }, () => (chance() < 0.4 ? 1 : 0))
  const time = Float64Array.from({ length: size }, () => 1 + Math.floor(size * chance()))
  const outcome = Float64Array.from({ length: size }, () => (chance() < 0.6 ? 1 : 0))
  return { family: 'cox', columns: [number, level], outcome, time }
}

const without = ({ columns, outcome, time }: SeenUntil, one: number): SeenUntil => {
  const rest = (all: Float64Array) => all.filter((_, row) => row !== one)
  return { family: 'cox', columns: columns.map(rest), outcome: rest(outcome), time: rest(time) }
}

/** The quadratic form of a vector. */
const formOf = (information: ArrayLike<number>, u: readonly number[]) =>
  u.reduce(
    (sum, a, i) =>
      sum +
      u.reduce((all, b, j) => all + a * b * (information[upperAt(u.length, Math.min(i, j), Math.max(i, j))] ?? 0), 0),
    0
  )

test('who is admitted changes no combination of the information matrix by more than one in k', () => {
  let admitted = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 25, max: 140 }),
      fc.constantFrom(5, 30),
      fc.constantFrom(3, 5),
      fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), { minLength: 2, maxLength: 2 }),
      (seed, size, far, k, estimates) => {
        const people = peopleOf(seed, size, far)
        const texts = estimates.map((one) => one.toExponential(15))
        const own = ownRound(people, texts)
        if (own === undefined || atOnce(hazardWeighsTooMuch(people, own, { k, kept: [0, 1] }))) return
        admitted += 1
        for (let one = 0; one < size; one++) {
          const rest = ownRound(without(people, one), texts)
          for (const u of [
            [1, 0],
            [0, 1],
            [1, 5],
            [1, -5],
            [1, 20],
            [1, -20]
          ]) {
            const all = formOf(own.information, u)
            const change = Math.abs(all - formOf(rest?.information ?? [], u))
            assert.ok(change * k <= all * (1 + 1e-9), `${one} of ${size}: ${change / all}`)
          }
        }
      }
    ),
    { numRuns: 120, seed: 4 }
  )
  assert.ok(admitted > 20, `${admitted} were admitted`)
})

test('where few are still at risk, each of them weighs much: an ordinary row is refused there and admitted elsewhere', () => {
  const people = peopleOf(7, 400, 5)
  const weighs = (asked: SeenUntil) => {
    const own = ownRound(asked)
    return own === undefined || atOnce(hazardWeighsTooMuch(asked, own, { k: 5, kept: [0, 1] }))
  }
  assert.equal(weighs(people), false)
  // The same rows, of whom only four were at risk at any event.
  const last = [...people.time].sort((a, b) => b - a)[3] ?? 0
  const late = people.outcome.map((_, row) => ((people.time[row] ?? 0) >= last ? 1 : 0))
  assert.equal(weighs({ ...people, outcome: late }), true)
})

test('one person whose hazard is nearly all of it is refused, and so is a round without an event', () => {
  const people = peopleOf(9, 300, 200)
  const own = ownRound(people, ['2.000000000000000e-1', '0.000000000000000e+0'])
  assert.ok(own)
  assert.equal(atOnce(hazardWeighsTooMuch(people, own, { k: 5, kept: [0, 1] })), true)
  const none = { ...people, outcome: people.outcome.map(() => 0) }
  const nothing = { information: new Float64Array(3), weights: new Float64Array(300).fill(1) }
  assert.equal(atOnce(hazardWeighsTooMuch(none, nothing, { k: 5, kept: [0, 1] })), true)
})

test('a member that lies steers the estimates anywhere: at those that are admitted nobody has more than one part in k', () => {
  const k = 5
  const people = peopleOf(21, 160, 5)
  let [admitted, largest] = [0, 0]
  const steered = [-3, -1, -0.3, -0.1, 0, 0.1, 0.3, 1, 3]
  for (const a of steered) {
    for (const b of [-20, -3, 0, 3, 20]) {
      const texts = [a, b].map((one) => one.toExponential(15))
      const own = ownRound(people, texts)
      if (own === undefined || atOnce(hazardWeighsTooMuch(people, own, { k, kept: [0, 1] }))) continue
      admitted += 1
      for (let one = 0; one < 160; one++) {
        const rest = ownRound(without(people, one), texts)
        for (const u of [
          [1, 0],
          [0, 1],
          [1, 5],
          [1, -5]
        ]) {
          const all = formOf(own.information, u)
          largest = Math.max(largest, Math.abs(all - formOf(rest?.information ?? [], u)) / all)
        }
      }
    }
  }
  assert.ok(largest <= 1 / k, `${largest}`)
  // Extreme estimates, at which few people carry the sums, are refused, and ordinary ones are not.
  assert.ok(admitted >= 3 && admitted <= 20, `${admitted} of 45 were admitted, the largest part ${largest}`)
})
