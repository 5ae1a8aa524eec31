import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareSchemas,
  differencesInWords,
  isPowerOfTen,
  mapVariable,
  messages,
  type Plan,
  type SchemaQuestion,
  type SiteCatalog,
  scaleOf,
  schemaTermsFromMessage,
  schemaTermsToMessage,
  usesOfPlan,
  usesOfTables,
  type VariableDescriptor,
  type VariableMapping
} from '@stimnet/protocol'

const variable = (name: string, more: Partial<VariableDescriptor> = {}): VariableDescriptor => ({
  ...{ name, type: 'number', unit: '', description: '', levels: [], breakpoints: [] },
  ...{
    minimum: 0,
    maximum: 0,
    bounded: false,
    missingShare: 0,
    missingTold: false,
    identifying: false,
    derivation: ''
  },
  ...more
})
const SEX = variable('sex', { type: 'category', levels: ['F', 'M'] })
const AGE = variable('age', { type: 'integer', unit: 'year', breakpoints: [40, 65] })
const WEIGHT = variable('weight', { unit: 'kg', breakpoints: [50, 100] })

const at = (site: string, ...variables: VariableDescriptor[]): SiteCatalog => ({
  site,
  descriptor: {
    subjectKey: '',
    sets: [],
    tables: [{ name: 'people', description: '', oneRowPerSubject: true, variables }]
  }
})

function compare(sites: readonly SiteCatalog[], question: Partial<SchemaQuestion> = {}) {
  const uses = sites.flatMap(({ descriptor }) => usesOfTables(descriptor))
  const each = uses.filter((use, i) => uses.findIndex((other) => other.variable === use.variable) === i)
  return compareSchemas(sites, { uses: each, tables: false, contract: [], mappings: [], ...question })
}
const complete = (site: string, completeOn: string[], where: object | null = null): SiteCatalog => {
  const { descriptor } = at(site, SEX, AGE)
  return { site, descriptor: { ...descriptor, sets: [{ name: 'main', completeOn, where: where as never }] } }
}
const told = (report: ReturnType<typeof compare>) =>
  report.differences.map(({ site, variable: name, field, expected, found }) => [site, name, field, expected, found])

const mapping = (more: Partial<VariableMapping>): VariableMapping => ({
  ...{ peer: 'c', variable: 'people.sex', local: 'people.sex', levels: [], scale: '' },
  ...more
})

test('sites that mean the same agree, and the contract says what it is', () => {
  const { contract, differences, skeleton } = compare([at('a', SEX, AGE), at('b', SEX, AGE)])
  assert.deepEqual([differences, skeleton], [[], []])
  assert.deepEqual(contract, [
    { variable: 'people.sex', type: 'category', unit: '', levels: ['F', 'M'], breakpoints: [] },
    { variable: 'people.age', type: 'integer', unit: 'year', levels: [], breakpoints: [] }
  ])
})

test('a name, type, unit, level or their order that differs is shown, at the site that differs from most', () => {
  const usual = [at('a', SEX, AGE), at('b', SEX, AGE)]
  const cases: [VariableDescriptor, unknown[]][] = [
    [{ ...SEX, name: 'gender' }, ['name', 'people.sex', 'no such variable']],
    [{ ...SEX, type: 'text' }, ['type', 'category', 'text']],
    [{ ...SEX, levels: ['M', 'F'] }, ['levels', 'F, M', 'M, F']],
    [{ ...SEX, levels: ['F', 'M', 'X'] }, ['levels', 'F, M', 'F, M, X']],
    [{ ...SEX, unit: 'sex' }, ['unit', 'none', 'sex']]
  ]
  for (const [other, [field, expected, found]] of cases) {
    const report = compare([...usual, at('c', other, AGE)], { uses: [{ variable: 'people.sex', binned: false }] })
    assert.deepEqual(told(report), [['c', 'people.sex', field, expected, found]])
  }
})

test('breakpoints count where they cut, and only there', () => {
  const sites = [at('a', AGE), at('b', { ...AGE, breakpoints: [50] })]
  const uses = (binned: boolean) => [{ variable: 'people.age', binned }]
  assert.deepEqual(compare(sites, { uses: uses(false) }).differences, [])
  assert.deepEqual(told(compare(sites, { uses: uses(true) })), [['b', 'people.age', 'breakpoints', '40, 65', '50']])
})

