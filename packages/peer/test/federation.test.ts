import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { runCommand } from '@stimnet/machine'
import {
  canonicalBytes,
  charterId,
  charterSchema,
  systemClock as clock,
  cryptographicRandom,
  keyFileOf,
  MEMBERS_MAX,
  openStatement,
  type Signer,
  SimulatedClock,
  seal,
  signCharter,
  signerFromSeed,
  signStatement
} from '@stimnet/protocol'
import { recordingIo } from '../../../test/recording-io.ts'
import { SERVING } from '../src/cli/commands.ts'
import { createEvents } from '../src/events.ts'
import { Federation } from '../src/federation/federation.ts'
import { scratchFolder } from '../../../test/scratch.ts'

const newSigner = () => signerFromSeed(cryptographicRandom.bytes(32))
const signers = await Promise.all(Array.from({ length: 7 }, newSigner))
const [ada, bob, carol, dan, eve, fay, gil] = signers as [Signer, Signer, Signer, Signer, Signer, Signer, Signer]
const founding = [ada, bob, carol, dan, fay, gil]
const founders = founding.map((signer, i) => ({ peer: signer.id, institution: `Hospital ${i}` }))
const charter = charterSchema.parse({ name: 'Network', founders, needed: 2 })
const id = await charterId(charter)
const signatures = await Promise.all(founding.map((signer) => signCharter(charter, { signer, clock })))

const admit = (signer: Signer, peer: string, institution = 'New') =>
  signStatement({ says: 'admit', charter: id, peer, institution }, { signer, clock })
const revoke = (signer: Signer, peer: string, reason = '') =>
  signStatement({ says: 'revoke', charter: id, peer, reason }, { signer, clock })

async function opened(t: TestContext, signer?: Signer) {
  const folder = await scratchFolder(t)
  const charterFile = join(folder, 'charter.json')
  await writeFile(charterFile, JSON.stringify({ charter, signatures }))
  const events = createEvents({ level: 'silent', nodeId: 'test' })
  const parts = { charterFile, folder: join(folder, 'federation'), clock, events, ...(signer ? { signer } : {}) }
  return { federation: await Federation.open(parts), again: () => Federation.open(parts), folder: parts.folder }
}
const withdraw = (signer: Signer, key: string, at = clock) =>
  signStatement({ says: 'withdraw', charter: id, peer: key }, { signer, clock: at })
const asked = (digest: string, statements: string[] = []) => ({ charter: id, digest, statements })

