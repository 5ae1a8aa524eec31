/** Scales and estimates: positions on a plot, and the sources of its intervals. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PlanTest, TableOutput } from '@stimnet/protocol'
import { medianText, pool, testsOfOutput } from '@stimnet/sdk'
import fc from 'fast-check'
import { fewerInWords, isMixed, pooledName } from '../src/plots/behind.ts'
import { domainOf, scaleOf, ticksOf } from '../src/plots/scale.ts'
import { readOffOf } from '../src/words/read-off.ts'
import { atRisk, bandPath, linePath, rangePath } from '../src/plots/steps.ts'
import { forestsOf } from '../src/result/tables/estimates.ts'
import { blankWord, columnParts, type SiteTable } from '../src/result/tables/sites.ts'
import { pooledOf, siteOf } from './outputs.ts'

describe('an axis', () => {
  it('puts its ends at the ends', () => {
    const scale = scaleOf([10, 20], [100, 300])
    assert.deepEqual([scale.at(10), scale.at(15), scale.at(20)], [100, 200, 300])
    assert.equal(scaleOf([5, 5], [0, 100]).at(5), 50)
  })

  it('is written with round numbers that lie on it, never 0.30000000000000004', () => {
    assert.deepEqual(ticksOf([0, 0.5], 5), [0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert.deepEqual(ticksOf([-3, 3], 4), [-2, 0, 2])
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
        (low, share) => {
          const length = share * (1 + Math.abs(low))
          const ticks = ticksOf([low, low + length])
          const slack = length * 1e-6
          assert.ok(ticks.length <= 12)
          for (const tick of ticks) assert.ok(tick >= low - slack && tick <= low + length + slack, `${tick}`)
        }
      )
    )
  })

  it('has room for every value, begins at zero for bars, and is never empty', () => {
    assert.deepEqual(domainOf([]), [0, 1])
    assert.deepEqual(domainOf([Number.NaN]), [0, 1])
    const [low, high] = domainOf([3, 7], { withZero: true })
    assert.equal(low, 0)
    assert.ok(high > 7)
    const [below] = domainOf([-2, 7], { withZero: true })
    assert.ok(below < -2)
    assert.ok(domainOf([4, 4])[0] < 4)
  })
})

const ARMS = ['a', 'b', 'c']
const SEXES = ['female', 'male']

/** People of three arms and two sexes, by whether they died in the first or second year. */
function hazardsOf(name: string, at: number): SiteTable {
  const keys = ['arm', 'sex', 'died'].map((key) => ({
    ...{ name: key, role: 'key' as const, kind: 'key', variables: [`t.${key}`] }
  }))
  const rows = ARMS.flatMap((arm, a) =>
    SEXES.flatMap((sex, s) =>
      ['no', 'yes'].map((died, d) => {
        const bins = [0, 1].map((from) => ({
          from,
          to: from + 1,
          rows: 10 + ((a + 2 * s + 3 * d + at) % 5) * (1 + from)
        }))
        const many = bins.reduce((sum, bin) => sum + bin.rows, 0)
        return { values: [arm, sex, died, many], parts: { count_days: { bins } } }
      })
    )
  )
  const days = { name: 'count_days', role: 'measure' as const, kind: 'bins', variables: ['t.days'] }
  const empty = siteOf(name, null)
  return { ...empty, table: { ...empty.table, columns: [...keys, days], rows, withheld: { groups: 0, cells: 0 } } }
}

const sample = (from: number, n = 14) => Array.from({ length: n }, (_, i) => from + (i % 7))

