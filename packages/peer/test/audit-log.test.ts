import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { messages } from '@stimnet/protocol'
import { Database } from '../src/store/database.ts'

async function withRecords(count: number) {
  const database = await Database.open({ memory: true }, () => 1_000)
  for (let i = 0; i < count; i++) {
    await database.commit((draft) => draft.audit({ kind: 'request', actor: `key-${i}`, detail: { n: i } }))
  }
  const records = database.root.sublevel<string, Uint8Array>('audit', { valueEncoding: 'view' })
  return { database, records }
}

const key = (sequence: number) => String(sequence).padStart(16, '0')

describe('the audit log', () => {
  test('verifies when nobody touched it', async () => {
    const { database } = await withRecords(20)
    const verified = await database.auditLog.verify()
    assert.deepEqual({ ok: verified.ok, records: verified.ok && verified.records }, { ok: true, records: 20 })
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

  test('shows records dropped at the end', async () => {
    const { database, records } = await withRecords(5)
    await records.del(key(5))
    const verified = await database.auditLog.verify()
    assert.deepEqual(verified, { ok: false, sequence: 5, why: 'the last records are missing' })
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
