import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type Charter,
  charterId,
  charterSchema,
  MEMBERS_MAX,
  membersOf,
  missingFounders,
  openStatement,
  pendingOf,
  type SignedStatement,
  type Signer,
  signCharter,
  signedCharterSchema,
  signerFromSeed,
  signStatement
} from '../src/index.ts'
import { clockAt, coded, START_MS, seedOf } from './fixtures.ts'

const clock = clockAt(START_MS)
const signers = await Promise.all(Array.from({ length: 7 }, (_, i) => signerFromSeed(seedOf(20 + i))))
const [ada, bob, carol, dan, eve, fay] = signers as [Signer, Signer, Signer, Signer, Signer, Signer]
const charter: Charter = charterSchema.parse({
  name: 'Parkinson network',
  founders: [ada, bob, carol].map(({ id }, i) => ({ peer: id, institution: `Hospital ${i}` })),
  needed: 2
})
const id = await charterId(charter)

const said = async (signer: Signer, says: 'admit' | 'revoke', about: Signer): Promise<SignedStatement> => {
  const common = { charter: id, peer: about.id }
  const statement = says === 'admit' ? { says, ...common, institution: 'New' } : { says, ...common, reason: 'left' }
  return openStatement(await signStatement(statement, { signer, clock }), { charter: id, clock })
}
const names = new Map<string, string>(signers.map(({ id: peer }, i) => [peer, 'abcdefg'[i] ?? '']))
const members = (...statements: SignedStatement[]) =>
  membersOf(charter, statements)
    .map(({ peer }) => names.get(peer))
    .sort()
    .join('')

describe('what waits for signatures', () => {
  const pending = (...statements: SignedStatement[]) =>
    pendingOf(charter, statements).map(({ says, peer, signatures }) => `${says} ${names.get(peer)} ${signatures}`)

  test('is what some members signed and too few, told with their number', async () => {
    assert.deepEqual(pending(), [])
    const first = await said(ada, 'admit', dan)
    assert.deepEqual(pending(first), ['admit d 1'])
    assert.deepEqual(pending(first, first, await said(eve, 'admit', dan)), ['admit d 1'], 'outsiders do not count')
    const second = await said(bob, 'admit', dan)
    assert.deepEqual(pending(first, second), [], 'decided')
    const out = await said(ada, 'revoke', dan)
    assert.deepEqual(pending(first, second, out, await said(dan, 'revoke', dan)), ['revoke d 1'])
    assert.deepEqual(pending(first, second, out, await said(carol, 'revoke', dan)), [], 'out, and not asked for again')
    assert.deepEqual(pending(await said(eve, 'admit', fay)), [], 'nobody who belongs has signed')
  })
})

describe('a charter', () => {
  test('stands when every founder has signed it, and not before', async () => {
    const signatures = [
      await signCharter(charter, { signer: ada, clock }),
      await signCharter(charter, { signer: bob, clock })
    ]
    const missing = await missingFounders({ charter, signatures }, clock)
    assert.deepEqual(
      missing.map(({ peer }) => peer),
      [carol.id]
    )
    signatures.push(await signCharter(charter, { signer: carol, clock }))
    assert.deepEqual(await missingFounders(signedCharterSchema.parse({ charter, signatures }), clock), [])
  })

  test('is signed by its founders, and by them for what it says', async () => {
    await assert.rejects(signCharter(charter, { signer: dan, clock }), coded('NOT_PERMITTED'))
    const other = { ...charter, needed: 1 }
    const signatures = [await signCharter(other, { signer: ada, clock })]
    await assert.rejects(missingFounders({ charter, signatures }, clock), coded('SIGNATURE_INVALID'))
  })

  test('names no founder twice, and does not ask for more signatures than others can give', () => {
    const founders = [{ peer: ada.id, institution: 'A' }]
    assert.equal(charterSchema.safeParse({ name: 'x', founders: [...founders, ...founders], needed: 1 }).success, false)
    assert.equal(charterSchema.safeParse({ name: 'x', founders, needed: 2 }).success, false)
    assert.equal(charterSchema.safeParse({ name: 'x', founders, needed: 1 }).success, true)
    assert.equal(charterSchema.safeParse({ ...charter, needed: 3 }).success, false)
  })
})

