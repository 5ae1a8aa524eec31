import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { effectiveSettings } from '@stimnet/privacy'
import { CODES, describedSets } from '@stimnet/protocol'
import { reasonOf } from '../src/jobs/admit/advice.ts'
import type { JobPlan } from '../src/jobs/admit/validate.ts'

const WHY = 'ValueError: S001, female, 64 years'
const settings = effectiveSettings({ preset: 'default' })
const planOf = (synthetic: boolean) =>
  ({ catalog: { descriptor: { synthetic, tables: [] } }, program: { kind: 'script' } }) as unknown as JobPlan

test('why a program failed is told of made-up people, and of nobody else', () => {
  assert.equal(reasonOf(planOf(false), settings, 'PROGRAM_FAILED', WHY), CODES.PROGRAM_FAILED.meaning)
  assert.ok(reasonOf(planOf(true), settings, 'PROGRAM_FAILED', WHY).endsWith(`${WHY}.`))
  assert.equal(reasonOf(planOf(true), settings, 'PROGRAM_FAILED', undefined), CODES.PROGRAM_FAILED.meaning)
})

test('a script that breaks its contract is told what its contract expects, the same for real people whatever it wrote', () => {
  const outputs = [
    { name: 'women', kind: 'count', categories: [], edges: [], terms: [] },
    { name: 'by arm', kind: 'table', categories: ['drug', 'placebo'], edges: [], terms: [] },
    { name: 'ages', kind: 'histogram', categories: [], edges: [18, 40, 65, 100], terms: [] }
  ]
  const plan = { ...planOf(false), outputs } as unknown as JobPlan
  const expected =
    ' Its contract expects exactly, in this order: release("women", "count", value=…); ' +
    'release("by arm", "table", counts={"drug": …, "placebo": …}); ' +
    'release("ages", "histogram", counts=[…] (3 whole numbers, one for each bin)).'
  for (const code of ['PROGRAM_FAILED', 'OUTPUT_NOT_RELEASABLE'] as const)
    assert.equal(reasonOf(plan, settings, code, WHY), CODES[code].meaning + expected)
  assert.equal(reasonOf(plan, settings, 'TIME_LIMIT', WHY), CODES.TIME_LIMIT.meaning)
})

test('a refused model over several rows per person is told which condition chooses one', () => {
  const variable = (name: string, levels: string[]) => ({
    name,
    type: levels.length > 0 ? 'category' : 'number',
    levels
  })
  const table = { name: 'outcomes', oneRowPerSubject: false }
  const tables = [
    { ...table, variables: [variable('score', []), variable('arm', ['a', 'b']), variable('visit', ['v0', 'v1'])] }
  ]
  const gram = { kind: 'gram', name: 'model', outcome: 'outcomes.score', site: 'none', terms: [[], ['outcomes.arm']] }
  const measures = [{ ...gram, factors: [{ variable: 'outcomes.arm', levels: ['a', 'b'] }] }]
  const told = (more: object) => {
    const plan = { tables: ['outcomes'], groupBy: [], measures, ...more }
    const catalog = { descriptor: { synthetic: false, tables } }
    const asked = { ...planOf(false), catalog, plan, schema: { mappings: [] } }
    return reasonOf(asked as unknown as JobPlan, settings, 'COHORT_NOT_RELEASABLE', WHY)
  }
  assert.match(
    told({}),
    /^outcomes has several rows per person, .* such as --where outcomes\.visit=v1, or .*\(1 \| subject\)\. The model is not released\./
  )
  assert.match(told({ where: { column: 'outcomes.visit', op: '=', values: ['v0'] } }), /^The model is not released\./)
})

