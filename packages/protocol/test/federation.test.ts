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

describe('names', () => {
  const admitted = async (institution: string, ...before: SignedStatement[]) => {
    const says = { says: 'admit', charter: id, peer: dan.id, institution } as const
    const jws = await Promise.all([ada, bob].map((signer) => signStatement(says, { signer, clock })))
    const statements = await Promise.all(jws.map((one) => openStatement(one, { charter: id, clock })))
    return membersOf(charter, [...before, ...statements]).find(({ peer }) => peer === dan.id)?.institution
  }

  test('of founders are theirs alone, however they are written', async () => {
    assert.equal(await admitted('Clinic'), 'Clinic')
    const same = [
      'Hospital 1',
      ' HOSPITAL  1',
      'Ｈospital 1',
      'Hospital\u200b 1',
      'Hos\u00adpital\u2060 1',
      'Нospital 1',
      'Ηοspital 1.'
    ]
    for (const name of same) assert.equal(await admitted(name), '', name)
  })

  test('of a revoked founder are free for the new key of its institution', async () => {
    const revoked = [await said(ada, 'revoke', carol), await said(bob, 'revoke', carol)]
    assert.equal(await admitted('Hospital 2', ...revoked), 'Hospital 2')
    assert.equal(await admitted('Hospital 1', ...revoked), '')
    assert.equal(await admitted('Hospital 2', ...revoked.slice(1)), '')
  })

  test('with characters that turn the direction of writing are refused', async () => {
    await assert.rejects(admitted('Hos\u202epital'))
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
    // The attacker's order: last link of the chain first, with the maximum number of statements that a peer keeps.
    const one = { ...charter, needed: 1 }
    const chain = Array.from({ length: 1_024 }, (_, i): SignedStatement => {
      const says = { says: 'admit', charter: id, peer: `p${1_023 - i}`, institution: 'x' } as const
      return { signedBy: i === 1_023 ? ada.id : `p${1_022 - i}`, says, issuedAtMs: 0, jws: '' }
    })
    assert.equal(membersOf(one, chain).length, MEMBERS_MAX)
    assert.deepEqual(membersOf(one, chain), membersOf(one, [...chain].reverse()))
  })

  test('does not depend on the order in which statements are heard', async () => {
    const pool: SignedStatement[] = []
    for (const signer of [ada, bob, carol, dan, eve]) {
      for (const about of [carol, dan, eve, fay]) {
        for (const says of ['admit', 'revoke'] as const)
          if (signer !== about) pool.push(await said(signer, says, about))
      }
    }
    fc.assert(
      fc.property(fc.shuffledSubarray(pool), (statements) => {
        const before = members(...statements)
        assert.equal(members(...[...statements].reverse()), before)
        assert.equal(members(...statements, ...statements), before)
      }),
      { numRuns: 300 }
    )
  })
})