describe('a forest plot', () => {
  const sites: readonly SiteTable[] = [siteOf('North', sample(2)), siteOf('South', sample(8))]

  it('shows each institution’s mean with its interval, and all together', () => {
    const [forest] = forestsOf(pooledOf(sites), [], sites)
    const [north, , pooled] = forest?.estimates ?? []
    assert.equal(north?.value, 5)
    // R: t.test(rep(2:8, 2))$conf.int[2] - 5, the quantile of t with 13 degrees of freedom and not 1.96.
    assert.ok(Math.abs((north?.high ?? 0) - 5 - (2.160369 * Math.sqrt(56 / 13)) / Math.sqrt(14)) < 1e-6)
    assert.ok(pooled?.isPooled)
    assert.equal(pooled?.value, 8)
    const asked = [{ kind: 'mean_interval', of: 'sd_age', by: ['sex'] }] as const
    const [{ estimates: [own] = [] } = {}] = testsOfOutput(asked, (sites[0] ?? siteOf('', null)).table)
    assert.deepEqual([north?.low, north?.high], own?.interval, 'as mean with interval gives it')
  })

  it('names an institution that is in the pooled mean and has no interval by itself', () => {
    const few = [...sites, siteOf('West', sample(4, 5))]
    const [forest] = forestsOf(pooledOf(few), [], few)
    assert.deepEqual(
      forest?.estimates.map(({ name }) => name),
      ['North', 'South', 'Pooled']
    )
    assert.deepEqual(forest?.notDrawn, [{ name: 'West', why: '6, no interval by itself' }])
  })

  it('is not drawn of numbers with noise: the interval would be too narrow', () => {
    const noisy = sites.map((site): SiteTable => {
      const table: TableOutput = { ...site.table, disclosure: { ...site.table.disclosure, level: 'P2' } }
      return { ...site, table }
    })
    assert.deepEqual(forestsOf(pooledOf(noisy), [], noisy), [])
  })

  it('is drawn once for a variable, however many of its spreads were asked for', () => {
    const [sd] = pooledOf(sites).columns.slice(1)
    assert.ok(sd)
    const twice = {
      ...pooledOf(sites),
      columns: [...pooledOf(sites).columns, { ...sd, name: 'variance_age', kind: 'variance' }]
    }
    assert.equal(forestsOf(twice, [], sites).length, 1)
  })

  it('shows the confidence intervals that were asked for, and no second plot of the same mean', () => {
    const many = [12, 30, 17].map((n, at) =>
      siteOf(
        ['North', 'South', 'West'][at] ?? '',
        Array.from({ length: n }, (_, i) => (i * 7) % 11)
      )
    )
    const asked = [{ kind: 'mean_interval', of: 'sd_age', by: ['sex'] }] as const
    const [own] = testsOfOutput(asked, (many[0] ?? siteOf('', null)).table)
    assert.ok(own)
    const forests = forestsOf({ ...pooledOf(many), tests: [own] }, [], many)
    assert.deepEqual(
      forests.map(({ title, estimates }) => [title, estimates.map(({ name }) => name)]),
      [['Mean of age, female', ['North', 'South', 'West', 'Pooled']]]
    )
    assert.equal(forests[0]?.estimates[0]?.low, own.estimates?.[0]?.interval?.[0])
  })

  it('shows the hazard ratio of each level beside those of the institutions, and where it would be nothing', () => {
    const hazards = ['North', 'South'].map((name, at) => hazardsOf(name, at))
    const asked: PlanTest = {
      kind: 'cox',
      of: 'count_days',
      by: ['arm', 'sex'],
      event: { key: 'died', level: 'yes', others: ['no'] },
      levels: [ARMS, SEXES],
      strata: 0,
      site: 'stratum'
    }
    const pooled = pool(
      hazards.map(({ peerId, table }) => ({ site: peerId, output: { ...table, tests: testsOfOutput([asked], table) } }))
    )
    const forests = forestsOf(pooled, [], hazards)
    assert.deepEqual(
      forests.map(({ title, nothingAt, estimates }) => [title, nothingAt, estimates.map(({ name }) => name)]),
      ['b to a (arm)', 'c to a (arm)', 'male to female (sex)'].map((name) => [
        `Proportional hazards (Cox) within institutions: count_days, hazard ratio of ${name}`,
        1,
        ['North', 'South', 'Pooled']
      ])
    )
  })

  it('is not drawn of one institution alone', () => {
    const alone = sites.slice(0, 1)
    assert.deepEqual(forestsOf(pooledOf(alone), [], alone), [])
  })
})