test('a person’s own value over a table with several rows each is advised to choose one, from the question alone', () => {
  const variable = (name: string, levels: readonly string[] = []) => ({ name, type: 'number', levels, breakpoints: [] })
  const tables = [
    { name: 'patients', oneRowPerSubject: true, variables: [variable('age')] },
    { name: 'visits', oneRowPerSubject: false, variables: [variable('visit', ['v0', 'v1']), variable('score')] }
  ]
  const descriptor = { name: 'trial', synthetic: false, subjectsRounded: 100, sitesPerPerson: 1, tables }
  const told = (variables: string[], more: object = {}) => {
    const measures = variables.map((ref) => ({ kind: 'mean', name: 'mean', variable: ref }))
    const plan = { tables: ['patients', 'visits'], groupBy: [], measures }
    const asked = { catalog: { descriptor, decimalsOf: () => 0 }, schema: { mappings: [] }, sitesPerPerson: 1, plan }
    return reasonOf({ ...asked, ...more } as unknown as JobPlan, settings, 'COHORT_NOT_RELEASABLE', undefined)
  }
  assert.match(
    told(['patients.age']),
    /^visits has several rows per person, of which patients\.age is the same: .* Choose one visit, such as WHERE visits\.visit = 'v1', or ask patients alone, without visits\. No part of this/
  )
  assert.match(told(['visits.score']), /^No part of this/)
  const cohort = { column: 'visits.visit', op: '=', values: ['v0'] }
  assert.match(told(['patients.age'], { cohort }), /^No part of this/)
})

const arm = { name: 'arm', type: 'category', levels: ['a', 'b'], breakpoints: [] }
const fall = { name: 'fall', type: 'category', levels: ['no', 'yes'], breakpoints: [] }
const days = { name: 'days', type: 'integer', levels: [], breakpoints: [30, 60] }

/** The refusal of a question over one table. */
function refusalOf(
  plan: object,
  more: {
    readonly sets?: readonly object[]
    readonly cohort?: object
    readonly people?: number
    readonly mappings?: object[]
  } = {}
): string {
  const { sets = [], cohort, people: subjectsRounded = 180, mappings = [] } = more
  const tables = [
    { name: 'people', description: '', oneRowPerSubject: true, variables: [arm, fall, days, { ...days, name: 'age' }] }
  ]
  const descriptor = { name: 'trial', synthetic: false, subjectsRounded, sitesPerPerson: 1, tables, sets }
  const catalog = { descriptor, decimalsOf: () => 0 }
  const asked = { catalog, schema: { mappings }, sitesPerPerson: 1, plan: { tables: ['people'], ...plan } }
  const whole = { ...asked, ...(cohort ? { cohort } : {}) }
  return reasonOf(whole as unknown as JobPlan, settings, 'COHORT_NOT_RELEASABLE', undefined)
}

