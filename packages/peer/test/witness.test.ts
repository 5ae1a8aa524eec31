import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { messages, openCheckpoint, type Signer, SimulatedClock, signerFromSeed } from '@stimnet/protocol'
import { type Alert, createEvents } from '../src/events.ts'
import { Database } from '../src/store/database.ts'
import { createAttest } from '../src/witness/attest.ts'
import { type ConflictParts, Conflicts } from '../src/witness/conflicts.ts'
import { noteRestored } from '../src/witness/restored.ts'
import { reconcile, Witnesses } from '../src/witness/witnesses.ts'

const events = createEvents({ level: 'silent', nodeId: 'test' })
const clock = new SimulatedClock(1_750_000_000_000)
const signers = await Promise.all([1, 2, 3, 4].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte))))
const [ada, bob, carol, dan] = signers as [Signer, Signer, Signer, Signer]

const newDatabase = () => Database.open({ memory: true }, () => clock.now())
const write = (database: Database, count: number) =>
  Promise.all(Array.from({ length: count }, () => database.commit((draft) => draft.audit({ kind: 'end', actor: 'n' }))))

/** Ada's log and the peers that attest it. Messages are passed as bytes, as over the mesh. */
async function federation(
  database: Database,
  attestors: Map<string, ReturnType<typeof createAttest>>,
  alerts: Alert[] = []
) {
  const asked: string[] = []
  const watched = { ...events, alert: (alert: Alert) => void alerts.push(alert) }
  const witnesses = await Witnesses.open({
    ...{ clock, signer: ada, database, events: watched, everyMs: 600_000, permits: () => true },
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

async function attestor(
  signer: Signer,
  database?: Database,
  members?: Pick<ConflictParts, 'members' | 'tell'> & Partial<ConflictParts>
) {
  const own = database ?? (await newDatabase())
  const alerts: Alert[] = []
  const watched = { ...events, alert: (alert: Alert) => void alerts.push(alert) }
  const parts = { clock, database: own, events: watched }
  const nobody = { members: () => [], tell: () => Promise.resolve() }
  const permits = (peer: string) => peer !== dan.id
  const conflicts = await Conflicts.open({ ...parts, ...nobody, permits, ...members, self: signer.id })
  return { attest: createAttest({ ...parts, signer, conflicts }), database: own, conflicts, alerts }
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
    assert.deepEqual(b.conflicts.witnessesAgainst(ada.id), [bob.id], 'and shows itself to whoever saw more')
    assert.deepEqual(await witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])

    // This also holds after the log has become longer than the state that the witness saw: it is a different log.
    await write(restored, 20)
    assert.deepEqual(await witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])
    const again = await federation(restored, attestors)
    t.after(() => again.witnesses.stop())
    assert.equal(again.witnesses.regression?.witness, bob.id, 'kept over a restart')
    assert.equal((await reconcile(restored, 'steward'))?.witness, bob.id)
    const [record] = await restored.auditLog.read({ limit: 1 })
    assert.equal(record?.kind, 'reconcile')

    // The witness still shows the state that it saw, and the steward has reconciled exactly that state.
    const third = await federation(restored, attestors)
    t.after(() => third.witnesses.stop())
    await third.witnesses.compare(bob.id)
    assert.equal(third.witnesses.regression, undefined)
    assert.deepEqual(await third.witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])
    assert.equal(third.witnesses.regression, undefined)
  })

  test('that was restored from a backup is behind without any witness, and a decision made without one settles no more', async (t) => {
    const b = await attestor(bob)
    const first = await newDatabase()
    // One more record than will be restored, but fewer than the log has after the decision, so its size alone shows nothing.
    await write(first, 6)
    const before = await federation(first, new Map([[bob.id, b.attest]]))
    await before.witnesses.round()
    await before.witnesses.stop()

    const restored = await newDatabase()
    await write(restored, 5)
    const alerts: Alert[] = []
    const open = (attestors: Parameters<typeof federation>[1]) => federation(restored, attestors, alerts)
    await noteRestored(restored, { signer: ada, madeAtMs: 1, atMs: 2 })
    const alone = await open(new Map())
    assert.equal(alone.witnesses.regression?.restored, true, 'nobody has to say so')
    assert.deepEqual(alerts, [
      { kind: 'log-regression', actor: ada.id, detail: 'restored with 5 records, and not reconciled' }
    ])
    await alone.witnesses.stop()
    await reconcile(restored, 'steward')
    // More records than the witness has seen, so that only the state that it saw can prove the difference.
    await write(restored, 20)
    const met = await open(new Map([[bob.id, b.attest]]))
    const behind = () => met.witnesses.regression?.witness
    assert.equal(behind(), undefined, 'the steward has decided')
    await met.witnesses.compare(bob.id)
    assert.equal(behind(), bob.id, 'but did not know that this was seen')
    await met.witnesses.stop()

    // In the other order, one decision settles both regressions.
    const again = await newDatabase()
    await write(again, 5)
    await noteRestored(again, { signer: ada, madeAtMs: 1, atMs: 2 })
    const told = await federation(again, new Map([[bob.id, b.attest]]))
    await told.witnesses.compare(bob.id)
    await told.witnesses.stop()
    assert.equal((await reconcile(again, 'steward'))?.witness, bob.id)
    const after = await federation(again, new Map([[bob.id, b.attest]]))
    t.after(() => after.witnesses.stop())
    await after.witnesses.compare(bob.id)
    assert.equal(after.witnesses.regression, undefined)
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

    // Carol attests the log now, and then sees it lost again.
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

  test('in which a record was changed on the disk is shown as it is now to whoever attested it, after a restart', async (t) => {
    const database = await newDatabase()
    const b = await attestor(bob)
    const attestors = new Map([[bob.id, b.attest]])
    const before = await federation(database, attestors)
    await write(database, 9)
    await before.witnesses.round()
    await before.witnesses.stop()
    // The tree beside the records stays unchanged, and so does the hash in the record.
    const records = database.root.sublevel<string, Uint8Array>('audit', { valueEncoding: 'view' })
    const key = '4'.padStart(16, '0')
    const record = messages.AuditRecord.decode((await records.get(key)) ?? new Uint8Array())
    await records.put(key, messages.AuditRecord.encode({ ...record, actor: 'nobody' }))

    const { witnesses } = await federation(database, attestors)
    t.after(() => witnesses.stop())
    await witnesses.compare(bob.id)
    assert.equal(witnesses.regression?.witness, ada.id, 'it finds it itself')
    assert.deepEqual(b.conflicts.witnessesAgainst(ada.id), [bob.id])
    const [alert] = b.alerts
    assert.deepEqual([b.alerts.length, alert?.kind, alert?.actor], [1, 'log-conflict', ada.id])
    const [logged] = await b.database.auditLog.read({ limit: 1 })
    assert.deepEqual([logged?.kind, logged?.code, logged?.actor], ['witness', 'CHECKPOINT_CONFLICT', ada.id])
    // However often the log is shown while it grows, there is one alert, one record and no attestation.
    for (const more of [1, 2]) {
      await write(database, more)
      assert.deepEqual(await witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])
    }
    assert.equal(b.alerts.length, 1)

    // After a steward's reconciliation, budgets may be spent again, and witnesses are still shown the current log.
    await witnesses.stop()
    await reconcile(database, 'steward')
    const again = await federation(database, attestors)
    t.after(() => again.witnesses.stop())
    await again.witnesses.compare(bob.id)
    assert.equal(again.witnesses.regression, undefined)
    assert.deepEqual(await again.witnesses.round(), [{ witness: bob.id, code: 'CHECKPOINT_CONFLICT' }])
  })

  test('is shown as attested by nobody who does not belong any more', async (t) => {
    const database = await newDatabase()
    await write(database, 2)
    const b = await attestor(bob)
    let belongs = true
    const witnesses = await Witnesses.open({
      ...{ clock, signer: ada, database, events, everyMs: 600_000, permits: () => belongs },
      connected: () => [bob.id],
      ask: async (_, question) => b.attest(messages.WitnessAsk.decode(messages.WitnessAsk.encode(question)), ada.id)
    })
    t.after(() => witnesses.stop())
    await witnesses.round()
    const attestedBy = async () => (await openCheckpoint(await witnesses.checkpoint(), { peer: ada.id })).witnesses
    assert.equal((await attestedBy()).length, 1)
    belongs = false
    assert.deepEqual(await attestedBy(), [])
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
        ...{ clock, signer: bob, database: await newDatabase(), events, everyMs: 600_000, permits: () => true },
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
    assert.equal(records.filter(({ code }) => code === 'CHECKPOINT_CONFLICT').length, 1, 'once for what it saw')
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

describe('a log that was changed', () => {
  /** A checkpoint of Ada's log with `count` records, signed by her, after one record that makes it a different log. */
  async function note(count: number, actor = 'n') {
    const database = await newDatabase()
    await database.commit((draft) => draft.audit({ kind: 'end', actor }))
    await write(database, count)
    const { witnesses } = await federation(database, new Map())
    const signed = await witnesses.checkpoint()
    await witnesses.stop()
    return signed
  }

  test('is told to every other member, at once and when it connects, and again after a restart', async () => {
    const c = await attestor(carol)
    const told: string[] = []
    const b = await attestor(bob, undefined, {
      members: () => [ada.id, carol.id],
      tell: async (peerId, conflict) => {
        told.push(peerId)
        await c.conflicts.heard(messages.LogConflict.decode(messages.LogConflict.encode(conflict)), bob.id)
      }
    })
    const [seen, shown] = [await note(5), await note(7, 'other')]
    await b.attest({ note: seen, oldSize: 0, path: [] }, ada.id)
    await b.attest({ note: shown, oldSize: 6, path: [] }, ada.id)
    while (c.database.auditLog.head.size === 0) await new Promise(setImmediate)
    assert.deepEqual(told, [carol.id], 'not to whose log it is')
    assert.match(
      c.alerts[0]?.detail ?? '',
      new RegExp(`of 8 records does not go on from the 6 that ${bob.id} attested`)
    )
    assert.deepEqual(c.conflicts.witnessesAgainst(ada.id), [bob.id])
    const [logged] = await c.database.auditLog.read({ limit: 1 })
    assert.equal(JSON.parse(logged?.detailJson ?? '{}').witness, bob.id)

    await b.conflicts.tellAll(ada.id)
    await b.conflicts.tellAll(carol.id)
    assert.deepEqual(told, [carol.id, carol.id])
    assert.equal(c.alerts.length, 1, 'known')
    const later = await attestor(carol, c.database)
    assert.deepEqual(later.alerts, c.alerts)

    // Revoked peers need nobody's attention at the next start, and the members receive no more reports about them.
    const toldAgain: string[] = []
    const revoked = await attestor(bob, b.database, {
      members: () => [],
      permits: () => false,
      tell: async (peerId) => void toldAgain.push(peerId)
    })
    await revoked.conflicts.tellAll(carol.id)
    assert.deepEqual([revoked.alerts, toldAgain], [[], []])
  })

  test('is not believed of notes that its peer did not sign, of strangers, of one state, or by itself', async () => {
    const c = await attestor(carol)
    const [seen, shown] = [await note(5), await note(7, 'other')]
    const heard = (changes: object, from = bob.id) =>
      c.conflicts.heard({ peer: ada.id, seen, shown, ...changes }, from as string)
    await assert.rejects(heard({}, ada.id), { code: 'MALFORMED' })
    await assert.rejects(heard({ peer: dan.id }), { code: 'PEER_NOT_PERMITTED' })
    await assert.rejects(heard({ peer: bob.id }, carol.id), { code: 'MALFORMED' })
    await assert.rejects(heard({ shown: seen }), { code: 'MALFORMED' })
    await assert.rejects(heard({ shown: shown.replace('\n8\n', '\n9\n') }), { code: 'SIGNATURE_INVALID' })
    assert.deepEqual([c.alerts, c.conflicts.witnessesAgainst(ada.id)], [[], []])
    await heard({})
    assert.equal(c.alerts.length, 1)
  })
})
