import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { base64url, CompactSign } from 'jose'
import {
  CODES,
  DOMAIN,
  keyIdOf,
  LIMITS,
  messages,
  open,
  publicKeyOf,
  type SealedType,
  type SealOptions,
  type Signer,
  StimnetError,
  seal,
  sha256Hex,
  signerFromSeed
} from '../src/index.ts'
import { ada, bob, bytesOf, clockAt, coded, START_MS, seedOf, textOf } from './fixtures.ts'

const MINUTE = 60_000
const clock = clockAt(START_MS)
const body = bytesOf('how many?')
const sealed = (options: Partial<SealOptions> = {}) =>
  seal({ type: 'job-request', body, signer: ada, clock, lifetimeMs: 5 * MINUTE, ...options }).then(({ bytes }) => bytes)
const opened = (jws: Uint8Array, options: Partial<Parameters<typeof open>[1]> = {}) =>
  open(jws, { type: 'job-request', clock, ...options })

/** A hand-made JWS that seal() would never sign. */
async function forged(statement: object, header: object = {}, seed = seedOf(1)): Promise<Uint8Array> {
  const payload = messages.Statement.encode({
    domain: DOMAIN,
    type: 'job-request',
    issuer: ada.id,
    audience: [],
    issuedAtMs: START_MS,
    expiresAtMs: START_MS + MINUTE,
    nonce: new Uint8Array(16),
    body,
    ...statement
  })
  return signedPayload(payload, header, seed)
}

async function signedPayload(payload: Uint8Array, header: object = {}, seed = seedOf(1)): Promise<Uint8Array> {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = await crypto.subtle.importKey('pkcs8', Buffer.concat([prefix, seed]), 'Ed25519', false, ['sign'])
  const protectedHeader = { alg: 'Ed25519', kid: ada.id, typ: 'stimnet+jws', ...header }
  const signer = new CompactSign(payload).setProtectedHeader(protectedHeader)
  return bytesOf(await signer.sign(key, { crit: { extra: true } }))
}

/** A JWS with any header, payload and signature. */
const spelled = (header: object, payload: Uint8Array, signature: Uint8Array) =>
  bytesOf(`${base64url.encode(JSON.stringify(header))}.${base64url.encode(payload)}.${base64url.encode(signature)}`)

const payloadOf = (jws: Uint8Array) => base64url.decode(textOf(jws).split('.')[1] ?? '')

test('sealing says of a statement what opening it says', async () => {
  const { bytes, ...said } = await seal({
    ...{ type: 'job-request', body, signer: ada, clock, lifetimeMs: 5 * MINUTE, audience: [bob.id] }
  })
  assert.deepEqual(said, await opened(bytes, { audience: bob.id }))
})

describe('what was sealed opens', () => {
  test('with all that was said, knowing only the key id', async () => {
    const nonce = Uint8Array.from({ length: 16 }, (_, i) => i)
    const jws = await sealed({ nonce, audience: [bob.id] })
    assert.deepEqual(await opened(jws, { audience: bob.id, issuer: ada.id }), {
      issuer: ada.id,
      audience: [bob.id],
      issuedAtMs: START_MS,
      expiresAtMs: START_MS + 5 * MINUTE,
      nonce,
      body,
      hash: await sha256Hex(jws)
    })
  })

  test('whatever its body, type and audience', async () => {
    const types: SealedType[] = ['job-request', 'cancel', 'decision', 'job-result', 'catalog', 'hello']
    const anyBody = fc.uint8Array({ maxLength: 2_000 })
    const property = fc.asyncProperty(anyBody, fc.constantFrom(...types), fc.boolean(), async (any, type, toBob) => {
      const jws = await sealed({ body: any, type, ...(toBob ? { audience: [bob.id] } : {}) })
      assert.deepEqual(Buffer.from((await opened(jws, { type, audience: bob.id })).body), Buffer.from(any))
    })
    await fc.assert(property, { numRuns: 60 })
  })

  test('two sealings of the same words differ by their nonce', async () => {
    assert.notDeepEqual(await sealed(), await sealed())
  })

  test('a statement for anyone is for each; one for Bob only for Bob', async () => {
    await opened(await sealed(), { audience: bob.id })
    await opened(await sealed({ audience: [ada.id, bob.id] }), { audience: bob.id })
    await assert.rejects(opened(await sealed({ audience: [ada.id] }), { audience: bob.id }), coded('AUDIENCE_MISMATCH'))
  })
})

