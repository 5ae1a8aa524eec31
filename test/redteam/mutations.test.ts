import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { mutate } from './mutate.ts'
import { LONG_MUTATIONS, MUTATIONS } from './mutations.ts'

const ROOT = join(import.meta.dirname, '../..')

/** A few of them, seconds each; `npm run test:long` tries them all. */
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
      // These tests are part of the same run, which fails if they do not pass without the mutation.
      const fate = await mutate(mutation, { arePassing: true })
      assert.ok(fate.caught, fate.caught ? '' : fate.why)
    })
  }

  test('no two have one name', () => {
    const ids = [...MUTATIONS, ...LONG_MUTATIONS].map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
  })
})

test('every mutation changes one place that is there', () => {
  const stale = [...MUTATIONS, ...LONG_MUTATIONS].flatMap(({ id, file, from }) => {
    const times = readFileSync(join(ROOT, file), 'utf8').split(from).length - 1
    return times === 1 ? [] : [`${id}: ${times} times in ${file}`]
  })
  assert.deepEqual(stale, [])
})

describe('a mutation that proves nothing is found out', () => {
  const known = MUTATIONS.find(({ id }) => id === 'anybody-asks')
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
