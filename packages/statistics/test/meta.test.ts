import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type DisclosureCard,
  type MetaTest,
  type OutputColumn,
  type OutputPart,
  randomUnit,
  seededRandom,
  type TestResult
} from '@stimnet/protocol'
import { META_METHODS, metaOf, type MetaMethod, testAsked, testOf, testSite } from '@stimnet/statistics'
import { near } from './fixtures.ts'

/** Log risk ratios of 13 trials of BCG (Colditz 1994, dat.bcg of metafor) with their variances. */
const BCG = {
  estimates: [
    -0.889311333920205, -1.58538865720143, -1.34807314829969, -1.44155119002131, -0.217547322211296, -0.786115585818864,
    -1.62089822359839, 0.0119523335238405, -0.469417648738149, -1.37134480347278, -0.339358828338391, 0.445913400571379,
    -0.0173139482168798
  ],
  variances: [
    0.325584765003961, 0.194581121398144, 0.415367965367965, 0.0200100319022476, 0.0512101721696309,
    0.00690561845590876, 0.223017247572315, 0.00396157929781773, 0.056434210463249, 0.0730247936130289,
    0.0124122139715597, 0.532505845200153, 0.0714046596839863
  ]
}
const TRIALS = BCG.estimates.map((estimate, i) => ({ estimate, variance: BCG.variances[i] ?? 1 }))

/** Computed by metafor 4.8: estimate, error, statistic, p, interval, τ², I² in per cent, prediction interval. */
const EXPECTED: readonly [MetaMethod, boolean, readonly number[]][] = [
  [
    'reml',
    false,
    [
      -0.714532342158139, 0.179781516105206, -3.97444830613179, 7.05425810164165e-5, -1.06689763881035,
      -0.362167045505929, 0.313243258136481, 92.221384521269, -1.86669221790289, 0.437627533586608
    ]
  ],
  [
    'reml',
    true,
    [
      -0.714532342158139, 0.180791744092848, -3.95223988652481, 0.00192001509605729, -1.10844371368555,
      -0.320620970630728, 0.313243258136481, 92.221384521269, -1.9960168341962, 0.566952149879924
    ]
  ],
  [
    'dl',
    true,
    [
      -0.714117222073227, 0.180696628335547, -3.95202294946609, 0.00192076676704736, -1.10782135416833,
      -0.320413089978125, 0.308760262862376, 92.1173468545621, -1.98720696343074, 0.558972519284285
    ]
  ],
  [
    'pm',
    true,
    [
      -0.714968153493444, 0.180892191537624, -3.9524544836129, 0.001919271831278, -1.10909838120224, -0.320837925784648,
      0.318068452205024, 92.3303379541533, -2.0054259229281, 0.575489615941215
    ]
  ],
  [
    'fixed',
    true,
    [
      -0.430285163654091, 0.0404987517108638, -10.6246525010465, 2.28862930697324e-26, -0.509661258426214,
      -0.350909068881968, 0, 92.1173468545621
    ]
  ]
]

describe('a meta-analysis', () => {
  for (const [method, hartungKnapp, expected] of EXPECTED) {
    test(`agrees with metafor: ${method}, ${hartungKnapp ? 'Hartung and Knapp' : 'Wald'}`, () => {
      const made = metaOf(TRIALS, { method, hartungKnapp })
      assert.ok(made)
      const found = [made.estimate, made.error, made.statistic, made.p, ...made.interval, made.tau2, 100 * made.i2]
      for (const [i, value] of [...found, ...(made.prediction ?? [])].entries()) {
        assert.ok(near(value, expected[i] ?? Number.NaN, 1e-9), `${i}: ${value}, not ${expected[i]}`)
      }
      assert.equal(expected.length, found.length + (made.prediction?.length ?? 0))
      assert.ok(near(made.q.statistic, 152.233008082373, 1e-12) && made.q.df === 12)
      assert.ok(near(made.q.p, 1.99676459084597e-26, 1e-9))
      assert.ok(
        near(
          made.weights.reduce((a, b) => a + b, 0),
          1
        )
      )
    })
  }

  test('is not made of one site, nor of an effect without an error', () => {
    const options = { method: 'reml', hartungKnapp: true } as const
    assert.equal(metaOf(TRIALS.slice(0, 1), options), null)
    assert.equal(metaOf([...TRIALS, { estimate: 1, variance: 0 }], options), null)
    assert.equal(metaOf([...TRIALS, { estimate: Number.NaN, variance: 1 }], options), null)
  })

  test('has no prediction for two sites, and no variance between sites that agree', () => {
    const same = metaOf(
      [
        { estimate: 2, variance: 1 },
        { estimate: 2.1, variance: 2 }
      ],
      { method: 'pm', hartungKnapp: false }
    )
    assert.ok(same && same.tau2 === 0 && same.i2 === 0 && same.prediction === null)
  })
})

