import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestEstimate, TestResult } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'
import { answerText } from '../src/answer/answer.ts'
import { survivalLines } from '../src/answer/survival.ts'
import { tableOneLines } from '../src/answer/table-one.ts'
import { testLines } from '../src/answer/tests.ts'

const WELCH: TestResult = {
  kind: 'welch',
  of: 'sd_score',
  by: ['sex'],
  groups: [
    { name: 'female', n: 50, mean: 5.006, sd: 0.35 },
    { name: 'male', n: 50, mean: 5.936, sd: 0.52 }
  ],
  difference: -0.93,
  interval: [-1.105707, -0.754293],
  statistic: -10.520986,
  df: [86.538],
  p: 3.7467e-17,
  note: ''
}
const text = (tests: TestResult[]) => testLines({ pooled: { tests }, parts: [] } as unknown as Broadcast).join('')

test('a test is one line: what it is of, its statistic, and how sure one can be', () => {
  assert.equal(
    text([WELCH]),
    '\nWelch’s t, score by sex: t(86.54) = -10.52, p = 3.75e-17. ' +
      'Difference female − male: -0.93, 95 % interval -1.106 to -0.7543.\n'
  )
})

test('a meta-analysis says the combined effect, how institutions differ, and the effect of each', () => {
  const meta: TestResult = {
    ...{ ...WELCH, kind: 'meta', difference: 1.551, interval: [0.0732, 3.0288], statistic: 3.34, df: [3], p: 0.0444 },
    meta: {
      ...{ effect: 'difference', method: 'reml', interval: 'hartung_knapp', tau2: 0.311, i2: 0.4014 },
      ...{ q: { statistic: 5.2, df: 3, p: 0.1577 }, prediction: [-0.7585, 3.8605] },
      sites: [{ site: '12D3', estimate: 1.3, interval: [-0.03, 2.63], weight: 0.25 }]
    }
  }
  const broadcast = { pooled: { tests: [meta] }, parts: [{ peer_id: '12D3', node_id: 'north' }] }
  assert.equal(
    testLines(broadcast as unknown as Broadcast).join(''),
    '\nMeta-analysis of mean differences (random effects, REML), score, female − male: ' +
      '1.551, 95 % interval 0.0732 to 3.029, t(3) = 3.34, p = 0.0444.\n' +
      '  Between institutions: τ² 0.311, I² 40.14 %, Q(3) = 5.2, p = 0.158; a further institution: -0.7585 to 3.861.\n' +
      '  north: 1.3 (-0.03 to 2.63), weight 25 %\n'
  )
})

test('intervals are a line each, with the number of values behind them', () => {
  const none = { difference: null, interval: null, statistic: null, df: [], p: null, groups: [] }
  const mean: TestResult = {
    ...{ ...WELCH, ...none, kind: 'mean_interval', of: 'sd_age' },
    estimates: [
      { measure: 'mean', groups: ['female'], n: 90, estimate: 61.5, interval: [60.1, 62.9] },
      { measure: 'mean', groups: [null], n: 8, estimate: 60, interval: null }
    ]
  }
  assert.equal(
    text([mean]),
    '\n95 % interval of the mean, age by sex.\n' +
      '  female: 61.5 (60.1 to 62.9), n = 90\n  missing: 60 (no interval), n = 8\n'
  )
  const share: TestResult = {
    ...{ ...mean, kind: 'share_interval', of: 'share_sex', by: [], note: 'Said.' },
    estimates: [{ measure: 'share', groups: [], n: null, estimate: null, interval: null }]
  }
  assert.equal(
    text([share]),
    '\n95 % interval of the share (Wilson), share_sex: not computed. Said.\n  all: not known\n'
  )
})

test('odds and risks are a line each, and how institutions differ is another', () => {
  const odds: TestResult = {
    ...{
      ...WELCH,
      kind: 'two_by_two',
      of: 'share_ill',
      difference: null,
      interval: null,
      statistic: 3.34,
      df: [1],
      p: 0.0677
    },
    heterogeneity: { statistic: 2.33, df: 3, p: 0.507 },
    estimates: [
      { measure: 'odds_ratio', groups: [], n: 370, estimate: 1.505, interval: [0.97, 2.33] },
      { measure: 'risk_difference', groups: [], n: 370, estimate: 0.089, interval: [-0.0058, 0.184] }
    ]
  }
  assert.equal(
    text([odds]),
    '\nOdds and risks of two groups, share_ill by sex: χ²(1) = 3.34, p = 0.0677.\n' +
      '  Odds ratios between institutions: Breslow–Day χ²(3) = 2.33, p = 0.507.\n' +
      '  odds ratio: 1.505 (0.97 to 2.33), n = 370\n  risk difference: 0.089 (-0.0058 to 0.184), n = 370\n'
  )
})