describe('what was changed on the way does not open', () => {
  test('one byte flipped, anywhere', async () => {
    const jws = await sealed({ audience: [bob.id] })
    // One bit of each byte, and every bit of the last character, in which base64 has spare bits.
    const flips = Array.from(jws, (_, at) => [at, 1 << (at % 8)] as const)
    const last = Array.from({ length: 8 }, (_, bit) => [jws.length - 1, 1 << bit] as const)
    for (const [at, bit] of [...flips, ...last]) {
      const other = jws.slice()
      other[at] = (other[at] ?? 0) ^ bit
      await assert.rejects(
        opened(other),
        coded('MALFORMED', 'SIGNATURE_INVALID', 'KEY_UNSUPPORTED', 'TYPE_MISMATCH'),
        `byte ${at}`
      )
    }
  })

  test('cut short, anywhere', async () => {
    const jws = await sealed()
    for (let length = 0; length < jws.length; length += 7) {
      await assert.rejects(opened(jws.slice(0, length)), coded('MALFORMED', 'SIGNATURE_INVALID'), `length ${length}`)
    }
    await assert.rejects(opened(jws.slice(0, -1)), coded('MALFORMED', 'SIGNATURE_INVALID'))
  })

  test('another spelling of the same signature, because its hash would be another name', async () => {
    const text = textOf(await sealed())
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(text.at(-1) ?? '')
    const spare = [1, 2, 7, 15].map((bits) => text.slice(0, -1) + alphabet[last ^ bits])
    for (const other of [...spare, `${text}=`, `${text}==`, `${text} `, `${text}\n`, `\ufeff${text}`]) {
      await assert.rejects(opened(bytesOf(other)), coded('MALFORMED', 'SIGNATURE_INVALID'))
    }
    await opened(bytesOf(text))
  })

  test('arbitrary bytes', async () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map(bytesOf),
      fc
        .tuple(fc.jsonValue(), fc.uint8Array(), fc.uint8Array())
        .map(([header, payload, signature]) =>
          spelled({ header, ...(typeof header === 'object' ? header : {}) }, payload, signature)
        )
    )
    const property = fc.asyncProperty(junk, (bytes) =>
      assert.rejects(opened(bytes), coded('MALFORMED', 'SIGNATURE_INVALID', 'KEY_UNSUPPORTED', 'TYPE_MISMATCH'))
    )
    await fc.assert(property, { numRuns: 400 })
  })

  test('a valid envelope, mutated', async () => {
    const jws = await sealed()
    const edit = fc.record({
      at: fc.nat(jws.length - 1),
      remove: fc.nat(40),
      put: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.stringMatching(/^[\w.-]{0,40}$/).map(bytesOf))
    })
    const property = fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      let other = jws
      for (const { at, remove, put } of edits) {
        const end = other.slice(Math.min(other.length, at + remove))
        other = Buffer.concat([other.slice(0, at), put, end])
      }
      if (Buffer.compare(other, jws) === 0) return
      await assert.rejects(opened(other), coded('MALFORMED', 'SIGNATURE_INVALID', 'KEY_UNSUPPORTED', 'TYPE_MISMATCH'))
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test('a signed payload that is no statement', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (payload) => {
      const jws = await signedPayload(payload)
      await assert.rejects(opened(jws), coded('MALFORMED', 'SIGNATURE_INVALID', 'TYPE_MISMATCH'))
    })
    await fc.assert(property, { numRuns: 100 })
    await assert.rejects(opened(await signedPayload(Uint8Array.of(0xff, 0xff))), coded('MALFORMED'))
  })
})

describe('who signed is who is said to have signed', () => {
  test('another key under the same key id is refused', async () => {
    await assert.rejects(opened(await forged({}, {}, seedOf(2))), coded('SIGNATURE_INVALID'))
  })

  test('a key id of one and an issuer of another is refused', async () => {
    await assert.rejects(opened(await forged({ issuer: bob.id })), coded('SIGNATURE_INVALID'))
    await assert.rejects(opened(await forged({}, { kid: bob.id }, seedOf(2))), coded('SIGNATURE_INVALID'))
  })

  test('a statement of a key other than the expected one is refused', async () => {
    await assert.rejects(opened(await sealed(), { issuer: bob.id }), coded('SIGNATURE_INVALID'))
  })

  test('a PeerId of an RSA or secp256k1 key cannot sign here', async () => {
    const rsa = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
    const secp256k1 = '16Uiu2HAmGgzJbqXWaoEsBcVJHfpBjGiwoLdHTpxG7Qq6e5xQ2q4Y'
    for (const kid of [rsa, secp256k1, '', 'did:key:z6Mk', 'x'.repeat(10_000), 7, null, [ada.id], { id: ada.id }]) {
      const header = { alg: 'Ed25519', typ: 'stimnet+jws', kid }
      await assert.rejects(opened(spelled(header, body, new Uint8Array(64))), coded('KEY_UNSUPPORTED'))
    }
    await assert.rejects(opened(spelled({ alg: 'Ed25519', typ: 'stimnet+jws' }, body, body)), coded('KEY_UNSUPPORTED'))
  })
})

