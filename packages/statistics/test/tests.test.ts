import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MomentsPart, Output, OutputColumn, OutputRow, PlanTest } from '@stimnet/protocol'
import {
  anovaOf,
  chiSquaredOf,
  pool,
  poolMoments,
  testAsked,
  testsOfOutput,
  valueOfMoments,
  EXACT,
  welchOf
} from '@stimnet/statistics'
import fc from 'fast-check'
import { column, exactSums, IRIS, MTCARS, momentsOf, near, splitBy, table } from './fixtures.ts'

const SITES = 4
const split = (rows: number) => fc.array(fc.integer({ min: 0, max: SITES - 1 }), { minLength: rows, maxLength: rows })
const group = (species: string) => IRIS.filter((flower) => flower.species === species).map(({ length }) => length)
const SPECIES = ['setosa', 'versicolor', 'virginica']

/** Moments of some values, split over sites and pooled again. */
function pooled(values: readonly number[], sites: readonly number[], decimals: number): MomentsPart {
  const parts = splitBy(values, sites, SITES).map((part) => momentsOf(exactSums(part, decimals)))
  return poolMoments(parts) ?? { n: 0, sum: 0 }
}

test('Welch’s t of iris, split over sites in any way, agrees with R', () => {
  fc.assert(
    fc.property(split(50), split(50), (one, other) => {
      const result = welchOf(pooled(group('setosa'), one, 1), pooled(group('versicolor'), other, 1))
      assert.ok(result)
      assert.ok(near(result.statistic, -10.52098626754911))
      assert.ok(near(result.df, 86.53800179765497))
      assert.ok(near(result.p, 3.746742613983842e-17))
      assert.ok(near(result.interval[0], -1.10570737272108))
      assert.ok(near(result.interval[1], -0.754292627278919))
      assert.ok(near(result.difference, -0.93))
    })
  )
})

test('the analysis of variance of iris and of mtcars, split in any way, agrees with R', () => {
  fc.assert(
    fc.property(split(150), split(32), (flowers, cars) => {
      const lengths = SPECIES.map((species, i) => pooled(group(species), flowers.slice(i * 50, i * 50 + 50), 1))
      const iris = anovaOf(lengths)
      assert.ok(iris && iris.between === 2 && iris.within === 147)
      assert.ok(near(iris.statistic, 119.2645021845047) && near(iris.p, 1.669669190769398e-31))
      const cylinders = ['4', '6', '8'].map((cyl) => {
        const chosen = MTCARS.map((car, i) => ({ ...car, site: cars[i] ?? 0 })).filter((car) => car.cyl === cyl)
        return pooled(
          chosen.map(({ mpg }) => mpg),
          chosen.map(({ site }) => site),
          1
        )
      })
      const mtcars = anovaOf(cylinders)
      assert.ok(mtcars && near(mtcars.statistic, 39.69751525586902) && near(mtcars.p, 4.978919174400227e-9))
    })
  )
})

/** Counts of cars by cylinders and gears, added over sites. */
function counts(sites: readonly number[]) {
  const found = new Map<string, { row: string; column: string; count: number }>()
  for (const part of splitBy(MTCARS, sites, SITES)) {
    for (const { cyl, gear } of part) {
      const key = `${cyl} ${gear}`
      found.set(key, { row: cyl, column: gear, count: (found.get(key)?.count ?? 0) + 1 })
    }
  }
  return [...found.values()]
}

test('χ² of cylinders and gears in mtcars agrees with R; the cell that nobody is in counts as zero', () => {
  fc.assert(
    fc.property(split(32), (sites) => {
      const result = chiSquaredOf(counts(sites))
      assert.ok(result && result.df === 4)
      assert.ok(near(result.statistic, 18.03636363636364) && near(result.p, 0.001214066033785158))
    })
  )
})

