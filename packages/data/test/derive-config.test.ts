/** Faults of the rules of derived variables, by key and with a next step; and the descriptions of derived variables. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogConfigSchema, saidTwice } from '../src/index.ts'
import { describe } from '../src/catalog/descriptor.ts'

const AGE = { name: 'age', type: 'integer', minimum: 18, maximum: 110 }
const SEX = { name: 'sex', type: 'category', levels: ['f', 'm'] }
const STAGE = { name: 'stage', type: 'category', levels: ['one', 'two', 'three'] }
const SCORE = { name: 'score', type: 'number', decimals: 1 }
const BORN = { name: 'born', type: 'date' }
const VISIT = { name: 'visit', type: 'category', levels: ['baseline', 'month_12'] }
const CHANGE = { rule: 'change', of: 'visits.score', by: 'visit', from: 'baseline', to: 'month_12' }

/** A catalog with the given variables of people and of visits, beside its own. */
const clinic = (ofPeople: readonly object[], ofVisits: readonly object[] = [], visits: object = {}) => ({
  ...{ name: 'clinic', subject_key: 'id' },
  tables: [
    {
      ...{ name: 'people', file: 'people.csv', one_row_per_subject: true },
      variables: [AGE, SEX, STAGE, { ...SCORE, name: 'weight' }, { ...SCORE, name: 'height' }, BORN, ...ofPeople]
    },
    {
      name: 'visits',
      file: 'visits.csv',
      ...visits,
      variables: [VISIT, SCORE, { name: 'day', type: 'date' }, ...ofVisits]
    }
  ]
})
const number = (derive: object, more: object = {}) => ({ name: 'x', type: 'number', derive, ...more })
const category = (derive: object, levels: readonly string[]) => ({ name: 'x', type: 'category', levels, derive })

