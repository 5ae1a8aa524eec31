/** A gateway that shows the answer to another question: the receipts are compared with what this browser signed. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  canonicalBytes,
  messages,
  type Signer,
  SimulatedClock,
  seal,
  sha256Hex,
  signerFromSeed
} from '@stimnet/protocol'
import { type Broadcast, type BroadcastPart, type SignedRequest, signRequest } from '@stimnet/sdk'
import type { AskedHere } from '../src/key/asked.ts'
import { adviceOf } from '../src/result/trust/advice.ts'
import { checkAnswer, type FindAsked } from '../src/result/trust/answer.ts'
import { standingsOf } from '../src/result/trust/standings.ts'
import { siteOf } from './outputs.ts'

const clock = new SimulatedClock()
const [ada, north, south, mallory] = await Promise.all(
  [1, 2, 3, 9].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte)))
)
assert.ok(ada && north && south && mallory)

const ask = (title: string, targets = [north.id, south.id]) =>
  signRequest({
    ...{ signer: ada, catalog: 'trial', title, targets, carrier: north.id, clock },
    program: { kind: 'sql', sql: 'SELECT COUNT(DISTINCT patient) AS n FROM subjects' }
  })

const women = await ask('Women')
const men = await ask('Men')

const remembered = (request: SignedRequest, id?: string): AskedHere => ({
  ...{ account: 'ada', hash: request.hash, text: request.text, names: { [north.id]: 'North' }, atMs: clock.now() },
  ...(id === undefined ? {} : { id })
})

/** Finds a question as the browser's own store does. */
const among =
  (...all: AskedHere[]): FindAsked =>
  async (by) =>
    all.find((one) => ('id' in by ? one.id === by.id : one.hash === by.hash))

async function receiptOf(signer: Signer, requestHash: string, value = 1): Promise<string> {
  const outputJson = canonicalBytes(siteOf('x', [value, value + 2]).table)
  const receipt = { requestHash, outputHash: await sha256Hex(outputJson), requester: signer.id, custody: 'requester' }
  const body = messages.JobResult.encode({ jobId: 'j', state: 'completed', outputJson, receipt })
  return new TextDecoder().decode((await seal({ type: 'job-result', body, signer, clock, lifetimeMs: 60_000 })).bytes)
}

const part = (peer: Signer, receipt: string | null): BroadcastPart => ({
  ...{ peer_id: peer.id, node_id: 'n', institution: 'as the gateway calls it', job_id: 'j', engine: 'node' },
  ...{ sandbox_grade: null, status: 'completed', state: 'completed', code: null, reason: null, progress: 1 },
  ...{ output: null, receipt, decision: null, warnings: [], updated_at: '' }
})

const shown = (id: string, ...parts: BroadcastPart[]) =>
  ({ id, title: 'Women', parts, pooled: null }) as unknown as Broadcast

const both = among(remembered(women, 'w'), remembered(men, 'm'))