test('a test that makes no sense is null', () => {
  const flat = { n: 20, sum: 40, deviations: 0 }
  assert.equal(welchOf(flat, flat), null)
  assert.equal(welchOf({ n: 20, sum: 40 }, flat), null)
  // Of a group that may have one value, because its number is rounded, no spread is known.
  const hidden = { n: 20, sum: 40, deviations: 5, within: { ...EXACT, count: 19 } }
  assert.equal(welchOf(hidden, { n: 20, sum: 60, deviations: 5 }), null)
  assert.equal(welchOf({ n: 1, sum: 4, deviations: 0 }, { n: 9, sum: 4, deviations: 4 }), null)
  assert.equal(anovaOf([flat, flat]), null)
  assert.equal(anovaOf([{ n: 20, sum: 40, deviations: 3 }]), null)
  assert.equal(anovaOf([{ n: 20, sum: 40 }, flat]), null)
  assert.equal(chiSquaredOf([{ row: 'a', column: 'x', count: 9 }]), null)
  assert.equal(chiSquaredOf([]), null)
})

const COLUMNS: OutputColumn[] = [column('species', 'key'), column('subjects', 'subjects'), column('sd_length', 'sd')]
const WELCH: PlanTest = { kind: 'welch', of: 'sd_length', by: 'species', groups: ['setosa', 'versicolor'] }
const ANOVA: PlanTest = { kind: 'anova', of: 'sd_length', by: 'species' }

function site(
  values: ReadonlyMap<string, readonly number[]>,
  asked: readonly PlanTest[],
  more: Partial<Site> = {}
): Output {
  const rows = [...values].map(([species, lengths]): OutputRow => {
    const moments = momentsOf(exactSums(lengths, 1))
    const subjects = more.subjects ?? lengths.length
    return {
      values: [species, subjects, valueOfMoments('sd', moments)],
      parts: { subjects: { add: subjects }, sd_length: { moments } }
    }
  })
  const output = table(COLUMNS, rows, { groups: more.groups ?? 0, cells: 0 })
  assert.ok(output.kind === 'table')
  return { ...output, tests: testsOfOutput(asked, output) }
}

interface Site {
  readonly groups: number
  readonly subjects: number
}

/** Iris split over two sites: even and odd flowers. */
function halves(asked: readonly PlanTest[], more: Partial<Site> = {}): Output[] {
  return [0, 1].map((half) =>
    site(new Map(SPECIES.map((name) => [name, group(name).filter((_, i) => i % 2 === half)])), asked, more)
  )
}

const pooledTests = (outputs: readonly Output[]) =>
  pool(outputs.map((output, i) => ({ site: `s${i}`, output }))).tests ?? []

test('a comparison is made again over all sites, with the site as a factor, as R does', () => {
  const [welch, anova] = pooledTests(halves([WELCH, ANOVA]))
  assert.ok(welch && anova)
  assert.ok(near(welch.statistic, -10.46044897241145) && near(welch.p, 8.245862610970242e-17))
  assert.deepEqual(
    welch.groups.map(({ name, n }) => [name, n]),
    [
      ['setosa', 50],
      ['versicolor', 50]
    ]
  )
  assert.ok(near(welch.groups[0]?.mean, 5.006))
  assert.ok(near(anova.statistic, 118.45824705040752))
  assert.deepEqual([anova.df, welch.note, anova.note], [[2, 146], '', ''])
})

test('where a site withheld a group, an analysis of variance is of the other sites alone', () => {
  const [first, second] = halves([WELCH, ANOVA])
  const [, withheld] = halves([WELCH, ANOVA], { groups: 1 })
  assert.ok(first && second && withheld)
  const [welch, anova] = pooledTests([first, withheld])
  assert.ok(welch && near(welch.statistic, -10.46044897241145), 'both groups are there')
  assert.deepEqual([anova?.df, anova?.sites], [[2, 72], ['s0']])
  const [none] = pooledTests([withheld, withheld].map((output) => ({ ...output }))).slice(1)
  assert.deepEqual([none?.statistic, none?.p, none?.sites], [null, null, []])
  assert.match(none?.note ?? '', /withheld/)
})

test('a group that is not there gives no comparison', () => {
  const only = site(new Map([['setosa', group('setosa')]]), [WELCH])
  const [welch] = pooledTests([only])
  assert.deepEqual([welch?.statistic, welch?.groups[1]?.n], [null, null])
  assert.match(welch?.note ?? '', /missing, withheld/)
})

