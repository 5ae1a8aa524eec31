import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { disclose, effectiveSettings, spacingOf } from '@stimnet/privacy'
import { type Measure, type OutputPart, SubjectSet } from '@stimnet/protocol'
import { pool } from '@stimnet/statistics'
import fc from 'fast-check'
import { roundCount, roundTo, stepAbove, stepFor } from '../src/judge/precision.ts'
import {
  ask,
  completeIn,
  contextOf,
  factsOf,
  measure,
  people,
  planOf,
  reduce,
  ref,
  SUBJECTS,
  tableOf
} from './fixtures.ts'

const ALL_DIGITS = { significantDigits: 17 }
const settings = effectiveSettings({ preset: 'default' })

test('a step above is the smallest of 1, 2 and 5 times a power of ten that is no less', () => {
  assert.deepEqual([0.82, 1, 1.01, 2, 4.99, 51, 0.0051, 0.02].map(stepAbove), [1, 1, 2, 2, 5, 100, 0.01, 0.02])
})

test('a step is the largest of 1, 2 and 5 times a power of ten within a tenth of the standard error', () => {
  assert.deepEqual(
    [0.82, 1, 1.9, 2, 4.99, 50, 0.0031].map((error) => stepFor(error)),
    [0.05, 0.1, 0.1, 0.2, 0.2, 5, 0.0002]
  )
  assert.deepEqual(
    [0, Number.NaN, Number.POSITIVE_INFINITY].map((error) => stepFor(error)),
    [0, 0, 0]
  )
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (error) => {
      const step = stepFor(error)
      assert.ok(step <= (error / 10) * (1 + 1e-9) && step >= error / 26 - 1e-12, `${error}: ${step}`)
    })
  )
})

test('a rounded number says within what it is right, and is not -0', () => {
  assert.deepEqual(roundTo(12.3456, 0.05, ALL_DIGITS), { value: 12.35, within: 0.025 })
  assert.deepEqual(roundTo(12.3456, 0, ALL_DIGITS), { value: 12.3456, within: 0 })
  assert.ok(!Object.is(roundTo(-0.01, 0.05, ALL_DIGITS).value, -0))
  assert.deepEqual(roundTo(1234.56, 0.05, { significantDigits: 3 }), { value: 1230, within: 5 }, 'the coarser of both')
})