describe('a refusal advises what the question leaves', () => {
  const gram = { kind: 'gram', name: 'model', site: 'none', terms: [[], ['people.arm']] }
  const factors = [{ variable: 'people.arm', levels: ['a', 'b'] }]

  test('a logistic model of one category with two levels is told which statistic has its odds ratio', () => {
    const model = { ...gram, outcome: 'people.fall', factors, fit: { family: 'binomial', event: 'yes' } }
    const told = refusalOf({ groupBy: [], measures: [model] })
    assert.match(
      told,
      /Nearest: two_by_two of people\.fall by people\.arm \(level yes\): the odds ratio of one institution is that of this model there; over several institutions it is Mantel and Haenszel’s/
    )
    assert.doesNotMatch(told, /fewer terms|correlations|wider/)
    const linear = refusalOf({ groupBy: [], measures: [{ ...gram, outcome: 'people.days', factors }] })
    assert.match(linear, /Nearest: compare of people\.days by people\.arm/)
    assert.doesNotMatch(linear, /fewer terms|correlations/)
  })

  test('a logistic model is advised by the category that is not its outcome, in whatever order they stand', () => {
    const outcome = { variable: 'people.fall', levels: ['no', 'yes'] }
    const model = { ...gram, outcome: 'people.fall', fit: { family: 'binomial', event: 'yes' } }
    const told = refusalOf({ groupBy: [], measures: [{ ...model, factors: [outcome, ...factors] }] })
    assert.match(told, /Nearest: two_by_two of people\.fall by people\.arm \(level yes\)/)
    const three = [{ variable: 'people.arm', levels: ['a', 'b', 'c'] }]
    const shares = refusalOf({ groupBy: [], measures: [{ ...model, factors: [outcome, ...three] }] })
    assert.match(shares, /Nearest: the shares of people\.fall by people\.arm\./)
  })

  test('a linear model of several terms is told what remains of it where few people are, by their number in the description', () => {
    const two = { ...gram, outcome: 'people.days', factors, terms: [[], ['people.arm'], ['people.age']] }
    const asked = { groupBy: [], measures: [two] }
    const many = refusalOf(asked, { people: 5_000 })
    assert.match(many, /Nearest: the same model with fewer terms.*; or its correlations by themselves\./)
    assert.doesNotMatch(many, /script/)
    const few = refusalOf(asked)
    assert.match(
      few,
      /Nearest: the same model with fewer terms, without an interaction or a rare level\. Of about 180 people/
    )
    assert.match(
      few,
      /compare or anova of people\.days by people\.arm, not adjusted; or the whole model in a script .* before other questions/
    )
    assert.doesNotMatch(few, /correlations by themselves/)
  })

  test('the rules of a model include its width, whichever rule refused', () => {
    const rule =
      /; for each exact column, those of earlier answers about the same people included, there must be at least 10 people; and/
    assert.match(refusalOf({ groupBy: [], measures: [{ ...gram, outcome: 'people.days', factors }] }), rule)
    const model = { ...gram, outcome: 'people.days', factors, random: { by: 'subject', table: 'people' } }
    assert.match(refusalOf({ groupBy: [], measures: [model] }), rule)
  })

  test('an event is no grouping, and what was asked is not advised', () => {
    const test = { kind: 'kaplan_meier', of: 'days', by: ['arm'], event: { key: 'fall', level: 'yes', others: ['no'] } }
    const key = (name: string) => ({ name, variable: `people.${name}` })
    const measures = [{ kind: 'quantile', name: 'days', variable: 'people.days', q: 0.5 }]
    const both = refusalOf({ groupBy: [key('arm'), key('fall')], measures, tests: [test] })
    assert.match(both, /Nearest: the same over all groups together\./)
    assert.doesNotMatch(both, /by one of/)
    const one = refusalOf({ groupBy: [key('fall')], measures, tests: [{ ...test, by: [] }] })
    assert.doesNotMatch(one, /Nearest/)
    assert.match(refusalOf({ groupBy: [key('arm'), key('fall')], measures }), /Nearest: by one of arm or fall alone\./)
  })

  test('a comparison is not advised without the groups that it compares', () => {
    const measures = [{ kind: 'mean', name: 'mean_days', variable: 'people.days' }]
    const groupBy = [{ name: 'arm', variable: 'people.arm' }]
    const key = { name: 'fall', variable: 'people.fall' }
    const groups = ['a', 'b']
    for (const kind of ['welch', 'mann_whitney', 'anova', 'two_by_two']) {
      const told = refusalOf({ groupBy, measures, tests: [{ kind, of: 'mean_days', by: 'arm', groups }] })
      assert.match(
        told,
        /Nearest: a comparison needs its groups: its numbers over all groups together, without the test\./
      )
    }
    const event = { key: 'fall', level: 'yes', others: ['no'] }
    const survival = refusalOf({
      groupBy: [...groupBy, key],
      measures,
      tests: [{ kind: 'log_rank', of: 'days', by: ['arm'], event, levels: [groups] }]
    })
    assert.match(survival, /Nearest: a comparison needs its groups: kaplan_meier over all groups together\./)
    const table = { kind: 'chi_squared', of: 'n', by: ['arm', 'fall'] }
    assert.match(
      refusalOf({ groupBy: [...groupBy, key], measures: [{ kind: 'subjects', name: 'n' }], tests: [table] }),
      /Nearest: without the test, the numbers by one of arm or fall alone\./
    )
    const rows = { kind: 'mean_interval', of: 'mean_days', by: ['arm'] }
    assert.match(refusalOf({ groupBy, measures, tests: [rows] }), /Nearest: the same over all groups together\./)
  })

  test('people without a value of a category can be left out by a condition, whatever the data', () => {
    const groupBy = [{ name: 'arm', variable: 'people.arm' }]
    const measures = [{ kind: 'subjects', name: 'n' }]
    assert.match(refusalOf({ groupBy, measures }), /those who have one, by the condition people\.arm is not null\./)
    const cohort = { not: { column: 'people.arm', op: 'is null', values: [] } }
    assert.doesNotMatch(refusalOf({ groupBy, measures }, { cohort }), /is not null/)
  })
})

