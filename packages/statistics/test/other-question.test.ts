/** Answers to a question other than the one asked, as a dishonest institution may sign them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type GramPart, type Output, type Program, type StatisticCall, statisticSchema } from '@stimnet/protocol'
import { type AskedProgram, pool } from '@stimnet/statistics'
import { column, table } from './fixtures.ts'
import { type Declared, measureOf, type ModelRow, partOf, partOfPeople } from './models-fixtures.ts'

const DECLARED: Declared = { y: 1, x: 1, z: 1, sex: ['f', 'm'] }
const ROWS: readonly ModelRow[] = Array.from({ length: 30 }, (_, i) => ({
  ...{ y: (i * 7) % 11, x: (i * 5) % 13, z: (i * 3) % 7, sex: i % 3 === 0 ? 'f' : 'm', person: String(i % 10) }
}))

const asking = (name: string, more: Partial<StatisticCall>): AskedProgram => ({
  program: { kind: 'statistic', statistic: statisticSchema.parse({ name, ...more }) },
  contract: []
})
const regression = (formula: string, more: Readonly<Record<string, unknown>> = {}) =>
  asking('regression', { arguments: { formula, ...more } })
const gram = (formula: string, declared = DECLARED, site: 'none' | 'fixed' | 'meta' | 'random' = 'none') =>
  partOf(measureOf(formula, declared, site), ROWS, declared)
const answer = (part: GramPart) => table([column('n', 'gram')], [{ values: [part.n], parts: { n: { gram: part } } }])

/** The sites in the pooled answer of a site that answers the question and a site that does not, in both orders. */
function together(honest: Output, liar: Output, asked?: AskedProgram, outputs: Parameters<typeof pool>[1] = {}) {
  const [first, last] = (
    [
      ['A', 'B'],
      ['B', 'A']
    ] as const
  ).map(([one, other]) => {
    const parts = [
      { site: one, output: honest },
      { site: other, output: liar }
    ]
    const pooled = pool(parts, { ...outputs, asked })
    return { pooled, sites: pooled.sites.map((site) => (site === one ? 'honest' : 'liar')) }
  })
  assert.deepEqual(first?.sites, last?.sites, 'the names of institutions decide nothing')
  return { sites: first?.sites ?? [], pooled: first?.pooled ?? pool([]) }
}