describe('by default', () => {
  const rows = people(150, (i) => ({ x: 20 + ((i * 37) % 61), y: ((i * 53) % 47) - 20 + Math.floor(i / 10) }))
  const exact = (kind: 'mean' | 'sd' | 'variance' | 'skewness' | 'kurtosis') =>
    Number(tableOf(ask(planOf([measure(kind, 'x')]), 150, rows)).rows[0]?.values[0])
  const told = (...measures: Measure[]) => tableOf(ask(planOf(measures), 150, rows, { settings, synthetic: false }))

  test('means, spreads and shapes are told to a tenth of their standard error', () => {
    const sd = exact('sd')
    const errors = {
      mean: sd / Math.sqrt(150),
      sd: sd / Math.sqrt(298),
      skewness: Math.sqrt(6 / 150),
      kurtosis: Math.sqrt(24 / 150)
    }
    for (const [kind, error] of Object.entries(errors) as [keyof typeof errors, number][]) {
      const value = Number(told(measure(kind, 'x')).rows[0]?.values[0])
      assert.ok(Math.abs(value - exact(kind)) <= error / 20 + 1e-12, kind)
      assert.ok(Math.abs(value / stepFor(error) - Math.round(value / stepFor(error))) < 1e-6, `${kind} lies on a step`)
    }
    assert.equal(told(measure('mean', 'x')).disclosure.precision, 'statistical')
  })

  test('what pools a number says within what it is right', () => {
    const parts = told(measure('mean', 'x'), measure('sd', 'x')).rows[0]?.parts ?? {}
    const moments = (part: OutputPart | undefined) => (part && 'moments' in part ? part.moments : undefined)
    const mean = moments(parts.mean_x)
    assert.ok(mean?.accuracy?.sum !== undefined)
    assert.ok(Math.abs(mean.sum - exact('mean') * 150) <= mean.accuracy.sum + 1e-9)
    const spread = moments(parts.sd_x)
    const within = spread?.accuracy?.deviations ?? 0
    assert.ok(Math.abs((spread?.deviations ?? 0) - exact('sd') ** 2 * 149) <= within)
  })

  test('pooled over sites they stay within a tenth of the standard error of all people together', () => {
    const sites = [0, 1, 2].map((site) =>
      people(50, (i) => ({ x: 20 + (((i * 3 + site) * 37) % 61), y: ((i * 53 + site) % 47) - 20 }))
    )
    const variables = new Map([factsOf('y', { bounded: true })])
    const correlation: Measure = { kind: 'correlation', name: 'r', variables: [ref('x'), ref('y')] }
    const pooled = (more: object) =>
      pool(
        sites.map((own, i) => {
          const disclosed = ask(planOf([measure('mean', 'x'), measure('sd', 'x'), correlation]), 50, own, {
            variables,
            ...more
          })
          return { site: `s${i}`, output: disclosed.ok ? disclosed.output.output : null }
        })
      ).rows[0]?.values.map(Number) ?? []
    const [rounded, whole] = [pooled({ settings, synthetic: false }), pooled({})]
    const [, sd = 0, r = 0] = whole
    const errors = [sd / Math.sqrt(150), sd / Math.sqrt(298), (1 - r * r) / Math.sqrt(149)]
    for (const [i, error] of errors.entries()) {
      assert.ok(Math.abs((rounded[i] ?? 0) - (whole[i] ?? 0)) <= error / 10, `column ${i}`)
    }
  })

  test('a few people without a value do not show: not in n, nor in the digits of a mean of whole numbers', () => {
    const variables = new Map([factsOf('score', { bounded: true, values: 5, step: 1 })])
    const seen = new Set<string>()
    for (const missing of [1, 2]) {
      const scores = people(150, (i) => ({ score: i % 5 === 2 && i < 5 * missing ? null : i % 5 }))
      const plan = planOf([SUBJECTS, measure('count', 'score'), measure('mean', 'score')])
      const [row] = tableOf(ask(plan, 150, scores, { variables, settings, synthetic: false })).rows
      assert.deepEqual(row?.values.slice(0, 2), [150, 150])
      seen.add(JSON.stringify(row?.values))
    }
    assert.equal(seen.size, 1)
  })

  describe('a few people without a value do not show beside a share or in bins:', () => {
    const share = (level: string): Measure => ({ kind: 'share', name: level, variable: ref('ill'), level })
    const bins: Measure = { kind: 'quantile', name: 'median', variable: ref('x'), q: 0.5 }
    const counts = [measure('count', 'ill'), measure('count', 'x')]

    /** 150 people: the last `missing` of them have no values, and the first `ill` are ill. */
    const answer = (missing: number, ill: number, more: object = { settings, synthetic: false }) => {
      const of = people(150, (i) => (i < 150 - missing ? { ill: i < ill ? 'yes' : 'no', x: 5 + (i % 9) * 10 } : {}))
      const [row] = tableOf(ask(planOf([share('yes'), share('no'), bins, ...counts]), 150, of, more)).rows
      const [p, , , ...told] = row?.values.map(Number) ?? []
      const [yes, no, rows] = [row?.parts?.yes, row?.parts?.no, row?.parts?.median]
      assert.ok(yes && 'share' in yes && no && 'share' in no && rows && 'bins' in rows && p !== undefined)
      const all = rows.bins.reduce((sum, bin) => sum + bin.rows, 0)
      const { accuracy } = yes
      return { p, share: yes.share, shares: [yes, no], accuracy, told, rows: all }
    }

    test('what is told of both levels of 149 can be told of 148, whatever part of them is ill', () => {
      const ofTwo = new Set<string>()
      for (let ill = 5; ill <= 143; ill++) ofTwo.add(JSON.stringify(answer(2, ill).shares))
      for (let ill = 8; ill <= 140; ill += 3) {
        const { p, shares: told, share: of, accuracy } = answer(1, ill)
        assert.ok(ofTwo.has(JSON.stringify(told)), `${ill} of 149 is told as ${JSON.stringify(told)}`)
        assert.ok(
          accuracy?.share !== undefined && Math.abs(p - ill / 149) <= accuracy.share + 1e-9,
          `${p} ± ${accuracy?.share}`
        )
        assert.ok(accuracy.share <= 0.05 && Math.abs(of.of - 149) <= accuracy.of)
      }
    })

    test('all numbers of values and all bins are to the nearest five', () => {
      const [one, two] = [answer(1, 40), answer(2, 40)]
      assert.deepEqual([one.told, one.share.of, one.rows % 5], [[150, 150], 150, 0])
      assert.deepEqual([two.told, two.share, two.rows], [one.told, one.share, one.rows])
      assert.deepEqual(
        [answer(3, 40).told, answer(4, 40).told],
        [one.told, one.told],
        'the same for all of fewer than five'
      )
      assert.deepEqual([answer(6, 40).told, answer(6, 40).accuracy], [[144, 144], undefined], 'five lack one: exact')
      assert.deepEqual(answer(2, 5).share, { having: 5, of: 150 }, 'never fewer than five')
    })

    test('a sum says how far its rounded number of values can put it off', () => {
      const of = people(150, (i) => (i < 148 ? { x: 5 + (i % 9) * 10 } : {}))
      const [row] = tableOf(ask(planOf([measure('sum', 'x')]), 150, of, { settings, synthetic: false })).rows
      const part = row?.parts.sum_x
      assert.ok(part && 'add' in part && part.accuracy !== undefined)
      const exact = of.reduce((sum, { x = 0 }) => sum + Number(x), 0)
      assert.ok(Math.abs(part.add - exact) <= part.accuracy && part.accuracy <= 0.04 * exact, `${part.add}, ${exact}`)
    })

    test('a share says how far it is off, the same whatever part of them is ill', () => {
      const [said, numbers] = [new Set<string>(), new Set<string>()]
      for (const name of ['default', 'opensafely'] as const) {
        const more = { settings: effectiveSettings({ preset: name }), synthetic: false }
        for (const missing of [1, 2, 3]) {
          for (let ill = 12; ill <= 135; ill += 7) {
            const { p, share: told, accuracy } = answer(missing, ill, more)
            const exact = ill / (150 - missing)
            assert.ok(accuracy && Math.abs(p - exact) <= accuracy.share, `${p} ± ${accuracy?.share} for ${exact}`)
            assert.ok(Math.abs(told.of - (150 - missing)) <= accuracy.of)
            said.add(JSON.stringify([name, told.of, accuracy]))
            numbers.add(JSON.stringify([name, told.of]))
          }
        }
      }
      assert.equal(said.size, numbers.size, 'one for each number of values that is told')
      assert.equal(answer(0, 40).accuracy, undefined, 'exact counts')
    })

    test('no more people have a value than there are people, and as many as it says', () => {
      const plan = planOf([SUBJECTS, measure('count', 'x')])
      for (let size = 12; size < 40; size++) {
        const of = people(size, (i) => (i < size - (size % 4) - 1 ? { x: 5 + (i % 9) * 10 } : {}))
        const [row] = tableOf(ask(plan, size, of, { settings, synthetic: false })).rows
        const [all, count] = row?.values.map(Number) ?? []
        const part = row?.parts.count_x
        assert.ok(part && 'add' in part && part.accuracy === 4.5 && all === size && count !== undefined)
        assert.ok(count <= size && Math.abs(count - (size - (size % 4) - 1)) <= part.accuracy, `${count} of ${size}`)
      }
    })

    test('nor over many groups of people whom an attacker knows, which of them are complete', () => {
      // One person of 300 lacks a value. Each group that shows whether all of its people have a value leaves fewer people
      // who can lack it.
      const plan = planOf([SUBJECTS, measure('count', 'x'), measure('mean', 'x')])
      const said = new Map<number, Set<string>>()
      for (const [least, most] of [0, 40, 80, 120].flatMap((from) =>
        [1, 2, 3].map((n) => [from, from + 40 * n] as const)
      )) {
        for (const lacking of [-1, 17, 250]) {
          const rows = people(300, (i) => ({ x: i === lacking ? null : 50 + ((i * 7) % 13) }))
          const group = rows.slice(least, most)
          const aggregate = {
            ...{ kind: 'table' as const, plan, reduction: reduce(plan, 300, group), defining: [] },
            complete: completeIn(
              plan,
              people(1, () => ({ x: null }))
            )
          } as const
          const [row] = tableOf(disclose(aggregate, contextOf(300, { settings, synthetic: false }))).rows
          const { add, ...part } = (row?.parts.count_x ?? {}) as { add: number; accuracy?: number }
          const mean = row?.parts.mean_x
          const { n, accuracy } = mean && 'moments' in mean ? mean.moments : assert.fail('no mean')
          // The sum and the mean themselves differ between these answers.
          const one = JSON.stringify([add, part, n, accuracy])
          said.set(least * 1_000 + most, (said.get(least * 1_000 + most) ?? new Set()).add(one))
        }
      }
      for (const answers of said.values()) assert.deepEqual([...answers].slice(1), [], [...answers].join(' or '))
    })

    test('nor by the size of the cohort on the card, nor where people were left out', () => {
      const nobody = completeIn(
        planOf([measure('mean', 'x')]),
        people(1, () => ({ x: null }))
      )
      const told = (lacking: number, measures: Measure[], without: readonly number[] = []) => {
        // People who are left out of a variable have no value in the reduced data.
        const rows = people(100, (i) => ({ x: i < lacking || without.includes(i) ? null : i % 2 }))
        const plan = planOf(measures)
        const out = SubjectSet.of(100, without)
        const aggregate = {
          ...{ kind: 'table' as const, plan, reduction: reduce(plan, 100, rows), defining: [], complete: nobody },
          ...(without.length > 0 ? { leftOut: { columns: new Map([[ref('x'), out]]), pairs: new Map() } } : {})
        }
        const variables = new Map([factsOf('x', { values: 2, step: 1 })])
        return tableOf(disclose(aggregate, contextOf(100, { settings, synthetic: false, variables })))
      }
      for (const lacking of [0, 1]) assert.equal(told(lacking, [measure('mean', 'x')]).disclosure.subjects, null)
      assert.equal(told(0, [SUBJECTS, measure('count', 'x')]).disclosure.subjects, 100, 'where people are counted')
      const without = [50, 51, 52, 53, 54, 55, 56]
      const counts = [0, 1, 3].map((lacking) => told(lacking, [measure('count', 'x')], without).rows[0]?.values[0])
      assert.deepEqual(counts, [100, 100, 100])
    })

    test('nor by the digits of a standard deviation of small whole numbers', () => {
      const variables = new Map([factsOf('x', { values: 4, step: 1 })])
      for (const lacking of [1, 2, 3]) {
        const rows = people(100, (i) => ({ x: i < lacking ? null : (i * 7) % 4 }))
        const [row] = tableOf(
          ask(planOf([measure('sd', 'x')]), 100, rows, { settings, synthetic: false, variables })
        ).rows
        // Two sums of squares that one number of people allows are 2 apart, so sd differs by 1 / (sd n).
        const steps = Number(row?.values[0]) / 0.01
        assert.ok(Math.abs(steps - Math.round(steps)) < 1e-9, `${row?.values[0]}`)
      }
    })

    test('nor by the digits of a number of few values that lie far apart, as doses do', () => {
      const nobody = completeIn(
        planOf([measure('mean', 'x')]),
        people(1, () => ({ x: null }))
      )
      const variables = new Map([factsOf('x', { step: 1 })])
      // A few people with another dose do not make the usual doses lie closer. They are not in the group.
      const others = people(20, (i) => ({ x: i < 2 ? 61 : i % 2 === 0 ? 50 : 100 }))
      const told = (lacking: number, high: number) => {
        const rows = people(60, (i) => ({ x: i < lacking ? null : i - lacking < high ? 100 : 50 }))
        const plan = planOf([measure('mean', 'x'), measure('sd', 'x'), measure('sum', 'x')])
        const everybody = reduce(plan, 80, [...rows, ...others.map((row, i) => ({ ...row, subject: 60 + i }))])
        const apart = spacingOf(everybody.groups[0]?.columns.get(ref('x')) ?? assert.fail('no column'), 5)
        assert.equal(apart, 50)
        const aggregate = {
          ...{ kind: 'table' as const, plan, reduction: reduce(plan, 60, rows), defining: [], complete: nobody },
          spacing: new Map([[ref('x'), apart]])
        }
        const [row] = tableOf(disclose(aggregate, contextOf(60, { settings, synthetic: false, variables }))).rows
        return JSON.stringify(row)
      }
      const ofAll = new Set<string>()
      for (let high = 5; high <= 54; high++) ofAll.add(told(0, high))
      const ofAllButOne = Array.from({ length: 41 }, (_, i) => told(1, 9 + i))
      const alone = ofAllButOne.filter((one) => !ofAll.has(one)).length
      // All three numbers together fit only one count in a few cases. Without the spacing they did in all cases.
      assert.ok(alone <= 0.15 * ofAllButOne.length, `${alone} of ${ofAllButOne.length}`)
    })

    test('who is none of a few is counted exactly', () => {
      for (const missing of [0, 7]) {
        const { p, share: told, rows, accuracy } = answer(missing, 40)
        assert.equal(accuracy, undefined)
        assert.deepEqual([told, rows], [{ having: 40, of: 150 - missing }, 150 - missing])
        assert.equal(p, 40 / (150 - missing))
      }
    })

    test('not with every digit either, nor where counts are rounded', () => {
      const exact = effectiveSettings({ preset: 'default', precision: 'exact' })
      assert.deepEqual(answer(2, 40, { settings: exact, synthetic: false }).share.of, 150)
      const rounding = effectiveSettings({ preset: 'opensafely' })
      for (const ill of [20, 40, 77]) {
        const { having, of } = answer(2, ill, { settings: rounding, synthetic: false }).share
        assert.deepEqual([having % 8, of % 8, Math.abs(having - ill) <= 4], [0, 0, true])
      }
    })
  })

  test('asked in other units a number says no more: it is rounded in those of the site', () => {
    const grams = rows.map((row) => ({ ...row, x: 700 * Number(row.x) }))
    const in700ths = new Map([factsOf('x', { factor: 700 })])
    const plan = planOf([measure('mean', 'x'), measure('sd', 'x')])
    const [own] = told(measure('mean', 'x'), measure('sd', 'x')).rows
    const [other] = tableOf(ask(plan, 150, grams, { variables: in700ths, settings, synthetic: false })).rows
    for (const at of [0, 1]) assert.ok(Math.abs(Number(other?.values[at]) / 700 - Number(own?.values[at])) < 1e-9)
  })

  test('every digit is told where a steward chose so, and n with it', () => {
    const all = ask(planOf([measure('mean', 'x')]), 150, rows, {
      settings: effectiveSettings({ preset: 'default', precision: 'exact' }),
      synthetic: false
    })
    assert.equal(tableOf(all).rows[0]?.values[0], exact('mean'))
    assert.equal(tableOf(all).disclosure.precision, 'exact')
    const some = rows.map((row, i) => (i < 2 ? { ...row, x: null } : row))
    const [row] = tableOf(
      ask(planOf([measure('mean', 'x')]), 150, some, {
        settings: effectiveSettings({ preset: 'default', precision: 'exact' }),
        synthetic: false
      })
    ).rows
    const step = stepFor(exact('sd') / Math.sqrt(150))
    const mean = some.reduce((sum, { x }) => sum + Number(x), 0) / 148
    assert.equal(row?.values[0], Number((Math.round(mean / step) * step).toPrecision(12)), 'with n, not without it')
    assert.notEqual(row?.values[0], mean)
  })
})

