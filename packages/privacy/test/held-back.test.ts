import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usedUpTo } from '../src/index.ts'

const at = (since: number, ...people: number[]) => people.map((person) => ({ person, since }))

test('values are used once k people have some, and those that came after them wait again', () => {
  assert.equal(usedUpTo([], 3), 0)
  assert.equal(usedUpTo(at(1, 7, 8), 3), 0)
  assert.equal(usedUpTo([...at(1, 7, 8), ...at(2, 7)], 3), 0, 'two values of one person are one person')
  assert.equal(usedUpTo([...at(2, 9), ...at(1, 7, 8)], 3), 2)
  assert.equal(usedUpTo([...at(1, 7, 8, 9), ...at(2, 5, 6)], 3), 1)
  assert.equal(usedUpTo([...at(1, 7, 8, 9), ...at(2, 5, 6), ...at(4, 1)], 3), 4)
})

test('whatever comes later, what was used stays used, and each step is of k people or more', () => {
  const k = 4
  let state = 12345
  const roll = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  for (let study = 0; study < 300; study++) {
    const all: { person: number; since: number }[] = []
    let used = 0
    for (let since = 1; since <= 12; since++) {
      all.push(...Array.from({ length: roll(4) }, () => ({ person: roll(30), since })))
      const now = usedUpTo(all, k)
      assert.ok(now === used || now === since)
      if (now === since) assert.ok(new Set(all.filter((one) => one.since > used).map(({ person }) => person)).size >= k)
      used = now
    }
  }
})