describe('what one member sends', () => {
  test('under keys of its own making is not kept: it would leave no room for a revocation', async (t) => {
    const { federation, folder } = await opened(t)
    const made = await Promise.all(Array.from({ length: 40 }, newSigner))
    await federation.merge(await Promise.all(made.map((signer) => admit(signer, eve.id))))
    assert.deepEqual((await federation.answer(asked(''))).statements, [])
    assert.deepEqual(await readdir(folder).catch(() => []), [])
    // A statement counts if its signer is admitted by the same message.
    await federation.merge([await admit(eve, made[0]?.id ?? ''), await admit(ada, eve.id), await admit(bob, eve.id)])
    assert.equal((await federation.answer(asked(''))).statements.length, 3)
    assert.ok(federation.isMember(eve.id))
  })

  test('as much as it may keeps no revocation out, neither here nor of an answer, nor after a restart', async (t) => {
    const { federation, again, folder } = await opened(t)
    const long = '漢'.repeat(500)
    const made = await Promise.all(Array.from({ length: 260 }, newSigner))
    for (const [at, signer] of [carol, dan, fay, gil].entries()) {
      await federation.merge(await Promise.all(made.map((other) => revoke(signer, other.id, long))))
      assert.equal((await readdir(folder)).length, (at + 1) * 256, 'so much of each')
    }
    await federation.merge([await revoke(ada, carol.id), await revoke(bob, carol.id)])
    assert.ok(!federation.isMember(carol.id))
    const { statements } = await federation.answer(asked(''))
    assert.ok(statements.join('').length < 1024 * 1024)
    const { federation: other } = await opened(t)
    await other.merge(statements)
    assert.ok(!other.isMember(carol.id))
    assert.ok(!(await again()).isMember(carol.id))
  })

  test('under keys that were put out leaves room for whoever is to be admitted', async (t) => {
    const { federation } = await opened(t)
    const made = await Promise.all(Array.from({ length: 260 }, newSigner))
    for (const signer of [carol, dan, fay, gil]) {
      await federation.merge([await revoke(ada, signer.id), await revoke(bob, signer.id)])
      await federation.merge(await Promise.all(made.map((other) => admit(signer, other.id))))
    }
    await federation.merge([await admit(ada, eve.id), await admit(bob, eve.id)])
    assert.ok(federation.isMember(eve.id))
    // The remaining two members can still revoke a member.
    await federation.merge([await revoke(ada, eve.id), await revoke(bob, eve.id)])
    assert.ok(!federation.isMember(eve.id))
  })

  test('waits for the signatures of the members that have not signed, and of nobody else', async (t) => {
    const { federation } = await opened(t)
    await federation.merge([await admit(ada, eve.id), await revoke(bob, carol.id)])
    const unsigned = (signer: Signer) => federation.unsignedBy(signer.id).map(({ says, peer }) => [says, peer])
    assert.deepEqual(unsigned(dan), [
      ['admit', eve.id],
      ['revoke', carol.id]
    ])
    assert.deepEqual(unsigned(ada), [['revoke', carol.id]])
    assert.deepEqual(unsigned(bob), [['admit', eve.id]])
    assert.deepEqual(unsigned(carol), [['admit', eve.id]], 'a member has no vote about itself')
    assert.deepEqual(unsigned(eve), [], 'a newcomer has none yet')
  })

  test('again and again, with other reasons and other times, is kept once', async (t) => {
    const { federation, folder } = await opened(t)
    const said = await Promise.all(Array.from({ length: 20 }, (_, i) => revoke(ada, bob.id, `reason ${i}`)))
    await federation.merge(said)
    assert.equal((await readdir(folder)).length, 1)
    const { federation: other } = await opened(t)
    await other.merge([said[7] ?? ''])
    assert.equal(other.digest, federation.digest, 'who heard another of them knows the same')
    assert.deepEqual((await other.answer(asked(federation.digest))).statements, [])
  })

  test('larger than any statement is not taken: it would not be there after a restart', async (t) => {
    const { federation } = await opened(t)
    const says = { says: 'revoke', charter: id, peer: bob.id, reason: '' }
    const padded = new TextEncoder().encode(`${new TextDecoder().decode(canonicalBytes(says))}${' '.repeat(100_000)}`)
    const { bytes: sealed } = await seal({ type: 'membership', body: padded, lifetimeMs: 1_000, signer: ada, clock })
    await federation.merge([new TextDecoder().decode(sealed), await revoke(carol, bob.id)])
    assert.ok(federation.isMember(bob.id))
    assert.equal((await federation.answer(asked(''))).statements.length, 1)
  })

  test('that does not hold ends nobody else’s word, and is not heard out for ever', async (t) => {
    const { federation } = await opened(t)
    const good = await revoke(ada, bob.id)
    await federation.merge(['x', `${good}x`, good])
    assert.equal((await federation.answer(asked(''))).statements.length, 1)
    await federation.merge([...Array.from({ length: 9 }, (_, i) => `junk ${i}`), await revoke(carol, bob.id)])
    assert.ok(federation.isMember(bob.id))
    await federation.merge([await revoke(carol, bob.id)])
    assert.ok(!federation.isMember(bob.id))
  })

  test('counts also where it cannot be kept, as on a full disk', async (t) => {
    const { federation, folder } = await opened(t)
    await writeFile(folder, 'a file where the folder should be')
    await federation.merge([await revoke(ada, bob.id), await revoke(carol, bob.id)])
    assert.ok(!federation.isMember(bob.id))
  })
})

describe('a revocation', () => {
  const out = () => Promise.all([revoke(ada, carol.id), revoke(bob, carol.id)])
  /** Statements of a revoked key and one accomplice. */
  const attack = async () => [
    ...(await Promise.all([ada, bob, fay, gil].flatMap(({ id: peer }) => [revoke(carol, peer), revoke(dan, peer)]))),
    ...(await Promise.all([admit(carol, eve.id), admit(dan, eve.id)]))
  ]

  test('is confirmed by a founder’s peer once it counts, and by nobody else', async (t) => {
    const { federation, again } = await opened(t, gil)
    const [first = '', second = ''] = await out()
    await federation.merge([first])
    assert.equal((await federation.answer(asked(''))).statements.length, 1, 'nothing to confirm yet')
    const told: string[] = []
    federation.onChange((added) => told.push(...added))
    await federation.merge([second])
    assert.equal(told.length, 2, 'and tells the others')
    await federation.merge([await revoke(fay, carol.id)])
    assert.equal((await federation.answer(asked(''))).statements.length, 4, 'once')
    assert.equal((await again()).digest, federation.digest, 'also after a restart')
    const { federation: admittedPeer } = await opened(t, eve)
    await admittedPeer.merge([...(await out()), await admit(ada, eve.id), await admit(bob, eve.id)])
    assert.equal((await admittedPeer.answer(asked(''))).statements.length, 4)
    // A confirmation about keys that never belonged to members would only fill everybody's list.
    const { federation: other } = await opened(t, gil)
    await other.merge([await revoke(ada, eve.id), await revoke(bob, eve.id)])
    assert.equal((await other.answer(asked(''))).statements.length, 2)
  })

  test('holds against what the revoked key and an accomplice sign, in whatever order it is all heard', async (t) => {
    const { federation } = await opened(t, gil)
    await federation.merge(await out())
    await federation.merge(await attack())
    const { statements } = await federation.answer(asked(''))
    const expected = [ada, bob, dan, fay, gil].map((signer) => signer.id).sort()
    const membersIn = (one: Federation) =>
      one
        .members()
        .map(({ peer }) => peer)
        .sort()
    assert.deepEqual(membersIn(federation), expected)
    assert.ok(federation.isRevoked(carol.id) && !federation.isRevoked(dan.id))
    for (const heard of [statements, statements.toReversed(), statements.toSorted()]) {
      const { federation: newcomer } = await opened(t)
      for (const jws of heard) await newcomer.merge([jws])
      // Statements whose signer was not a member when they arrived are sent again at the next connection.
      await newcomer.merge(heard)
      assert.deepEqual(membersIn(newcomer), expected)
      assert.equal(newcomer.digest, federation.digest)
    }
  })
})