test('with fewer than ten degrees of freedom there is a difference and no p value', () => {
  const small = site(
    new Map([
      ['setosa', [5.1, 4.9, 4.7, 4.6, 5]],
      ['versicolor', [7, 6.4, 6.9, 5.5, 6.5]]
    ]),
    [WELCH]
  )
  assert.ok(small.kind === 'table')
  assert.deepEqual([small.tests?.[0]?.p, small.tests?.[0]?.interval], [null, null])
  assert.ok(near(small.tests?.[0]?.difference, -1.6))
})

test('values that can be of the same person are told to be no independent ones, also where one site alone has such', () => {
  const [one, other] = [halves([WELCH]), halves([{ ...WELCH, clustered: 'visits' }])].map(([first], i) => ({
    site: `s${i}`,
    output: first ?? null
  }))
  assert.ok(one && other)
  const [welch] = pool([one, other]).tests ?? []
  assert.match(welch?.note ?? '', /visits has several rows per person.*p is too small/)
  assert.ok(welch?.p !== null && welch?.clustered === 'visits')
})

test('χ² is made of whole tables alone', () => {
  const columns = [column('cyl', 'key'), column('gear', 'key'), column('subjects', 'subjects')]
  const asked: PlanTest = { kind: 'chi_squared', of: 'subjects', by: ['cyl', 'gear'] }
  const make = (hidden: number, missing: boolean): Output => {
    const rows = counts(MTCARS.map(() => 0)).map(({ row, column: gear, count }, i): OutputRow => {
      const isHidden = i < hidden
      return {
        values: [row, gear, isHidden ? null : count],
        parts: isHidden ? {} : { subjects: { add: count } }
      }
    })
    const unknown: OutputRow[] = missing ? [{ values: ['4', null, 7], parts: { subjects: { add: 7 } } }] : []
    const output = table(columns, [...rows, ...unknown])
    assert.ok(output.kind === 'table')
    return { ...output, tests: testsOfOutput([asked], output) }
  }
  const [whole] = pooledTests([make(0, false), make(0, false)])
  assert.ok(near(whole?.statistic, 34.94545454545455), 'twice the cars')
  assert.match(whole?.note ?? '', /expected/)
  const [withMissing] = pooledTests([make(0, true)])
  assert.ok(near(withMissing?.statistic, 18.03636363636364), 'whoever misses a value is in no cell')
  const [rest] = pooledTests([make(1, false), make(0, false)])
  assert.ok(near(rest?.statistic, 18.03636363636364) && rest?.sites?.join() === 's1')
  assert.equal(pooledTests([make(1, false), make(1, false)])[0]?.statistic, null)
})

test('a site that was asked for another test is left out, as one that answered with other columns is', () => {
  const [first, second] = halves([WELCH])
  const [other] = halves([{ ...WELCH, groups: ['setosa', 'virginica'] }])
  assert.ok(first && second && other)
  const answer = pool([first, second, other].map((output, i) => ({ site: `s${i}`, output })))
  assert.deepEqual(answer.missing, [{ site: 's2', code: 'PARAMETER_INVALID' }])
  assert.ok(near(answer.tests?.[0]?.statistic, -10.46044897241145))
})

test('of noisy numbers no test is made: its formulas know nothing of the noise', () => {
  const [output] = halves([WELCH])
  assert.ok(output?.kind === 'table')
  const noisy: Output = { ...output, disclosure: { ...output.disclosure, level: 'P2' } }
  assert.deepEqual(pooledTests([noisy]), [])
})

test('what was asked is read back from its result, whatever stands in it', () => {
  const [welch, anova] = pooledTests(halves([WELCH, ANOVA]))
  assert.ok(welch && anova)
  assert.deepEqual([testAsked(welch), testAsked(anova)], [WELCH, ANOVA])
  assert.equal(testAsked({ ...welch, by: [] }), undefined)
  assert.equal(testAsked({ ...welch, groups: [] }), undefined)
  assert.equal(testAsked({ ...welch, kind: 'chi_squared' }), undefined)
  const hostile = { ...welch, of: '__proto__', by: ['constructor'] }
  const [output] = halves([WELCH])
  assert.ok(output?.kind === 'table')
  assert.deepEqual(pooledTests([{ ...output, tests: [hostile] }])[0]?.statistic, null)
})
