import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MomentsPart, Output, OutputRow, PlanTest, TableOutput, TestResult } from '@stimnet/protocol'
import { EXACT, pool, testsOfOutput, valueOfMoments, welchOf } from '@stimnet/statistics'
import fc from 'fast-check'
import { column, exactSums, momentsOf, near, table } from './fixtures.ts'

const WELCH: PlanTest = { kind: 'welch', of: 'sd_x', by: 'arm', groups: ['drug', 'placebo'] }
const ANOVA: PlanTest = { kind: 'anova', of: 'sd_x', by: 'arm' }
const DIGITS = 4
const BASE = 5

const toDigits = (value: number) => Number(value.toPrecision(DIGITS))
const toBase = (count: number) => Math.floor(count / BASE + 0.5) * BASE

/** The moments that a node with rounded counts releases: mean and variance to four digits, or to steps that fit the count. */
function rounded({ n, sum, deviations = 0 }: MomentsPart, step: number): MomentsPart {
  const [shown, fewest] = [toBase(n), Math.max(2, toBase(n) - BASE)]
  const coarse = (value: number, spacing: number) => {
    const unit = 10 ** Math.ceil(Math.log10(spacing))
    return unit > 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - DIGITS)
      ? Math.round(value / unit) * unit
      : toDigits(value)
  }
  const variance = coarse(deviations / (n - 1), step ** 2 / (fewest * (fewest - 1)))
  return { n: shown, sum: coarse(sum / n, step / fewest) * shown, deviations: variance * (shown - 1) }
}

function site(groups: Readonly<Record<string, MomentsPart>>, asked: PlanTest[], base = BASE): TableOutput {
  const rows = Object.entries(groups).map(([arm, moments]): OutputRow => {
    return { values: [arm, valueOfMoments('sd', moments)], parts: { sd_x: { moments } } }
  })
  const output = table([column('arm', 'key'), column('sd_x', 'sd')], rows)
  assert.ok(output.kind === 'table')
  const whole = { ...output, disclosure: { ...output.disclosure, round_base: base } }
  return { ...whole, tests: testsOfOutput(asked, whole) }
}
const pooled = (...outputs: Output[]): TestResult => {
  const [found] = pool(outputs.map((output, i) => ({ site: `s${i}`, output }))).tests ?? []
  assert.ok(found)
  return found
}
const values = (mean: number, spread: number, n: number) =>
  Array.from({ length: n }, (_, i) => mean + ((i % 5) - 2) * spread)

test('years in two arms, rounded to whole ones, do not differ: the interval holds what rounding may hide', () => {
  // 2019.4 and 2019.6 are shown as 2019 and 2020.
  const arms = {
    drug: momentsOf(exactSums(values(2019.4, 0.5, 60), 1)),
    placebo: momentsOf(exactSums(values(2019.6, 0.5, 60), 1))
  }
  const shown = { drug: rounded(arms.drug, 0.1), placebo: rounded(arms.placebo, 0.1) }
  const naive = welchOf(shown.drug, shown.placebo)
  assert.ok(naive && naive.p < 1e-6, 'taken for exact they would differ beyond doubt')
  for (const found of [pooled(site(shown, [WELCH])), ...(site(shown, [WELCH]).tests ?? [])]) {
    const [low = 0, high = 0] = found.interval ?? []
    assert.ok((found.p ?? 1) > 0.3 && low < -0.2 && high > -0.2, JSON.stringify(found))
    assert.match(found.note, /rounded for privacy/)
  }
})

test('where rounding can hide the whole difference there is no p of 1.00, which would be read as the exact one', () => {
  const arms = { drug: { n: 60, sum: 600, deviations: 60 }, placebo: { n: 60, sum: 606, deviations: 60 } }
  const off = (moments: MomentsPart): MomentsPart => ({ ...moments, accuracy: { n: 0, sum: 6, deviations: 0 } })
  const shown = { drug: off(arms.drug), placebo: off(arms.placebo) }
  for (const asked of [WELCH, ANOVA]) {
    const found = pooled(site(shown, [asked]))
    assert.deepEqual([found.statistic, found.df, found.p], [null, [], null])
    assert.match(found.note, /rounding can hide the whole result: p cannot be narrowed and may be anything up to 1\./)
  }
  const found = pooled(site(shown, [WELCH]))
  const [low = 0, high = 0] = found.interval ?? []
  assert.ok(low < -0.1 && high > -0.1 && found.difference !== null, 'the interval stays')
  const [pair] = pooled(site(shown, [{ ...ANOVA, kind: 'pairwise' }])).estimates ?? []
  assert.deepEqual([pair?.p, pair?.interval !== null], [null, true])
  const same = pooled(site({ drug: arms.drug, placebo: arms.drug }, [WELCH], 1))
  assert.equal(same.p, 1, 'exact numbers that do not differ have p = 1')
})

test('with exact numbers nothing is allowed for', () => {
  const arms = { drug: momentsOf(exactSums(values(20, 2, 60), 0)), placebo: momentsOf(exactSums(values(21, 2, 60), 0)) }
  const found = pooled(site(arms, [WELCH], 1))
  const exact = welchOf(arms.drug, arms.placebo)
  assert.ok(exact && near(found.p, exact.p, 1e-12))
  assert.equal(found.note, '')
})

