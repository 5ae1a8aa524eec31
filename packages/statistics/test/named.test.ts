import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CatalogDescriptor, Filter, StatisticCall, StimnetError } from '@stimnet/protocol'
import { oneRowEach, planOfStatistic, rowsNote, STATISTICS } from '@stimnet/statistics'

const variable = (name: string, type: string, more: object = {}) => ({
  name,
  type,
  unit: '',
  description: '',
  levels: [] as string[],
  breakpoints: [] as number[],
  minimum: 0,
  maximum: 0,
  bounded: false,
  missingShare: 0,
  missingTold: false,
  identifying: false,
  derivation: '',
  ...more
})

const VISIT = variable('visit', 'category', { levels: ['baseline', 'month_12'] })
const CATALOG: CatalogDescriptor = {
  name: 'trial',
  title: '',
  description: '',
  dataType: '',
  accessLevel: 'public',
  keywords: [],
  subjectKey: 'subject_id',
  epoch: '',
  snapshotAtMs: 0,
  subjectsRounded: 150,
  synthetic: true,
  programs: [],
  lattice: [],
  cohortSizeMin: 5,
  mode: 'sdc',
  dataUse: [],
  scripts: 'auto',
  sandboxGradeMin: '',
  sitesPerPerson: 1,
  sets: [],
  permitRequired: false,
  preset: 'default',
  policyHash: '',
  precision: '',
  tables: [
    {
      name: 'subjects',
      description: '',
      oneRowPerSubject: true,
      variables: [
        variable('age', 'integer', { unit: 'years', breakpoints: [20, 40, 65, 90] }),
        variable('sex', 'category', { levels: ['F', 'M'] }),
        VISIT,
        variable('note', 'text')
      ]
    },
    {
      name: 'outcomes',
      description: '',
      oneRowPerSubject: false,
      variables: [
        VISIT,
        variable('UPDRS_total', 'number'),
        variable('quality_of_life', 'number'),
        variable('response', 'category', { levels: ['none', 'partial', 'full'] })
      ]
    },
    { name: 'scans', description: '', oneRowPerSubject: false, variables: [variable('motion', 'number')] }
  ]
}

const call = (name: string, more: Partial<StatisticCall> = {}): StatisticCall => ({
  name,
  variables: [],
  by: [],
  arguments: {},
  ...more
})
const plan = (name: string, more: Partial<StatisticCall> = {}) => planOfStatistic(call(name, more), CATALOG)
const code = (expected: string) => (error: unknown) => (error as { code: string }).code === expected

test('a mean by sex joins the two tables that it names', () => {
  assert.deepEqual(plan('mean', { variables: ['UPDRS_total'], by: ['sex'] }), {
    tables: ['outcomes', 'subjects'],
    groupBy: [{ name: 'sex', variable: 'subjects.sex' }],
    measures: [{ kind: 'mean', name: 'mean_UPDRS_total', variable: 'outcomes.UPDRS_total' }]
  })
})

test('a name that several tables have is taken from the table already in use', () => {
  assert.deepEqual(plan('mean', { variables: ['UPDRS_total'], by: ['visit'] }).groupBy, [
    { name: 'visit', variable: 'outcomes.visit' }
  ])
  assert.deepEqual(plan('count', { table: 'subjects', by: ['visit'] }).groupBy[0]?.variable, 'subjects.visit')
  assert.throws(() => plan('count', { by: ['visit'] }), code('VARIABLE_AMBIGUOUS'))
})

test('a count without variables counts subjects, and rows where a subject can have several', () => {
  assert.deepEqual(
    plan('count', { table: 'subjects' }).measures.map((m) => m.name),
    ['subjects']
  )
  assert.deepEqual(
    plan('count', { table: 'outcomes' }).measures.map((m) => m.name),
    ['subjects', 'rows']
  )
  assert.deepEqual(
    plan('count', { variables: ['age'] }).measures.map((m) => m.name),
    ['subjects', 'count_age']
  )
  assert.throws(() => plan('count'), code('PARAMETER_INVALID'))
})