test('comparisons of each two groups are a line each with p, and a partial correlation says what is held fixed', () => {
  const none = { difference: null, interval: null, statistic: null, df: [], p: null, groups: [] }
  const pairs: TestResult = {
    ...{ ...WELCH, ...none, kind: 'pairwise' },
    estimates: [{ measure: 'difference', groups: ['a', 'b'], n: 60, estimate: 1.5, interval: [0.5, 2.5], p: 0.0123 }]
  }
  assert.equal(
    text([pairs]),
    '\nPairwise Welch’s t, p after Holm, score by sex.\n  a − b: 1.5 (0.5 to 2.5), n = 60, p = 0.0123\n'
  )
  const group = (name: string) => ({ name, n: null, mean: null, sd: null })
  const partial: TestResult = {
    ...{ ...WELCH, ...none, kind: 'partial_correlation', of: 'correlation_x_y', by: [] },
    ...{ groups: ['x', 'y', 'z'].map(group), statistic: 2.1, df: [57], p: 0.0402 }
  }
  assert.match(text([partial]), /^\nPartial correlation, x and y given z: t\(57\) = 2\.1, p = 0\.0402\./)
})

test('an exact test has a p value alone', () => {
  const exact: TestResult = {
    ...{ ...WELCH, kind: 'fisher', of: 'subjects', by: ['arm', 'ill'], groups: [], difference: null, interval: null },
    ...{ statistic: null, df: [], p: 0.4412 },
    estimates: [{ measure: 'odds_ratio', groups: [], n: 78, estimate: 1.597, interval: [0.511, 5.235] }]
  }
  assert.equal(
    text([exact]),
    '\nFisher’s exact test, subjects by arm, ill: p = 0.441.\n  odds ratio: 1.597 (0.511 to 5.235), n = 78\n'
  )
})