test('the order of columns counts for scripts, and a variable that one site has more does not shift it', () => {
  const sites = [at('a', SEX, AGE, WEIGHT), at('b', SEX, AGE, WEIGHT), at('c', SEX, WEIGHT, AGE)]
  assert.deepEqual(told(compare(sites)), [])
  const report = compare(sites, { tables: true })
  assert.deepEqual(told(report), [['c', 'people', 'column order', 'sex, age, weight', 'sex, weight, age']])
  assert.deepEqual(
    report.skeleton.map(({ variable: name, local }) => [name, local]),
    [['people.sex', 'people.sex']]
  )
  const settled = compare(sites, { tables: true, mappings: report.skeleton })
  assert.deepEqual(settled.differences, [])
  const extra = variable('extra')
  const more = compare([at('a', SEX, AGE), at('b', SEX, AGE), at('c', extra, SEX, AGE)], { tables: true })
  assert.deepEqual(
    told(more).map(([site, name, field]) => [site, name, field]),
    [
      ['a', 'people.extra', 'name'],
      ['b', 'people.extra', 'name']
    ]
  )
})

test('what the requester says is the measure, even where all sites say otherwise', () => {
  const contract = [{ variable: 'people.weight', type: 'number', unit: 'lb', levels: [], breakpoints: [] }]
  const report = compare([at('a', WEIGHT), at('b', WEIGHT)], {
    contract,
    uses: [{ variable: 'people.weight', binned: false }]
  })
  assert.deepEqual(
    told(report).map(([site, , field]) => [site, field]),
    [
      ['a', 'unit'],
      ['b', 'unit']
    ]
  )
})

test('a mapping settles names, levels and units, and nothing that it does not say', () => {
  const sites = [
    at('a', SEX, WEIGHT),
    at(
      'c',
      { ...SEX, name: 'g', levels: ['man', 'woman'] },
      { ...WEIGHT, unit: 'g', breakpoints: [50_000, 70_000, 100_000] }
    )
  ]
  const uses = [
    { variable: 'people.sex', binned: true },
    { variable: 'people.weight', binned: true }
  ]
  const pairs = [
    { local: 'man', level: 'M' },
    { local: 'woman', level: 'F' }
  ]
  const sex = mapping({ local: 'people.g', levels: pairs })
  const weight = mapping({ variable: 'people.weight', local: 'people.weight', scale: '0.001' })
  const check = (...mappings: VariableMapping[]) => told(compare(sites, { uses, mappings })).map(([, , field]) => field)
  assert.deepEqual(check(sex, weight), [])
  assert.deepEqual(check(sex), ['unit', 'breakpoints'])
  assert.deepEqual(check(sex, { ...weight, scale: '' }), ['unit', 'breakpoints'])
  assert.deepEqual(check(sex, { ...weight, scale: '0.01' }), ['breakpoints'])
  assert.deepEqual(check({ ...sex, levels: pairs.slice(1) }, weight), ['levels'], 'a level that would be lost')
  assert.deepEqual(check({ ...sex, local: 'people.sex' }, weight), ['name'])
  assert.deepEqual(
    check({ ...sex, peer: 'a', local: 'people.sex', levels: [] }, weight),
    ['name'],
    'one site’s mapping is not another’s'
  )
})

test('several levels of a site may fall into one, but none into two and none out', () => {
  const local = variable('arm', { type: 'category', levels: ['5 mg', '10 mg', 'sugar'] })
  const wanted = {
    variable: 'people.arm',
    type: 'category',
    unit: '',
    levels: ['drug', 'placebo', 'none'],
    breakpoints: []
  }
  const levels = [
    { local: '5 mg', level: 'drug' },
    { local: '10 mg', level: 'drug' },
    { local: 'sugar', level: 'placebo' }
  ]
  const read = mapVariable(local, { levels, scale: '' }, wanted)
  assert.deepEqual(read.ok && read.mapped.cells, [0, 0, 1])
  const twice = mapVariable(local, { levels: [...levels, { local: 'sugar', level: 'none' }], scale: '' }, wanted)
  assert.ok(!twice.ok && twice.faults.some(({ field }) => field === 'mapping'))
  assert.ok(!mapVariable(local, { levels: [...levels, { local: 'salt', level: 'none' }], scale: '' }, wanted).ok)
})

