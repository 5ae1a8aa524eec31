import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type AuditProof, messages, provesConsistency, verifyAuditProof } from '@stimnet/protocol'
import { Level } from 'level'
import { Database } from '../src/store/database.ts'
import { scratchFolder } from '../../../test/scratch.ts'

async function withRecords(count: number) {
  const database = await Database.open({ memory: true }, () => 1_000)
  for (let i = 0; i < count; i++) {
    await database.commit((draft) => draft.audit({ kind: 'request', actor: `key-${i}`, detail: { n: i } }))
  }
  const records = database.root.sublevel<string, Uint8Array>('audit', { valueEncoding: 'view' })
  return { database, records }
}

const key = (sequence: number) => String(sequence).padStart(16, '0')

describe('the tree over the log', () => {
  test('proves every record against every later state, and every state against every later one', async () => {
    const { database } = await withRecords(13)
    const log = database.auditLog
    for (let size = 1; size <= 13; size++) {
      const root = await log.rootAt(size)
      for (let sequence = 1; sequence <= size; sequence++) {
        const proven = await verifyAuditProof(await log.prove(sequence, { size, isOpened: () => true }))
        assert.equal(proven.record?.actor, `key-${sequence - 1}`)
        assert.deepEqual(proven.root, root)
      }
      for (let oldSize = 1; oldSize <= size; oldSize++) {
        const path = await log.proveConsistency({ oldSize, size })
        const claim = { oldSize, oldRoot: await log.rootAt(oldSize), size, root, path }
        assert.ok(await provesConsistency(claim), `${oldSize} to ${size}`)
      }
    }
  })

  test('proves a record in the batch that writes it', async () => {
    const { database } = await withRecords(6)
    const [first, second] = await database.commit((draft) => [
      draft.audit({ kind: 'release', actor: 'node' }).proof({ opened: true }),
      draft.audit({ kind: 'release', actor: 'node' }).proof({ opened: false })
    ])
    assert.equal((await verifyAuditProof(first as AuditProof)).record?.kind, 'release')
    const proven = await verifyAuditProof(second as AuditProof)
    assert.deepEqual([proven.record, proven.index, proven.size], [undefined, 7, 8])
    assert.deepEqual(proven.root, database.auditLog.head.root)
  })

  test('an entry tells number, hour and kind, and nothing that could be guessed', async () => {
    const { database } = await withRecords(2)
    const { entry } = await database.auditLog.prove(1, { size: 2, isOpened: () => false })
    const told = JSON.parse(new TextDecoder().decode(entry))
    assert.deepEqual(Object.keys(told), ['commitment', 'hour', 'kind', 'n', 'v'])
    // The same event in another log has a different commitment, because its salt is random.
    const other = await withRecords(2)
    const again = await other.database.auditLog.prove(1, { size: 2, isOpened: () => false })
    assert.notEqual(told.commitment, JSON.parse(new TextDecoder().decode(again.entry)).commitment)
  })

  test('a record other than the one committed to does not open an entry', async () => {
    const { database } = await withRecords(3)
    const proof = await database.auditLog.prove(2, { size: 3, isOpened: () => true })
    const record = messages.AuditRecord.decode(proof.record)
    const forged = { ...proof, record: messages.AuditRecord.encode({ ...record, actor: 'somebody-else' }) }
    await assert.rejects(verifyAuditProof(forged as AuditProof), { code: 'SIGNATURE_INVALID' })
    await assert.rejects(verifyAuditProof({ ...proof, index: 2 } as AuditProof), { code: 'SIGNATURE_INVALID' })
  })

  test('a change that throws leaves no trace in it', async () => {
    const { database } = await withRecords(3)
    const before = database.auditLog.head
    const failing = database.commit((draft) => {
      draft.audit({ kind: 'release', actor: 'node' })
      throw new Error('no')
    })
    await assert.rejects(failing)
    assert.deepEqual(database.auditLog.head, before)
    await database.commit((draft) => draft.audit({ kind: 'end', actor: 'node' }))
    assert.equal((await database.auditLog.verify()).ok, true)
  })
})

