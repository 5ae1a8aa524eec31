import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { base64url, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { publicKeyOf } from '../src/ids.ts'
import { openVisas, type VisaIssuer } from '../src/index.ts'
import { ada, bob, clockAt, coded, START_MS } from './fixtures.ts'

const ISSUER = 'https://passports.example.org'
const rsa = await generateKeyPair('RS256', { extractable: true })
const ec = await generateKeyPair('ES256', { extractable: true })
const other = await generateKeyPair('ES256', { extractable: true })
const issuer: VisaIssuer = {
  issuer: ISSUER,
  keys: {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec' }
    ]
  },
  sources: [],
  organisations: ['med.example.org', 'a.org', 'b.org'],
  datasets: ['https://data.example.org/dbs'],
  holders: { 'ada@passports': ada.id }
}
const issuers = new Map([[ISSUER, issuer]])
const now = Math.floor(START_MS / 1000)
const FACULTY = {
  type: 'AffiliationAndRole',
  asserted: now - 10,
  value: 'faculty@med.example.org',
  source: 'https://med.example.org'
}
const GRANT = {
  type: 'ControlledAccessGrants',
  asserted: now - 10,
  value: 'https://data.example.org/dbs',
  source: 'https://dac.example.org',
  by: 'dac'
}

interface Made {
  readonly claims?: object
  readonly header?: object
  readonly alg?: string
  readonly kid?: string
  readonly key?: CryptoKey
}
const visa = (assertion: object, { claims, header, alg = 'ES256', kid = 'ec', key = ec.privateKey }: Made = {}) =>
  new SignJWT({ iss: ISSUER, sub: ada.id, iat: now - 10, exp: now + 3_600, ga4gh_visa_v1: assertion, ...claims })
    .setProtectedHeader({ typ: 'vnd.ga4gh.visa+jwt', alg, kid, ...header })
    .sign(key)
const read = async (visas: readonly (string | Promise<string>)[], more: object = {}) =>
  openVisas(await Promise.all(visas), { key: ada.id, self: 'peer', clock: clockAt(START_MS), issuers, ...more })
const unsigned = (header: object, claims: object) =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')

