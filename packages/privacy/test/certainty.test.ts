import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import { type AuditPattern, someAreCertain } from '../src/ledger/certainty.ts'
import { withAlike } from '../src/ledger/levels.ts'

/** The disclosed counts, from the number of people with the level in each pattern. */
function countsOf(patterns: readonly AuditPattern[], having: readonly number[]): string {
  const [{ row } = { row: [] }] = patterns
  return row.map((_, set) => patterns.reduce((sum, one, p) => sum + (one.row[set] ?? 0) * (having[p] ?? 0), 0)).join()
}

/** Enumerates all numbers of people with the level in each pattern that give the same counts. */
function* solutions(patterns: readonly AuditPattern[]): Generator<readonly number[]> {
  const told = countsOf(
    patterns,
    patterns.map(({ having }) => having)
  )
  const having = patterns.map(() => 0)
  for (;;) {
    if (countsOf(patterns, having) === told) yield [...having]
    let at = 0
    while (at < having.length && having[at] === patterns[at]?.people) having[at++] = 0
    if (at === having.length) return
    having[at] = (having[at] ?? 0) + 1
  }
}

/** Whether somebody in a disclosed set has the level in all solutions, or in none. */
function certainByHand(patterns: readonly AuditPattern[]): boolean {
  const all = [...solutions(patterns)]
  return patterns.some(
    ({ row, people }, p) =>
      row.includes(1) && [0, people].some((bound) => all.every((solution) => solution[p] === bound))
  )
}

function* randomPatterns(count: number, size: { sets: number; patterns: number; peopleMax: number }) {
  const random = seededRandom(7)
  const below = (n: number) => Math.floor(randomUnit(random) * n)
  for (let i = 0; i < count; i++) {
    const sets = 1 + below(size.sets)
    const rows = new Set<string>()
    const length = 1 + below(size.patterns)
    for (let p = 0; p < length; p++) rows.add(Array.from({ length: sets }, () => below(2)).join())
    yield [...rows].map((text): AuditPattern => {
      const people = 1 + below(size.peopleMax)
      // Most patterns are at a bound, because only there can people be certain.
      const having = [0, people, below(people + 1)][below(3)] ?? 0
      return { row: text.split(',').map(Number), people, having }
    })
  }
}

describe('somebody’s level is certain', () => {
  test('exactly where no other split of whole people adds up to what was told', () => {
    let [certain, open] = [0, 0]
    for (const patterns of randomPatterns(4_000, {
      sets: 3,
      patterns: 5,
      peopleMax: 2
    })) {
      const found = someAreCertain(patterns)
      assert.equal(found, certainByHand(patterns), JSON.stringify(patterns))
      if (found) certain += 1
      else open += 1
    }
    assert.ok(certain > 400 && open > 400, `${certain} certain, ${open} not`)
  })

  test('of more counts as well', () => {
    let certain = 0
    for (const patterns of randomPatterns(1_500, {
      sets: 5,
      patterns: 6,
      peopleMax: 2
    })) {
      const found = someAreCertain(patterns)
      assert.equal(found, certainByHand(patterns), JSON.stringify(patterns))
      if (found) certain += 1
    }
    assert.ok(certain > 150, `${certain} certain`)
  })

  test('and of five people or more each', () => {
    for (const patterns of randomPatterns(150, {
      sets: 3,
      patterns: 4,
      peopleMax: 3
    })) {
      const five = patterns.map(({ row, people, having }) => ({
        row,
        people: people + 4,
        having: having === people ? people + 4 : having
      }))
      assert.equal(someAreCertain(five), certainByHand(five), JSON.stringify(five))
    }
  })

  test('where a count and that of its positives agree, and where two counts differ by nobody', () => {
    const all = (row: number[], people: number, having: number) => ({
      row,
      people,
      having
    })
    assert.equal(someAreCertain([all([1], 18, 18)]), true)
    assert.equal(someAreCertain([all([1], 18, 17)]), false)
    assert.equal(someAreCertain([all([1, 1], 50, 25), all([1, 0], 10, 0)]), true)
    assert.equal(someAreCertain([all([1, 1], 50, 25), all([1, 0], 10, 1)]), false)
    assert.equal(someAreCertain([all([0], 10, 0)]), false, 'of whom nothing was told')
    assert.equal(someAreCertain([]), false)
  })

  test('of more kinds of people than whole ones are looked for among: as fractions of them can move', () => {
    const others = Array.from({ length: 50 }, (_, i) => i)
    const among = (patterns: readonly AuditPattern[]) => [
      ...patterns.map((one) => ({ ...one, row: [...one.row, ...others.map(() => 0)] })),
      ...others.map((i) => ({ row: [0, 0, ...others.map((j) => (i === j ? 1 : 0))], people: 4, having: 2 }))
    ]
    const inBoth = { row: [1, 1], people: 3, having: 3 }
    assert.equal(
      someAreCertain(among([inBoth, { row: [1, 0], people: 2, having: 0 }])),
      true,
      'their sum leaves no room'
    )
    const between = { row: [0, 1], people: 4, having: 2 }
    assert.equal(someAreCertain(among([inBoth, { row: [1, 0], people: 2, having: 0 }, between])), false)
  })
})

describe('counts of one level', () => {
  const count = (of: string, having: string) => ({
    of: Uint8Array.from(of, Number),
    having: Uint8Array.from(having, Number)
  })
  const texts = (counts: ReturnType<typeof withAlike>) =>
    counts.map(({ of, having }) => `${of.join('')} ${having.join('')}`)

  test('are those that agree about everybody, and the opposite of those that contradict everywhere', () => {
    const asked = count('1111000', '1100000')
    const same = count('1110100', '1100100')
    const opposite = count('0111000', '0011000')
    assert.deepEqual(texts(withAlike([asked], [same, opposite])), [
      '1111000 1100000',
      '1110100 1100100',
      '0111000 0100000'
    ])
  })

  test('are not those of another level, nor of others altogether; through a third they can be', () => {
    const asked = count('1111000', '1100000')
    const other = count('1111000', '1000000')
    const apart = count('0000110', '0000100')
    assert.deepEqual(withAlike([asked], [other, apart]).length, 1)
    const bridge = count('0001100', '0000100')
    assert.deepEqual(withAlike([asked], [other, apart, bridge]).length, 3)
  })
})
