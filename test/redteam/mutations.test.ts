import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mutate } from './mutate.ts'
import { LONG_MUTATIONS, MUTATIONS } from './mutations.ts'

/** A few mutations that take seconds each. `npm run test:long` tries all of them. */
const QUICK = [
  'no-leverage',
  'nearly-within',
  'no-information-limit',
  'no-audit',
  'spelled-otherwise',
  'of-whom',
  'round-before',
  'no-dominance',
  'fine-grid',
  'last-key-wins',
  'no-padding',
  'anybody-asks',
  'answered-once'
]

describe('a control that is switched off is missed by a test', () => {
  for (const id of QUICK) {
    const mutation = MUTATIONS.find((each) => each.id === id)
    test(`${mutation?.control ?? id} (${id})`, async () => {
      assert.ok(mutation)
      const fate = await mutate(mutation)
      assert.ok(fate.caught, fate.caught ? '' : fate.why)
    })
  }

  test('no two have one name', () => {
    const ids = [...MUTATIONS, ...LONG_MUTATIONS].map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('a mutation that proves nothing is found out', () => {
  const [known] = MUTATIONS
  test('where its place in the source is gone', async () => {
    assert.ok(known)
    const fate = await mutate({ ...known, from: 'this stands nowhere' })
    assert.match(fate.caught ? '' : fate.why, /^stale/)
  })

  test('where the test never loads what it changes', async () => {
    assert.ok(known)
    const fate = await mutate({ ...known, noticedBy: { tests: ['packages/protocol/test/random.test.ts'] } })
    assert.match(fate.caught ? '' : fate.why, /never loads/)
  })

  test('where it changes nothing', async () => {
    assert.ok(known)
    const fate = await mutate({ ...known, to: known.from })
    assert.match(fate.caught ? '' : fate.why, /nobody noticed/)
  })
})