describe('a GA4GH visa', () => {
  test('says what its pinned issuer asserts, signed RS256 or ES256', async () => {
    const [role, grant] = await read([visa(FACULTY, { alg: 'RS256', kid: 'rsa', key: rsa.privateKey }), visa(GRANT)])
    const expiresAtMs = (now + 3_600) * 1000
    assert.deepEqual(role, {
      ...{ issuer: ISSUER, type: 'AffiliationAndRole', value: 'faculty@med.example.org' },
      ...{ source: 'https://med.example.org', by: '', expiresAtMs }
    })
    assert.equal(grant?.by, 'dac')
  })

  test('counts for the key that it names, or that the peer knows its user by, and for no other', async () => {
    await read([visa(GRANT, { claims: { sub: 'ada@passports' } })])
    await read([visa(GRANT, { claims: { sub: 'somebody', cnf: { kid: ada.id } } })])
    const refused = coded('SIGNATURE_INVALID')
    await assert.rejects(read([visa(GRANT)], { key: bob.id }), refused)
    await assert.rejects(read([visa(GRANT, { claims: { sub: 'eve@passports' } })]), refused)
    await assert.rejects(read([visa(GRANT, { claims: { sub: 'toString' } })]), refused)
    const jwk = (id: string) => ({ kty: 'OKP', crv: 'Ed25519', x: base64url.encode(publicKeyOf(id)) })
    await read([visa(GRANT, { claims: { sub: 'somebody', cnf: { jwk: jwk(ada.id) } } })])
    await assert.rejects(read([visa(GRANT, { claims: { cnf: { jwk: jwk(bob.id) } } })]), refused)
    for (const cnf of [{ jkt: 'x' }, {}, 'ada', null, { jwk: { kty: 'OKP' } }]) {
      await assert.rejects(read([visa(GRANT, { claims: { cnf } })]), refused, 'bound to what nobody here can judge')
    }
    await assert.rejects(
      read([visa(GRANT, { claims: { cnf: { kid: bob.id } } })]),
      refused,
      'names two: the bound one counts'
    )
  })

  test('of an issuer that is not pinned, or by a key that is not its own, is none', async () => {
    await assert.rejects(
      read([visa(GRANT, { claims: { iss: 'https://other.example.org' } })]),
      coded('SIGNATURE_INVALID')
    )
    await assert.rejects(read([visa(GRANT, { key: other.privateKey })]), coded('SIGNATURE_INVALID'))
    await assert.rejects(read([visa(GRANT, { kid: 'unknown' })]), coded('SIGNATURE_INVALID'))
  })

  test('for an organisation that its issuer may not assert for is none', async () => {
    const narrow = new Map([[ISSUER, { ...issuer, sources: ['https://dac.example.org'] }]])
    await read([visa(GRANT)], { issuers: narrow })
    await assert.rejects(read([visa(FACULTY)], { issuers: narrow }), coded('SIGNATURE_INVALID'))
  })

  test('says of its issuer’s own people and datasets alone', async () => {
    const refused = coded('SIGNATURE_INVALID')
    await assert.rejects(read([visa({ ...FACULTY, value: 'faculty@elsewhere.org' })]), refused)
    await assert.rejects(read([visa({ ...FACULTY, value: 'faculty@elsewhere.org@med.example.org.evil' })]), refused)
    await assert.rejects(read([visa({ ...GRANT, value: 'https://data.example.org/other' })]), refused)
  })

  test('is taken from any key of its issuer, named or not, as while keys are changed', async () => {
    const nameless = issuer.keys.keys.map(({ kid: _, ...key }) => key)
    const changed = new Map([[ISSUER, { ...issuer, keys: { keys: [await exportJWK(other.publicKey), ...nameless] } }]])
    await read([visa(GRANT, { header: { kid: undefined } }), visa(GRANT)], { issuers: changed })
  })

  test('ends, does not begin before its time, and is for those it is meant for', async () => {
    await assert.rejects(read([visa(GRANT, { claims: { exp: now - 120 } })]), coded('EXPIRED'))
    await assert.rejects(read([visa(GRANT, { claims: { nbf: now + 120 } })]), coded('NOT_YET_VALID'))
    await assert.rejects(read([visa(GRANT, { claims: { iat: now + 120 } })]), coded('NOT_YET_VALID'))
    await assert.rejects(read([visa({ ...GRANT, asserted: now + 120 })]), coded('NOT_YET_VALID'))
    await assert.rejects(read([visa(GRANT, { claims: { aud: 'elsewhere' } })]), coded('AUDIENCE_MISMATCH'))
    await read([visa(GRANT, { claims: { aud: ['elsewhere', 'peer'] } })])
    await assert.rejects(read([visa(GRANT, { claims: { exp: undefined } })]), coded('SIGNATURE_INVALID'))
    await assert.rejects(read([visa(GRANT, { claims: { exp: now + 401 * 86_400 } })]), coded('LIFETIME_TOO_LONG'))
  })

  test('is not another token of the same issuer', async () => {
    await assert.rejects(read([visa(GRANT, { header: { typ: 'at+jwt' } })]), coded('TYPE_MISMATCH'))
    await assert.rejects(read([visa(GRANT, { claims: { scope: 'openid ga4gh_passport_v1' } })]), coded('TYPE_MISMATCH'))
    await assert.rejects(read([visa({ type: 'ControlledAccessGrants' })]), coded('MALFORMED'))
    await assert.rejects(read(['not.a.jwt']), coded('SIGNATURE_INVALID'))
    await assert.rejects(read([`${await visa(GRANT)}${'A'.repeat(5_000)}`]), coded('TOO_LARGE'))
  })

  test('cannot be forged with alg none, with a public key as a shared secret, or with a header nobody knows', async () => {
    const claims = { iss: ISSUER, sub: ada.id, iat: now, exp: now + 60, ga4gh_visa_v1: GRANT }
    const refused = coded('SIGNATURE_INVALID')
    await assert.rejects(read([`${unsigned({ alg: 'none' }, claims)}.`]), refused)
    const input = unsigned({ alg: 'HS256', kid: 'rsa' }, claims)
    for (const secret of [await exportSPKI(rsa.publicKey), JSON.stringify(issuer.keys.keys[0])]) {
      await assert.rejects(
        read([`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`]),
        refused
      )
    }
    const [head = '', ...rest] = (await visa(GRANT)).split('.')
    const unknown = { ...JSON.parse(Buffer.from(head, 'base64url').toString()), crit: ['b64'], b64: true }
    const changed = [Buffer.from(JSON.stringify(unknown)).toString('base64url'), ...rest].join('.')
    await assert.rejects(read([changed]), refused)
  })
})