test('moments, spreads and their other names make the measures they promise', () => {
  assert.deepEqual(
    plan('moments', { variables: ['age'] }).measures.map((m) => m.kind),
    ['count', 'mean', 'variance', 'sd', 'skewness']
  )
  assert.deepEqual(
    plan('moments', { variables: ['age'], arguments: { kurtosis: true } }).measures.at(-1)?.kind,
    'kurtosis'
  )
  assert.throws(() => plan('moments', { variables: ['age'], arguments: { kurtosis: 1 } }), code('PARAMETER_INVALID'))
  assert.deepEqual(
    plan('stdev', { variables: ['age'] }).measures.map((m) => m.kind),
    ['sd']
  )
  assert.deepEqual(
    plan('sum', { variables: ['age'] }).measures.map((m) => m.kind),
    ['sum']
  )
  assert.deepEqual(plan('correlation', { variables: ['UPDRS_total', 'quality_of_life', 'age'] }).measures.length, 3)
})

test('a count of a catalog with several tables says what to write where no variable determines it', () => {
  const says = (reason: RegExp) => (error: StimnetError) =>
    error.code === 'PARAMETER_INVALID' && reason.test(error.reason)
  const written = /Name the table, .*: \{ "name": "count", "table": "subjects" \}\. The catalog has subjects, outcomes/
  assert.throws(() => plan('count', {}), says(written))
  const misplaced = /"table" stands beside "name", not in "arguments": \{ "name": "count", "table": "…" \}/
  assert.throws(() => plan('count', { arguments: { table: 'subjects' } }), says(misplaced))
})

