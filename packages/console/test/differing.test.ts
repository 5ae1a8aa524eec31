/** Variables that institutions describe differently: found before anything is sent, and resolved by the researcher's mappings only. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mappingListSchema } from '@stimnet/protocol'
import type { CatalogVariable, FoundCatalog } from '@stimnet/sdk'
import { aboutOf } from '../src/ask/draft/about.ts'
import { differencesIn } from '../src/ask/compare/differing.ts'
import { type Draft, EMPTY } from '../src/ask/draft/draft.ts'
import { missingInMappings, standingIn, withMapping } from '../src/ask/draft/mappings.ts'
import { signableOf } from '../src/ask/send/signable.ts'
import { submissionOf } from '../src/ask/draft/submission.ts'
import { found } from './catalogs.ts'

const [base] = found
assert.ok(base)
const NORTH = '12D3KooNorth'
const EAST = '12D3KooEast'

const renamed = (variable: CatalogVariable): CatalogVariable => {
  if (variable.name === 'sex') return { ...variable, name: 'gender', levels: ['m', 'w'] }
  return variable.name === 'age'
    ? { ...variable, unit: 'mo', minimum: 216, maximum: 1200, breakpoints: [780] }
    : variable
}
/** A catalog that names sex gender and its levels m and w, counts ages in months, and has another subject key. */
const east = (catalog: FoundCatalog): FoundCatalog => ({
  ...{ ...catalog, peer_id: EAST, institution: 'East' },
  schema_definition: {
    ...{ subject_key: 'person', lattice: [] },
    tables: (catalog.schema_definition?.tables ?? []).map((table) => ({
      ...table,
      variables: table.variables.map(renamed)
    }))
  }
})
const catalogs = [base, { ...base, peer_id: '12D3KooWest', institution: 'West' }, east(base)]

const mean = (by: string[]) => ({ ...EMPTY.picked, name: 'mean', variables: ['subjects.age'], by })
const draft = (more: Partial<Draft>): Draft => ({ ...EMPTY, catalog: 'trial', ...more })
const about = (form: Draft) => aboutOf(catalogs, form) ?? assert.fail('nobody offers it')
const namesOf = (form: Draft, own = false) =>
  differencesIn(form, about(form), { own }).map(({ institution, variable }) => `${institution} ${variable}`)

describe('where institutions differ', () => {
  it('is said of what the question uses alone', () => {
    assert.deepEqual(namesOf(draft({ picked: mean([]) })), ['East subjects.age'])
    assert.deepEqual(namesOf(draft({ picked: mean(['subjects.sex']) })), ['East subjects.age', 'East subjects.sex'])
    assert.deepEqual(namesOf(draft({ picked: mean([]), targets: [NORTH, '12D3KooWest'] })), [])
    assert.deepEqual(namesOf(draft({ picked: mean([]), targets: [EAST] })), [])
    assert.deepEqual(namesOf(draft({ kind: 'sql', sql: 'SELECT diagnosis, COUNT(*) FROM subjects' })), [])
    assert.deepEqual(namesOf(draft({ kind: 'sql', sql: 'SELECT sex, COUNT(*) FROM subjects' })), ['East subjects.sex'])
    const chosen = { key: 1, column: 'subjects.sex', op: '=', values: ['female'] } as const
    const conditions = [chosen]
    assert.deepEqual(namesOf(draft({ conditions, picked: { ...EMPTY.picked, name: 'count' } })), ['East subjects.sex'])
  })

  it('is all there is for a script, and what it mentions where the researcher signs', () => {
    const script = draft({ kind: 'script', script: 'stimnet.table("subjects")["age"]' })
    assert.ok(namesOf(script).includes('East subjects.patient'))
    assert.deepEqual(namesOf(script, true), ['East subjects.age'])
  })

  it('is settled word by word, and goes along only when it is whole', () => {
    const form = draft({ picked: mean(['subjects.sex']) })
    const [age, sex] = differencesIn(form, about(form), { own: false })
    assert.ok(age && sex)
    assert.deepEqual(age.faults, ['unit: “mo”, not “a”'])
    assert.deepEqual([sex.mapping, sex.skeleton.local, sex.wanted?.levels], [undefined, '', ['female', 'male']])
    assert.deepEqual(
      sex.candidates.map(({ ref }) => ref),
      ['subjects.gender', 'subjects.diagnosis']
    )

    const begun = { ...form, mappings: withMapping([], sex, sex.skeleton) }
    assert.deepEqual(missingInMappings(begun, about(begun)), [
      'Complete the mapping of subjects.sex at East, or remove it.'
    ])
    assert.equal('mappings' in submissionOf(begun, about(begun)), false)

    const named = standingIn(sex, sex.candidates[0], ['female', 'male'])
    assert.deepEqual(named.levels, [
      { local: 'm', level: '' },
      { local: 'w', level: '' }
    ])
    const whole = {
      ...named,
      levels: [
        { local: 'm', level: 'male' },
        { local: 'w', level: 'female' }
      ]
    }
    const half = { ...form, mappings: withMapping(begun.mappings, sex, whole) }
    assert.deepEqual(missingInMappings(half, about(half)), [])
    const left = differencesIn(half, about(half), { own: false })
    assert.deepEqual(
      left.map(({ variable, faults }) => [variable, faults.length]),
      [
        ['subjects.age', 1],
        ['subjects.sex', 0]
      ]
    )

    // A mapping for an institution that is not asked changes nothing and is not sent.
    const elsewhere = { ...half, targets: [NORTH, '12D3KooWest'] }
    assert.equal('mappings' in submissionOf(elsewhere, about(elsewhere)), false)
    const sent = submissionOf(half, about(half)).mappings
    assert.deepEqual(mappingListSchema.parse(sent), [whole])
    assert.deepEqual(withMapping(half.mappings, sex, undefined), [])
  })

  it('is signed with the question, and with what the variables are taken to be', () => {
    const form = draft({ picked: { ...EMPTY.picked, name: 'table', variables: ['subjects.sex'] } })
    const levels = [
      { local: 'm', level: 'male' },
      { local: 'w', level: 'female' }
    ]
    const mapping = { peer: EAST, variable: 'subjects.sex', local: 'subjects.gender', levels, scale: '' }
    const settled = { ...form, mappings: [mapping] }
    const { contract, mappings } = signableOf(settled, about(settled), { reviewed: false })
    assert.deepEqual(mappings, [mapping])
    assert.deepEqual(contract, [
      { variable: 'subjects.sex', type: 'category', unit: '', levels: ['female', 'male'], breakpoints: [] }
    ])
    assert.throws(() => signableOf(form, about(form), { reviewed: false }), { code: 'SCHEMA_MISMATCH' })
  })

  it('cannot be settled for noise, which each institution adds to its own words', () => {
    const mappings = [{ peer: EAST, variable: 'subjects.age', local: 'subjects.age', levels: [], scale: '1' }]
    const form = draft({ picked: mean([]), mappings, level: 'P2' })
    assert.match(missingInMappings(form, about(form)).join(), /not available with noise \(P2\)/)
    assert.deepEqual(missingInMappings({ ...form, level: 'P1' }, about(form)), [])
  })
})
