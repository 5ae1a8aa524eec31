import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CatalogDescriptor, messages, resolveVariable, type StimnetError } from '../src/index.ts'
import { coded } from './fixtures.ts'

const variables = (...names: string[]) => names.map((name) => ({ name, type: 'number' }))
const descriptor: CatalogDescriptor = messages.CatalogDescriptor.decode(
  messages.CatalogDescriptor.encode({
    name: 'trial',
    tables: [
      { name: 'subjects', variables: variables('age', 'sex') },
      { name: 'visits', variables: variables('score', 'age') }
    ]
  })
)

test('a variable is found by its name, or by table and name', () => {
  assert.equal(resolveVariable(descriptor, 'score').ref, 'visits.score')
  assert.equal(resolveVariable(descriptor, 'visits.age').ref, 'visits.age')
  const found = resolveVariable(descriptor, 'age', ['subjects'])
  assert.deepEqual([found.ref, found.table.name, found.variable.type], ['subjects.age', 'subjects', 'number'])
})

test('a name in two tables is refused, and the reason names both', () => {
  assert.throws(
    () => resolveVariable(descriptor, 'age'),
    (error: StimnetError) => coded('VARIABLE_AMBIGUOUS')(error) && /subjects\.age, visits\.age/.test(error.reason)
  )
})

test('a name that is not there is refused, and the reason names what is', () => {
  for (const name of ['weight', 'subjects.score', 'other.age', '', '.', 'age.', 'a.b.c', '__proto__']) {
    assert.throws(() => resolveVariable(descriptor, name), coded('VARIABLE_UNKNOWN'), name)
  }
  assert.throws(() => resolveVariable(descriptor, 'sex', ['visits']), coded('VARIABLE_UNKNOWN'))
  assert.throws(
    () => resolveVariable(descriptor, 'x'.repeat(10_000)),
    (error: StimnetError) => error.reason.length < 700 && error.reason.includes('age, sex, score')
  )
  const many = Array.from({ length: 1_000 }, (_, i) => `variable_${i}`)
  const [first] = descriptor.tables
  assert.ok(first)
  const wide = {
    ...descriptor,
    tables: [{ ...first, variables: many.map((name) => ({ ...first.variables[0], name })) }]
  }
  assert.throws(
    () => resolveVariable(wide as CatalogDescriptor, 'x'),
    (error: StimnetError) => error.reason.length < 700 && error.reason.includes('variable_1, variable_2')
  )
})