it('a cell’s parts name who withheld it', () => {
  const sites = [siteOf('North', [2, 4, 6, 8]), siteOf('South', null)]
  const [cell] = columnParts(pooledOf(sites), sites, 1)
  assert.deepEqual(cell?.sites, [
    { name: 'North', value: Math.sqrt(20 / 3) },
    { name: 'South', value: null }
  ])
})

it('a bar says over how many institutions it is, and bars over different ones are said to be mixed', () => {
  const sites = [siteOf('North', [2, 4, 6, 8]), siteOf('South', null)]
  const pooled = pooledOf(sites)
  const [row] = pooled.rows
  assert.ok(row)
  const [all] = columnParts(pooled, sites, 1)
  const ids = pooled.sites
  const [fewer] = columnParts({ ...pooled, rows: [{ ...row, column_sites: [null, ids.slice(0, 1)] }] }, sites, 1)
  assert.ok(all && fewer)
  assert.deepEqual(
    [all, fewer].map(({ behind }) => fewerInWords(behind)),
    ['', '1 of 2']
  )
  assert.deepEqual([isMixed([all.behind, fewer.behind]), isMixed([fewer.behind, fewer.behind])], [true, false])
  assert.deepEqual(
    [all, fewer].map(({ behind }) => pooledName(behind)),
    ['Pooled', 'Pooled, 1 of 2']
  )
})

it('a number that is missing from an answer with noise is too noisy, and withheld from any other', () => {
  const site = siteOf('North', null)
  const noisy = { ...site, table: { ...site.table, disclosure: { ...site.table.disclosure, level: 'P2' as const } } }
  assert.deepEqual([blankWord([site]), blankWord([noisy]), blankWord([])], ['withheld', 'too noisy', 'withheld'])
})