describe('a visa under conditions', () => {
  const under = (...conditions: object[]) => visa({ ...GRANT, conditions })
  const faculty = { type: 'AffiliationAndRole', value: 'const:faculty@med.example.org' }

  test('holds where another visa of the request meets them', async () => {
    assert.equal((await read([under([faculty]), visa(FACULTY)])).length, 2)
    await read([under([{ type: 'AffiliationAndRole', value: 'pattern:*@med.example.org' }]), visa(FACULTY)])
    await read([under([{ type: 'AffiliationAndRole', source: 'pattern:https://med.e?ample.org' }]), visa(FACULTY)])
    const both = { type: 'AffiliationAndRole', value: 'split_pattern:member@*' }
    await read([under([both]), visa({ ...FACULTY, value: 'faculty@a.org;member@b.org' })])
    await read([under([{ type: 'ResearcherStatus', by: 'const:so' }], [faculty]), visa(FACULTY)])
  })

  test('is refused where none does, or the visa that would has ended', async () => {
    const refused = coded('CONDITION_UNMET')
    await assert.rejects(read([under([faculty])]), refused)
    await assert.rejects(read([under([faculty, { type: 'ResearcherStatus', by: 'const:so' }]), visa(FACULTY)]), refused)
    await assert.rejects(read([under([faculty]), visa({ ...FACULTY, value: 'student@med.example.org' })]), refused)
    await assert.rejects(read([under([faculty]), visa(FACULTY, { claims: { exp: now - 120 } })]), coded('EXPIRED'))
  })

  test('is refused where nobody here can judge them', async () => {
    const refused = coded('CONDITION_UNMET')
    const strange: unknown[] = [
      [],
      [[]],
      'any',
      null,
      [[{ type: 'AffiliationAndRole' }]],
      [[{ type: 'AffiliationAndRole', value: 'regex:.*' }]],
      [[{ type: 'AffiliationAndRole', value: 'faculty@med.example.org' }]],
      [[{ type: 'AffiliationAndRole', value: 'const:faculty@med.example.org', until: 'const:tomorrow' }]],
      [[{ type: 'AffiliationAndRole', source: 'split_pattern:https://*' }]]
    ]
    for (const conditions of strange) {
      await assert.rejects(read([visa({ ...GRANT, conditions }), visa(FACULTY)]), refused, JSON.stringify(conditions))
    }
  })

  test('is no ground for another: two cannot hold each other up', async () => {
    const role = visa({ ...FACULTY, conditions: [[{ type: 'ControlledAccessGrants', by: 'const:dac' }]] })
    await assert.rejects(read([under([faculty]), role]), coded('CONDITION_UNMET'))
  })

  test('costs little however it is written', async () => {
    const value = `pattern:${'*a'.repeat(120)}b`
    const long = visa({ ...FACULTY, type: 'ResearcherStatus', value: 'a'.repeat(1_000) })
    await assert.rejects(read([under([{ type: 'ResearcherStatus', value }]), long]), coded('CONDITION_UNMET'))
  })
})