describe('the algorithm is not for the sender to choose', () => {
  const refused = coded('SIGNATURE_INVALID', 'MALFORMED')
  const header = { kid: ada.id, typ: 'stimnet+jws' }

  test('alg none is refused, with and without a signature', async () => {
    const payload = payloadOf(await sealed())
    for (const alg of ['none', 'None', 'NONE', '']) {
      await assert.rejects(opened(spelled({ ...header, alg }, payload, new Uint8Array(0))), refused)
      await assert.rejects(opened(spelled({ ...header, alg }, payload, new Uint8Array(64))), refused)
    }
  })

  test('HS256 with the public key as the secret is refused', async () => {
    const unsigned = spelled({ ...header, alg: 'HS256' }, payloadOf(await sealed()), new Uint8Array(0)).slice(0, -1)
    for (const secret of [publicKeyOf(ada.id), bytesOf(ada.id)]) {
      const mac = createHmac('sha256', secret).update(unsigned).digest()
      await assert.rejects(opened(bytesOf(`${textOf(unsigned)}.${base64url.encode(mac)}`)), refused)
    }
  })

  test('EdDSA, the older name of the same algorithm, is refused: one statement has one spelling', async () => {
    await assert.rejects(opened(await forged({}, { alg: 'EdDSA' })), coded('SIGNATURE_INVALID'))
  })

  test('a critical extension is refused, known or not', async () => {
    for (const crit of [['extra'], ['exp'], [], ['b64']]) {
      const extended = { ...header, alg: 'Ed25519', crit, extra: 1, exp: 1, b64: true }
      await assert.rejects(opened(spelled(extended, body, new Uint8Array(64))), refused)
    }
    await assert.rejects(opened(await forged({}, { crit: ['extra'], extra: 1 })), coded('SIGNATURE_INVALID'))
  })

  test('a key brought along in the header is not used', async () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const jwk = publicKey.export({ format: 'jwk' })
    await assert.rejects(opened(await forged({}, { jwk }, seedOf(2))), coded('SIGNATURE_INVALID'))
  })
})

describe('a statement is what it was signed as', () => {
  test('another type is refused: an answer is no request', async () => {
    await assert.rejects(opened(await sealed({ type: 'decision' })), coded('TYPE_MISMATCH'))
    await assert.rejects(opened(await forged({ type: '' })), coded('TYPE_MISMATCH'))
  })

  test('another domain is refused: a signature made for another system is none here', async () => {
    for (const domain of ['', 'stimnet/2', 'other']) {
      await assert.rejects(opened(await forged({ domain })), coded('TYPE_MISMATCH'))
    }
    await assert.rejects(opened(await forged({}, { typ: 'JWT' })), coded('TYPE_MISMATCH'))
    await assert.rejects(opened(await forged({}, { typ: undefined })), coded('TYPE_MISMATCH'))
  })

  test('a nonce of another length than 16 bytes is refused', async () => {
    for (const length of [0, 15, 17]) {
      await assert.rejects(opened(await forged({ nonce: new Uint8Array(length) })), coded('MALFORMED'))
    }
  })
})

describe('a statement holds for its time', () => {
  const skew = LIMITS.clockSkewMs
  const issued = (at: number, lifetimeMs = MINUTE) => sealed({ clock: clockAt(at), lifetimeMs })

  test('past its validity it is refused, but for what clocks may differ', async () => {
    await opened(await issued(START_MS - MINUTE - skew))
    await assert.rejects(opened(await issued(START_MS - MINUTE - skew - 1)), coded('EXPIRED'))
  })

  test('from the future it is refused, but for what clocks may differ', async () => {
    await opened(await issued(START_MS + skew))
    await assert.rejects(opened(await issued(START_MS + skew + 1)), coded('NOT_YET_VALID'))
  })

  test('a request is valid for ten minutes at most; a result may be for ever', async () => {
    await opened(await issued(START_MS, LIMITS.requestLifetimeMsMax))
    await assert.rejects(opened(await issued(START_MS, LIMITS.requestLifetimeMsMax + 1)), coded('LIFETIME_TOO_LONG'))
    await assert.rejects(opened(await issued(START_MS, Number.POSITIVE_INFINITY)), coded('LIFETIME_TOO_LONG'))
    const result = await sealed({ type: 'job-result', lifetimeMs: Number.POSITIVE_INFINITY })
    await opened(result, { type: 'job-result', clock: clockAt(START_MS * 2) })
  })

  test('evidence is read at any time, all else about it still holding', async () => {
    const old = await issued(START_MS - 1_000 * MINUTE)
    await assert.rejects(opened(old), coded('EXPIRED'))
    await opened(old, { atAnyTime: true })
    await assert.rejects(opened(old, { atAnyTime: true, issuer: bob.id }), coded('SIGNATURE_INVALID'))
    const long = await issued(START_MS, 1_000 * MINUTE)
    await assert.rejects(opened(long, { atAnyTime: true }), coded('LIFETIME_TOO_LONG'))
  })

  test('invalid times are refused', async () => {
    for (const times of [
      { issuedAtMs: Number.NaN },
      { expiresAtMs: Number.NaN },
      { issuedAtMs: Number.NEGATIVE_INFINITY },
      { issuedAtMs: Number.POSITIVE_INFINITY, expiresAtMs: Number.POSITIVE_INFINITY },
      { expiresAtMs: START_MS - 1 }
    ]) {
      await assert.rejects(opened(await forged(times)), coded('MALFORMED'))
    }
  })
})

