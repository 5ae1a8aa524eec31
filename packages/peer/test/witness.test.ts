import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { messages, openCheckpoint, type Signer, SimulatedClock, signerFromSeed } from '@stimnet/protocol'
import { createEvents } from '../src/events.ts'
import { Database } from '../src/store/database.ts'
import { createAttest } from '../src/witness/attest.ts'
import { reconcile, Witnesses } from '../src/witness/witnesses.ts'

const events = createEvents({ level: 'silent', nodeId: 'test' })
const clock = new SimulatedClock(1_750_000_000_000)
const signers = await Promise.all([1, 2, 3].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte))))
const [ada, bob, carol] = signers as [Signer, Signer, Signer]

const newDatabase = () => Database.open({ memory: true }, () => clock.now())
const write = (database: Database, count: number) =>
  Promise.all(Array.from({ length: count }, () => database.commit((draft) => draft.audit({ kind: 'end', actor: 'n' }))))

/** Ada's log and the peers that attest it; questions travel as bytes, as over the mesh. */
async function federation(database: Database, attestors: Map<string, ReturnType<typeof createAttest>>) {
  const asked: string[] = []
  const witnesses = await Witnesses.open({
    ...{ clock, signer: ada, database, events, everyMs: 600_000 },
    connected: () => [...attestors.keys()],
    ask: async (peerId, question) => {
      asked.push(peerId)
      const attest = attestors.get(peerId)
      if (!attest) throw new Error('not there')
      return attest(messages.WitnessAsk.decode(messages.WitnessAsk.encode(question)), ada.id)
    }
  })
  return { witnesses, asked }
}

async function attestor(signer: Signer) {
  const database = await newDatabase()
  return { attest: createAttest({ clock, signer, database, events }), database }
}

describe('a peer’s log as others see it', () => {
  test('is attested by each member, again and again as it grows', async (t) => {
    const database = await newDatabase()
    const [b, c] = [await attestor(bob), await attestor(carol)]
    const { witnesses } = await federation(
      database,
      new Map([
        [bob.id, b.attest],
        [carol.id, c.attest]
      ])
    )
    t.after(() => witnesses.stop())
    for (const more of [1, 4, 7]) {
      await write(database, more)
      assert.deepEqual(await witnesses.round(), [{ witness: bob.id }, { witness: carol.id }])
      const { size, witnesses: signed } = await openCheckpoint(await witnesses.checkpoint(), { peer: ada.id })
      assert.equal(size, database.auditLog.head.size)
      assert.deepEqual(signed.map(({ peer }) => peer).sort(), [bob.id, carol.id].sort())
    }
    assert.equal(witnesses.regression, undefined)
  })

  test('that was restored from a copy is noticed, by the peer itself too, until a steward has looked into it', async (t) => {
    const database = await newDatabase()
    const b = await attestor(bob)
    const attestors = new Map([[bob.id, b.attest]])
    const first = await federation(database, attestors)
    await write(database, 9)
    await first.witnesses.round()
    await first.witnesses.stop()

    const restored = await newDatabase()
    await write(restored, 5)
    const { witnesses } = await federation(restored, attestors)
    t.after(() => witnesses.stop())
    await witnesses.compare(bob.id)
    assert.equal(witnesses.regression?.witness, bob.id)
    assert.deepEqual(await witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])

    // Also after it has become longer than what was seen: it is another log.
    await write(restored, 20)
    assert.deepEqual(await witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])
    const again = await federation(restored, attestors)
    t.after(() => again.witnesses.stop())
    assert.equal(again.witnesses.regression?.witness, bob.id, 'kept over a restart')
    assert.equal((await reconcile(restored, 'steward'))?.witness, bob.id)
    const [record] = await restored.auditLog.read({ limit: 1 })
    assert.equal(record?.kind, 'reconcile')

    // The witness goes on showing what it saw: the steward has looked into that.
    const third = await federation(restored, attestors)
    t.after(() => third.witnesses.stop())
    await third.witnesses.compare(bob.id)
    assert.equal(third.witnesses.regression, undefined)
    assert.deepEqual(await third.witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])
    assert.equal(third.witnesses.regression, undefined)
  })

  test('that was restored once more, after a steward had looked into it, is noticed once more', async (t) => {
    const attestors = new Map([[bob.id, (await attestor(bob)).attest]])
    const first = await newDatabase()
    await write(first, 9)
    const before = await federation(first, attestors)
    t.after(() => before.witnesses.stop())
    await before.witnesses.round()
    const restored = await newDatabase()
    await write(restored, 5)
    const found = await federation(restored, attestors)
    t.after(() => found.witnesses.stop())
    await found.witnesses.compare(bob.id)
    await reconcile(restored, 'steward')
    await write(restored, 30)

    // Carol meets it now, and sees what is lost again.
    const c = (await attestor(carol)).attest
    const second = await federation(restored, new Map([[carol.id, c]]))
    t.after(() => second.witnesses.stop())
    await second.witnesses.round()
    const lost = await newDatabase()
    await write(lost, 5)
    await lost.commit((draft) => draft.put(lost.json('reconciled'), 'last', { logSize: 7, seen: [] }))
    const third = await federation(lost, new Map([[carol.id, c]]))
    t.after(() => third.witnesses.stop())
    await third.witnesses.compare(carol.id)
    assert.equal(third.witnesses.regression?.witness, carol.id)
  })

  test('is not called restored after a loss of power: what a witness sees was on the disk before', async (t) => {
    const database = await newDatabase()
    const synced: boolean[] = []
    const { witnesses } = await federation(
      database,
      new Map([
        [
          bob.id,
          async () => {
            synced.push((await database.json<string>('checkpoint').get('signed')) !== undefined)
            return { cosignature: '', code: '', seen: '' }
          }
        ]
      ])
    )
    t.after(() => witnesses.stop())
    await write(database, 1)
    await witnesses.round()
    assert.deepEqual([...new Set(synced)], [true])
  })

  test('is attested by one line of each witness, whatever else one brings along', async (t) => {
    const database = await newDatabase()
    await write(database, 2)
    const [b, c] = [await attestor(bob), await attestor(carol)]
    const crowd: ReturnType<typeof createAttest> = async (ask, from) => {
      const [own, other] = [await b.attest(ask, from), await c.attest(ask, from)]
      return { ...own, cosignature: own.cosignature + other.cosignature }
    }
    const { witnesses } = await federation(database, new Map([[bob.id, crowd]]))
    t.after(() => witnesses.stop())
    assert.deepEqual(await witnesses.round(), [{ witness: bob.id, code: 'MALFORMED' }])
    assert.deepEqual((await openCheckpoint(await witnesses.checkpoint(), { peer: ada.id })).witnesses, [])
  })

  test('cannot be called restored by a witness that makes something up', async (t) => {
    const database = await newDatabase()
    await write(database, 3)
    const liar = async () => {
      const forged = await Witnesses.open({
        ...{ clock, signer: bob, database: await newDatabase(), events, everyMs: 600_000 },
        connected: () => [],
        ask: () => Promise.reject(new Error('nobody'))
      })
      const seen = (await forged.checkpoint()).replace(bob.id, ada.id)
      await forged.stop()
      return { cosignature: '', code: '', seen }
    }
    const { witnesses } = await federation(database, new Map([[bob.id, liar]]))
    t.after(() => witnesses.stop())
    await witnesses.compare(bob.id)
    assert.equal(witnesses.regression, undefined)
    const [attested] = await witnesses.round()
    assert.notEqual(attested?.code, undefined)
  })
})