describe('the word of an institution for a person', () => {
  const person = gil.id

  test('is taken back by the institution alone, everywhere, and may be given again', async (t) => {
    const { federation, again } = await opened(t)
    assert.equal(federation.withdrawnAtMs(ada.id, person), undefined)
    const first = await withdraw(ada, person, new SimulatedClock(Date.now() - 60_000))
    await federation.merge([first])
    const at = federation.withdrawnAtMs(ada.id, person) ?? 0
    assert.ok(at <= Date.now() - 60_000)
    assert.equal(federation.withdrawnAtMs(bob.id, person), undefined, 'what another one says still holds')
    assert.ok(federation.isMember(person), 'it says nothing about a member that has the same key')
    assert.deepEqual(federation.pending(), [])
    await federation.merge([await withdraw(ada, person), first])
    assert.ok((federation.withdrawnAtMs(ada.id, person) ?? 0) > at, 'the latest one counts')
    assert.ok((await again()).withdrawnAtMs(ada.id, person))
  })

  test('is no one else’s to take back', async (t) => {
    const { federation } = await opened(t)
    await federation.merge([await withdraw(eve, person)])
    assert.equal(federation.withdrawnAtMs(eve.id, person), undefined, 'by no member')
    assert.deepEqual((await federation.answer(asked(''))).statements, [])
  })

  test('makes room again once every credential from before has expired', async (t) => {
    const { federation } = await opened(t)
    const days = (count: number) => new SimulatedClock(Date.now() - count * 24 * 3_600_000)
    await federation.merge([await withdraw(ada, person, days(399)), await withdraw(bob, person, days(401))])
    assert.ok(federation.withdrawnAtMs(ada.id, person))
    assert.equal(federation.withdrawnAtMs(bob.id, person), undefined)
  })

  test('adds nothing to what is counted for and against members', async (t) => {
    const { federation } = await opened(t, ada)
    await federation.merge([await withdraw(carol, dan.id), await withdraw(bob, dan.id)])
    assert.ok(federation.isMember(dan.id) && !federation.isRevoked(dan.id))
    await federation.merge([await revoke(bob, dan.id), await revoke(carol, dan.id)])
    assert.ok(federation.isRevoked(dan.id))
    const { statements } = await federation.answer(asked(''))
    const said = await Promise.all(statements.map((jws) => openStatement(jws, { charter: id, clock })))
    const confirmed = said.filter(({ says, signedBy }) => says.says === 'confirm' && signedBy === ada.id)
    assert.equal(confirmed.length, 1, 'a withdrawal does not stand in for a confirmation')
  })
})

test('a federation that has as many members as can be counted is told so before one more is signed', async (t) => {
  const folder = await scratchFolder(t)
  const seed = cryptographicRandom.bytes(32)
  const own = await signerFromSeed(seed)
  const small = charterSchema.parse({
    ...{ name: 'Network', needed: 1 },
    founders: [own, ada].map(({ id: peer }, at) => ({ peer, institution: `Founder ${at}` }))
  })
  const signed = await Promise.all([own, ada].map((signer) => signCharter(small, { signer, clock })))
  await writeFile(join(folder, 'charter.json'), JSON.stringify({ charter: small, signatures: signed }))
  await writeFile(
    join(folder, 'stimnet.yaml'),
    'institution: Own\ndata_dir: data\nfederation: { charter: charter.json }\n'
  )
  await mkdir(join(folder, 'data/federation'), { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'data/identity.key'), keyFileOf(seed), { mode: 0o600 })
  const smallId = await charterId(small)
  const others = await Promise.all(Array.from({ length: MEMBERS_MAX - 2 }, newSigner))
  for (const [at, { id: peer }] of others.entries()) {
    const says = { says: 'admit', charter: smallId, peer, institution: `Member ${at}` } as const
    const jws = await signStatement(says, { signer: at < 100 ? own : ada, clock })
    await writeFile(join(folder, `data/federation/${at}.jws`), jws)
  }
  const federation = await SERVING.federation?.()
  assert.ok(federation)
  const args = ['admit', eve.id, '--institution', 'One more', '--config', join(folder, 'stimnet.yaml')]
  await assert.rejects(runCommand(federation, args, recordingIo()), {
    ...{ code: 'PARAMETER_INVALID', message: /has 256 members, and no more can be counted/ }
  })
})