const N = [40, 55, 32, 61]
const ONE = { means: [10.2, 11.5, 9.1, 12.4], sds: [3.1, 2.8, 3.5, 4.0], having: [12, 20, 8, 30] }
const OTHER = { n: [38, 50, 30, 64], means: [8.9, 9.9, 8.8, 9.7], sds: [2.9, 3.0, 3.1, 3.6], having: [8, 15, 9, 20] }
const CORRELATIONS = [0.21, 0.35, 0.1, 0.52]

const at = (values: readonly number[], i: number) => values[i] ?? 0
const momentsPart = (n: number, mean: number, sd: number): OutputPart => ({
  moments: { n, sum: n * mean, deviations: (n - 1) * sd ** 2 }
})
const sharePart = (having: number, of: number): OutputPart => ({ share: { having, of } })

const CARD = { disclosure: { round_base: 1 } as DisclosureCard }

/** Four sites, each with two groups, or with one row. */
function sites(
  kind: string,
  partsOf: (i: number) => readonly OutputPart[],
  card: { disclosure?: DisclosureCard } = {},
  count = N.length
) {
  return Array.from({ length: count }, (_, i) => {
    const parts = partsOf(i)
    const key: OutputColumn[] = parts.length > 1 ? [{ name: 'arm', role: 'key', kind: 'category', variables: [] }] : []
    const columns: OutputColumn[] = [...key, { name: 'x', role: 'measure', kind, variables: ['t.x'] }]
    const rows = parts.map((part, group) => ({
      values: parts.length > 1 ? [group === 0 ? 'a' : 'b', 1] : [1],
      parts: { x: part }
    }))
    return testSite(`site ${i}`, { columns, rows, withheld: { groups: 0, cells: 0 }, ...card })
  })
}

const asked = (more: Partial<MetaTest>): MetaTest => ({
  ...{ kind: 'meta', of: 'x', by: [], groups: [], effect: 'mean', method: 'reml', interval: 'hartung_knapp', ...more }
})
const BY_ARM = { by: ['arm'], groups: ['a', 'b'] }

function assertMeta({ difference, interval, statistic, p, meta }: TestResult, expected: readonly (number | null)[]) {
  const [low, high] = meta?.prediction ?? []
  const found = [
    difference,
    interval?.[0],
    interval?.[1],
    statistic,
    p,
    meta?.tau2,
    100 * (meta?.i2 ?? Number.NaN),
    low,
    high
  ]
  for (const [i, value] of found.entries()) {
    const wanted = expected[i]
    if (wanted === null) assert.equal(value, null)
    else assert.ok(near(Number(value), wanted ?? Number.NaN, 1e-8), `${i}: ${value}, not ${wanted}`)
  }
}

const expit = (x: number) => 1 / (1 + Math.exp(-x))

