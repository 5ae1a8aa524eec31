import assert from 'node:assert/strict'
import { test } from 'node:test'
import { custodialSigner } from '../src/store/identity.ts'

test('each account has a custodial key of its own, the same after a restart', async () => {
  const seed = new Uint8Array(32).fill(1)
  const [ada, again, bob] = await Promise.all([
    custodialSigner(seed, 'ada'),
    custodialSigner(seed, 'ada'),
    custodialSigner(seed, 'bob')
  ])
  assert.equal(ada.id, again.id)
  assert.notEqual(ada.id, bob.id)
})
