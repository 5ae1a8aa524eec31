import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ledgers, effectiveSettings } from '@stimnet/privacy'
import { type Measure, type OutputPart, randomUnit, type ReducedBin, SubjectSet, seededRandom } from '@stimnet/protocol'
import { joinSmallBins, sharedBins } from '../src/judge/bins.ts'
import { ask, planOf, type Row, ref, tableOf } from './fixtures.ts'

const BINS: Measure = { kind: 'bins', name: 'count_x', variable: ref('x') }

function chances(seed: number): () => number {
  const source = seededRandom(seed)
  return () => randomUnit(source)
}

/** Bins with these numbers of people. */
function binsOf(sizes: readonly number[]): ReducedBin[] {
  const universe = sizes.reduce((a, b) => a + b, 0)
  let next = 0
  return sizes.map((size, i) => {
    const people = Array.from({ length: size }, () => next++)
    return { from: i, to: i + 1, support: SubjectSet.of(universe, people), rows: size }
  })
}

const edgesOf = (bins: readonly ReducedBin[]) => bins.slice(1).map(({ from }) => from)

test('shared bins hold nobody or k people, and are declared bins side by side', () => {
  const chance = chances(1)
  for (let round = 0; round < 200; round++) {
    const sizes = Array.from({ length: 1 + Math.floor(chance() * 20) }, () => Math.floor(chance() ** 3 * 20))
    for (const withEmpty of [false, true]) {
      const joined = sharedBins(binsOf(sizes), 5, withEmpty)
      const small = joined.filter(({ rows }) => rows < 5 && (withEmpty || rows > 0))
      assert.ok(small.length === 0 || joined.length === 1, JSON.stringify(sizes))
      assert.deepEqual([joined[0]?.from, joined.at(-1)?.to], [0, sizes.length])
      for (const [i, { from, to, rows, support }] of joined.entries()) {
        assert.equal(from, joined[i - 1]?.to ?? 0)
        assert.equal(
          rows,
          sizes.slice(from, to).reduce((a, b) => a + b, 0)
        )
        assert.equal(support.size, rows)
      }
    }
  }
})

test('institutions of like people keep far more edges in common than by joining from one end', () => {
  const chance = chances(2)
  const kept = { shared: 0, small: 0 }
  for (let round = 0; round < 100; round++) {
    const sites = [1, 2, 3].map(() =>
      binsOf(Array.from({ length: 32 }, (_, i) => Math.floor((8 * chance() * (40 - i)) / 40)))
    )
    const common = (join: typeof sharedBins) =>
      sites.map((bins) => edgesOf(join(bins, 5, true))).reduce((all, own) => all.filter((edge) => own.includes(edge)))
    kept.shared += common(sharedBins).length
    kept.small += common(joinSmallBins).length
  }
  assert.ok(kept.shared > 3 * kept.small, JSON.stringify(kept))
})

const partOf = (rows: readonly Row[], size: number, more: object = {}): Extract<OutputPart, { bins: unknown }> => {
  const part = tableOf(ask(planOf([BINS]), size, rows, more)).rows[0]?.parts.count_x
  assert.ok(part && 'bins' in part)
  return part
}

test('one bin over all values is told, since it says no more than how many there are', () => {
  const same = Array.from({ length: 60 }, (_, subject) => ({ subject, x: 45 }))
  assert.deepEqual(partOf(same, 60), { bins: [{ from: 0, to: 100, rows: 60 }] })
})

test('where few lack a value, each bin is rounded, and says how far it is off', () => {
  const rows = Array.from({ length: 60 }, (_, subject) => ({ subject, x: subject < 3 ? null : (subject * 7) % 100 }))
  const part = partOf(rows, 60)
  const { each = 0, sum = 0 } = part.accuracy ?? {}
  assert.deepEqual([each, sum], [2.5, 2.5 * part.bins.filter(({ rows: told }) => told > 0).length])
  const off = part.bins.map(
    ({ from, to, rows: told }) => told - rows.filter(({ x }) => x !== null && x >= from && x < to).length
  )
  assert.ok(off.every((one) => Math.abs(one) <= each) && part.bins.every(({ rows: told }) => told % 5 === 0))
})

test('rounded bins state how far they are off also where they follow from earlier rounded counts', () => {
  const settings = effectiveSettings({ preset: 'nhs-hes' })
  let [combined, most] = [0, 0]
  for (let seed = 1; seed <= 20; seed++) {
    const chance = chances(seed)
    const rows = Array.from({ length: 200 }, (_, subject) => ({
      ...{ subject, x: Math.floor(chance() * 100), arm: chance() < 0.4 ? 'a' : 'b' }
    }))
    let ledgers: Ledgers | undefined
    // First each arm, and then both together. The bins of both follow from those of the arms where their edges are the same.
    for (const by of [['arm'], []] as const) {
      const disclosed = ask(planOf([BINS], ...by), 200, rows, {
        settings,
        ...(ledgers === undefined ? {} : { ledgers })
      })
      assert.ok(disclosed.ok)
      ledgers = disclosed.ledgers
      for (const { values, parts } of tableOf(disclosed).rows) {
        const part = parts.count_x
        if (part === undefined || !('bins' in part)) continue
        const { each, sum } = part.accuracy ?? { each: 0, sum: 0 }
        const own = rows.filter(({ arm }) => by.length === 0 || arm === values[0])
        const off = part.bins.map(
          ({ from, to, rows: told }) => told - own.filter(({ x }) => x >= from && x < to).length
        )
        const largest = Math.max(...off.map(Math.abs))
        assert.ok(largest <= each + 1e-9, `${seed}: ${largest} for ${each}`)
        assert.ok(Math.abs(off.reduce((a, b) => a + b, 0)) <= sum + 1e-9)
        if (each > 2.5) combined++
        most = Math.max(most, largest)
      }
    }
  }
  assert.ok(combined > 0 && most > 2.5, `${combined} combined, ${most} off at most`)
})