describe('the audit log', () => {
  test('verifies when nobody touched it', async () => {
    const { database } = await withRecords(20)
    const verified = await database.auditLog.verify()
    assert.deepEqual({ ok: verified.ok, records: verified.ok && verified.records }, { ok: true, records: 20 })
  })

  test('is verified in pieces, and what waits meanwhile is served between them', async () => {
    const { database } = await withRecords(0)
    await database.commit((draft) => {
      for (let i = 0; i < 5_000; i++) draft.audit({ kind: 'end', actor: 'node' })
    })
    const walking = { turns: 0, isDone: false }
    const turn = () => {
      walking.turns += 1
      if (!walking.isDone) setImmediate(turn)
    }
    setImmediate(turn)
    const verified = await database.auditLog.verify()
    walking.isDone = true
    assert.equal(verified.ok && verified.records, 5_000)
    assert.ok(walking.turns >= 20, `${walking.turns} turns of others during 5,000 records`)
    await database.auditLog.recount()
  })

  test('shows a record that was changed', async () => {
    const { database, records } = await withRecords(5)
    const bytes = await records.get(key(3))
    const record = messages.AuditRecord.decode(bytes ?? new Uint8Array())
    await records.put(key(3), messages.AuditRecord.encode({ ...record, actor: 'somebody-else' }))
    const verified = await database.auditLog.verify()
    assert.deepEqual(verified, { ok: false, sequence: 3, why: 'the record was changed' })
  })

  test('shows a record that was dropped in the middle', async () => {
    const { database, records } = await withRecords(5)
    await records.del(key(2))
    const verified = await database.auditLog.verify()
    assert.deepEqual(verified, { ok: false, sequence: 2, why: 'a record is missing or out of order' })
  })

  test('gives no proof of a record that is gone', async () => {
    const { database, records } = await withRecords(3)
    await records.del(key(2))
    const proof = database.auditLog.prove(2, { size: 3, isOpened: () => true })
    await assert.rejects(proof, { code: 'AUDIT_BROKEN' })
  })

  test('shows records dropped at the end', async () => {
    const { database, records } = await withRecords(5)
    await records.del(key(5))
    const verified = await database.auditLog.verify()
    assert.deepEqual(verified, { ok: false, sequence: 5, why: 'the last records are missing' })
  })

  test('shows a record that was written anew, hash and all', async () => {
    const { database, records } = await withRecords(5)
    const forger = await withRecords(5)
    await records.put(key(4), (await forger.records.get(key(4))) ?? new Uint8Array())
    const verified = await database.auditLog.verify()
    assert.deepEqual(verified.ok, false)
  })

  test('shows a record that was changed beneath its checksum, and counts the others as they are', async (t) => {
    const folder = await scratchFolder(t)
    const open = () => Database.open({ directory: join(folder, 'db') }, () => 1)
    const written = await open()
    for (let i = 0; i < 5; i++) await written.commit((draft) => draft.audit({ kind: 'end', actor: 'node' }))
    const signed = written.auditLog.head
    await written.close()
    const raw = new Level<string, Buffer>(join(folder, 'db'), { valueEncoding: 'buffer' })
    const at = `!audit!${key(3)}`
    const bytes = Buffer.from((await raw.get(at)) ?? [])
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await raw.put(at, bytes, { sync: true } as never)
    await raw.close()
    const changed = await open()
    t.after(() => changed.close())
    assert.deepEqual(await changed.auditLog.verify(), { ok: false, sequence: 3, why: 'the record is damaged' })
    const counted = await changed.auditLog.recount()
    assert.equal(counted.size, 5)
    assert.notDeepEqual(counted.root, signed.root)
  })

  test('shows two records that changed places', async () => {
    const { database, records } = await withRecords(5)
    const [second, third] = [await records.get(key(2)), await records.get(key(3))]
    await records.put(key(2), third ?? new Uint8Array())
    await records.put(key(3), second ?? new Uint8Array())
    const verified = await database.auditLog.verify()
    assert.equal(verified.ok, false)
  })

  test('shows bytes that are no record', async () => {
    const { database, records } = await withRecords(3)
    await records.put(key(1), Uint8Array.of(255, 255, 255))
    const verified = await database.auditLog.verify()
    assert.deepEqual(verified, { ok: false, sequence: 1, why: 'the record cannot be read' })
  })

  test('reads newest first, page by page', async () => {
    const { database } = await withRecords(5)
    const page = await database.auditLog.read({ limit: 2 })
    assert.deepEqual(
      page.map((record) => record.sequence),
      [5, 4]
    )
    const next = await database.auditLog.read({ limit: 2, before: 4 })
    assert.deepEqual(
      next.map((record) => record.sequence),
      [3, 2]
    )
  })
})