describe('a meta-analysis of released numbers agrees with metafor', () => {
  test('of means', () => {
    const given = sites('sd', (i) => [momentsPart(at(N, i), at(ONE.means, i), at(ONE.sds, i))])
    const result = testOf(asked({}), given)
    assertMeta(result, [
      10.8333833378402,
      8.55707803379545,
      13.1096886418849,
      null,
      null,
      1.74349449756155,
      87.9920347834242,
      6.05430223473194,
      15.6124644409484
    ])
    assert.deepEqual(result.sites, ['site 0', 'site 1', 'site 2', 'site 3'])
    assert.equal(result.meta?.sites.length, 4)
    assert.deepEqual(testAsked(result), asked({}))
  })

  test('of differences of two groups', () => {
    const given = sites('sd', (i) => [
      momentsPart(at(N, i), at(ONE.means, i), at(ONE.sds, i)),
      momentsPart(at(OTHER.n, i), at(OTHER.means, i), at(OTHER.sds, i))
    ])
    const test = asked({ effect: 'difference', ...BY_ARM })
    const result = testOf(test, given)
    assertMeta(
      result,
      [
        1.5509937840204597, 0.0731623734112123, 3.0288251946297073, 3.3399983259518251, 0.044387527842802,
        0.3109845209397914, 40.14424084784896, -0.758470626175459, 3.8604581942163785
      ]
    )
    assert.deepEqual(testAsked(result), test)
  })

  test('of shares, on the scale of log odds', () => {
    const given = sites('share', (i) => [sharePart(at(ONE.having, i), at(N, i))])
    const result = testOf(asked({ effect: 'proportion', method: 'pm', interval: 'wald' }), given)
    assertMeta(result, [
      expit(-0.5701528520694977),
      expit(-1.0192855403520031),
      expit(-0.1210201637869922),
      ...[null, null, 0.1093003612842295, 52.67494981280119],
      ...[expit(-1.3585645520361003), expit(0.2182588478971049)]
    ])
  })

  test('of odds ratios', () => {
    const given = sites('share', (i) => [
      sharePart(at(ONE.having, i), at(N, i)),
      sharePart(at(OTHER.having, i), at(OTHER.n, i))
    ])
    const result = testOf(asked({ effect: 'odds_ratio', method: 'dl', ...BY_ARM }), given)
    assertMeta(result, [
      Math.exp(0.40976440876146),
      Math.exp(-0.219882289719884),
      Math.exp(1.039411107242803),
      ...[2.071087217394996, 0.130106710590575, 0, 0, Math.exp(-0.219882289719884), Math.exp(1.039411107242803)]
    ])
  })

  test('of correlations, by Fisher’s z', () => {
    const given = sites('correlation', (i) => {
      const [n, r] = [at(N, i), at(CORRELATIONS, i)]
      return [{ moments: { n, sum: 0, deviations: 4 * n, second: { sum: 0, deviations: 9 * n, cross: 6 * n * r } } }]
    })
    const result = testOf(asked({ effect: 'correlation', interval: 'wald' }), given)
    assertMeta(result, [
      Math.tanh(0.33926550684945134),
      Math.tanh(0.13643806355082153),
      Math.tanh(0.5420929501480811),
      ...[3.278393514247604, 0.00104399745235137, 0.019354187147637578, 45.415148492702706],
      ...[Math.tanh(-0.000568694917698842), Math.tanh(0.6790997086166015)]
    ])
  })

  test('one site gives its own effect and no combined one; two that withhold it give none', () => {
    const given = sites('sd', (i) => [momentsPart(at(N, i), at(ONE.means, i), at(ONE.sds, i))])
    const alone = testOf(asked({}), given.slice(0, 1))
    assert.equal(alone.difference, null)
    assert.match(alone.note, /two institutions or more/)
    assert.equal(alone.meta?.sites[0]?.estimate, 10.2)
    assert.deepEqual(testAsked(alone), asked({}))
    assert.match(testOf(asked({}), given.slice(0, 2)).note, /one degree of freedom/)
    assert.equal(testOf(asked({ interval: 'wald' }), given.slice(0, 2)).note, '')
    const withheld = testOf(asked({ of: 'y' }), given)
    assert.equal(withheld.difference, null)
    assert.deepEqual(withheld.meta?.sites, [])
  })

  test('numbers that were rounded for privacy widen the interval by what rounding can hide', () => {
    const parts = (half: number) => (i: number) => {
      const n = at(N, i)
      const moments = { n, sum: n * at(ONE.means, i), deviations: (n - 1) * at(ONE.sds, i) ** 2 }
      return [{ moments: { ...moments, accuracy: { sum: n * half, deviations: 0 } } }]
    }
    const exact = testOf(asked({}), sites('sd', parts(0), CARD))
    const wide = testOf(asked({}), sites('sd', parts(0.25), CARD))
    assert.ok((exact.interval?.[0] ?? 0) - (wide.interval?.[0] ?? 0) >= 0.25)
    assert.ok((wide.interval?.[1] ?? 0) - (exact.interval?.[1] ?? 0) >= 0.25)
    assert.deepEqual(
      [wide.difference, wide.meta?.q, wide.meta?.tau2],
      [exact.difference, exact.meta?.q, exact.meta?.tau2]
    )
    assert.match(wide.note, /rounded for privacy/)
    assert.equal(exact.note, '')
  })

  test('whatever exact numbers were rounded, their interval lies within, and p is no smaller', () => {
    const random = seededRandom(5)
    const between = (low: number, high: number) => low + (high - low) * randomUnit(random)
    const toStep = (value: number, step: number) => Math.round(value / step) * step
    for (let round = 0; round < 400; round++) {
      const method = META_METHODS[round % 4] ?? 'reml'
      const interval = method === 'fixed' || round % 8 > 3 ? 'wald' : 'hartung_knapp'
      const count = 2 + (round % 7)
      const exact = Array.from({ length: count }, () => {
        const groups = [0, 1].map((group) => {
          const n = Math.round(between(20, 160))
          return { n, mean: between(8, 12) + group * 3, sd: between(4, 9), step: 0.05 * Math.ceil(between(0, 10)) }
        })
        return groups
      })
      const partsOf = (isRounded: boolean) => (i: number) =>
        (exact[i] ?? []).map(({ n, mean, sd, step }) => {
          if (!isRounded) return momentsPart(n, mean, sd)
          const [count, x, s] = [toStep(n, 5), toStep(mean, step), toStep(sd, step / 2)]
          const accuracy = {
            n: 2.5,
            sum: (count * step) / 2,
            deviations: (2 * s + step / 4) * (step / 4) * (count - 1)
          }
          return { moments: { n: count, sum: count * x, deviations: (count - 1) * s ** 2, accuracy } }
        })
      const of = (isRounded: boolean) =>
        testOf(
          asked({ effect: 'difference', method, interval, ...BY_ARM }),
          sites('sd', partsOf(isRounded), isRounded ? CARD : {}, count)
        )
      const [real, told] = [of(false), of(true)]
      const [low = 0, high = 0] = real.interval ?? []
      const [wideLow = 0, wideHigh = 0] = told.interval ?? []
      assert.ok(wideLow <= low && high <= wideHigh, `${method} ${interval}: ${told.interval} for ${real.interval}`)
      assert.ok((told.p ?? 0) >= (real.p ?? 1), `${method} ${interval}: ${told.p} for ${real.p}`)
    }
  })
})
