import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { openAffiliation, publicKeyOf, signerFromSeed, vouch, voucherOf } from '../src/index.ts'
import { ada, bob, clockAt, coded, START_MS, seedOf } from './fixtures.ts'

const hospital = await signerFromSeed(seedOf(9))
const DAY_MS = 24 * 3_600_000
const clock = clockAt(START_MS)
const options = { signer: hospital, key: ada.id, name: 'Ada', role: 'researcher', lifetimeDays: 90, clock }
const credential = await vouch(options)
const read = (text: string, more: object = {}) =>
  openAffiliation(text, { key: ada.id, self: 'peer', clock: clockAt(START_MS + 1_000), ...more })

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claimsOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
/** A credential signed by the hospital, with any header and claims. */
async function forged(header: object, claims: object): Promise<string> {
  const input = `${encode({ alg: 'EdDSA', typ: 'stimnet-affiliation+jwt', kid: hospital.id, ...header })}.${encode(claims)}`
  return `${input}.${Buffer.from(await hospital.signBytes(new TextEncoder().encode(input))).toString('base64url')}`
}

describe('an institution’s word for a researcher', () => {
  test('says who, where, in which role and until when, to anybody who knows the institution’s PeerId', async () => {
    const { issuedAtMs, expiresAtMs, ...told } = await read(credential)
    assert.deepEqual(told, { institution: hospital.id, key: ada.id, name: 'Ada', role: 'researcher' })
    assert.deepEqual([issuedAtMs, expiresAtMs], [START_MS, START_MS + 90 * DAY_MS])
    assert.equal(voucherOf(credential), hospital.id)
  })

  test('holds for those it is meant for', async () => {
    const meant = await vouch({ ...options, audience: ['peer', 'other'] })
    assert.equal((await read(meant)).name, 'Ada')
    await assert.rejects(read(meant, { self: 'third' }), coded('AUDIENCE_MISMATCH'))
  })

  test('ends, and does not begin before it was given', async () => {
    await read(credential, { clock: clockAt(START_MS + 90 * DAY_MS) })
    await assert.rejects(read(credential, { clock: clockAt(START_MS + 90 * DAY_MS + 120_000) }), coded('EXPIRED'))
    await assert.rejects(read(credential, { clock: clockAt(START_MS - 120_000) }), coded('NOT_YET_VALID'))
  })

  test('is for one key alone', () => assert.rejects(read(credential, { key: bob.id }), coded('SIGNATURE_INVALID')))

  test('is refused for a lifetime that is too long, a text that is not a key, and an empty name', async () => {
    await assert.rejects(vouch({ ...options, lifetimeDays: 401 }), coded('LIFETIME_TOO_LONG'))
    await assert.rejects(vouch({ ...options, lifetimeDays: Number.NaN }), coded('LIFETIME_TOO_LONG'))
    await assert.rejects(vouch({ ...options, key: 'ada' }), coded('KEY_UNSUPPORTED'))
    await assert.rejects(vouch({ ...options, name: '' }), coded('PARAMETER_INVALID'))
  })
})

describe('a credential is worth nothing', () => {
  const claims = claimsOf(credential)

  test('dated ahead, so that a long life looks short', async () => {
    const exp = claims.exp + 100 * 365 * 24 * 3_600
    await assert.rejects(read(await forged({}, { ...claims, iat: exp - 60, exp })), coded('NOT_YET_VALID'))
  })

  test('without a signature, or with one of another algorithm', async () => {
    const [, body = '', signature = ''] = credential.split('.')
    await assert.rejects(
      read(`${encode({ alg: 'none', typ: 'stimnet-affiliation+jwt' })}.${body}.`),
      coded('SIGNATURE_INVALID', 'MALFORMED')
    )
    await assert.rejects(
      read(`${encode({ alg: 'none' })}.${body}.${signature}`),
      coded('SIGNATURE_INVALID', 'MALFORMED')
    )
    // If the public key were used as the secret of an HMAC, anybody could sign.
    const input = `${encode({ alg: 'HS256', typ: 'stimnet-affiliation+jwt' })}.${body}`
    const mac = createHmac('sha256', publicKeyOf(hospital.id)).update(input).digest('base64url')
    await assert.rejects(read(`${input}.${mac}`), coded('SIGNATURE_INVALID'))
  })

  test('with a header that its reader does not understand and must', async () => {
    await assert.rejects(
      read(await forged({ crit: ['exp2'], exp2: 1 }, claims)),
      coded('SIGNATURE_INVALID', 'MALFORMED')
    )
    await assert.rejects(read(await forged({ typ: 'JWT' }, claims)), coded('SIGNATURE_INVALID'))
  })

  test('signed by another than it names', async () => {
    const other = await vouch({ ...options, signer: bob })
    const [head, , signature] = other.split('.')
    await assert.rejects(read(`${head}.${credential.split('.')[1]}.${signature}`), coded('SIGNATURE_INVALID'))
  })

  test('without an end, or with one years away', async () => {
    const { exp, ...endless } = claims
    await assert.rejects(read(await forged({}, endless)), coded('SIGNATURE_INVALID', 'MALFORMED'))
    await assert.rejects(
      read(await forged({}, { ...claims, exp: claims.iat + 401 * 86_400 })),
      coded('LIFETIME_TOO_LONG')
    )
  })

  test('changed anywhere', async () => {
    for (let at = 0; at < credential.length; at += 13) {
      const changed = credential.slice(0, at) + (credential[at] === 'A' ? 'B' : 'A') + credential.slice(at + 1)
      await assert.rejects(read(changed), `character ${at}`)
    }
  })

  test('made of anything else', async () => {
    for (const text of ['', 'a', 'a.b', 'a.b.c', '..', 'x'.repeat(5_000), `${credential}.x`]) {
      await assert.rejects(read(text), coded('MALFORMED', 'KEY_UNSUPPORTED', 'TOO_LARGE', 'SIGNATURE_INVALID'))
    }
  })
})