/** The faults of a catalog: the key under the last variable of people, and the message. */
function faultsOf(config: object): string[] {
  const parsed = catalogConfigSchema.safeParse(config)
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const REFUSED: readonly (readonly [why: string, variable: object, key: string, words: RegExp])[] = [
  ['a rule that there is not', number({ rule: 'median', of: 'visits.score' }), 'derive.rule', /./],
  ['a key that the rule does not have', number({ rule: 'mean', of: 'visits.score', by: 'visit' }), 'derive', /by/],
  [
    'a column beside the rule',
    number({ rule: 'ratio', of: ['weight', 'height'] }, { column: 'c' }),
    'column',
    /no file/
  ],
  ['words for missing beside the rule', number(CHANGE, { missing: ['-9'] }), 'missing', /no file/],
  ['an unknown input', number({ rule: 'ratio', of: ['wieght', 'height'] }), 'derive.of.0', /Did you mean weight/],
  [
    'an unknown input of another table',
    number({ ...CHANGE, of: 'visits.scroe' }),
    'derive.of',
    /Did you mean visits.score/
  ],
  ['an input of another table without its name', number({ ...CHANGE, of: 'day' }), 'derive.of', /Write visits.day/],
  ['an unknown category', number({ ...CHANGE, by: 'wave' }), 'derive.by', /visits has no variable "wave"/],
  ['an unknown order', number({ ...CHANGE, take: 'last', order: 'dat' }), 'derive.order', /Did you mean day/],
  ['an input twice', number({ rule: 'difference', of: ['weight', 'weight'] }), 'derive.of.1', /twice/],
  ['a level that is not declared', number({ ...CHANGE, to: 'month_21' }), 'derive.to', /Did you mean month_12/],
  ['a change from a level to itself', number({ ...CHANGE, to: 'baseline' }), 'derive.to', /between two levels/],
  ['a change by a date', number({ ...CHANGE, by: 'day' }), 'derive.by', /goes by a category, and day is of type date/],
  [
    'first by a number with decimals',
    number({ rule: 'first', of: 'visits.score', by: 'score' }),
    'derive.by',
    /number/
  ],
  ['take: last without an order', number({ ...CHANGE, take: 'last' }), 'derive.order', /need an order/],
  ['take: mean with an order', number({ ...CHANGE, take: 'mean', order: 'day' }), 'derive.order', /need an order/],
  [
    'an order by a category',
    number({ ...CHANGE, take: 'last', order: 'visit' }),
    'derive.order',
    /visit is of type category/
  ],
  [
    'a change of a category',
    number({ ...CHANGE, of: 'visits.visit' }),
    'derive.of',
    /of a number, and visit is of type category/
  ],
  ['a category by another table', number({ ...CHANGE, by: 'people.sex' }), 'derive.by', /variable of visits/],
  ['rows of a table with one row per subject', number({ rule: 'mean', of: 'people.age' }), 'derive.of', /several rows/],
  ['a ratio over two tables', number({ rule: 'ratio', of: ['weight', 'visits.score'] }), 'derive.of', /another table/],
  ['a change as a category', category(CHANGE, ['a']), 'type', /makes a number/],
  ['a count as a number', number({ rule: 'count', of: 'visits.score' }), 'type', /integer/],
  ['bands as a number', number({ rule: 'bands', of: 'age', cuts: [50] }), 'type', /makes a category/],
  [
    'bands of a date',
    category({ rule: 'bands', of: 'born', cuts: [1] }, ['a', 'b']),
    'derive.of',
    /born is of type date/
  ],
  ['fewer names than bands', category({ rule: 'bands', of: 'age', cuts: [50, 65] }, ['a', 'b']), 'levels', /3 bands/],
  ['cuts that fall', category({ rule: 'bands', of: 'age', cuts: [65, 50] }, ['a', 'b', 'c']), 'derive.cuts', /rise/],
  [
    'a cut between values',
    category({ rule: 'bands', of: 'age', cuts: [50.5] }, ['a', 'b']),
    'derive.cuts',
    /0 decimals/
  ],
  [
    'a level of which nothing becomes',
    category({ rule: 'recode', of: 'stage', into: { one: 'early', two: 'early' } }, ['early']),
    'derive.into',
    /no value for three/
  ],
  [
    'a level that the input does not have',
    category({ rule: 'recode', of: 'sex', into: { f: 'a', m: 'a', d: 'a' } }, ['a']),
    'derive.into.d',
    /no declared level of sex/
  ],
  [
    'a level that the result does not have',
    category({ rule: 'recode', of: 'sex', into: { f: 'a', m: 'b' } }, ['a']),
    'derive.into.m',
    /no declared level of x/
  ],
  [
    'recoding a number',
    category({ rule: 'recode', of: 'age', into: {} }, ['a']),
    'derive.of',
    /age is of type integer/
  ],
  [
    'more items than there are',
    number({ rule: 'sum', of: ['weight', 'height'], complete: 3 }),
    'derive.complete',
    /2 items/
  ],
  ['a sum of dates', number({ rule: 'sum', of: ['age', 'born'] }), 'derive.of.1', /born is of type date/],
  ['a number less a date', number({ rule: 'difference', of: ['age', 'born'] }), 'derive.of.1', /two dates/],
  ['a logarithm to base 2', number({ rule: 'log', of: 'age', base: 2 }), 'derive.base', /./],
  ['a scale of 0', number({ rule: 'zscore', of: 'age', centre: 0, scale: 0 }), 'derive.scale', /above 0/],
  [
    'a constant with too many digits',
    number({ rule: 'zscore', of: 'age', centre: 1e-12, scale: 1 }),
    'derive.centre',
    /9 decimals/
  ],
  ['itself', number({ rule: 'ratio', of: ['x', 'age'] }), 'derive', /derived from itself: people.x from people.x/],
  [
    'known to others though the input is not',
    number({ rule: 'log', of: 'weight', base: 10 }, { identifying: true }),
    'identifying',
    /without people.weight/
  ],
  [
    'known to others though rows show something',
    number({ ...CHANGE }, { identifying: true }),
    'identifying',
    /visits.score, who has a row of visits/
  ]
]

for (const [why, variable, key, words] of REFUSED) {
  test(`${why} is refused by its key`, () => {
    const found = faultsOf(clinic([variable]))
    const at = `tables.0.variables.6.${key}: `
    const own = found.filter((one) => one.startsWith(at))
    assert.ok(
      own.some((one) => words.test(one.slice(at.length))),
      JSON.stringify(found)
    )
  })
}

test('a change belongs into a table with one row per subject', () => {
  const found = faultsOf(clinic([], [{ name: 'x', type: 'number', derive: { ...CHANGE } }]))
  assert.match(found.join(), /tables.1.variables.3.derive: change makes one value per subject: put it into a table/)
})

test('a circle over several variables is refused by all their names, and what leads into it is not', () => {
  const sum = (name: string, other: string) => ({ name, type: 'number', derive: { rule: 'sum', of: [other, 'age'] } })
  const found = faultsOf(clinic([sum('a', 'b'), sum('b', 'c'), sum('c', 'a'), sum('d', 'a')]))
  assert.equal(found.length, 3, JSON.stringify(found))
  assert.match(found.join(), /derived from itself: people.a from people.b from people.c from people.a/)
})

test('everything that is wrong is said at once', () => {
  const found = faultsOf(clinic([{ ...number({ ...CHANGE, from: 'x', to: 'y', take: 'first' }), identifying: true }]))
  assert.equal(found.length, 4, JSON.stringify(found))
})

test('a variable that is not offered can neither be asked about nor cut a lattice, and a table offers at least one', () => {
  const hidden = { ...category({ rule: 'bands', of: 'age', cuts: [50] }, ['a', 'b']), offered: false }
  const asked = {
    lattice: [{ variable: 'people.x' }],
    analysis_sets: { main: { complete_on: ['x'], where: { x: 'a' } } }
  }
  const found = faultsOf({ ...clinic([hidden]), ...asked })
  assert.deepEqual(
    found.filter((one) => /it is not offered/.test(one)).map((one) => one.split(':')[0]),
    ['lattice.0.variable', 'analysis_sets.main.complete_on.0', 'analysis_sets.main.where.x']
  )
  const [people] = clinic([]).tables
  const none = { ...people, variables: people?.variables.map((one) => ({ ...one, offered: false })) }
  assert.match(faultsOf({ ...clinic([]), tables: [none] }).join(), /a table offers at least one/)
})

function described(config: object) {
  const facts = { epoch: '', snapshotAtMs: 0, subjects: 0, cohortSizeMin: 5, programs: [] }
  return describe(catalogConfigSchema.parse(config), facts).tables.flatMap(({ variables }) => variables)
}

test('the description says in words what a variable is derived from, and has nothing that is not offered', () => {
  const items = Array.from({ length: 60 }, (_, i) => ({ name: `item_${i}`, type: 'integer', offered: i === 0 }))
  const variables = [
    { ...number({ ...CHANGE, take: 'last', order: 'day' }), name: 'change' },
    { ...category({ rule: 'bands', of: 'age', cuts: [50, 65] }, ['a', 'b', 'c']), name: 'band' },
    { ...number({ rule: 'log', of: 'weight', base: 'e' }), name: 'ln' },
    ...items,
    { name: 'total', type: 'integer', derive: { rule: 'sum', of: items.map(({ name }) => name), complete: 50 } }
  ]
  const found = new Map(described(clinic(variables)).map((one) => [one.name, one.derivation]))
  assert.deepEqual(
    ['change', 'band', 'ln', 'age'].map((name) => found.get(name)),
    [
      'change of visits.score from baseline to month_12 of visit; of several rows the last by day',
      'bands of age, cut at 50, 65',
      'natural logarithm of weight',
      ''
    ]
  )
  assert.equal(found.get('total')?.length, 200)
  assert.match(found.get('total') ?? '', /^sum of at least 50 of 60 items: item_0, item_1.*…$/)
  assert.deepEqual([found.has('item_0'), found.has('item_1')], [true, false])
})

test('others know a derived variable who know all that it is made of, whatever its name says', () => {
  const band = (name: string, of: string) => ({ ...category({ rule: 'bands', of, cuts: [50] }, ['a', 'b']), name })
  const known = (config: object) => described(config).flatMap(({ name, identifying }) => (identifying ? [name] : []))
  const own = ['age', 'sex', 'visit', 'day']
  // The name of an arm is identifying, but the arm is derived from the weight; the name of a band is not, but the band is derived from the
  // age.
  assert.deepEqual(known(clinic([band('arm', 'weight'), band('band', 'age')])).toSorted(), [...own, 'band'].toSorted())
  const last = { name: 'age_at_visit', type: 'integer', derive: { rule: 'last', of: 'visits.age', by: 'day' } }
  const aged = [{ name: 'age', type: 'integer' }]
  assert.deepEqual(known(clinic([last], aged)).toSorted(), [...own, 'age'].toSorted())
  const present = clinic([last], aged, { presence: 'known' })
  assert.deepEqual(known(present).toSorted(), [...own, 'age', 'age_at_visit'].toSorted())
  const said = { ...band('band', 'age'), identifying: false }
  assert.deepEqual(known(clinic([said])).toSorted(), own.toSorted(), 'a steward may say that it is not known')
})

test('what is offered beside its inputs, or beside what has the same ones, is found where others do not know the inputs', () => {
  const twice = (config: object) =>
    saidTwice(catalogConfigSchema.parse(config)).map(({ input, isOffered, derived }) => [input, isOffered, derived])
  const own = { ...number(CHANGE), name: 'change' }
  const log = { ...number({ rule: 'log', of: 'weight', base: 10 }), name: 'log' }
  const band = { ...category({ rule: 'bands', of: 'log', cuts: [1] }, ['a', 'b']), name: 'band' }
  const known = { ...category({ rule: 'bands', of: 'age', cuts: [50] }, ['a', 'b']), name: 'known' }
  assert.deepEqual(twice(clinic([own, known])), [['visits.score', true, ['people.change']]])
  // Also through a variable that is not offered.
  assert.deepEqual(twice(clinic([{ ...log, offered: false }, band])), [['people.weight', true, ['people.band']]])
  const hidden = (...ofPeople: readonly object[]) => {
    const [people, visits] = clinic(ofPeople).tables
    const variables = visits?.variables.map((one) => (one === SCORE ? { ...SCORE, offered: false } : one))
    return { ...clinic([]), tables: [people, { ...visits, variables }] }
  }
  assert.deepEqual(twice(hidden(own)), [])
  const level = { ...number({ rule: 'at', of: 'visits.score', by: 'visit', level: 'baseline' }), name: 'first' }
  assert.deepEqual(twice(hidden(own, level)), [['visits.score', false, ['people.change', 'people.first']]])
  assert.deepEqual(twice(hidden(own, { ...level, offered: false })), [])
})