describe('a refusal names first the analysis set that has the variables of the question', () => {
  const mean = { kind: 'mean', name: 'mean_days', variable: 'people.days' }
  const asked = { groupBy: [{ name: 'arm', variable: 'people.arm' }], measures: [mean] }
  const sets = describedSets([
    { name: 'grouped', completeOn: ['people.arm'] },
    {
      name: 'first',
      completeOn: ['people.arm', 'people.days'],
      where: { column: 'people.fall', op: '=', values: ['no'] }
    },
    { name: 'timed', completeOn: ['people.days', 'people.arm'] }
  ])

  test('with the words that ask for it on the command line, in REST and in the console', () => {
    assert.match(
      refusalOf(asked, { sets }),
      /^First: ask this, and all that follows, of the analysis set timed, whose people have a value of each variable asked \(--set timed on the command line, "set": "timed" in REST and Python, “Analysis set” in the console\)\. No part of this/
    )
    const model = { kind: 'gram', name: 'model', site: 'none', outcome: 'people.days', terms: [[], ['people.arm']] }
    const factors = [{ variable: 'people.arm', levels: ['a', 'b'] }]
    assert.match(
      refusalOf({ groupBy: [], measures: [{ ...model, factors }] }, { sets: sets.slice(0, 2) }),
      /^First: .* set first, .* asked, limited to people\.fall = no \(--set first .* The model is not released\./
    )
  })

  test('or the one that has most of them, with those that it lacks', () => {
    assert.match(
      refusalOf(asked, { sets: sets.slice(0, 1) }),
      /^First: .* set grouped, .* each variable asked except, perhaps, people\.days \(--set grouped .* a steward can declare an analysis set/
    )
    const told = refusalOf(asked)
    assert.match(told, /^No part of this .* a steward can declare an analysis set/)
    assert.doesNotMatch(told, /--set/)
  })

  test('and none to a question that is asked of a set, or of other names than the institution’s', () => {
    const cohort = { column: ':set.grouped~1', op: 'in set', values: [] }
    assert.doesNotMatch(refusalOf(asked, { sets, cohort }), /analysis set/)
    assert.doesNotMatch(refusalOf(asked, { sets, mappings: [{}] }), /analysis set/)
  })
})

describe('a refusal offers noise', () => {
  const variable = {
    name: 'cost',
    type: 'number',
    levels: [],
    breakpoints: [],
    bounded: true,
    minimum: 0,
    maximum: 100
  }
  const advice = (subjectsRounded: number, more: object = {}) => {
    const tables = [{ name: 'people', description: '', oneRowPerSubject: true, variables: [variable] }]
    const descriptor = { name: 'trial', synthetic: false, subjectsRounded, sitesPerPerson: 1, tables }
    const measures = ['mean', 'sd'].map((kind) => ({ kind, name: `${kind}_cost`, variable: 'people.cost' }))
    const plan = { tables: ['people'], groupBy: [], measures }
    const plain = { catalog: { descriptor, decimalsOf: () => 0 }, schema: { mappings: [] }, sitesPerPerson: 1, plan }
    return reasonOf({ ...plain, ...more } as unknown as JobPlan, settings, 'COHORT_NOT_RELEASABLE', undefined)
  }

  test('with the error of each number, if all people are meant', () => {
    assert.match(
      advice(100_000),
      / With noise \(.*\) it is answered: mean_cost to about .*, sd_cost to about .*, 19 times of 20\.$/
    )
    const cohort = { column: 'people.cost', op: '>=', values: [50] }
    assert.match(
      advice(100_000, { cohort }),
      /if all people of the catalog are meant \(of fewer people it is farther off\)\.$/
    )
  })

  test('as much as the same question gets, also where institutions share its amount', () => {
    const people = { kind: 'subjects', name: 'people' }
    const plan = { tables: ['people'], groupBy: [], measures: [people] }
    const errorIn = (text: string) => Number(/people to about (\d+)/.exec(text)?.[1])
    const [alone, shared] = [1, 2].map((sitesPerPerson) => advice(400, { plan, sitesPerPerson }))
    assert.deepEqual([errorIn(alone ?? ''), errorIn(shared ?? '')], [6, 12])
    assert.match(shared ?? '', /19 times of 20 at each institution, as they share epsilon; .* farther off together\.$/)
  })

  test('only where something could be read through it', () => {
    assert.match(
      advice(150),
      /it is answered: mean_cost to about [^:]*, 19 times of 20\. Useless at this size: sd_cost\.$/
    )
    const useless = advice(40)
    assert.match(useless, / With noise .* the answer would be useless at this size: the noise would hide it\.$/)
    assert.doesNotMatch(useless, /to about/)
  })
})
