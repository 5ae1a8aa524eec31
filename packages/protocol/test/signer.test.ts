import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  cryptographicRandom,
  keyFileOf,
  keyFromSeed,
  makeKey,
  open,
  SimulatedClock,
  seal,
  seedIn,
  signerFromKey,
  signerFromSeed
} from '../src/index.ts'

const clock = new SimulatedClock()

describe('a key that the platform holds', () => {
  it('signs what anybody can check by its id, and shows its secret to nobody', async () => {
    for (const own of [await makeKey(), await keyFromSeed(cryptographicRandom.bytes(32))]) {
      const body = new Uint8Array([1, 2, 3])
      const { bytes: sealed } = await seal({
        type: 'job-request',
        body,
        signer: signerFromKey(own),
        clock,
        lifetimeMs: 1_000
      })
      assert.equal((await open(sealed, { type: 'job-request', clock })).issuer, own.id)
      assert.equal(own.key.extractable, false)
      assert.deepEqual(own.key.usages, ['sign'])
      await assert.rejects(crypto.subtle.exportKey('pkcs8', own.key), { name: 'InvalidAccessError' })
      await assert.rejects(crypto.subtle.exportKey('jwk', own.key), { name: 'InvalidAccessError' })
    }
  })

  it('is never made twice', async () => {
    assert.notEqual((await makeKey()).id, (await makeKey()).id)
  })
})

describe('a key file', () => {
  it('gives the key back that it was made of', async () => {
    const seed = cryptographicRandom.bytes(32)
    assert.match(keyFileOf(seed), /^[0-9a-f]{64}\n$/)
    const read = seedIn(keyFileOf(seed))
    assert.deepEqual(read, seed)
    assert.equal((await keyFromSeed(read ?? seed)).id, (await signerFromSeed(seed)).id)
  })

  it('is nothing else', () => {
    const digits = 'a1'.repeat(32)
    assert.ok(seedIn(`\n${digits} \r\n`))
    for (const text of ['', digits.slice(1), `${digits}0`, digits.toUpperCase(), `0x${digits.slice(2)}`, '{}']) {
      assert.equal(seedIn(text), undefined, text)
    }
  })
})
