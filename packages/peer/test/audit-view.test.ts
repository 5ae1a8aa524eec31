import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '@stimnet/gateway'
import { type AuditProof, verifyAuditProof } from '@stimnet/protocol'
import { auditMethods } from '../src/gateway/audit-view.ts'
import { Database } from '../src/store/database.ts'

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'))
const account = (...roles: string[]) => ({ name: 'ada', roles }) as unknown as Account

async function opened(t: { after(close: () => Promise<void>): void }) {
  const database = await Database.open({ memory: true }, () => 1_000)
  t.after(() => database.close())
  await database.commit((draft) => {
    draft.audit({ kind: 'end', actor: 'node', code: 'COHORT_NOT_RELEASABLE', detail: { state: 'blocked', why: 'two' } })
    draft.audit({ kind: 'release', actor: 'node', detail: { state: 'completed' } })
  })
  // A note: the log's peer, and its size.
  const witnesses = { checkpoint: async () => 'node\n2\nroot\n\n', round: async () => undefined } as never
  return auditMethods({ database, witnesses })
}

test('why something was withheld is read by whoever may not ask, and by nobody who may', async (t) => {
  const methods = await opened(t)
  const whyOf = async (...roles: string[]) =>
    (await methods.audit(account(...roles), {} as never)).map(({ detail }) => (detail as { why?: string }).why)
  const found = await whyOf('auditor')
  assert.deepEqual(found.toSorted(), ['two', undefined])
  assert.deepEqual(await whyOf('auditor', 'researcher'), [undefined, undefined])
  assert.deepEqual(await whyOf('steward', 'researcher'), [undefined, undefined])
  const details = (await methods.audit(account('auditor', 'researcher'), {} as never)).map(({ detail }) => detail)
  assert.ok(
    details.some((detail) => (detail as { state?: string }).state === 'blocked'),
    'all else they read'
  )
})

test('an API key without the role reads as little as its holder', async (t) => {
  const methods = await opened(t)
  const key = { ...account('auditor'), byKey: true, holderAsks: true }
  const whys = (await methods.audit(key, {} as never)).map(({ detail }) => (detail as { why?: string }).why)
  assert.deepEqual(whys, [undefined, undefined])
  const proof = await methods.proveAudit(key, 1)
  assert.ok(proof)
  const { entry, root, record, path, ...place } = proof
  const bytes = { entry: bytesOf(entry), root: bytesOf(root), record: bytesOf(record), path: path.map(bytesOf) }
  assert.equal((await verifyAuditProof({ ...bytes, ...place } as never)).record, undefined)
})

test('nor does what proves a record open it to them', async (t) => {
  const methods = await opened(t)
  const isOpened = async (sequence: number, ...roles: string[]) => {
    const proof = await methods.proveAudit(account(...roles), sequence)
    assert.ok(proof)
    const [entry, root, record] = [proof.entry, proof.root, proof.record].map(bytesOf)
    const bytes = { entry, root, record, path: proof.path.map(bytesOf) } as Pick<
      AuditProof,
      'entry' | 'root' | 'record' | 'path'
    >
    return (await verifyAuditProof({ ...bytes, index: proof.index, size: proof.size })).record !== undefined
  }
  assert.deepEqual([await isOpened(1, 'auditor'), await isOpened(2, 'auditor')], [true, true])
  assert.deepEqual(
    [await isOpened(1, 'auditor', 'researcher'), await isOpened(2, 'auditor', 'researcher')],
    [false, true]
  )
})

test('whoever asks alone reads nothing of what happens here', async (t) => {
  const methods = await opened(t)
  await assert.rejects(methods.audit(account('researcher'), {} as never), { code: 'NOT_PERMITTED' })
})