describe('an answer to what this browser signed', () => {
  it('is known by the request that each institution names under its signature', async () => {
    const answer = shown(
      'w',
      part(north, await receiptOf(north, women.hash)),
      part(south, await receiptOf(south, women.hash))
    )
    const { question, swapped, verified } = await checkAnswer(answer, { id: answer.id, find: both, clock })
    assert.equal(question?.title, 'Women')
    assert.equal(question.key, ada.id)
    assert.deepEqual(swapped, [])
    assert.equal(verified.complete, true)
    assert.deepEqual(
      verified.parts.map(({ institution }) => institution),
      ['North', 'as the gateway calls it']
    )
  })

  it('is not the answer to another question, which the gateway puts under its name', async () => {
    const answer = shown(
      'w',
      part(north, await receiptOf(north, men.hash, 5)),
      part(south, await receiptOf(south, women.hash))
    )
    const checked = await checkAnswer(answer, { id: answer.id, find: both, clock })
    const { question, swapped, verified } = checked
    assert.equal(question?.hash, women.hash)
    assert.deepEqual(swapped, [{ peerId: north.id, institution: 'North', requestHash: men.hash, other: 'Men' }])
    assert.deepEqual(verified.pooled.sites, [south.id])
    assert.equal(verified.complete, false)
    const standings = standingsOf(checked)
    assert.deepEqual([standings.get(north.id), standings.get(south.id)], ['other', 'holds'])
  })

  it('is held against the question whose page it is, whatever number it bears itself', async () => {
    const answer = shown(
      'm',
      part(north, await receiptOf(north, men.hash)),
      part(south, await receiptOf(south, men.hash))
    )
    const { question, swapped, verified } = await checkAnswer(answer, { id: 'w', find: both, clock })
    assert.equal(question?.title, 'Women')
    assert.deepEqual([swapped.length, verified.pooled.sites.length], [2, 0])
  })

  it('is not what somebody else asked, however well it is signed', async () => {
    const foreign = await signRequest({
      ...{ signer: mallory, catalog: 'trial', targets: [north.id, south.id], carrier: north.id, clock },
      program: { kind: 'sql', sql: 'SELECT 1' }
    })
    const answer = shown('w', part(north, await receiptOf(north, foreign.hash)), part(south, null))
    const { swapped, verified } = await checkAnswer(answer, { id: answer.id, find: both, clock })
    assert.deepEqual(
      swapped.map(({ requestHash, other }) => [requestHash, other]),
      [[foreign.hash, undefined]]
    )
    assert.deepEqual(verified.pooled.sites, [])
  })

  it('has no part of an institution that was not asked, and misses one that the gateway leaves out', async () => {
    const one = await ask('One of two')
    const find = among(remembered(one, 'o'))
    const answer = shown(
      'o',
      part(mallory, await receiptOf(mallory, one.hash)),
      part(north, await receiptOf(north, one.hash))
    )
    const { verified } = await checkAnswer(answer, { id: answer.id, find, clock })
    assert.deepEqual(
      verified.parts.map(({ peerId, verified, code }) => [peerId, verified, code]),
      [
        [mallory.id, false, 'PEER_UNKNOWN'],
        [north.id, true, undefined],
        [south.id, false, 'PEER_UNREACHABLE']
      ]
    )
  })

  it('is found by its receipts where the gateway’s name for it was never heard', async () => {
    const answer = shown(
      'new',
      part(north, await receiptOf(north, men.hash)),
      part(south, await receiptOf(south, men.hash))
    )
    const { question } = await checkAnswer(answer, { id: answer.id, find: among(remembered(men)), clock })
    assert.equal(question?.title, 'Men')
    assert.deepEqual(question.names, { [north.id]: 'North' })
  })

  it('is the gateway’s word where nothing of it is remembered', async () => {
    const answer = shown(
      'w',
      part(north, await receiptOf(north, women.hash)),
      part(south, await receiptOf(south, men.hash))
    )
    const { question, swapped, verified } = await checkAnswer(answer, { id: answer.id, find: among(), clock })
    assert.equal(question, undefined)
    assert.deepEqual(swapped, [])
    assert.equal(verified.complete, true)
  })

  it('is nothing where what is remembered was changed', async () => {
    const answer = shown('w', part(north, await receiptOf(north, women.hash)))
    const changed = { ...remembered(women, 'w'), text: men.text }
    await assert.rejects(checkAnswer(answer, { id: answer.id, find: among(changed), clock }), {
      code: 'SIGNATURE_INVALID'
    })
  })
})

describe('what to do where an institution does not know who signed', () => {
  const refused = (institution: string, code: string) => ({ state: 'denied' as const, code, institution, node_id: 'n' })

  it('depends on whose signature it was', () => {
    const parts = [refused('North', 'REQUESTER_NOT_PERMITTED'), refused('South', 'PURPOSE_NOT_PERMITTED')]
    assert.match(adviceOf(parts, { own: true }).join(), /^North: your key is not known there/)
    assert.match(adviceOf(parts, { own: false }).join(), /^North: the accounts of this gateway may not ask there/)
    assert.match(
      adviceOf([refused('East', 'CUSTODY_NOT_PERMITTED')], { own: false }).join(),
      /^East: only your own signature/
    )
  })

  it('is nothing where nobody was refused for it', () => {
    assert.deepEqual(adviceOf([refused('North', 'PURPOSE_NOT_PERMITTED')], { own: true }), [])
    assert.deepEqual(adviceOf([refused('North', 'EXPIRED')], { own: false }), [])
    assert.match(adviceOf([refused('North', 'EXPIRED')], { own: true }).join(), /clock of this machine/)
  })
})