test('a factor is an exact decimal above zero, and there is no shift', () => {
  assert.deepEqual(scaleOf('0.4536'), { units: 4536, decimals: 4 })
  assert.deepEqual(
    ['1', '', '10', '0.001', '1.0'].map((text) => isPowerOfTen(scaleOf(text))),
    [true, true, true, true, true]
  )
  assert.deepEqual(
    ['2', '0.4536', '12', '20'].map((text) => isPowerOfTen(scaleOf(text))),
    [false, false, false, false]
  )
  for (const scale of ['0', '0.0', '-1', '1e3', 'x', '1,5', '.5', '1234567890']) {
    assert.throws(
      () => schemaTermsToMessage({ contract: [], mappings: [mapping({ scale })] }),
      { code: 'PARAMETER_INVALID' },
      scale
    )
  }
  assert.ok(!('offset' in mapping({})), 'a shift would hide who makes up most of a sum')
})

test('contract and mappings are the same after they went over the wire, and each variable stands once', () => {
  const contract = [{ variable: 'people.age', type: 'integer', unit: 'year', levels: [], breakpoints: [40, 65] }]
  const mappings = [mapping({ levels: [{ local: 'man', level: 'M' }], scale: '0.5' })]
  const encoded = messages.JobRequest.encode(schemaTermsToMessage({ contract, mappings }))
  assert.deepEqual(schemaTermsFromMessage(messages.JobRequest.decode(encoded)), { contract, mappings })
  for (const terms of [
    { contract: [...contract, ...contract], mappings },
    { contract, mappings: [...mappings, ...mappings] },
    { contract: [{ ...contract[0], variable: 'age' }], mappings: [] }
  ]) {
    assert.throws(() => schemaTermsFromMessage(terms), { code: 'PARAMETER_INVALID' })
  }
})

test('a skeleton leaves empty what only people know, so that it cannot be sent back as it is', () => {
  const sites = [at('a', SEX, WEIGHT), at('b', SEX, WEIGHT), at('c', { ...SEX, levels: ['F', 'man'] })]
  const { skeleton } = compare(sites)
  assert.deepEqual(skeleton, [
    mapping({
      levels: [
        { local: 'F', level: 'F' },
        { local: 'man', level: '' }
      ]
    }),
    mapping({ variable: 'people.weight', local: '' })
  ])
  assert.throws(() => schemaTermsToMessage({ contract: [], mappings: skeleton }), { code: 'PARAMETER_INVALID' })
})

test('one variable under two names is one difference, of the sites that do not have the name of most', () => {
  const gender = { ...SEX, name: 'gender' }
  const uses = ['sex', 'gender', 'age', 'weight'].map((name) => ({ variable: `people.${name}`, binned: false }))
  const lacks = (...sites: SiteCatalog[]) => {
    const report = compare(sites, { uses, tables: true })
    assert.deepEqual(report.skeleton.length, report.differences.length)
    return told(report).map(([site, name]) => `${site} ${name}`)
  }
  assert.deepEqual(lacks(at('a', SEX, AGE), at('b', gender, AGE)), ['b people.sex'])
  assert.deepEqual(lacks(at('a', gender, AGE), at('b', SEX, AGE), at('c', gender, AGE)), ['b people.gender'])
  // A variable of another kind cannot be the same under another name. If a site has both variables, neither replaces the other.
  assert.deepEqual(lacks(at('a', SEX, AGE), at('b', WEIGHT, AGE)), ['a people.weight', 'b people.sex'])
  assert.deepEqual(lacks(at('a', SEX, AGE), at('b', SEX, gender, AGE)), ['a people.gender'])
  const group = { ...SEX, name: 'group' }
  const both = [{ variable: 'people.group', binned: false }, ...uses]
  const one = compare([at('a', SEX, AGE), at('b', gender, group, AGE)], { uses: both })
  assert.deepEqual(
    told(one).map(([site, name]) => `${site} ${name}`),
    ['a people.group', 'a people.gender'],
    'one for one'
  )
  // A wrong name in a mapping is still reported.
  const wrong = mapping({ peer: 'a', variable: 'people.gender', local: 'people.sexe' })
  const report = compare([at('a', SEX, AGE), at('b', gender, AGE)], { uses, tables: true, mappings: [wrong] })
  assert.ok(told(report).some(([site, name]) => site === 'a' && name === 'people.gender'))
})

test('differences are told in bounded words', () => {
  const many = Array.from({ length: 20 }, (_, i) => ({
    ...{ site: 'c', variable: `people.v${i}`, field: 'levels' as const },
    ...{ expected: 'x'.repeat(10_000), found: 'M, F' }
  }))
  const words = differencesInWords(many, (site) => `Site ${site.toUpperCase()}`)
  assert.match(words, /^Site C: people\.v0, levels "M, F" instead of "x+…"; /)
  assert.match(words, /and 14 more$/)
  assert.ok(words.length < 2000)
})

