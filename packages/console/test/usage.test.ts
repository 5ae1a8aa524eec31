import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Usage } from '@stimnet/sdk'
import { percent, scopeWords, worstFirst } from '../src/stewardship/usage.ts'

const line = (what: string, share: number): Usage => ({
  ...{ data_catalog_name: 'trial', scope: '', what, used: '1', max: '2', share }
})

describe('what is used', () => {
  test('is in the order in which somebody should look', () => {
    const lines = [line('a', 0.1), line('b', 1.2), line('c', 0.8)]
    assert.deepEqual(
      worstFirst(lines).map(({ what }) => what),
      ['b', 'c', 'a']
    )
    assert.equal(lines[0]?.what, 'a', 'the given list stays as it is')
  })

  test('is never rounded up to all of it', () => {
    assert.deepEqual([0, 0.004, 0.5, 0.999].map(percent), ['0 %', '0 %', '50 %', '99 %'])
  })

  test('says whose it is', () => {
    assert.equal(scopeWords(''), 'all together')
    assert.equal(scopeWords('dbs'), 'project dbs')
    assert.match(scopeWords('12D3KooWabcdefghijkl'), /^key …efghijkl$/)
  })
})