describe('the part of another model than was asked', () => {
  const part = gram('y ~ x + sex')
  const cases: readonly (readonly [string, GramPart, RegExp])[] = [
    ['another term', gram('y ~ z + sex'), /another formula/],
    ['a term less', gram('y ~ x'), /another formula/],
    ['no intercept', gram('y ~ x + sex - 1'), /another formula/],
    ['another outcome', gram('z ~ x + sex'), /another formula/],
    ['a formula that is none', { ...part, formula: 'y ~' }, /another formula/],
    ['columns that are not those of its formula', { ...gram('y ~ z + sex'), formula: part.formula }, /other columns/],
    ['another treatment of institutions', gram('y ~ x + sex', DECLARED, 'fixed'), /treatment of the institutions/],
    ['another way to combine', { ...part, site: 'meta' }, /treatment of the institutions/]
  ]
  for (const [what, liar, why] of cases) {
    it(`is left out, and the other institution is not: ${what}`, () => {
      const { sites, pooled } = together(answer(part), answer(liar), regression('y ~ sex + t.x'))
      assert.deepEqual(sites, ['honest'])
      assert.deepEqual(pooled.missing, [{ site: 'B', code: 'PARAMETER_INVALID' }])
      assert.match(pooled.notes.join(' '), why)
      assert.equal(pooled.models?.[0]?.n, 30)
      // By itself, the answer is not accepted either.
      assert.deepEqual(pool([{ site: 'B', output: answer(liar) }], { asked: regression('y ~ x + sex') }).sites, [])
    })
  }

  it('is left out where it is of another family, event, random intercept or way to combine', () => {
    const asked = regression('y ~ x + sex')
    for (const other of [
      regression('y ~ x + sex', { family: 'poisson' }),
      regression('y ~ x + sex + (1 | subject)'),
      regression('y ~ x + sex + (1 | site)'),
      regression('y ~ x + sex', { site: 'meta' }),
      regression('y ~ x + sex', { round: 1 }),
      asking('pca', { variables: ['y', 'x'] })
    ])
      assert.deepEqual(pool([{ site: 'A', output: answer(part) }], { asked: other }).sites, [], JSON.stringify(other))
    assert.deepEqual(pool([{ site: 'A', output: answer(part) }], { asked }).sites, ['A'])
    const combined = gram('y ~ x', DECLARED, 'meta')
    for (const [given, isAsked] of [
      [{}, true],
      [{ method: 'reml', interval: 'hartung_knapp' }, true],
      [{ method: 'dl' }, false]
    ] as const)
      assert.equal(
        pool([{ site: 'A', output: answer(combined) }], { asked: regression('y ~ x', { site: 'meta', ...given }) })
          .sites.length > 0,
        isAsked
      )
  })

  it('is not left out where it is as asked: a random intercept, and products in another order', () => {
    const people = partOfPeople(measureOf('y ~ x', DECLARED), ROWS, { person: 'person', declared: DECLARED })
    const random = { ...people, formula: 'y ~ x + (1 | subject)' }
    assert.deepEqual(
      pool([{ site: 'A', output: answer(random) }], { asked: regression('y ~ x + (1 | subject)') }).sites,
      ['A']
    )
    for (const name of ['glm', 'mixed_model'])
      assert.deepEqual(
        pool([{ site: 'A', output: answer(part) }], { asked: asking(name, { arguments: { formula: 'y ~ x + sex' } }) })
          .sites,
        ['A']
      )
    assert.deepEqual(
      pool([{ site: 'A', output: answer(gram('y ~ sex * x')) }], { asked: regression('y ~ x*sex') }).sites,
      ['A']
    )
  })

  it('is left out where it is at other estimates than those that follow from the round before', () => {
    const asked = { ...regression('y ~ x'), estimates: ['1.000000000000000e+0'] }
    const pooled = pool([{ site: 'A', output: answer(gram('y ~ x')) }], { asked })
    assert.match(pooled.notes.join(), /other estimates than was asked/)
  })

  it('is left out where a category has other levels than the contract says, also where it is alone', () => {
    const asked = {
      ...regression('y ~ sex'),
      contract: [{ variable: 't.sex', type: 'category', unit: '', levels: ['f', 'm'], breakpoints: [] }]
    }
    const liar = gram('y ~ sex', { ...DECLARED, sex: ['f', 'm\u001b[2J'] })
    const { sites, pooled } = together(answer(gram('y ~ sex')), answer(liar), asked)
    assert.deepEqual(sites, ['honest'])
    assert.match(pooled.notes.join(' '), /other levels of a category/)
    assert.doesNotMatch(JSON.stringify(pooled), /u001b/)
  })

  it('is of a model of events that was asked', () => {
    const logistic = (event: string): GramPart => ({
      ...{ formula: 'sex ~ 1', outcome: 'sex', factors: [{ name: 'sex', levels: ['f', 'm'] }], intercept: true, n: 30 },
      ...{ columns: ['(Intercept)', 'sex'].map((name) => ({ name, decimals: 0 })), upper: [], site: 'none' },
      fit: { family: 'binomial', event },
      table: { by: [], terms: [[]], cells: [{ levels: [], n: 30, sum: '10' }] }
    })
    const asked = regression('sex ~ 1', { family: 'binomial', event: 'm' })
    assert.deepEqual(together(answer(logistic('m')), answer(logistic('f')), asked).sites, ['honest'])
    const contract = [{ variable: 't.sex', type: 'category', unit: '', levels: ['f', 'm'], breakpoints: [] }]
    const unsaid = { ...regression('sex ~ 1', { family: 'binomial' }), contract }
    assert.deepEqual(together(answer(logistic('m')), answer(logistic('f')), unsaid).sites, ['honest'])
  })

  it('is of the variables that were asked, also of components and of a harmonisation', () => {
    const components = (names: readonly string[], scaled = true): GramPart => {
      const outcome = names.at(-1) ?? ''
      const made = gram(`${outcome} ~ ${names.slice(0, -1).join(' + ')}`)
      return { ...made, formula: `~ ${names.join(' + ')}`, fit: { family: 'components', scaled } }
    }
    const asked = asking('pca', { variables: ['y', 't.x'] })
    assert.deepEqual(together(answer(components(['x', 'y'])), answer(components(['x', 'z'])), asked).sites, ['honest'])
    assert.deepEqual(together(answer(components(['x', 'y'])), answer(components(['x', 'y'], false)), asked).sites, [
      'honest'
    ])
    const combat = (names: readonly string[]): GramPart => ({
      ...gram(`${names.at(-1) ?? ''} ~ ${names.slice(0, -1).join(' + ')}`, DECLARED, 'fixed'),
      ...{ formula: 'whatever', fit: { family: 'combat', features: 2 } }
    })
    const harmonised = asking('combat', { variables: ['x', 'y'], arguments: { covariates: ['sex'] } })
    const honest = answer(combat(['sex', 'x', 'y']))
    assert.deepEqual(together(honest, answer(combat(['sex', 'x', 'z'])), harmonised).sites, ['honest'])
    assert.deepEqual(together(honest, answer(combat(['z', 'x', 'y'])), harmonised).sites, ['honest'])
  })

  it('decides nothing by its name where the question is not known: none of two models is fitted', () => {
    const { sites, pooled } = together(answer(part), answer(gram('y ~ z')))
    assert.deepEqual([sites, pooled.models, pooled.missing.length], [[], undefined, 2])
    assert.match(pooled.notes.join(' '), /^A, B answered with different models.* none is pooled\.$/)
    const most = pool([
      { site: 'A', output: answer(gram('y ~ z')) },
      { site: 'B', output: answer(part) },
      { site: 'C', output: answer(part) }
    ])
    assert.deepEqual([most.sites, most.missing], [['B', 'C'], [{ site: 'A', code: 'PARAMETER_INVALID' }]])
  })

  it('is told apart from levels that a mapping can name alike', () => {
    const other = gram('y ~ x + sex', { ...DECLARED, sex: ['m', 'f'] })
    const three = [part, part, other].map((one, i) => ({ site: `S${i}`, output: answer(one) }))
    assert.match(pool(three).notes.join(' '), /S2 answered with other levels of a category.*map them/)
  })

  it('cannot hide in a cell that no column names, nor beside another one', () => {
    const hidden = table([column('n', 'gram')], [{ values: [30], parts: { n: { gram: part }, more: { gram: part } } }])
    assert.equal(pool([{ site: 'A', output: hidden }]).models?.[0]?.n, 30)
    const twice = table(
      [column('n', 'gram'), column('m', 'gram')],
      [{ values: [30, 30], parts: { n: { gram: part }, m: { gram: part } } }]
    )
    assert.deepEqual(pool([{ site: 'A', output: twice }]).missing, [{ site: 'A', code: 'MALFORMED' }])
  })
})