test('table and histogram group by levels and declared bins', () => {
  assert.deepEqual(
    plan('table', { variables: ['sex', 'age'] }).groupBy.map((key) => key.name),
    ['sex', 'age']
  )
  assert.deepEqual(
    plan('histogram', { variables: ['age'], by: ['sex'] }).groupBy.map((key) => key.name),
    ['age', 'sex']
  )
  assert.throws(() => plan('table', { variables: ['note'] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('table', { variables: ['UPDRS_total'] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('histogram', { variables: ['sex'] }), code('PARAMETER_INVALID'))
})

test('a quantile has a place from 0.05 to 0.95: smallest and largest belong to one person', () => {
  assert.deepEqual(
    plan('quantile', { variables: ['age'] }).measures.map((m) => m.name),
    ['q25_age', 'q50_age', 'q75_age']
  )
  assert.deepEqual(plan('quantile', { variables: ['age'], arguments: { q: 0.9 } }).measures.length, 1)
  for (const q of [0, 1, 0.04, 'x', [], [0.5, 2], null, Number.NaN, '__proto__']) {
    if (q === null) continue
    assert.throws(() => plan('quantile', { variables: ['age'], arguments: { q } }), code('PARAMETER_INVALID'))
  }
  assert.throws(() => plan('quantile', { variables: ['UPDRS_total'] }), code('PARAMETER_INVALID'))
})

test('a share is of a declared level', () => {
  const measure = plan('share', { variables: ['sex'], arguments: { level: 'F' } }).measures[0]
  assert.deepEqual(measure, { kind: 'share', name: 'share_sex', variable: 'subjects.sex', level: 'F' })
  assert.throws(() => plan('share', { variables: ['sex'], arguments: { level: 'f' } }), code('VALUE_NOT_DECLARED'))
  assert.throws(() => plan('share', { variables: ['sex'] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('share', { variables: ['age'], arguments: { level: 'F' } }), code('PARAMETER_INVALID'))
})

test('what is not offered is refused with what there is', () => {
  for (const name of ['max', 'median', '__proto__', 'constructor', '']) {
    assert.throws(() => plan(name, { variables: ['age'] }), code('STATISTIC_UNKNOWN'))
  }
  assert.throws(() => plan('maen', { variables: ['age'] }), {
    reason: /^There is no such statistic\. Did you mean mean\?/
  })
  assert.throws(() => plan('median', { variables: ['age'] }), {
    reason: /^There is no such statistic\. Ask quantile with "q": 0\.5\./
  })
  for (const name of ['t_test', 't.test', 'T-test'])
    assert.throws(() => plan(name, { variables: ['age'] }), {
      reason: /^There is no such statistic\. Ask compare for two groups/
    })
  assert.throws(() => plan('mean', { variables: ['height'] }), code('VARIABLE_UNKNOWN'))
  assert.throws(() => plan('mean', { variables: ['sex'] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('mean', { variables: [] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('mean', { variables: ['age', 'age'] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('mean', { variables: ['age'], arguments: { trim: 1 } }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('mean', { variables: ['age'], table: 'nowhere' }), code('PARAMETER_INVALID'))
  assert.throws(
    () => plan('table', { variables: ['sex', 'age'], by: ['outcomes.visit', 'subjects.visit'] }),
    code('PARAMETER_INVALID')
  )
})

test('two groups are compared: only they are read, and the test is over columns that are asked for anyway', () => {
  const asked = { variables: ['UPDRS_total'], by: ['outcomes.visit'] }
  const groups = ['month_12', 'baseline']
  assert.deepEqual(plan('compare', { ...asked, arguments: { groups } }), {
    tables: ['outcomes'],
    groupBy: [{ name: 'visit', variable: 'outcomes.visit' }],
    measures: [
      { kind: 'count', name: 'count_UPDRS_total', variable: 'outcomes.UPDRS_total' },
      { kind: 'mean', name: 'mean_UPDRS_total', variable: 'outcomes.UPDRS_total' },
      { kind: 'sd', name: 'sd_UPDRS_total', variable: 'outcomes.UPDRS_total' }
    ],
    where: { column: 'outcomes.visit', op: 'in', values: groups },
    tests: [{ kind: 'welch', of: 'sd_UPDRS_total', by: 'visit', groups, repeated: 'outcomes' }]
  })
  const [test] = plan('compare', asked).tests ?? []
  assert.deepEqual(test?.kind === 'welch' && test.groups, ['baseline', 'month_12'], 'two levels need not be named')
  for (const wrong of [['baseline'], ['baseline', 'baseline'], 'baseline', [1, 2], ['a', 'b', 'c']]) {
    const { code: found } = assertThrows(() => plan('compare', { ...asked, arguments: { groups: wrong } }))
    assert.ok(['PARAMETER_INVALID', 'VALUE_NOT_DECLARED'].includes(found))
  }
  assert.throws(
    () => plan('compare', { ...asked, arguments: { groups: ['baseline', 'month_6'] } }),
    code('VALUE_NOT_DECLARED')
  )
  assert.throws(() => plan('compare', { variables: ['UPDRS_total'] }), code('PARAMETER_INVALID'))
  assert.throws(() => plan('compare', { variables: ['UPDRS_total'], by: ['age'] }), code('PARAMETER_INVALID'))
})

function assertThrows(act: () => unknown): { code: string } {
  try {
    act()
  } catch (error) {
    return error as { code: string }
  }
  return assert.fail('nothing was refused')
}

test('an analysis of variance has one grouping variable, χ² two variables and no other', () => {
  assert.deepEqual(plan('anova', { variables: ['age'], by: ['sex'] }).tests, [
    { kind: 'anova', of: 'sd_age', by: 'sex' }
  ])
  assert.throws(() => plan('anova', { variables: ['age'] }), code('PARAMETER_INVALID'))
  assert.deepEqual(plan('chi2', { variables: ['sex', 'subjects.visit'] }).tests, [
    { kind: 'chi_squared', of: 'subjects', by: ['sex', 'visit'] }
  ])
  assert.throws(
    () => plan('chi_squared', { variables: ['sex', 'subjects.visit'], by: ['age'] }),
    code('PARAMETER_INVALID')
  )
})

test('intervals are beside the numbers that are asked for, for every group', () => {
  const interval = { interval: true }
  assert.deepEqual(plan('mean', { variables: ['age'], by: ['sex'], arguments: interval }), {
    tables: ['subjects'],
    groupBy: [{ name: 'sex', variable: 'subjects.sex' }],
    measures: [
      { kind: 'count', name: 'count_age', variable: 'subjects.age' },
      { kind: 'mean', name: 'mean_age', variable: 'subjects.age' },
      { kind: 'sd', name: 'sd_age', variable: 'subjects.age' }
    ],
    tests: [{ kind: 'mean_interval', of: 'sd_age', by: ['sex'] }]
  })
  assert.deepEqual(plan('share', { variables: ['sex'], arguments: { level: 'F', ...interval } }).tests, [
    { kind: 'share_interval', of: 'share_sex', by: [] }
  ])
  assert.deepEqual(plan('correlation', { variables: ['age', 'UPDRS_total'], arguments: interval }).tests, [
    { kind: 'correlation_interval', of: 'correlation_age_UPDRS_total', by: [], clustered: 'outcomes' }
  ])
  for (const name of ['mean', 'correlation'])
    assert.equal(plan(name, { variables: ['age', 'UPDRS_total'] }).tests, undefined)
  assert.throws(() => plan('mean', { variables: ['age'], arguments: { interval: 1 } }), code('PARAMETER_INVALID'))
  const byVisit = plan('mean', { variables: ['UPDRS_total'], by: ['outcomes.visit'], arguments: interval })
  assert.deepEqual(byVisit.tests, [
    { kind: 'mean_interval', of: 'sd_UPDRS_total', by: ['visit'], clustered: 'outcomes' }
  ])
  const shares = plan('share', { variables: ['outcomes.visit'], arguments: { level: 'baseline', ...interval } })
  assert.deepEqual(shares.tests, [{ kind: 'share_interval', of: 'share_visit', by: [] }], 'people are counted')
})

test('a t of one sample or of pairs has the whole cohort, and a value or two variables of one unit', () => {
  assert.deepEqual(plan('one_sample', { variables: ['age'], arguments: { value: 60.5 } }).tests, [
    { kind: 'one_sample', of: 'sd_age', by: [], value: 60.5 }
  ])
  const [asked] = plan('one_sample', { variables: ['age'] }).tests ?? []
  assert.ok(asked?.kind === 'one_sample' && asked.value === 0)
  const pair = plan('paired_t', { variables: ['UPDRS_total', 'quality_of_life'] })
  assert.deepEqual(pair.measures, [
    {
      ...{ kind: 'covariance', name: 'covariance_UPDRS_total_quality_of_life' },
      variables: ['outcomes.UPDRS_total', 'outcomes.quality_of_life']
    }
  ])
  assert.deepEqual(pair.tests, [
    {
      ...{
        kind: 'paired',
        of: 'covariance_UPDRS_total_quality_of_life',
        by: [],
        groups: ['UPDRS_total', 'quality_of_life']
      },
      clustered: 'outcomes'
    }
  ])
  for (const [name, variables, by, args] of [
    ['one_sample', ['age'], ['sex'], {}],
    ['one_sample', ['age'], [], { value: 'sixty' }],
    ['one_sample', ['age'], [], { value: Number.POSITIVE_INFINITY }],
    ['paired', ['age', 'UPDRS_total'], ['sex'], {}],
    ['paired', ['age', 'UPDRS_total'], [], {}],
    ['paired', ['age', 'sex'], [], {}],
    ['paired', ['age'], [], {}]
  ] as const) {
    assert.throws(
      () => plan(name, { variables: [...variables], by: [...by], arguments: args }),
      code('PARAMETER_INVALID'),
      JSON.stringify([name, variables, by, args])
    )
  }
})

test('odds and risks are of one level in two groups, which alone are read', () => {
  const asked = { variables: ['outcomes.response'], by: ['sex'], arguments: { level: 'full' } }
  const { where, measures, tests } = plan('odds_ratio', asked)
  assert.deepEqual(where, { column: 'subjects.sex', op: 'in', values: ['F', 'M'] })
  assert.deepEqual(measures, [{ kind: 'share', name: 'share_response', variable: 'outcomes.response', level: 'full' }])
  // People are counted, so several rows of one person do not matter.
  assert.deepEqual(tests, [{ kind: 'two_by_two', of: 'share_response', by: 'sex', groups: ['F', 'M'] }])
  const [repeated] =
    plan('two_by_two', { ...asked, variables: ['sex'], by: ['outcomes.visit'], arguments: { level: 'F' } }).tests ?? []
  assert.equal(repeated?.repeated, 'outcomes')
  for (const wrong of [
    { ...asked, by: [] },
    { ...asked, arguments: {} },
    { ...asked, by: ['age'] }
  ])
    assert.throws(() => plan('two_by_two', wrong), code('PARAMETER_INVALID'))
})

test('an analysis of variance can compare each group with each other', () => {
  const asked = { variables: ['age'], by: ['sex'], arguments: { pairwise: true } }
  assert.deepEqual(plan('anova', asked).tests, [
    { kind: 'anova', of: 'sd_age', by: 'sex' },
    { kind: 'pairwise', of: 'sd_age', by: 'sex' }
  ])
  assert.deepEqual(
    plan('anova', { ...asked, by: ['outcomes.visit'] }).tests?.map(({ repeated }) => repeated),
    ['outcomes', 'outcomes']
  )
  assert.throws(() => plan('anova', { ...asked, arguments: { pairwise: 'yes' } }), code('PARAMETER_INVALID'))
})

test('a partial correlation asks for three correlations, and how many values each variable has', () => {
  const { measures, tests } = plan('partial_correlation', { variables: ['UPDRS_total', 'quality_of_life', 'age'] })
  assert.deepEqual(
    measures.map(({ name }) => name),
    [
      ...['count_UPDRS_total', 'count_quality_of_life', 'count_age'],
      ...['correlation_UPDRS_total_quality_of_life', 'correlation_UPDRS_total_age', 'correlation_quality_of_life_age']
    ]
  )
  assert.deepEqual(tests, [
    {
      ...{ kind: 'partial_correlation', of: 'correlation_UPDRS_total_quality_of_life', by: [] },
      columns: [
        ...['correlation_UPDRS_total_age', 'correlation_quality_of_life_age'],
        ...['count_UPDRS_total', 'count_quality_of_life', 'count_age']
      ],
      groups: ['UPDRS_total', 'quality_of_life', 'age'],
      clustered: 'outcomes'
    }
  ])
  for (const wrong of [
    ['age', 'UPDRS_total'],
    ['age', 'UPDRS_total', 'sex']
  ])
    assert.throws(() => plan('partial_correlation', { variables: wrong }), code('PARAMETER_INVALID'))
})

test('tables of two by two read two levels of each category, and no others', () => {
  assert.deepEqual(plan('fisher', { variables: ['sex', 'subjects.visit'] }), {
    tables: ['subjects'],
    groupBy: [
      { name: 'sex', variable: 'subjects.sex' },
      { name: 'visit', variable: 'subjects.visit' }
    ],
    measures: [{ kind: 'subjects', name: 'subjects' }],
    tests: [{ kind: 'fisher', of: 'subjects', by: ['sex', 'visit'], groups: ['F', 'M', 'baseline', 'month_12'] }]
  })
  const responses = plan('fisher', {
    variables: ['sex', 'outcomes.response'],
    arguments: { groups: ['M', 'F'], levels: ['none', 'full'] }
  })
  assert.deepEqual(responses.where, { column: 'outcomes.response', op: 'in', values: ['none', 'full'] })
  assert.deepEqual(responses.tests, [
    {
      ...{ kind: 'fisher', of: 'subjects', by: ['sex', 'response'], groups: ['M', 'F', 'none', 'full'] },
      repeated: 'outcomes'
    }
  ])
  const visits = { variables: ['subjects.visit', 'outcomes.visit'] }
  assert.deepEqual(plan('mcnemar', visits).tests, [
    {
      ...{
        kind: 'mcnemar',
        of: 'subjects',
        by: ['subjects_visit', 'outcomes_visit'],
        groups: ['baseline', 'month_12']
      },
      repeated: 'outcomes'
    }
  ])
  for (const [name, asked] of [
    ['mcnemar', { variables: ['sex', 'subjects.visit'] }],
    ['mcnemar', { ...visits, by: ['sex'] }],
    ['mcnemar', { ...visits, arguments: { levels: ['baseline', 'month_12'] } }],
    ['fisher', { variables: ['sex', 'outcomes.response'] }],
    ['fisher', { variables: ['sex', 'age'] }],
    ['fisher', { variables: ['sex', 'subjects.visit'], by: ['age'] }]
  ] as const) {
    const { variables, by = [], arguments: args = {} } = asked as Partial<StatisticCall>
    assert.throws(
      () => plan(name, { variables: [...(variables ?? [])], by: [...by], arguments: args }),
      code('PARAMETER_INVALID'),
      JSON.stringify([name, asked])
    )
  }
})

test('a meta-analysis combines what its variables are: means, differences, shares, odds ratios, correlations', () => {
  const asked = (variables: string[], by: string[] = [], args: Record<string, unknown> = {}) => {
    const { tests = [], measures, where } = plan('meta', { variables, by, arguments: args })
    const [test] = tests
    assert.ok(test?.kind === 'meta')
    return { ...test, measures: measures.map(({ name }) => name), where }
  }
  const levels = { column: 'subjects.sex', op: 'in', values: ['F', 'M'] }
  const alone = { by: [], groups: [], method: 'reml', interval: 'hartung_knapp' }
  const mean = asked(['age'])
  assert.deepEqual(mean, {
    ...{ kind: 'meta', of: 'sd_age', effect: 'mean', ...alone },
    ...{ measures: ['count_age', 'mean_age', 'sd_age'], where: undefined }
  })
  const difference = asked(['age'], ['sex'], { method: 'dl', interval: 'wald' })
  assert.deepEqual([difference.effect, difference.by, difference.groups], ['difference', ['sex'], ['F', 'M']])
  assert.deepEqual([difference.method, difference.interval, difference.where], ['dl', 'wald', levels])
  assert.equal(asked(['sex'], [], { level: 'F' }).effect, 'proportion')
  assert.equal(asked(['subjects.visit'], ['sex'], { level: 'month_12' }).effect, 'odds_ratio')
  assert.equal(asked(['age', 'UPDRS_total']).effect, 'correlation')
  for (const [variables, by, args] of [
    [['age'], ['sex', 'subjects.visit'], {}],
    [['age', 'UPDRS_total'], ['sex'], {}],
    [['age'], [], { method: 'best' }],
    [['age'], [], { level: 'F' }],
    [['age'], [], { groups: ['F', 'M'] }],
    [['sex'], [], {}],
    [['sex', 'age'], [], {}]
  ] as const) {
    assert.throws(
      () => asked([...variables], [...by], args),
      code('PARAMETER_INVALID'),
      JSON.stringify([variables, by, args])
    )
  }
})

test('two tables with several rows per subject are not multiplied with each other', () => {
  assert.throws(() => plan('mean', { variables: ['UPDRS_total', 'motion'] }), code('PARAMETER_INVALID'))
})

test('two variables of one name get two columns', () => {
  const names = plan('count', { variables: ['subjects.visit', 'outcomes.visit'] }).measures.map((m) => m.name)
  assert.deepEqual(names, ['subjects', 'rows', 'count_subjects_visit', 'count_outcomes_visit'])
})

test('every statistic in the list has a plan', () => {
  const variables: Record<string, string[]> = {
    covariance: ['age', 'UPDRS_total'],
    correlation: ['age', 'UPDRS_total'],
    chi_squared: ['sex', 'age'],
    mcnemar: ['subjects.visit', 'outcomes.visit'],
    fisher: ['sex', 'subjects.visit'],
    partial_correlation: ['age', 'UPDRS_total', 'quality_of_life'],
    paired: ['UPDRS_total', 'quality_of_life'],
    share: ['sex'],
    two_by_two: ['subjects.visit'],
    kaplan_meier: ['age', 'sex'],
    log_rank: ['age', 'sex'],
    cox: ['age', 'sex'],
    regression: [],
    pca: ['age', 'UPDRS_total'],
    combat: ['age', 'UPDRS_total']
  }
  const levels: Record<string, string> = { share: 'F', two_by_two: 'baseline' }
  for (const { name } of STATISTICS) {
    const isSurvival = ['kaplan_meier', 'log_rank', 'cox'].includes(name)
    const given: Record<string, unknown> =
      name === 'regression' ? { formula: 'UPDRS_total ~ age' } : isSurvival ? { event: 'F' } : {}
    const args = Object.hasOwn(levels, name) ? { level: levels[name] } : given
    const bySex = ['compare', 'anova', 'two_by_two', 'mann_whitney'].includes(name) ? ['sex'] : []
    const by = name === 'log_rank' || name === 'cox' ? ['subjects.visit'] : bySex
    assert.ok(plan(name, { variables: variables[name] ?? ['age'], by, arguments: args }).measures.length > 0, name)
  }
})

test('a plan knows where one person can be in several groups: before and after are not two groups of people', () => {
  const repeated = (name: string, variables: string[], by: string[] = []) =>
    plan(name, { variables, by }).tests?.map((asked) => asked.repeated ?? '')
  assert.deepEqual(repeated('compare', ['age'], ['outcomes.visit']), ['outcomes'], 'also of what is said once of each')
  assert.deepEqual(repeated('anova', ['UPDRS_total'], ['outcomes.visit']), ['outcomes'])
  assert.deepEqual(repeated('chi_squared', ['sex', 'outcomes.visit']), ['outcomes'])
  assert.deepEqual(repeated('compare', ['UPDRS_total'], ['sex']), [''])
  assert.deepEqual(repeated('chi_squared', ['sex', 'subjects.visit']), [''])
})

test('a plan knows where one person can have several values, unless a filter leaves one row of each', () => {
  const asked = plan('compare', { variables: ['UPDRS_total'], by: ['sex'] })
  assert.deepEqual(
    asked.tests?.map(({ clustered }) => clustered),
    ['outcomes']
  )
  const where = { column: 'outcomes.visit', op: '=', values: ['month_12'] } as const
  assert.deepEqual(
    oneRowEach({ ...asked, where }).tests?.map((one) => 'clustered' in one),
    [false]
  )
  const once = [
    plan('compare', { variables: ['age'], by: ['sex'] }),
    plan('chi_squared', { variables: ['sex', 'outcomes.visit'] })
  ]
  assert.deepEqual(
    once.flatMap(({ tests = [] }) => tests.map((one) => 'clustered' in one)),
    [false, false]
  )
})

test('a number over all rows of each person has a note, unless a filter or the groups tell the rows apart', () => {
  const noteOf = (name: string, variables: string[], by: string[] = [], where?: Filter) =>
    rowsNote({ ...plan(name, { variables, by }), ...(where && { where }) }, (table) => table === 'outcomes') ?? ''
  assert.match(noteOf('mean', ['UPDRS_total'], ['sex']), /^outcomes has several rows per person/)
  assert.match(noteOf('correlation', ['age', 'UPDRS_total']), /^outcomes/)
  const visit = { column: 'outcomes.visit', op: '=', values: ['month_12'] } as const
  const both = { ...visit, op: 'in', values: ['baseline', 'month_12'] } as const
  assert.match(noteOf('mean', ['UPDRS_total'], [], both), /^outcomes/)
  assert.deepEqual(
    [
      noteOf('mean', ['UPDRS_total'], [], visit),
      noteOf('mean', ['UPDRS_total'], ['outcomes.visit']),
      noteOf('mean', ['age'], ['outcomes.visit']),
      noteOf('mean', ['age']),
      // A test has its own note.
      noteOf('compare', ['UPDRS_total'], ['sex'])
    ],
    ['', '', '', '', '']
  )
})

test('a filter that leaves one row of each person makes its groups groups of people', () => {
  const asked = plan('anova', { variables: ['UPDRS_total'], by: ['outcomes.response'] })
  const fits = (where: Filter) => oneRowEach({ ...asked, where }).tests?.map(({ repeated }) => repeated ?? '')
  const visit = { column: 'outcomes.visit', op: '=', values: ['month_12'] } as const
  assert.deepEqual(fits(visit), [''])
  assert.deepEqual(
    fits({ all: [{ all: [{ ...visit, op: 'in' }] }, { ...visit, column: 'subjects.sex', values: ['F'] }] }),
    ['']
  )
  for (const other of [
    { any: [visit] },
    { not: visit },
    { ...visit, op: 'in', values: ['baseline', 'month_12'] },
    { ...visit, op: '!=' },
    { ...visit, column: 'subjects.visit' },
    { ...visit, column: 'outcomes.response' }
  ] satisfies Filter[]) {
    assert.deepEqual(fits(other), ['outcomes'], JSON.stringify(other))
  }
  assert.deepEqual(oneRowEach(asked).tests, asked.tests)
})