describe('a revoked key', () => {
  type Says = 'admit' | 'revoke' | 'confirm'
  interface Word {
    readonly by: Signer
    readonly says: Says
    readonly about: Signer
    readonly on?: readonly Signer[]
  }
  /** Statements without signatures, since these tests only count them. */
  const words = (...said: Word[]): SignedStatement[] =>
    said.map(({ by, says, about, on }) => {
      const common = { charter: id, peer: about.id, ...(on ? { on: on.map((signer) => signer.id) } : {}) }
      const more = says === 'admit' ? { institution: 'New' } : says === 'revoke' ? { reason: '' } : {}
      return { signedBy: by.id, says: { says, ...common, ...more }, issuedAtMs: 0, jws: '' } as SignedStatement
    })
  const revoke = (by: Signer, about: Signer, ...on: Signer[]): Word => ({
    ...{ by, says: 'revoke', about },
    ...(on.length > 0 ? { on } : {})
  })
  const admit = (by: Signer, about: Signer): Word => ({ by, says: 'admit', about })
  const foundedBy = (founders: readonly Signer[], needed = 2) =>
    charterSchema.parse({
      ...{ name: 'x', needed },
      founders: founders.map(({ id: peer }) => ({ peer, institution: 'H' }))
    })
  const left = (of: Charter, said: readonly Word[]) => {
    const count = (statements: readonly SignedStatement[]) =>
      membersOf(of, statements)
        .map(({ peer }) => names.get(peer))
        .sort()
        .join('')
    const statements = words(...said)
    const result = count(statements)
    assert.equal(count([...statements].reverse()), result, 'whatever comes first')
    return result
  }

  test('with one accomplice puts nobody out: neither those who revoked it nor anybody else', () => {
    const dans = [admit(ada, dan), admit(bob, dan)]
    const out = [revoke(ada, carol), revoke(bob, carol)]
    for (const victim of [ada, bob]) {
      const attack = [revoke(carol, victim), revoke(dan, victim)]
      assert.equal(left(charter, [...dans, ...out, ...attack]), 'abd', 'an accomplice who was admitted')
    }
    const four = foundedBy([ada, bob, carol, dan])
    const outOfFour = [revoke(ada, carol), revoke(bob, carol)]
    const bystander = [revoke(carol, eve), revoke(dan, eve)]
    const eves = [admit(ada, eve), admit(bob, eve)]
    assert.equal(left(four, [...outOfFour, ...eves, ...bystander]), 'abde', 'an accomplice who founded')
  })

  test('is out before those whose votes say so, also where its accomplice once voted against it', () => {
    for (const order of [
      [ada, bob, carol],
      [carol, bob, ada],
      [bob, carol, ada]
    ]) {
      const three = foundedBy(order)
      const out = [revoke(ada, carol), revoke(bob, carol)]
      assert.equal(left(three, [...out, revoke(carol, ada), revoke(bob, ada, carol)]), 'ab')
    }
  })

  test('and a second one do not dissolve a federation, whatever they date back and whomever they bring', () => {
    const five = foundedBy([dan, eve, ada, bob, carol])
    const [honest, revoked] = [
      [ada, bob, carol],
      [dan, eve]
    ]
    const out = revoked.flatMap((about): Word[] => [
      revoke(ada, about),
      revoke(bob, about),
      // A founder's peer signs such a confirmation by itself when it counts a revocation.
      { by: carol, says: 'confirm', about }
    ])
    assert.equal(left(five, [...out, ...honest.flatMap((about) => revoked.map((by) => revoke(by, about)))]), 'abc')
    const anybody = [...honest, ...revoked, fay, signers[6] as Signer]
    const attack = fc.record({
      by: fc.constantFrom(...revoked, fay),
      says: fc.constantFrom<Says>('admit', 'revoke', 'confirm'),
      about: fc.constantFrom(...anybody),
      on: fc.subarray(anybody, { minLength: 1 })
    })
    const fays = [admit(ada, fay), admit(bob, fay)]
    fc.assert(
      fc.property(fc.array(attack, { maxLength: 40 }), (attacks) => {
        const now = left(five, [...out, ...fays, ...attacks.filter(({ by, about }) => by !== about)])
        assert.ok(now.startsWith('abc') && !/[de]/.test(now), now)
      }),
      { numRuns: 300 }
    )
  })

  test('of many who were put out is counted at once', () => {
    const four = foundedBy([ada, bob, carol, dan])
    const about = { charter: id, on: Array.from({ length: 64 }, (_, i) => `p${i}`) }
    const many = Array.from({ length: 256 }, (_, i) =>
      [ada, bob, carol, dan].map(({ id: signedBy }, at): SignedStatement => {
        const named = { ...about, peer: `p${i}` }
        const says =
          at < 2
            ? { says: 'admit' as const, ...named, institution: 'x' }
            : { says: 'revoke' as const, ...named, reason: '' }
        return { signedBy, says, issuedAtMs: 0, jws: '' }
      })
    ).flat()
    const before = process.cpuUsage()
    assert.equal(membersOf(four, many).length, 4)
    const { user, system } = process.cpuUsage(before)
    const cpuMs = (user + system) / 1_000
    assert.ok(cpuMs < 1_000, `${cpuMs} ms of a processor: whoever sends them would hold everybody up`)
  })

  test('leaves those out whom it helped to put out before', () => {
    const four = foundedBy([ada, bob, carol, dan])
    const first = [revoke(ada, dan), revoke(bob, dan)]
    const later = [revoke(bob, ada, dan), revoke(carol, ada, dan)]
    assert.equal(left(four, [...first, ...later]), 'bc')
    assert.equal(left(four, [...first, { by: carol, says: 'confirm', about: dan }, ...later]), 'bc')
  })

  test('votes for nothing that waits: what it signed while it belonged no longer counts', () => {
    const four = foundedBy([ada, bob, carol, dan])
    const waiting = [revoke(carol, dan)]
    const out = [revoke(ada, carol), revoke(bob, carol)]
    assert.equal(left(four, [...waiting, ...out]), 'abd')
    assert.equal(left(four, [...waiting, ...out, revoke(ada, dan)]), 'abd')
    assert.deepEqual(
      pendingOf(four, words(...waiting, ...out, revoke(ada, dan))).map(({ signatures }) => signatures),
      [1]
    )
  })

  test('is not revoked by confirmations: these are no votes', () => {
    const confirms = [ada, bob].map((by): Word => ({ by, says: 'confirm', about: carol }))
    assert.equal(left(charter, confirms), 'abc')
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
