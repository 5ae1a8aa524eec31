/** What the mesh holds, put together by name and narrowed by what is looked for. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { holdingsOf, narrowed } from '../src/catalogs/holdings.ts'
import { fits, wordsOfTerm } from '../src/words/purpose.ts'
import { missingIn, shapeOf } from '../src/words/variable.ts'
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

it('what is missing is told over all who hold a variable, and so is that some do not tell', () => {
  assert.equal(missingIn(variables.find(({ ref }) => ref === 'subjects.sex')?.missing ?? []), '3 %, not disclosed by 1')
  assert.equal(missingIn([0, 0]), 'none')
  assert.equal(missingIn([0.2, 0.03, 0]), '0 to 20 %')
  assert.equal(missingIn([1]), '100 %')
  assert.equal(missingIn([null, null]), 'not disclosed')
})
