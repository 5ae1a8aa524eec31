import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AuditRecord,
  auditCommitmentInput,
  auditEntry,
  cosign,
  leafHash,
  messages,
  sha256Hex,
  signCheckpoint,
  signerFromSeed
} from '@stimnet/protocol'
import { recordFacts, verifyAuditFile } from '../src/index.ts'

const charite = await signerFromSeed(new Uint8Array(32).fill(1))
const lyon = await signerFromSeed(new Uint8Array(32).fill(2))
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** A proof from a log with one record. */
async function proofOf(changes: Partial<AuditRecord> = {}) {
  const record: AuditRecord = {
    ...{ sequence: 1, atMs: 1_750_000_000_000, kind: 'release', actor: charite.id, jobId: 'j', code: '' },
    ...{ detailJson: '{"output":"ab"}', hash: new Uint8Array(), salt: new Uint8Array(16) },
    ...changes
  }
  const entry = auditEntry(record, await sha256Hex(auditCommitmentInput(record)))
  const root = await leafHash(entry)
  const note = await signCheckpoint({ size: 1, root }, charite)
  const checkpoint = `${note}${await cosign(note, { signer: lyon, atMs: 1_750_000_000_000 })}`
  return {
    ...{ index: 0, size: 1, path: [] as string[], checkpoint },
    ...{ entry: base64(entry), root: base64(root), record: base64(messages.AuditRecord.encode(record)) }
  }
}
const verify = (proof: object, peer = charite.id) => verifyAuditFile(JSON.stringify(proof), { peer })

describe('a proof from the log', () => {
  it('names the record, the state of the log and who saw it so', async () => {
    const { record, checkpoint, sequence } = await verify(await proofOf())
    assert.deepEqual([record?.kind, sequence, checkpoint.size], ['release', 1, 1])
    assert.deepEqual(
      checkpoint.witnesses.map(({ peer }) => peer),
      [lyon.id]
    )
  })

  it('of another log, another state, another place or another record is none', async () => {
    const proof = await proofOf()
    const other = await proofOf({ jobId: 'k' })
    await assert.rejects(verify(proof, lyon.id), { code: 'SIGNATURE_INVALID' })
    for (const changed of [
      { ...proof, checkpoint: other.checkpoint },
      { ...proof, record: other.record },
      { ...proof, entry: other.entry },
      { ...proof, root: other.root },
      { ...proof, index: 1 },
      { ...proof, size: 2 },
      { ...proof, path: [proof.root] },
      { ...proof, ...(await proofOf({ sequence: 2 })) }
    ]) {
      await assert.rejects(verify(changed), { code: 'SIGNATURE_INVALID' })
    }
  })

  it('whose details call themselves witnesses, kinds or numbers says nothing of that', async () => {
    const detailJson = '{"at":"never","holds":"all","kind":"release","sequence":7,"witnesses":["Lyon"]}'
    const { record } = await verify(await proofOf({ kind: 'end', detailJson }))
    assert.ok(record)
    const facts = recordFacts(record)
    assert.deepEqual([facts.kind, facts.sequence], ['end', 1])
    assert.deepEqual(Object.keys(facts).sort(), ['actor', 'at', 'code', 'detail', 'job', 'kind', 'sequence'])
  })

  it('with a time that no date has can still be read', async () => {
    const { record } = await verify(await proofOf({ atMs: 1e20 }))
    assert.ok(record)
    assert.equal(recordFacts(record).at, '100000000000000000000')
  })
})