test('a test of a column from which people were left out says of whom it is', () => {
  const arms = { drug: momentsOf(exactSums(values(20, 2, 60), 0)), placebo: momentsOf(exactSums(values(21, 2, 60), 0)) }
  const whole = site(arms, [WELCH], 1)
  const less: TableOutput = { ...whole, columns: whole.columns.map((one) => ({ ...one, left_out: true as const })) }
  assert.match(
    pooled(whole, less).note,
    /left out for privacy at s1: interval and p are those of the people who remain/
  )
  assert.match(testsOfOutput([WELCH], less)[0]?.note ?? '', /left out for privacy: interval/)
  assert.equal(pooled(whole, whole).note, '')
})

const sizes = fc.integer({ min: 15, max: 400 })
const means = fc.integer({ min: -60, max: 2_500 })
const spreads = fc.integer({ min: 1, max: 30 })
const arm = fc.tuple(means, spreads, sizes)

test('whatever is rounded, a comparison is not surer than the exact one, and its interval holds the exact difference', () => {
  fc.assert(
    fc.property(arm, spreads, sizes, fc.integer({ min: -9, max: 9 }), ([mean, spread, n], other, m, shift) => {
      const [drug, placebo] = [exactSums(values(mean, spread, n), 0), exactSums(values(mean + shift, other, m), 0)].map(
        momentsOf
      )
      assert.ok(drug && placebo)
      const exact = welchOf(drug, placebo)
      const found = pooled(site({ drug: rounded(drug, 1), placebo: rounded(placebo, 1) }, [WELCH]))
      assert.ok(exact && found.interval)
      // Satterthwaite's degrees of freedom of the rounded numbers differ by a few per cent.
      assert.ok(found.p === null || found.p >= exact.p * 0.9, `${found.p} for ${exact.p}`)
      assert.ok((found.interval[0] ?? 0) <= exact.difference && exact.difference <= (found.interval[1] ?? 0))
    })
  )
})

test('an analysis of variance of rounded numbers is not surer than the exact one', () => {
  fc.assert(
    fc.property(fc.array(arm, { minLength: 2, maxLength: 4 }), fc.integer({ min: 0, max: 2_000 }), (arms, middle) => {
      const exact = Object.fromEntries(
        arms.map(([mean, spread, n], i) => [`g${i}`, momentsOf(exactSums(values(middle + (mean % 9), spread, n), 0))])
      )
      const shown = Object.fromEntries(Object.entries(exact).map(([name, moments]) => [name, rounded(moments, 1)]))
      const [of, found] = [pooled(site(exact, [ANOVA], 1)), pooled(site(shown, [ANOVA]))]
      assert.ok(of.p !== null && (found.p === null || found.p >= of.p * 0.9), `${found.p} for ${of.p}`)
    })
  )
})

const CHI: PlanTest = { kind: 'chi_squared', of: 'subjects', by: ['arm', 'outcome'] }
function counts(cells: readonly number[], base: number): TableOutput {
  const rows = cells.map(
    (n, i): OutputRow => ({ values: [`a${i % 2}`, `o${i >> 1}`, n], parts: { subjects: { add: n } } })
  )
  const output = table([column('arm', 'key'), column('outcome', 'key'), column('subjects', 'subjects')], rows)
  assert.ok(output.kind === 'table')
  const whole = { ...output, disclosure: { ...output.disclosure, round_base: base } }
  return { ...whole, tests: testsOfOutput([CHI], whole) }
}

test('χ² of rounded counts is not surer than that of the exact ones, at one site and over two', () => {
  const four = fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(four, four, (one, other) => {
      for (const sites of [[one], [one, other]]) {
        const exact = pooled(...sites.map((cells) => counts(cells, 1)))
        const found = pooled(...sites.map((cells) => counts(cells.map(toBase), BASE)))
        assert.ok(exact.p !== null && (found.p === null || found.p >= exact.p * 0.9), `${found.p} for ${exact.p}`)
      }
    })
  )
})

test('where few are expected in a cell, χ² of rounded counts is not made', () => {
  const found = pooled(counts([200, 30, 150, 190], BASE))
  assert.ok(found.p !== null && found.p < 1e-9)
  assert.match(found.note, /rounded for privacy/)
  const none = pooled(counts([5, 5, 5, 900], BASE))
  assert.deepEqual([none.p, none.statistic], [null, null])
  assert.match(none.note, /rounded for privacy.*too few are expected/)
})

test('what is known of the rounding can be given in place of what the card implies', () => {
  const shown = site(
    { drug: momentsOf(exactSums(values(20, 2, 60), 0)), placebo: momentsOf(exactSums(values(22, 2, 60), 0)) },
    [WELCH]
  )
  const [exact] = pool([{ site: 'a', output: shown }], { accuracyOf: () => () => EXACT }).tests ?? []
  assert.equal(exact?.note, '')
})

test('an analysis of variance of means with fewer digits says so, also where the counts are exact', () => {
  const off = (moments: MomentsPart): MomentsPart => ({ ...moments, accuracy: { n: 0, sum: 6, deviations: 0 } })
  const exact = {
    drug: momentsOf(exactSums(values(10, 1, 60), 1)),
    placebo: momentsOf(exactSums(values(11, 1, 60), 1))
  }
  const coarse = { drug: off(exact.drug), placebo: off(exact.placebo) }
  const [plain, lowered] = [pooled(site(exact, [ANOVA], 1)), pooled(site(coarse, [ANOVA], 1))]
  assert.equal(plain.note, '')
  assert.ok((lowered.statistic ?? Infinity) < (plain.statistic ?? 0))
  assert.match(lowered.note, /rounded for privacy: interval and p allow/)
})
