import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mutate } from './mutate.ts'
import { LONG_MUTATIONS, MUTATIONS } from './mutations.ts'

describe('every control of privacy, switched off, is missed by a test or an attack', () => {
  for (const mutation of [...MUTATIONS, ...LONG_MUTATIONS]) {
    test(`${mutation.control} (${mutation.id})`, async () => {
      const fate = await mutate(mutation)
      assert.ok(fate.caught, fate.caught ? '' : fate.why)
    })
  }
})
