/** Tests of the golden vectors: generating them again gives the same files, and all sealed statements still open. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { canonicalJson, filterFromMessage, messages, open, type SealedType, SimulatedClock } from '@stimnet/protocol'
import { verifyAuditFile, verifyReceipt } from '@stimnet/sdk'
import { VECTORS, vectorFiles } from '../scripts/vectors.ts'

const read = (name: string) => readFileSync(join(VECTORS, name), 'utf8')
const casesOf = <T>(name: string) => (JSON.parse(read(name)) as { cases: T[] }).cases

test('the vectors that other languages are held to are what this protocol makes', async () => {
  const files = await vectorFiles()
  assert.deepEqual(readdirSync(VECTORS).sort(), Object.keys(files).sort())
  for (const [name, text] of Object.entries(files)) assert.equal(read(name), text, name)
})

test('a sealed statement of the vectors opens, and says what its vector says', async () => {
  interface Case {
    type: SealedType
    issuer: string
    issuedAtMs: number
    envelope: string
    hash: string
    nonce: string
    body: string
    audience: string[]
  }
  for (const { type, issuer, issuedAtMs, envelope, ...expected } of casesOf<Case>('envelope.json')) {
    const clock = new SimulatedClock(issuedAtMs)
    const opened = await open(new TextEncoder().encode(envelope), { type, issuer, clock })
    assert.equal(opened.hash, expected.hash)
    assert.equal(Buffer.from(opened.nonce).toString('hex'), expected.nonce)
    assert.equal(Buffer.from(opened.body).toString('hex'), expected.body)
    assert.deepEqual(opened.audience, expected.audience)
  }
})

test('canonical JSON and filters of the vectors are read as they were written', () => {
  for (const { value, canonical } of casesOf<{ value: unknown; canonical: string }>('canonical.json')) {
    assert.equal(canonicalJson(value), canonical)
    assert.equal(canonicalJson(JSON.parse(canonical)), canonical)
  }
  for (const { filter, request } of casesOf<{ filter: unknown; request: string }>('filter.json')) {
    const { cohort } = messages.JobRequest.decode(Uint8Array.from(Buffer.from(request, 'hex')))
    assert.deepEqual(cohort && filterFromMessage(cohort), filter)
  }
})

test('a receipt of the vectors holds, or is refused with the code it says', async () => {
  interface File {
    peer: string
    requestHash: string
    output: object
    cases: { name: string; receipt: string; code: string | null }[]
  }
  const { peer, requestHash, output, cases } = JSON.parse(read('receipts.json')) as File
  for (const { name, receipt, code } of cases) {
    const verified = verifyReceipt(receipt, { expectedPeer: peer, requestHash })
    if (code !== null) await assert.rejects(verified, { code }, name)
    else if ((await verified).result.state === 'completed') {
      // Defaults that a schema fills in are not part of the signed output.
      assert.deepEqual(JSON.parse(new TextDecoder().decode((await verified).result.outputJson)), output)
    }
  }
})

test('a proof of the vectors holds, or is refused with the code it says', async () => {
  interface File {
    peer: string
    sequence: number
    cases: { name: string; proof: object; code: string | null }[]
  }
  const { peer, sequence, cases } = JSON.parse(read('proofs.json')) as File
  for (const { name, proof, code } of cases) {
    const verified = verifyAuditFile(JSON.stringify(proof), { peer })
    if (code !== null) await assert.rejects(verified, { code }, name)
    else assert.equal((await verified).sequence, sequence)
  }
})
