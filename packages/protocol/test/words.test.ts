/** Words for people: a number with its noun, and the name that a mistyped one meant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CatalogDescriptor, counted, didYouMean, nearest, resolveVariable } from '../src/index.ts'

test('a word near another is found by its slips, or by its beginning', () => {
  const among = ['run', 'jobs', 'job', 'catalogs', 'cost', 'crate']
  const meant = { rum: 'run', rnu: 'run', catalgos: 'catalogs', catalog: 'catalogs', cat: 'catalogs', jbos: 'jobs' }
  for (const [word, name] of Object.entries(meant)) assert.equal(nearest(word, among), name)
  for (const word of ['fly', 'c', '', 'x'.repeat(65)]) assert.equal(nearest(word, among), undefined)
})

test('capitals do not matter, and among very many words none is looked for', () => {
  assert.equal(didYouMean('AGE', ['age', 'sex']), ' Did you mean age?')
  assert.equal(
    nearest(
      'aged',
      Array.from({ length: 1_001 }, (_, i) => (i === 0 ? 'age' : `v${i}`))
    ),
    undefined
  )
})

test('one is one, and people are not persons', () => {
  const texts = [counted(0, 'row'), counted(1, 'founder'), counted(2, 'founder'), counted(1, 'person', 'people')]
  assert.deepEqual(
    [...texts, counted(9, 'person', 'people')],
    ['0 rows', '1 founder', '2 founders', '1 person', '9 people']
  )
})

test('a variable that a catalog lacks is refused with the one that was meant', () => {
  const variable = (name: string) => ({ name, type: 'integer' })
  const tables = [{ name: 'people', variables: [variable('age'), variable('sex')] }]
  const descriptor = { name: 'trial', tables } as unknown as CatalogDescriptor
  const reasonOf = (name: string) => {
    try {
      resolveVariable(descriptor, name)
      return ''
    } catch (error) {
      return (error as { reason: string }).reason
    }
  }
  assert.match(reasonOf('agee'), /has no variable "agee"\. Did you mean age\? It has: age, sex\.$/)
  assert.match(reasonOf('peple.age'), / Did you mean people\.age\? /)
  assert.match(reasonOf('zzz'), /has no variable "zzz"\. It has: age/)
})