describe('an answer of another form than was asked', () => {
  const count = (name: string, kind = 'subjects') =>
    table([column(name, kind)], [{ values: [20], parts: { [name]: { add: 20 } } }])
  const { disclosure } = count('subjects')
  const values: Output = { kind: 'values', values: { a: 1 }, withheld: { leaves: 0 }, disclosure }
  const typed = (name: string): Output => ({
    ...{ kind: 'typed', withheld: { values: 0 }, disclosure },
    outputs: [{ name, kind: 'count', unit: '', class: '', n: 20, value: 20 }]
  })
  const script: Program = { kind: 'script', language: 'python', code: '' }
  const asked = (program: Program): AskedProgram => ({ program, contract: [] })
  const declared = [{ name: 'c', kind: 'count' as const, categories: [], edges: [], terms: [], digits: 4, unit: '' }]

  it('does not make the answers of scripts vanish, however many there are', () => {
    const parts = ['A', 'B', 'C'].map((site) => ({ site, output: values }))
    const liar = { site: '0', output: count('subjects') }
    assert.deepEqual(pool([liar, ...parts]).sites, ['A', 'B', 'C'])
    assert.deepEqual(together(values, count('subjects'), asked(script)).sites, ['honest'])
    assert.deepEqual(together(typed('c'), count('subjects'), asked(script), { outputs: declared }).sites, ['honest'])
    assert.deepEqual(together(count('subjects'), typed('c'), asked({ kind: 'sql', sql: 'SELECT 1' })).sites, ['honest'])
  })

  it('is not pooled where nobody can tell which form is right', () => {
    const { sites, pooled } = together(values, count('subjects'))
    assert.deepEqual([sites, pooled.missing.length], [[], 2])
    assert.match(pooled.notes.join(' '), /different kinds of output/)
  })

  it('is left out where a script declared other outputs', () => {
    const { sites, pooled } = together(typed('c'), typed('d'), asked(script), { outputs: declared })
    assert.deepEqual(sites, ['honest'])
    assert.match(pooled.notes.join(' '), /B answered with other outputs than were declared/)
    const tied = together(typed('c'), typed('d'))
    assert.deepEqual(tied.sites, [])
    assert.match(tied.pooled.notes.join(' '), /different outputs/)
  })

  it('has the columns that were asked, where the contract says what they follow from', () => {
    const contract = [{ variable: 't.x', type: 'number', unit: 'cm', levels: [], breakpoints: [] }]
    const mean = { ...asking('mean', { variables: ['x'] }), contract }
    const honest = table([column('mean_x', 'mean', { unit: 'cm' })], [])
    assert.deepEqual(together(honest, count('rows', 'rows'), mean).sites, ['honest'])
    assert.deepEqual(together(honest, table([column('mean_x', 'mean', { unit: 'm' })], []), mean).sites, ['honest'])
    // The contract does not state whether a person has several rows, which would also be counted: then nothing is known.
    const counted = { ...asking('count', { variables: ['x'] }), contract }
    assert.deepEqual(together(count('subjects'), count('rows', 'rows'), counted).sites, [])
    const { sites, pooled } = together(count('subjects'), count('rows', 'rows'))
    assert.deepEqual(sites, [])
    assert.match(pooled.notes.join(' '), /different columns or units/)
  })

  it('is no model where none was asked, and has one where it was', () => {
    assert.deepEqual(together(count('subjects'), answer(gram('y ~ x')), asking('count', {})).sites, ['honest'])
    assert.deepEqual(together(answer(gram('y ~ x')), count('subjects'), regression('y ~ x')).sites, ['honest'])
  })
})