describe('where counts are rounded', () => {
  const rounding = effectiveSettings({ preset: 'opensafely' })
  /** The exact counts that a rounded count can represent. */
  const behind = (rounded: number) => [-2, -1, 0, 1, 2].map((off) => rounded + off).filter((n) => n > 1)

  test('the digits of a mean fit every count that the rounded one can stand for', () => {
    const variables = new Map([factsOf('x', { step: 1 })])
    for (let n = 40; n < 90; n += 3) {
      const rows = people(n, (i) => ({ x: i % 3 === 0 ? 4 : 3 }))
      const [row] = tableOf(ask(planOf([measure('mean', 'x')]), n, rows, { settings: rounding, variables })).rows
      const mean = Number(row?.values[0])
      const least = 1 / (roundCount(n, rounding) - 8)
      const unit = [0.01, 0.02, 0.05, 0.1].find((step) => step >= least) ?? 1
      assert.ok(Math.abs(mean / unit - Math.round(mean / unit)) < 1e-9, `${mean} has digits beyond ${unit}`)
      for (const size of behind(roundCount(n, rounding))) {
        const miss = Math.abs(Math.round(mean * size) / size - mean)
        assert.ok(miss <= unit / 2 + 1e-9, `${mean} is no mean of ${size}`)
      }
    }
  })

  test('a total is the sum of its rounded parts, whichever was asked first', () => {
    const arms = people(73, (i) => ({ arm: i < 31 ? 'a' : 'b' }))
    const parts = ask(planOf([SUBJECTS], 'arm'), 73, arms, { settings: rounding })
    assert.ok(parts.ok)
    const counts = tableOf(parts).rows.map((row) => Number(row.values[1]))
    const total = ask(planOf([SUBJECTS]), 73, arms, { settings: rounding, ledgers: parts.ledgers })
    assert.equal(
      tableOf(total).rows[0]?.values[0],
      counts.reduce((a, b) => a + b)
    )
    const first = ask(planOf([SUBJECTS]), 73, arms, { settings: rounding })
    assert.ok(first.ok)
    const then = ask(planOf([SUBJECTS], 'arm'), 73, arms, { settings: rounding, ledgers: first.ledgers })
    const sum = tableOf(then).rows.reduce((all, row) => all + Number(row.values[1]), 0)
    assert.equal(sum, tableOf(first).rows[0]?.values[0])
  })
})
