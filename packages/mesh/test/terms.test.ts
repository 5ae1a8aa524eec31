import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { membershipKey, normaliseTerm, normaliseTerms, termKey } from '../src/connect/terms.ts'

describe('a term', () => {
  it('is one and the same however a person writes it', async () => {
    const written = ['Parkinson', ' parkinson\n', 'PARKINSON']
    assert.deepEqual(new Set(written.map(normaliseTerm)), new Set(['parkinson']))
    assert.equal(normaliseTerm('Sjo\u0308gren'), normaliseTerm('sj\u00f6gren'))
    const keys = await Promise.all(written.map(async (term) => (await termKey(term)).toString()))
    assert.equal(new Set(keys).size, 1)
  })

  it('has a key of its own, apart from that of the members', async () => {
    const keys = [await termKey('a'), await termKey('b'), await membershipKey(), await termKey('members')]
    assert.equal(new Set(keys.map(String)).size, 4)
  })

  it('is announced once, and neither empty nor endless', () => {
    assert.deepEqual(normaliseTerms(['A', 'a ', '', '  ', 'x'.repeat(201), 'b']), ['a', 'b'])
  })
})