describe('a witness', () => {
  async function shown(count: number) {
    const database = await newDatabase()
    await write(database, count)
    const { witnesses } = await federation(database, new Map())
    const note = await witnesses.checkpoint()
    await witnesses.stop()
    return { database, note }
  }

  test('does not attest a log that goes backwards, nor a second one beside the first', async () => {
    const { attest, database } = await attestor(bob)
    const [short, long] = [await shown(4), await shown(8)]
    assert.equal((await attest({ note: long.note, oldSize: 0, path: [] }, ada.id)).code, '')
    const answer = await attest({ note: short.note, oldSize: 8, path: [] }, ada.id)
    assert.equal(answer.code, 'CHECKPOINT_CONFLICT')
    assert.ok(answer.seen.startsWith(long.note.slice(0, long.note.indexOf('\n\n'))))
    const other = await shown(9)
    const path = await other.database.auditLog.proveConsistency({ oldSize: 8, size: 9 })
    assert.equal((await attest({ note: other.note, oldSize: 8, path }, ada.id)).code, 'CHECKPOINT_CONFLICT')
    const records = await database.auditLog.read({ limit: 10 })
    assert.equal(records.filter(({ code }) => code === 'CHECKPOINT_CONFLICT').length, 2)
  })

  test('attests nothing of one peer that another shows', async () => {
    const { attest } = await attestor(bob)
    const { note } = await shown(2)
    assert.equal((await attest({ note, oldSize: 0, path: [] }, carol.id)).code, 'MALFORMED')
    assert.equal((await attest({ note: `${note}x`, oldSize: 0, path: [] }, ada.id)).code, 'MALFORMED')
  })

  test('keeps what it can read again, however many lines the note came with', async () => {
    const { attest } = await attestor(bob)
    const { note } = await shown(3)
    const line = note.slice(note.indexOf('\n\n') + 2)
    const crowded = note + line.repeat(63)
    assert.equal((await attest({ note: crowded, oldSize: 0, path: [] }, ada.id)).code, '')
    assert.equal((await attest({ note, oldSize: 3, path: [] }, ada.id)).code, '')
  })

  test('writes down whom it began to witness, and not each time', async () => {
    const { attest, database } = await attestor(bob)
    const { note } = await shown(3)
    for (const oldSize of [0, 3, 3]) assert.equal((await attest({ note, oldSize, path: [] }, ada.id)).code, '')
    assert.equal(database.auditLog.head.size, 1)
  })

  test('asked twice at once attests one of two continuations', async () => {
    const { attest } = await attestor(bob)
    const [one, two] = [await shown(3), await shown(5)]
    const answers = await Promise.all([one, two].map(({ note }) => attest({ note, oldSize: 0, path: [] }, ada.id)))
    assert.deepEqual(answers.map(({ code }) => code).sort(), ['', 'CHECKPOINT_CONFLICT'])
  })
})