describe('a curve of survival', () => {
  const step = (time: number | null, survival: number, atRisk: number) => ({
    ...{ time, survival, at_risk: atRisk, events: 1, censored: 0, error: 0.1, range: [survival, survival] },
    interval: survival > 0 ? [survival - 0.1, survival + 0.1] : null
  })
  const curve = {
    ...{ group: null, n: 10, events: 3, at: [], restricted_mean: null },
    median: { estimate: null, interval: [null, null], range: [null, null] },
    steps: [step(10, 0.8, 10), step(20, 0.5, 6), step(null, 0.2, 2)]
  }
  const scales = { x: scaleOf([0, 20], [0, 200]), y: scaleOf([0, 1], [100, 0]) }

  it('is level from each time to the next, from 1 at time 0, and an interval without an end is left out', () => {
    assert.equal(linePath(curve, scales), 'M0 0H100V20H200')
    assert.equal(bandPath(curve, scales), 'M0 0H100V0H0ZM100 10H200V30H100Z')
    assert.equal(rangePath(curve, scales, true), 'M0 0H100V20H0ZM100 20H200V50H100Z')
    assert.equal(rangePath(curve, scales, false), '')
  })

  it('stops before an interval in which the exact times can put it far below, and shows their range instead', () => {
    const long = { ...step(40, 0.6, 6), range: [0, 0.6] }
    const curved = { ...curve, steps: [step(10, 0.8, 10), step(20, 0.7, 8), long] }
    const wide = { x: scaleOf([0, 40], [0, 400]), y: scales.y }
    assert.equal(linePath(curved, wide), 'M0 0H100V20H200')
    assert.equal(bandPath(curved, wide), 'M0 0H100V0H0ZM100 10H200V30H100Z')
    assert.equal(rangePath(curved, wide, false), 'M200 30H400V100H200Z')
    const resumed = { ...curve, steps: [long, { ...step(50, 0.5, 3), range: [0.5, 0.6] }] }
    assert.equal(linePath(resumed, { ...wide, x: scaleOf([0, 50], [0, 500]) }), 'M400 40H500V50')
    const only = { ...curve, steps: [{ ...step(20, 0.9, 10), range: [0.9, 0.9] }] }
    assert.equal(linePath(only, scales), '', 'of a single interval only the range is known')
    assert.equal(rangePath(only, scales, false), 'M0 0H200V10H0Z')
  })

  it('has a median where the exact times put it, never a number first that they deny', () => {
    assert.equal(medianText([0, 366]), 'between 0 and 366')
    assert.equal(medianText([1_095, null]), 'not before 1095')
    assert.equal(medianText([null, null]), 'not reached')
    assert.equal(medianText([0, null]), 'not known: at any time, or not reached')
    assert.equal(medianText([null, 40]), 'at most 40')
    assert.equal(medianText([40, 40]), '40')
  })

  it('has the least and the most who can be at risk at a time, which are one number at the edges of a common grid', () => {
    const both = [step(10, 0.8, 10), step(20, 0.5, 6), step(30, 0.2, 2)]
    const left = [3, 3, 1]
    const steps = both.map((one, at) => ({ ...one, censored: left[at] ?? 0 }))
    assert.deepEqual(
      [0, 5, 10, 15, 20, 29, 30].map((time) => atRisk({ ...curve, steps }, time)),
      [[10, 10], [6, 10], [6, 6], [2, 6], [2, 2], [0, 2], null]
    )
  })

  it('does not know at an edge of the events alone how many others have left', () => {
    const both = [step(10, 0.8, 10), step(20, 0.5, 9), step(null, 0.2, 3)]
    const steps = both.map((one, at) => ({ ...one, censored: [0, 5, 2][at] ?? 0 }))
    assert.deepEqual(
      [0, 10, 15, 20, 99].map((time) => atRisk({ ...curve, steps }, time)),
      [
        [10, 10],
        [4, 9],
        [3, 9],
        [3, 3],
        [0, 3]
      ]
    )
  })

  it('has no estimate without where the exact times put it, and survival at each time that was asked for', () => {
    const at = [
      { time: 365, survival: 0.71, error: 0.03, interval: [0.63, 0.76], range: [0.688, 0.71] },
      { time: 730, survival: null, error: null, interval: null, range: [0.2, 1] },
      { time: 9_000, survival: null, error: null, interval: null, range: null },
      { time: 800, survival: 0.7, error: 0.03, interval: [0, 0.76], range: [0, 0.7], within: [730, 1_800] }
    ]
    const read = readOffOf([
      {
        ...{ ...curve, at, median: { estimate: 1_095, interval: [365, null], range: [365, 1_095] } },
        restricted_mean: { until: 1_095, estimate: 775, error: 24, interval: [414, 880], range: [519, 775] }
      },
      { ...curve, group: 'b', at }
    ])
    assert.deepEqual(read.names, [
      'Median',
      'Mean',
      'Survival at 365',
      'Survival at 730',
      'Survival at 9,000',
      'Survival at 800'
    ])
    assert.deepEqual(read.rows[0]?.cells, [
      { estimate: 'between 365 and 1,095', interval: '365 to not reached' },
      { estimate: '775 up to 1,095 (exact times: 519 to 775)', interval: '414 to 880' },
      { estimate: '0.71 (exact times: 0.688 to 0.71)', interval: '0.63 to 0.76' },
      { estimate: 'within the only interval (exact times: 0.2 to 1)', interval: '–' },
      { estimate: 'beyond the grid', interval: '–' },
      {
        estimate: 'between 0 and 0.7; in an interval from 730 to 1,800 that could not be divided',
        interval: '0 to 0.76'
      }
    ])
    assert.deepEqual(read.rows[1]?.cells.slice(0, 2), [
      { estimate: 'not reached', interval: 'not reached to not reached' },
      { estimate: '–', interval: '–' }
    ])
  })
})