describe('membership', () => {
  test('begins with the founders, and grows by enough signatures of members', async () => {
    assert.equal(members(), 'abc')
    const one = await said(ada, 'admit', dan)
    assert.equal(members(one), 'abc')
    assert.equal(members(one, one), 'abc', 'one member twice is one member')
    assert.equal(members(one, await said(bob, 'admit', dan)), 'abcd')
    assert.equal(members(one, await said(eve, 'admit', dan)), 'abc', 'a stranger’s signature is none')
    assert.equal(members(await said(dan, 'admit', dan), await said(eve, 'admit', dan)), 'abc')
  })

  test('those admitted admit others', async () => {
    const dans = [await said(ada, 'admit', dan), await said(bob, 'admit', dan)]
    const eves = [await said(dan, 'admit', eve), await said(carol, 'admit', eve)]
    assert.equal(members(...eves, ...dans), 'abcde')
  })

  test('ends by enough signatures of others; nobody revokes alone, nor holds on by a vote of their own', async () => {
    const one = await said(ada, 'revoke', carol)
    assert.equal(members(one), 'abc')
    assert.equal(members(one, await said(carol, 'revoke', carol)), 'abc')
    assert.equal(members(one, await said(bob, 'revoke', carol)), 'ab')
    assert.equal(members(one, await said(bob, 'revoke', carol), await said(carol, 'admit', carol)), 'ab')
  })

  test('of those whom a revoked member admitted ends too, unless somebody else signs for them', async () => {
    const dans = [await said(carol, 'admit', dan), await said(bob, 'admit', dan)]
    const out = [await said(ada, 'revoke', carol), await said(bob, 'revoke', carol)]
    assert.equal(members(...dans), 'abcd')
    assert.equal(members(...dans, ...out), 'ab')
    assert.equal(members(...dans, ...out, await said(ada, 'admit', dan)), 'abd')
  })

  test('a revoked one does not come back by the signatures that once admitted it', async () => {
    const dans = [await said(ada, 'admit', dan), await said(bob, 'admit', dan)]
    const out = [await said(ada, 'revoke', dan), await said(carol, 'revoke', dan)]
    assert.equal(members(...dans, ...out), 'abc')
    assert.equal(members(...dans, ...out, await said(carol, 'admit', dan)), 'abc')
  })

  test('is under the name that most who admitted it gave, in whatever order they are heard', async () => {
    const named = async (signer: Signer, institution: string) => {
      const says = { says: 'admit', charter: id, peer: dan.id, institution } as const
      return openStatement(await signStatement(says, { signer, clock }), { charter: id, clock })
    }
    const said = [
      await named(eve, 'Other'),
      await named(ada, 'Hospital 1'),
      await named(bob, 'D'),
      await named(carol, 'D')
    ]
    for (const statements of [said, [...said].reverse()]) {
      const [dans] = membersOf(charter, statements).filter(({ peer }) => peer === dan.id)
      assert.equal(dans?.institution, 'D')
    }
  })

  test('of many who admitted each other one after the other is counted at once', async () => {
    // As an attacker would send them: the last link first, and as many as a peer keeps.
    const one = { ...charter, needed: 1 }
    const chain = Array.from({ length: 1_024 }, (_, i): SignedStatement => {
      const says = { says: 'admit', charter: id, peer: `p${1_023 - i}`, institution: 'x' } as const
      return { signedBy: i === 1_023 ? ada.id : `p${1_022 - i}`, says, issuedAtMs: 0, jws: '' }
    })
    assert.equal(membersOf(one, chain).length, MEMBERS_MAX)
    assert.deepEqual(membersOf(one, chain), membersOf(one, [...chain].reverse()))
  })

  test('does not depend on the order in which statements are heard, and revocations only ever take away', async () => {
    const pool: SignedStatement[] = []
    for (const signer of [ada, bob, carol, dan, eve]) {
      for (const about of [carol, dan, eve, fay]) {
        for (const says of ['admit', 'revoke'] as const)
          if (signer !== about) pool.push(await said(signer, says, about))
      }
    }
    fc.assert(
      fc.property(fc.shuffledSubarray(pool), fc.nat(), (statements, at) => {
        const before = members(...statements)
        assert.equal(members(...[...statements].reverse()), before)
        assert.equal(members(...statements, ...statements), before)
        const more = pool.filter(({ says }) => says.says === 'revoke')[at % pool.length]
        if (more) for (const name of members(...statements, more)) assert.ok(before.includes(name))
      }),
      { numRuns: 300 }
    )
  })
})

describe('a statement', () => {
  test('of another federation, or changed, or made of anything else, is refused', async () => {
    const statement = { says: 'admit', charter: 'another', peer: dan.id, institution: 'New' } as const
    const other = await signStatement(statement, { signer: ada, clock })
    await assert.rejects(openStatement(other, { charter: id, clock }), coded('TYPE_MISMATCH'))
    const { jws } = await said(ada, 'admit', dan)
    for (let at = 0; at < jws.length; at += 41) {
      const changed = jws.slice(0, at) + (jws[at] === 'A' ? 'B' : 'A') + jws.slice(at + 1)
      await assert.rejects(openStatement(changed, { charter: id, clock }), `character ${at}`)
    }
    const signature = await signCharter(charter, { signer: ada, clock })
    await assert.rejects(openStatement(signature, { charter: id, clock }), coded('TYPE_MISMATCH'))
    await assert.rejects(openStatement('', { charter: id, clock }), coded('MALFORMED'))
  })
})