test('a t of one sample names the value that the mean is compared with, a paired one both variables', () => {
  const one: TestResult = { ...WELCH, kind: 'one_sample', by: [], value: 6 }
  assert.match(text([one]), /^\nOne-sample t, score: t\(86\.54\) = -10\.52, .* Difference mean − 6: -0\.93, 95 %/)
  assert.match(text([{ ...WELCH, kind: 'paired', by: [] }]), /^\nPaired t, score: t\(.* Difference female − male: /)
})

test('a baseline table has variables as rows, and says what was withheld', () => {
  const columns = [
    { name: 'arm', role: 'key', kind: 'category', variables: [], pools: false },
    { name: 'subjects', role: 'measure', kind: 'subjects', variables: [], pools: true },
    { name: 'mean_age', role: 'measure', kind: 'mean', variables: ['s.age'], unit: 'a', pools: true },
    { name: 'sd_age', role: 'measure', kind: 'sd', variables: ['s.age'], unit: 'a', pools: true },
    { name: 'share_sex_F', role: 'measure', kind: 'share', variables: ['s.sex'], argument: 'F', pools: true }
  ]
  const within = [null, null, 0.25, 0.1, 0.0126]
  const rows = [{ values: ['dbs', 80, 64.1, 8.2, 0.4] }, { values: ['control', 40, 61.5, null, null] }]
  const answer = { statistic: { name: 'table_one', variables: [], by: [] }, pooled: { columns, rows }, parts: [] }
  const lines = tableOneLines(answer as unknown as Broadcast).join('')
  assert.match(lines, /subjects +80 +40/)
  assert.match(lines, /age \[a\], mean \(sd\) +64\.1 \(8\.2\) +61\.5 \(withheld\)/)
  assert.match(lines, /sex: F +40 % +withheld/)
  assert.deepEqual(tableOneLines({ ...answer, statistic: null } as unknown as Broadcast), [])
  const rounded = { ...answer, pooled: { columns, rows: rows.map((row) => ({ ...row, within })) } }
  const shown = tableOneLines(rounded as unknown as Broadcast).join('')
  assert.match(shown, /mean \(sd\) +64\.1 ± 0\.25 \(8\.2 ± 0\.1\) +61\.5 ± 0\.25 \(withheld\)/)
  assert.match(shown, /sex: F +40 % ± 1\.3 points +withheld/)
  assert.match(shown, /The ± of a share is in percentage points\.\n/)
  assert.doesNotMatch(shown, /≈/)
  const less = columns.map((one) => (one.kind === 'share' ? { ...one, left_out: true } : one))
  const left = { ...answer, pooled: { columns: less, rows: rows.map((row) => ({ ...row, within_remaining: within })) } }
  assert.match(
    tableOneLines(left as unknown as Broadcast).join(''),
    /sex: F +≈ 40 % ± 1\.3 points .*\n≈: people were left out/
  )
})

test('a number that people were left out of never looks exact, with or without a known rounding', () => {
  const columns = ['sex', 'mean', 'sd'].map((name, i) => ({
    ...{ name, role: i === 0 ? 'key' : 'measure', kind: name },
    ...(i === 0 ? {} : { left_out: true })
  }))
  const rows = ['female', 'male'].map((sex) => ({
    ...{ values: [sex, 61.5, 9], sites: ['a', 'b'], within_remaining: [null, 0.25, null] }
  }))
  const pooled = { columns, rows, sites: ['a', 'b'], notes: [] }
  const shown = answerText({ parts: [], warnings: [], schema: null, pooled } as unknown as Broadcast)
  assert.match(
    shown,
    /female +≈ 61\.5 ± 0\.25 +≈ 9 .*\n(.*\n)≈: people were left out for privacy\. .* those who remain\.\n/
  )
  assert.match(shown, /mean by sex\n +female .* ≈ 61\.5\n/)
})

test('a quantile has the range of its bins beside it, and that alone where no number is known', () => {
  const columns = [
    { name: 'arm', role: 'key', kind: 'key' },
    { name: 'p90', role: 'measure', kind: 'quantile' }
  ]
  const ends = [
    ['dbs', 1250.5, [1000, 1500]],
    ['medication', null, [1500, 4000]],
    ['none', null, [1500, null]]
  ] as const
  const rows = ends.map(([arm, value, range]) => ({ values: [arm, value], sites: ['a'], ranges: [null, range] }))
  const pooled = { columns, rows, sites: ['a'], notes: [] }
  const shown = answerText({ parts: [], warnings: [], schema: null, pooled } as unknown as Broadcast)
  assert.match(shown, /dbs +1251 \[1000 to 1500\]/)
  assert.match(shown, /medication +\[1500 to 4000\]/)
  assert.match(shown, /none +\[1500 or more\]/)
  assert.match(shown, /\n\[a to b\]: a quantile is read off bins/)
  assert.match(shown, /p90 by arm\n.*\n +medication +· 1500 to 4000\n/)
})

test('a printed error covers the digits that are not printed', () => {
  const columns = [
    { name: 'arm', role: 'key', kind: 'key' },
    { name: 'ledd', role: 'measure', kind: 'mean' }
  ]
  for (const [value, within, text] of [
    [1090.6, 1, '1090.6 ± 1'],
    [1090.62, 1, '1090.6 ± 1.1'],
    [-0.123456, 0.0021, '-0.1235 ± 0.0022'],
    [1234567.4, 12, '1234567 ± 13'],
    [305, 14, '305 ± 14']
  ] as const) {
    const row = { values: ['dbs', value], sites: ['a'], within: [null, within] }
    const pooled = { columns, rows: [row], sites: ['a'], notes: [] }
    const shown = answerText({ parts: [], warnings: [], schema: null, pooled } as unknown as Broadcast)
    assert.ok(shown.includes(`dbs  ${text} `), `${text}: ${shown}`)
  }
})

test('an answer by groups does not say that nothing is withheld of people without a value', () => {
  const disclosure = { level: 'P1', claim: 'Safe.', subjects: 129, round_base: 1 }
  const table = (keys: readonly (string | null)[], groups = 0) => ({
    ...{ peer_id: 'p', institution: 'North', state: 'completed', code: null, reason: null },
    output: {
      kind: 'table',
      columns: [
        { name: 'fall', role: 'key', kind: 'key', variables: ['s.fall'] },
        { name: 'n', role: 'measure', kind: 'subjects', variables: [] }
      ],
      rows: keys.map((key) => ({ values: [key, 40], parts: { n: { add: 40 } } })),
      ...{ withheld: { groups, cells: 0 }, disclosure }
    }
  })
  const told = (part: object) =>
    answerText({ parts: [part], pooled: null, schema: null, warnings: [] } as unknown as Broadcast)
  assert.match(told(table(['no', 'yes'])), /nothing\nWithheld groups: those of people without a value do not count/)
  assert.doesNotMatch(told(table(['no', 'yes', null])), /do not count/)
  assert.doesNotMatch(told(table(['no'], 1)), /do not count/)
})

test('a test that was not made says why, and no test leaves nothing', () => {
  const none = {
    ...WELCH,
    statistic: null,
    p: null,
    interval: null,
    note: 'A group is missing, withheld, or does not vary.'
  }
  assert.match(text([none]), /not computed\. A group is missing/)
  assert.equal(text([]), '')
  assert.deepEqual(testLines({ pooled: null, parts: [] } as unknown as Broadcast), [])
})

test('what a peer sends cannot steer the terminal', () => {
  const hostile = { ...WELCH, of: 'x\u001b[2J', note: 'look\u001b]0;y\u0007' }
  assert.ok(!text([hostile]).includes('\u001b'))
})

test('a row says how many institutions are behind it, and so where not all are behind each number', () => {
  const columns = ['sex', 'subjects', 'mean'].map((name, i) => ({ name, role: i === 0 ? 'key' : 'measure' }))
  const rows = [
    { values: ['female', 90, 61.5], sites: ['a', 'b', 'c'], column_sites: [null, ['a', 'b', 'c'], ['a', 'b']] },
    { values: ['male', 80, 62.5], sites: ['a', 'b', 'c'] },
    { values: ['single', 9, 60.5], sites: ['a', 'b'], column_sites: [null, ['a'], ['a', 'b']] },
    { values: ['other', null, 60.5], sites: ['a', 'b'], column_sites: [null, [], ['a', 'b']] }
  ]
  const withheld = (groups: number, cells: number, digits = 0) => {
    const output = {
      kind: 'table',
      columns: [],
      rows: [],
      withheld: { groups, cells, digits },
      disclosure: { claim: '' }
    }
    return { institution: `${groups}${cells}`, state: 'completed', code: null, reason: null, output }
  }
  const part = { institution: 'North', state: 'completed', code: null, reason: null, output: null }
  const broadcast = {
    parts: [part, withheld(1, 0, 1), withheld(1, 4), withheld(0, 0)],
    warnings: [],
    schema: null,
    pooled: { columns, rows, sites: ['a', 'b', 'c'], notes: [] }
  }
  const shown = answerText(broadcast as unknown as Broadcast)
  assert.match(shown, /institution +state +code +people +withheld\n/)
  assert.match(shown, /female +90 +61\.5 \(2 of 3\) +2 to 3, by column/)
  assert.match(shown, /single +9 \(only a\) +60\.5 +1 to 2, by column/)
  assert.match(shown, /other .*60\.5 +2\n/, 'a number that is not there has no institution behind it')
  assert.match(shown, /\n10 .* 1 group and last digits of numbers\n14 .* 1 group and 4 numbers\n00 .* nothing\n/)
  assert.match(shown, /male.*62\.5.*\b3\b/)
})

test('people compared within their institution are told so', () => {
  assert.match(text([{ ...WELCH, adjusted_for: 'site' }]), /^\nWelch’s t within institutions, score by sex/)
})

test('the answer of a single institution is shown with its precision and its tests, as one of several is', () => {
  const moments = (n: number, sum: number, accuracy: number) => ({ moments: { n, sum, accuracy: { sum: accuracy } } })
  const disclosure = { level: 'P1', claim: 'Safe.', subjects: 129, round_base: 1 }
  const output = {
    kind: 'table',
    columns: [
      { name: 'sex', role: 'key', kind: 'key', variables: ['s.sex'] },
      { name: 'mean_change', role: 'measure', kind: 'mean', variables: ['s.change'] }
    ],
    rows: [
      { values: ['female', -13.15], parts: { mean_change: moments(42, -552.3, 1.05) } },
      { values: ['male', null], parts: {} }
    ],
    withheld: { groups: 0, cells: 1 },
    tests: [{ ...WELCH, of: 'mean_change' }],
    disclosure
  }
  const part = { ...{ peer_id: 'p', institution: 'North', state: 'completed', code: null, reason: null, output } }
  // Together with another part, if the two cannot be pooled or not all parts have ended.
  const beside = answerText({ parts: [part, { ...part, output: null }], pooled: null, warnings: [] } as never)
  assert.match(beside, /\nNorth\nsex +mean_change\n.*\nfemale +-13\.15 ± 0\.025\nmale +·\n/)
  const text = answerText({ parts: [part], pooled: null, schema: null, warnings: [] } as unknown as Broadcast)
  assert.match(text, /\nNorth\nsex +mean_change\n.*\nfemale +-13\.15 ± 0\.025\nmale +·\n/)
  assert.match(text, /\nWelch’s t, mean_change by sex: /)
  assert.doesNotMatch(text, /Pooled over|institutions|without it/)
})

const CURVE = {
  ...{ group: 'drug', n: 60, events: 20, sites: ['12D3', '12D4'] },
  at: [
    { time: 20, survival: null, error: null, interval: null, range: [0.778, 1] },
    { time: 90, survival: null, error: null, interval: null, range: null },
    { time: 45, survival: 0.8, error: 0.0516, interval: [0, 0.88], range: [0, 0.8], within: [30, 60] },
    { time: 45, survival: 0.8, error: 0.0516, interval: [0, 0.88], range: [0, 0.82], within: [30, null] }
  ],
  steps: [
    {
      ...{ time: 30, at_risk: 60, events: 12, censored: 6, survival: 0.8, error: 0.0516 },
      interval: [0.675, 0.881],
      range: [0.778, 0.8]
    },
    {
      ...{ time: 60, at_risk: 42, events: 8, censored: 34, survival: 0.6476, error: 0.0631 },
      interval: [0.51, 0.755],
      range: [0.6, 0.6476]
    }
  ],
  median: { estimate: null, interval: [30, null], range: [60, null] },
  restricted_mean: { until: 60, estimate: 54, error: 1.55, interval: [50.97, 57.03], range: [45, 54] }
}

test('survival is a line of text for each curve, a table of its steps, and what is read off it', () => {
  const none = { difference: null, interval: null, statistic: null, df: [], p: null, groups: [] }
  const survival = { event: { key: 'died', level: 'yes', others: ['no'] }, levels: [['drug']], curves: [CURVE] }
  const tests: TestResult[] = [
    {
      ...WELCH,
      ...none,
      kind: 'kaplan_meier',
      of: 'count_days',
      by: ['arm'],
      note: 'Said.',
      sites: ['12D3', '12D4'],
      survival
    }
  ]
  const parts = [
    { peer_id: '12D3', node_id: 'north' },
    { peer_id: '12D4', node_id: 'south' },
    { peer_id: '12D5', node_id: 'west' }
  ]
  const told = survivalLines({ pooled: { tests }, parts } as unknown as Broadcast).join('')
  const lines = told.split('\n')
  assert.equal(lines[1], 'Survival (Kaplan and Meier), count_days by arm, event died yes')
  assert.equal(lines[2], `  drug  ${'░'.repeat(20)}${'▆'.repeat(19)}▅`)
  assert.equal(lines[3], `        0${' '.repeat(37)}60`)
  assert.match(lines[4] ?? '', /^ {2}░ An interval so long that its exact times can put the curve far/)
  assert.equal(lines[6], 'drug: n = 60, 20 events, of north, south')
  assert.match(
    told,
    /from {2}at risk {2}before {2}events {2}survival \(exact times\) .*\n.*\n +0 +60 +30 +12 {2}0\.8 \(0\.778 to 0\.8\) /
  )
  assert.match(
    told,
    /Median not before 60 \(95 % 30 to not reached\)\.\nMean up to 60: 54 \(exact times: 45 to 54; 95 % 50\.97 to 57\.03\)/
  )
  assert.match(told, /At 20: within the only interval \(exact times: 0\.778 to 1\)\.\nAt 90: beyond the grid\./)
  const wide = [
    'At 45: between 0 and 0.8 (the upper end is as if every time were the end of its interval; 95 % 0 to 0.88); ' +
      'the time is in an interval from 30 to 60 that could not be divided.',
    'At 45: between 0 and 0.82 (0.8 is as if every time were the end of its interval; 95 % 0 to 0.88); ' +
      'the time is in an interval from 30 on that could not be divided.'
  ]
  assert.ok(told.includes(wide.join('\n')), told)
  assert.match(told, /Said\.\n$/)
  const short = { ...CURVE.steps[0], range: [0.8, 0.8] }
  const long = { ...CURVE.steps[1], range: [0, 0.6476] }
  const cut = { ...tests[0], survival: { ...survival, curves: [{ ...CURVE, steps: [short, long] }] } }
  const stopped = survivalLines({ pooled: { tests: [cut] }, parts } as unknown as Broadcast).join('')
  assert.match(stopped, /\n {2}drug {2}█{20}░{20}\n/)
  const { sites: _, ...own } = CURVE
  const alone = { ...tests[0], survival: { ...survival, curves: [own] } }
  const single = survivalLines({ pooled: { tests: [alone] }, parts: parts.slice(0, 1) } as unknown as Broadcast)
  assert.match(single.join(''), /\ndrug: n = 60, 20 events\n/)
  assert.equal(text(tests), '', 'and no line of a test')
  const rounded = { ...tests[0], survival: { ...survival, curves: [{ ...CURVE, n_within: 15, events_within: 5 }] } }
  const about = survivalLines({ pooled: { tests: [rounded] }, parts } as unknown as Broadcast).join('')
  assert.match(about, /drug: n = 60 ± 15, 20 ± 5 events, of north/)
  assert.match(about, /from {2}≈ at risk {2}before {2}≈ events/)
})

test('a rounded number of values behind an estimate does not look exact', () => {
  const one = { measure: 'mean' as const, groups: ['dbs'], n: 305, n_within: 14, estimate: 4.2, interval: [4, 4.4] }
  assert.match(text([{ ...WELCH, kind: 'mean_interval', p: null, estimates: [one] }]), /n = 305 ± 14\n/)
})

const hazardRatio = (
  column: string,
  groups: string[],
  numbers: Pick<TestEstimate, 'n' | 'estimate' | 'interval' | 'p'>
): TestEstimate => ({ measure: 'hazard_ratio', column, groups, ...numbers })

test('a log-rank test has the events of each group, hazard ratios their columns, and a test of ranks its z', () => {
  const none = { difference: null, interval: null, groups: [] }
  const counts = [
    { group: 'drug', n: 60, observed: 20, expected: 25.5 },
    { group: 'placebo', n: 60, observed: 30, expected: 24.5 }
  ]
  const survival = { event: { key: 'died', level: 'yes', others: ['no'] }, levels: [['drug', 'placebo']], counts }
  assert.equal(
    text([
      {
        ...WELCH,
        ...none,
        kind: 'log_rank',
        of: 'count_days',
        by: ['arm'],
        statistic: 2.5,
        df: [1],
        p: 0.1138,
        survival
      }
    ]),
    '\nLog-rank test, count_days by arm: χ²(1) = 2.5, p = 0.114.\n' +
      '  drug: n = 60, 20 events, 25.5 expected\n  placebo: n = 60, 30 events, 24.5 expected\n'
  )
  assert.equal(
    text([
      {
        ...WELCH,
        ...none,
        kind: 'cox',
        of: 'count_days',
        by: ['arm', 'sex'],
        statistic: 7.25,
        df: [2],
        p: 0.0266,
        note: 'Compared with arm placebo, sex F.',
        adjusted_for: 'site',
        survival: {
          event: survival.event,
          levels: [
            ['placebo', 'drug'],
            ['F', 'M']
          ],
          strata: 0,
          site: 'stratum'
        },
        estimates: [
          hazardRatio('arm', ['drug', 'placebo'], { n: 60, estimate: 0.62, interval: [0.43, 0.9], p: 0.0116 }),
          hazardRatio('sex', ['M', 'F'], { n: 70, estimate: 3e140, interval: null, p: 0.99 })
        ]
      }
    ]),
    '\nProportional hazards (Cox) within institutions, count_days by arm, sex: χ²(2) = 7.25, p = 0.0266. Compared with arm placebo, sex F.\n' +
      '  hazard ratio of drug to placebo (arm): 0.62 (0.43 to 0.9), n = 60, p = 0.0116\n' +
      '  hazard ratio of M to F (sex): 3e+140 (no interval), n = 70, p = 0.990\n'
  )
  const ranks = { w: 2100, corrected: false, grid: [10] }
  const estimates = [{ measure: 'superiority' as const, groups: ['a', 'b'], n: 120, estimate: 0.58, interval: null }]
  assert.equal(
    text([
      {
        ...WELCH,
        ...none,
        kind: 'mann_whitney',
        of: 'count_x',
        by: ['arm'],
        statistic: 1.6,
        df: [],
        p: 0.1096,
        ranks,
        estimates
      }
    ]),
    '\nMann, Whitney and Wilcoxon’s test, count_x by arm: z = 1.6, p = 0.110.\n  P(a > b): 0.58 (no interval), n = 120\n'
  )
})
