/** A key in the browser: how it is created or imported, its credentials, and the removal of old questions. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom, SimulatedClock, seedIn, signerFromSeed, vouch } from '@stimnet/protocol'
import { freshKey, freshKeyWithCopy, keyOfFile } from '../src/key/bring.ts'
import { credentialsFor, faultsIn, linesOf, readCredential } from '../src/key/credentials.ts'
import { excessOf } from '../src/key/excess.ts'
import { isFull } from '../src/key/database.ts'
import { whyUnusable } from '../src/key/usable.ts'

const clock = new SimulatedClock()
const keeping = { account: 'ada', clock }
const DAY_MS = 86_400_000

describe('a key comes to the browser', () => {
  it('made here, and nobody can get it out', async () => {
    const held = await freshKey(keeping)
    assert.equal(held.key.extractable, false)
    assert.deepEqual([held.account, held.origin, held.credentials], ['ada', 'made', []])
  })

  it('with a copy that gives the same key again, while the one kept gives nothing', async () => {
    const { held, file } = await freshKeyWithCopy({ ...keeping, random: seededRandom(7) })
    assert.equal(held.key.extractable, false)
    assert.equal((await signerFromSeed(seedIn(file) ?? new Uint8Array())).id, held.id)
    const again = await keyOfFile(new Blob([file]), keeping)
    assert.deepEqual([again.id, again.origin, again.key.extractable], [held.id, 'file', false])
  })

  it('and not out of a file that is none', async () => {
    for (const text of ['', 'hello', 'f'.repeat(63), '{"kty":"OKP"}', 'a1'.repeat(40_000)]) {
      await assert.rejects(keyOfFile(new Blob([text]), keeping), { code: 'MALFORMED' }, text.slice(0, 20))
    }
  })
})

describe('whether a browser can hold a key', () => {
  const platform = { isSecureContext: true, crypto, indexedDB: {} }

  it('is asked of the browser, and the reason is told', async () => {
    assert.equal(await whyUnusable(platform), undefined)
    assert.equal(await whyUnusable({ ...platform, isSecureContext: false }), 'insecure')
    assert.equal(await whyUnusable({ ...platform, crypto: {} }), 'insecure')
    assert.equal(await whyUnusable({ ...platform, indexedDB: undefined }), 'storage')
    const generateKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))
    assert.equal(await whyUnusable({ ...platform, crypto: { subtle: { generateKey } } }), 'algorithm')
  })

  it('is answered also where the browser throws at whoever asks for its store, as with cookies blocked', async () => {
    const blocked = {
      ...{ isSecureContext: true, crypto },
      get indexedDB(): unknown {
        throw new DOMException('denied', 'SecurityError')
      }
    }
    assert.equal(await whyUnusable(blocked), 'storage')
  })

  it('is full where it says so, and broken otherwise', () => {
    assert.ok(isFull(new DOMException('no room', 'QuotaExceededError')))
    assert.equal(isFull(new DOMException('gone', 'InvalidStateError')), false)
  })
})

describe('credentials', async () => {
  const institution = await signerFromSeed(new Uint8Array(32).fill(1))
  const ada = await signerFromSeed(new Uint8Array(32).fill(2))
  const eve = await signerFromSeed(new Uint8Array(32).fill(3))
  const given = (key: string, more: object = {}) =>
    vouch({ signer: institution, key, name: 'Ada', role: 'researcher', lifetimeDays: 30, clock, ...more })
  const read = async (text: string, at = clock) => {
    const found = await readCredential(text, { key: ada.id, clock: at })
    return found.ok ? found.credential.says : found.why
  }
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const visaOf = (claims: object) => `${encoded({ typ: 'vc+jwt', alg: 'RS256' })}.${encoded(claims)}.c2ln`

  it('are read before they are kept', async () => {
    const text = await given(ada.id)
    assert.equal(await read(text), 'Ada, researcher')
    assert.equal(await read(await given(ada.id, { audience: [eve.id] })), 'Ada, researcher', 'for one institution')
    assert.match(await read(await given(eve.id)), /^It is for another key: 12D3Koo/)
    assert.equal(await read(text, new SimulatedClock(clock.now() + 31 * DAY_MS)), 'It has expired. Ask for a new one.')
    assert.match(await read(text, new SimulatedClock(clock.now() - DAY_MS)), /^It is not valid yet/)
    const changed = `${text.slice(0, -4)}${text.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    assert.equal(await read(changed), 'Its signature is not valid.')
    for (const wrong of ['', 'hello', 'a.b', 'a.b.c.d', '<img>.b.c', 'a.b.c', 'x'.repeat(5_000)]) {
      assert.match(await read(wrong), /^It (is|cannot)/, wrong.slice(0, 20))
    }
  })

  it('may be visas, which institutions check that know their issuer', async () => {
    const visa = { type: 'AffiliationAndRole', value: 'faculty@med.example.org' }
    const claims = { iss: 'https://passports.example.org', exp: clock.now() / 1_000 + 60, ga4gh_visa_v1: visa }
    assert.equal(await read(visaOf(claims)), 'AffiliationAndRole: faculty@med.example.org')
    assert.equal(await read(visaOf({ ...claims, exp: 1 })), 'It has expired. Ask for a new one.')
    assert.match(await read(visaOf({ iss: 'https://else.example.org', exp: claims.exp })), /^It is neither/)
  })

  it('go along only where they hold and are meant: any other would make an institution refuse', async () => {
    const forAll = await given(ada.id)
    const forEve = await given(ada.id, { audience: [eve.id] })
    const ends = await given(ada.id, { lifetimeDays: 1 })
    const credentials = [forAll, forEve, ends]
    const sent = (target: string, nowMs: number) => credentialsFor([target], { credentials, nowMs })
    assert.deepEqual(sent(institution.id, clock.now()), [forAll, ends])
    assert.deepEqual(sent(eve.id, clock.now() + 2 * DAY_MS), [forAll, forEve])
  })

  it('stand one a line, each once', () => {
    assert.deepEqual(linesOf(' a.b.c \r\n\nd.e.f\na.b.c '), ['a.b.c', 'd.e.f'])
  })
})

describe('pasted credentials', () => {
  const faults = (text: string) => faultsIn(text, async () => ({ ok: false, why: 'No.' }))

  it('say in which line one is none, and no line where there is but one', async () => {
    assert.deepEqual(await faults('bad\n'), ['No.'])
    assert.deepEqual(await faults('one\n\ntwo'), ['Line 1: No.', 'Line 3: No.'])
  })
})

describe('remembered questions', () => {
  const asked = (atMs: number, size = 1) => ({ atMs, text: 'x'.repeat(size) })

  it('make room for newer ones, the oldest first', () => {
    const all = [asked(3), asked(1), asked(2)]
    assert.deepEqual(excessOf(all), [])
    assert.deepEqual(excessOf(all, { askedMax: 2 }), [asked(1)])
    assert.deepEqual(excessOf([asked(1, 5), asked(2, 5), asked(3, 5)], { charactersMax: 10 }), [asked(1, 5)])
    assert.deepEqual(excessOf([asked(1, 50)], { charactersMax: 10 }), [], 'the newest stays')
  })
})
