/** Ranges of quantiles that are read off bins. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type OutputColumn, type OutputPart, randomUnit, seededRandom } from '@stimnet/protocol'
import { OPEN_END, poolCells } from '@stimnet/statistics'
import { pooledRange } from '../src/pool/pool-range.ts'

const random = seededRandom(17)
const column = (q: number): OutputColumn => ({
  ...{ name: 'q', role: 'measure', kind: 'quantile' },
  variables: [],
  argument: q
})

/** The part of a site; with `base`, each bin is rounded to its multiples. */
function partOf(edges: readonly number[], values: readonly number[], base = 1): OutputPart {
  const bins = edges.slice(1).map((to, i) => {
    const from = edges[i] ?? 0
    const rows = values.filter((value) => value >= from && value < to).length
    return { from, to, rows: Math.round(rows / base) * base }
  })
  return { bins, ...(base === 1 ? {} : { accuracy: { each: base / 2, sum: (base / 2) * bins.length } }) }
}

/** The quantile as R's quantile(type = 7). */
function quantile7(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (place - Math.floor(place)) * (high - low)
}

describe('the range of a quantile', () => {
  test('is its bin, and where the bin ends at a declared bound far away, there is a range and no number', () => {
    const doses = partOf(
      [0, 500, 1000, 1500, 4000],
      [...Array(40).fill(700), ...Array(40).fill(1200), ...Array(20).fill(1600)]
    )
    assert.deepEqual(pooledRange(column(0.4), [doses], undefined), [500, 1500])
    assert.deepEqual(pooledRange(column(0.6), [doses], undefined), [1000, 1500])
    assert.deepEqual(pooledRange(column(0.9), [doses], undefined), [1500, 4000])
    assert.equal(poolCells(column(0.9), [doses]), null)
  })

  test('has no end where the bin has none, and there is none of bins that do not pool', () => {
    const open = partOf([0, 50, OPEN_END], [...Array(10).fill(20), ...Array(20).fill(60)])
    assert.deepEqual(pooledRange(column(0.9), [open], undefined), [50, null])
    assert.equal(pooledRange(column(0.9), [open, partOf([0, 50, 100], [20, 60])], undefined), null)
    assert.equal(pooledRange({ ...column(0.5), kind: 'bins' }, [open], undefined), null)
  })

  test('contains the exact quantile and the shown number, whatever sites joined and rounded', () => {
    const inner = [10, 20, 30, 40, 60]
    let shown = 0
    for (let round = 0; round < 400; round += 1) {
      const base = round % 2 === 0 ? 1 : 10
      const sites = Array.from({ length: 1 + (round % 3) }, () => {
        const values = Array.from({ length: 12 + Math.floor(randomUnit(random) * 80) }, () =>
          Math.floor(randomUnit(random) ** 2 * 100)
        )
        return { values, part: partOf([0, ...inner.filter(() => randomUnit(random) < 0.7), 100], values, base) }
      })
      const q = (1 + Math.floor(randomUnit(random) * 19)) / 20
      const parts = sites.map(({ part }) => part)
      const [low, high] = pooledRange(column(q), parts, undefined) ?? [null, null]
      const exact = quantile7(
        sites.flatMap(({ values }) => values),
        q
      )
      assert.ok(low !== null && high !== null && low <= exact && exact <= high, `${q}: ${low} ${exact} ${high}`)
      const value = poolCells(column(q), parts)
      if (value === null) continue
      shown += 1
      assert.ok(low <= value && value <= high)
    }
    assert.ok(shown > 100)
  })
})
