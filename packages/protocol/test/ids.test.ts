import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import {
  isKeyId,
  isName,
  jobIdOf,
  keyIdOf,
  parseKeyId,
  publicKeyOf,
  sha256Hex,
  signerFromSeed,
  toHex,
  verifyBytes
} from '../src/index.ts'
import { ada, bob, bytesOf, coded } from './fixtures.ts'

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
/** Random public keys. Weak ones are filtered out: they are improbable, but fast-check prefers zeros. */
const key32 = bytes32.filter((bytes) => {
  try {
    return keyIdOf(bytes) !== undefined
  } catch {
    return false
  }
})
const unsupported = coded('KEY_UNSUPPORTED')

describe('a key id is the PeerId that libp2p gives the same key', () => {
  test('from the same public key', () => {
    fc.assert(
      fc.property(key32, (raw) => {
        assert.equal(keyIdOf(raw), peerIdFromPublicKey(publicKeyFromRaw(raw)).toString())
      }),
      { numRuns: 50 }
    )
  })

  test('from the same seed, so that one key file serves both', async () => {
    const property = fc.asyncProperty(bytes32, async (seed) => {
      const libp2p = peerIdFromPublicKey((await generateKeyPairFromSeed('Ed25519', seed)).publicKey)
      assert.equal((await signerFromSeed(seed)).id, libp2p.toString())
    })
    await fc.assert(property, { numRuns: 20 })
  })

  test('and back', () => {
    fc.assert(
      fc.property(key32, (raw) => {
        const text = peerIdFromPublicKey(publicKeyFromRaw(raw)).toString()
        assert.deepEqual(publicKeyOf(text), Uint8Array.from(raw))
        assert.equal(parseKeyId(text), peerIdFromString(text).toString())
        assert.ok(isKeyId(text))
        assert.match(text, /^12D3Koo/)
      }),
      { numRuns: 50 }
    )
  })
})

describe('a weak key', () => {
  const { weak } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../test/vectors/keys.json'), 'utf8')) as {
    weak: { publicKey: string; keyId: string }[]
  }

  const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

  test('of small order, or in a second spelling, is no key id: anybody could sign under it', async () => {
    assert.equal(weak.length, 48)
    for (const { publicKey, keyId } of weak) {
      assert.throws(() => keyIdOf(fromHex(publicKey)), unsupported, publicKey)
      assert.throws(() => publicKeyOf(keyId), unsupported, publicKey)
      assert.throws(() => parseKeyId(keyId), unsupported)
      assert.ok(!isKeyId(keyId))
    }
    // With the neutral point as public key and as R, and S = 0, a signature verifies for every message.
    const signature = new Uint8Array(64)
    signature[0] = 1
    const forged = { signedBy: weak[2]?.keyId ?? '', bytes: bytesOf('anything'), signature }
    await assert.rejects(verifyBytes(forged), unsupported)
  })

  test('is not taken for one that is near', () => {
    // Reading a key does not change its bytes, even if it is a view of a larger buffer.
    const negative = Buffer.from(new Uint8Array(32).fill(0x82))
    assert.deepEqual(publicKeyOf(keyIdOf(negative)), Uint8Array.from(negative))
    for (const y of [2, 3]) assert.equal(publicKeyOf(keyIdOf(new Uint8Array(32).fill(y)))[0], y)
    // The largest valid y, except for that of the point of order two.
    const largest = fromHex(`eb${'ff'.repeat(30)}7f`)
    assert.deepEqual(publicKeyOf(keyIdOf(largest)), largest)
  })
})

describe('only the one spelling of an Ed25519 key is a key id', () => {
  test('keys of other kinds, other encodings and near misses are refused', () => {
    const id = ada.id
    const wrong = [
      '',
      id.slice(1),
      id.slice(0, -1),
      `${id}1`,
      `1${id}`,
      ` ${id}`,
      `${id}\n`,
      `z${id}`,
      id.toLowerCase(),
      id.replace(/.$/, '0'),
      'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
      '16Uiu2HAmGgzJbqXWaoEsBcVJHfpBjGiwoLdHTpxG7Qq6e5xQ2q4Y',
      'bafzaajaiaejcal72gwuz2or47oyxxn6b3rkwdmmkrxgkjxzy3rqt5kczyn7lcm3l',
      'x'.repeat(1_000_000)
    ]
    for (const text of wrong) {
      assert.throws(() => publicKeyOf(text), unsupported, text.slice(0, 80))
      assert.equal(isKeyId(text), false)
    }
  })

  test('a text is refused, or it is the id of the key it gives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^12D3Koo[1-9A-Za-z]{45}$/)), (text) => {
        if (isKeyId(text)) assert.equal(keyIdOf(publicKeyOf(text)), text)
        else assert.throws(() => parseKeyId(text), unsupported)
      })
    )
  })

  test('the beginning of a key id before more or fewer than 32 bytes is none', () => {
    for (const length of [0, 31, 33, 35]) {
      const bytes = Uint8Array.from([0x00, 0x24, 0x08, 0x01, 0x12, 0x20, ...new Uint8Array(length).fill(7)])
      const text = base58btc.encode(bytes).slice(1)
      assert.throws(() => publicKeyOf(text), unsupported)
      assert.equal(isKeyId(text), false)
    }
  })

  test('a public key has 32 bytes', () => {
    for (const length of [0, 31, 33]) assert.throws(() => keyIdOf(new Uint8Array(length)), unsupported)
  })
})

describe('a job id', () => {
  const request = { issuer: ada.id, nonce: new Uint8Array(16), servingPeer: bob.id }

  test('is the same for both sides, and another for each asker, nonce and peer', async () => {
    const id = await jobIdOf(request)
    assert.equal(await jobIdOf({ ...request, nonce: new Uint8Array(16) }), id)
    assert.match(id, /^[0-9a-f]{32}$/)
    const others = await Promise.all([
      jobIdOf({ ...request, issuer: bob.id }),
      jobIdOf({ ...request, servingPeer: ada.id }),
      jobIdOf({ ...request, nonce: new Uint8Array(16).fill(1) }),
      jobIdOf({ ...request, issuer: bob.id, servingPeer: ada.id })
    ])
    assert.equal(new Set([id, ...others]).size, 5)
  })
})

test('a name begins with a letter, and has nothing a path, a query or a page could trip over', () => {
  for (const name of ['a', 'Z9', 'clinical_trial_data', 'a-b', 'a'.repeat(64)]) assert.ok(isName(name), name)
  for (const name of ['', '1a', '_a', 'a b', 'a.b', 'a/b', "a'", 'ä', 'a\n', '..', 'a'.repeat(65)]) {
    assert.ok(!isName(name), name)
  }
})

test('hashes and hexadecimal are as everywhere', async () => {
  assert.equal(toHex(Uint8Array.of(0, 15, 16, 255)), '000f10ff')
  assert.equal(await sha256Hex(bytesOf('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