describe('a statement that was opened before', () => {
  test('is as strictly read again: whom it is for, what it is, and whether it is in time', async () => {
    const jws = await sealed({ audience: [bob.id] })
    await opened(jws, { audience: bob.id })
    await assert.rejects(opened(jws, { audience: ada.id }), coded('AUDIENCE_MISMATCH'))
    await assert.rejects(opened(jws, { type: 'cancel' }), coded('TYPE_MISMATCH'))
    await assert.rejects(opened(jws, { issuer: bob.id }), coded('SIGNATURE_INVALID'))
    await assert.rejects(opened(jws, { clock: clockAt(START_MS + 60 * MINUTE) }), coded('EXPIRED'))
  })

  test('lends nothing to another that is like it: a byte flipped, one added, another byte that reads the same', async () => {
    const jws = await sealed()
    await opened(jws)
    for (const at of [0, 40, 200, jws.length - 2]) {
      await assert.rejects(opened(jws.map((byte, i) => (i === at ? byte ^ 1 : byte))), StimnetError)
      await assert.rejects(opened(jws.map((byte, i) => (i === at ? 0xff : byte))), StimnetError)
    }
    await assert.rejects(opened(Uint8Array.of(...jws, 0x20)), StimnetError)
    await assert.rejects(opened(Uint8Array.of(0xef, 0xbb, 0xbf, ...jws)), StimnetError)
  })

  test('is what it was, whatever its reader did to the bytes that it was given', async () => {
    const jws = await sealed()
    const first = await opened(jws)
    first.body.fill(0)
    first.nonce.fill(0)
    const second = await opened(jws)
    assert.deepEqual(second.body, body)
    assert.notDeepEqual(second.nonce, new Uint8Array(16))
  })

  test('is forgotten when many others were opened, and opens again', async () => {
    const all = await Promise.all(Array.from({ length: 600 }, () => sealed()))
    for (const jws of all) await opened(jws)
    assert.deepEqual((await opened(all[0] ?? new Uint8Array())).body, body)
  })
})

describe('a statement has a size', () => {
  test('past the limit it is neither sealed nor opened', async () => {
    const tooLarge = new Uint8Array(LIMITS.envelopeBytesMax)
    await assert.rejects(sealed({ body: tooLarge }), coded('TOO_LARGE'))
    await assert.rejects(opened(new Uint8Array(LIMITS.envelopeBytesMax + 1)), coded('TOO_LARGE'))
    const { code } = (await opened(new Uint8Array(LIMITS.envelopeBytesMax)).catch(
      (error: StimnetError) => error
    )) as StimnetError
    assert.equal(code, 'MALFORMED')
  })
})

describe('keys', () => {
  test('a signer is made of 32 bytes, and its id is that of its public key', async () => {
    // RFC 8032, section 7.1, test 1.
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
    const publicKey = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex')
    assert.equal((await signerFromSeed(seed)).id, keyIdOf(publicKey))
    for (const length of [0, 31, 33, 64]) {
      await assert.rejects(signerFromSeed(new Uint8Array(length)), coded('KEY_UNSUPPORTED'))
    }
  })

  test('more keys than are remembered still verify, the first ones again too', async () => {
    const signers: Signer[] = []
    for (let i = 0; i < 1_010; i++) {
      const seed = new Uint8Array(32)
      new DataView(seed.buffer).setUint32(0, i + 1_000)
      signers.push(await signerFromSeed(seed))
    }
    for (const signer of [...signers, ...signers.slice(0, 3)]) {
      const jws = await sealed({ signer })
      assert.equal((await opened(jws)).issuer, signer.id)
    }
  })
})

test('what goes back to an attacker is a code and its fixed meaning', async () => {
  const error = await opened(bytesOf('secret')).catch((thrown: StimnetError) => thrown)
  assert.ok(error instanceof StimnetError)
  assert.equal(error.reason, CODES.MALFORMED.meaning)
})
