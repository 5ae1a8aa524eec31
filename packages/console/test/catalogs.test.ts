/** The catalogs of the mesh, grouped by name and filtered by a search. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { catalogTitle, holdingsOf, narrowed } from '../src/catalogs/holdings.ts'
import { fits, wordsOfTerm } from '../src/words/purpose.ts'
import { digitsInWords } from '../src/words/digits.ts'
import { contractInWords } from '../src/words/question/contract.ts'
import { boundText, missingIn, shapeOf } from '../src/words/variable.ts'
import { found, variables } from './catalogs.ts'

describe('catalogs of one name', () => {
  it('stand together with the subjects of all', () => {
    const [trial, ...others] = holdingsOf(found)
    assert.equal(others.length, 0)
    assert.deepEqual([trial?.name, trial?.catalogs.length, trial?.subjects], ['trial', 2, 240])
  })

  it('say how many institutions have a variable, and where they describe it differently', () => {
    const told = variables.map(({ ref, heldBy, differs }) => [ref, heldBy, differs])
    assert.deepEqual(told, [
      ['subjects.age', 1, false],
      ['subjects.sex', 2, true],
      ['subjects.diagnosis', 1, false]
    ])
  })

  it('are narrowed by a variable’s name or meaning, and by a purpose that a catalog rules out', () => {
    const names = (wanted: { variable: string; purpose: string }) =>
      narrowed(found, wanted).map(({ institution }) => institution)
    assert.deepEqual(names({ variable: 'SUBTYPE', purpose: '' }), ['North'])
    assert.deepEqual(names({ variable: '', purpose: 'DUO:0000033' }), ['North'])
    assert.deepEqual(names({ variable: '', purpose: '' }), ['North', 'South'])
  })
})

describe('a purpose', () => {
  it('is read by the same rules that the institutions apply', () => {
    assert.equal(fits(['DUO:0000007', 'MONDO:0005180'], ['MONDO:0005180']).verdict, 'permitted')
    assert.equal(fits(['DUO:0000007', 'MONDO:0005180'], []).verdict, 'refused')
    assert.equal(fits([], []).verdict, 'permitted')
    assert.equal(fits(['DUO:9999999'], ['DUO:0000037']).verdict, 'people')
  })

  it('is shown in words where there are some', () => {
    assert.equal(wordsOfTerm('DUO:0000037'), 'biomedical research')
    assert.equal(wordsOfTerm('MONDO:0005180'), 'MONDO:0005180')
    assert.equal(wordsOfTerm('constructor'), 'constructor')
  })
})

it('a variable says its levels, or its range and bins', () => {
  assert.equal(shapeOf(variables[1]?.variable as never), 'female, male')
  assert.equal(shapeOf(variables[0]?.variable as never), 'integer · 18 to 100 years · bins at 65')
})

it('a date is written as a day, never as a number of days', () => {
  const date = { type: 'date', unit: '', levels: [], breakpoints: [18_262, 18_628], minimum: 17_897, maximum: 18_992 }
  assert.equal(shapeOf(date as never), 'date · 2019-01-01 to 2021-12-31 · bins at 2020-01-01, 2021-01-01')
  assert.equal(boundText({ type: 'date' }, 18_262), '2020-01-01')
  assert.equal(shapeOf({ ...date, breakpoints: [1e300] } as never).endsWith('bins at 1e+300'), true)
  const contract = { variable: 'people.seen', type: 'date', unit: '', levels: [], breakpoints: [18_262] }
  assert.equal(contractInWords(contract as never), 'people.seen: date, cut at 2020-01-01')
})

it('digits are those of the catalogs that are asked', () => {
  const catalog = (institution: string, precision?: string) => ({ institution, node_id: 'n', precision }) as never
  assert.equal(digitsInWords([catalog('A', 'statistical')]), 'Numbers are given to a tenth of their standard error.')
  assert.equal(digitsInWords([catalog('A', 'exact')]), 'Numbers are given with every digit that their rules admit.')
  assert.equal(
    digitsInWords([catalog('A', 'exact'), catalog('B', 'statistical')]),
    'Numbers are given to a tenth of their standard error by B, and by the others with every digit that their rules admit.'
  )
  assert.equal(digitsInWords([catalog('A')]), '')
})

it('a catalog in a list has its name beside its title', () => {
  assert.equal(catalogTitle({ name: 'pd_dbs', title: 'Parkinson' }), 'Parkinson, pd_dbs')
  assert.equal(catalogTitle({ name: 'pd_dbs', title: 'pd_dbs' }), 'pd_dbs')
})

it('what is missing is told over all who hold a variable, and so is that some do not tell', () => {
  assert.equal(missingIn(variables.find(({ ref }) => ref === 'subjects.sex')?.missing ?? []), '3 %, not disclosed by 1')
  assert.equal(missingIn([0, 0]), 'none')
  assert.equal(missingIn([0.2, 0.03, 0]), '0 to 20 %')
  assert.equal(missingIn([1]), '100 %')
  assert.equal(missingIn([null, null]), 'not disclosed')
})