test('the categories of a model are compared by their levels, its numbers are not', () => {
  const plan: Plan = {
    tables: ['people'],
    groupBy: [],
    measures: [
      {
        ...{ kind: 'gram', name: 'n', outcome: 'people.weight', site: 'none' },
        terms: [[], ['people.age'], ['people.sex']],
        factors: [{ variable: 'people.sex', levels: ['F', 'M'] }]
      }
    ]
  }
  assert.deepEqual(
    usesOfPlan(plan).map(({ variable: name, binned }) => [name, binned]),
    [
      ['people.sex', true],
      ['people.age', false],
      ['people.weight', false]
    ]
  )
})

test('the variables of a plan are those it groups, measures and filters by', () => {
  const plan: Plan = {
    tables: ['people'],
    where: { column: 'people.sex', op: '=', values: ['F'] },
    groupBy: [{ name: 'age', variable: 'people.age' }],
    measures: [
      { kind: 'mean', name: 'm', variable: 'people.weight' },
      { kind: 'correlation', name: 'r', variables: ['people.weight', 'people.height'] },
      { kind: 'quantile', name: 'q', variable: 'people.score', q: 0.5 }
    ]
  }
  assert.deepEqual(
    usesOfPlan(plan).map(({ variable: name, binned }) => [name, binned]),
    [
      ['people.age', true],
      ['people.score', true],
      ['people.weight', false],
      ['people.height', false],
      ['people.sex', false]
    ]
  )
})

test('the subject key is compared as what it is, and a mapping renames it', () => {
  const keyed = (site: string, subjectKey: string): SiteCatalog => ({
    site,
    descriptor: { ...at(site, SEX).descriptor, subjectKey }
  })
  const sites = [keyed('a', 'id'), keyed('b', 'id'), keyed('c', 'patient')]
  const uses = [{ variable: 'people.id', binned: false }]
  const report = compare(sites, { uses })
  assert.deepEqual(
    report.contract.map(({ variable: name, type }) => [name, type]),
    [['people.id', 'key']]
  )
  assert.deepEqual(
    told(report).map(([site, name, field]) => [site, name, field]),
    [['c', 'people.id', 'name']]
  )
  const renames = mapping({ variable: 'people.id', local: 'people.patient' })
  assert.deepEqual(compare(sites, { uses, mappings: [renames] }).differences, [])
  const other = mapping({ variable: 'people.id', local: 'people.sex' })
  assert.deepEqual(
    told(compare(sites, { uses, mappings: [other] })).map(([, , field]) => field),
    ['type', 'levels']
  )
})

const ofSet = (sites: readonly SiteCatalog[], more: Partial<SchemaQuestion> = {}) => {
  const asked = { uses: [], tables: false, contract: [], mappings: [], set: { name: 'main', completeOn: [] } }
  return compareSchemas(sites, { ...asked, ...more })
}
const [ON_AGE, ON_BOTH] = [['people.age'], ['people.age', 'people.sex']]

test('an analysis set is defined by most sites, and a site that defines it otherwise or lacks it differs', () => {
  assert.deepEqual(ofSet([complete('a', ON_BOTH), complete('b', ON_BOTH)]).differences, [])
  const sites = [complete('a', ON_BOTH), complete('b', ON_AGE), complete('c', ON_BOTH), at('d', SEX)]
  const { differences, skeleton } = ofSet(sites)
  assert.deepEqual(
    differences.map(({ site, variable: name, field, found }) => [site, name, field, found]),
    [
      ['b', 'main', 'analysis set', 'complete on people.age'],
      ['d', 'main', 'analysis set', 'no such set']
    ]
  )
  assert.deepEqual(skeleton, [], 'no mapping makes two sets alike')
  const compared = { column: 'people.sex', op: '=', values: [{ text: 'M', number: null, truth: null }] }
  const men = { all: null, any: null, not: null, compare: compared }
  assert.equal(ofSet([complete('a', ON_BOTH), complete('b', ON_BOTH, men)]).differences.length, 1)
})

test('an analysis set is held against the definition in a request, in the words of its mappings', () => {
  const set = { name: 'main', completeOn: ['people.age', 'people.gender'] }
  assert.equal(ofSet([complete('a', ON_BOTH)], { set }).differences.length, 1)
  const mappings = [mapping({ peer: 'a', variable: 'people.gender' })]
  assert.deepEqual(ofSet([complete('a', ON_BOTH)], { set, mappings }).differences, [])
  assert.deepEqual(ofSet([complete('a', ON_BOTH)], { set: undefined }).differences, [])
})
