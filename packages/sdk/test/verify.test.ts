import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  canonicalBytes,
  type DisclosureCard,
  messages,
  type SealedType,
  type Signer,
  SimulatedClock,
  seal,
  sha256Hex,
  signerFromSeed,
  type TableOutput
} from '@stimnet/protocol'
import { type BroadcastPart, verifyAndPool, verifyDecision, verifyReceipt } from '../src/index.ts'

const clock = new SimulatedClock()
const charite = await signerFromSeed(new Uint8Array(32).fill(1))
const lyon = await signerFromSeed(new Uint8Array(32).fill(2))
const mallory = await signerFromSeed(new Uint8Array(32).fill(9))
const REQUEST = 'ab'.repeat(32)

const CARD: DisclosureCard = {
  level: 'P1',
  claim: '',
  preset: 'strict',
  policy_hash: '',
  k: 5,
  round_base: 1,
  epoch: '',
  cohort_hash: '',
  subjects: null,
  suppressed_cells: 0,
  bits: null,
  code_hash: '',
  image: ''
}

const countOf = (n: number): TableOutput => ({
  kind: 'table',
  columns: [{ name: 'n', role: 'measure', kind: 'subjects', variables: [] }],
  rows: [{ values: [n], parts: { n: { add: n } } }],
  withheld: { groups: 0, cells: 0 },
  disclosure: CARD
})

interface Signing {
  signer?: Signer
  output?: unknown
  state?: string
  code?: string
  requestHash?: string
  outputHash?: string
  type?: SealedType
}

async function receiptOf({ signer = charite, output = countOf(70), state = 'completed', ...more }: Signing = {}) {
  const outputJson = output === null ? new Uint8Array() : canonicalBytes(output)
  const receipt = {
    requestHash: more.requestHash ?? REQUEST,
    outputHash: more.outputHash ?? (await sha256Hex(outputJson))
  }
  const body = messages.JobResult.encode({ jobId: 'j', state, code: more.code ?? '', outputJson, receipt })
  const { bytes: jws } = await seal({ type: more.type ?? 'job-result', body, signer, clock, lifetimeMs: 60_000 })
  return new TextDecoder().decode(jws)
}

const expected = { expectedPeer: charite.id, requestHash: REQUEST, clock }

describe('a receipt', () => {
  it('that its peer signed for this request gives the output, now and years later', async () => {
    const text = await receiptOf()
    const years = new SimulatedClock(clock.now() + 10 * 365 * 86_400_000)
    const { output, receipt, issuedAtMs } = await verifyReceipt(text, { ...expected, clock: years })
    assert.deepEqual(output, countOf(70))
    assert.equal(receipt.requestHash, REQUEST)
    assert.equal(issuedAtMs, clock.now())
  })

  it('may also come as base64url around the JWS', async () => {
    const wrapped = Buffer.from(await receiptOf()).toString('base64url')
    assert.deepEqual((await verifyReceipt(wrapped, expected)).output, countOf(70))
  })

  it('of a refusal holds too, and gives no output whatever it carries', async () => {
    const text = await receiptOf({ state: 'blocked', code: 'COHORT_NOT_RELEASABLE' })
    const { output, code } = await verifyReceipt(text, expected)
    assert.equal(output, null)
    assert.equal(code, 'COHORT_NOT_RELEASABLE')
  })

  it('is worth nothing when another key signed it, or when it is about something else', async () => {
    const wrong: [text: string, code: string][] = [
      [await receiptOf({ signer: lyon }), 'SIGNATURE_INVALID'],
      [await receiptOf({ requestHash: 'cd'.repeat(32) }), 'SIGNATURE_INVALID'],
      [await receiptOf({ outputHash: 'cd'.repeat(32) }), 'SIGNATURE_INVALID'],
      [await receiptOf({ type: 'decision' }), 'TYPE_MISMATCH'],
      [await receiptOf({ state: 'running' }), 'MALFORMED'],
      [await receiptOf({ state: 'constructor' }), 'MALFORMED'],
      [await receiptOf({ output: null }), 'MALFORMED'],
      [await receiptOf({ output: { kind: 'rows', rows: [1] } }), 'MALFORMED'],
      ['', 'MALFORMED'],
      ['nonsense', 'MALFORMED'],
      ['%%%', 'MALFORMED'],
      ['a.b.c', 'MALFORMED'],
      ['a'.repeat(2_000_000), 'TOO_LARGE']
    ]
    for (const [text, code] of wrong) await assert.rejects(verifyReceipt(text, expected), { code }, text.slice(0, 40))
  })

  it('is worth nothing when any character of it was changed', async () => {
    const text = await receiptOf()
    for (let at = 0; at < text.length; at += 37) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      await assert.rejects(verifyReceipt(changed, expected), `character ${at}`)
    }
  })
})

async function decisionOf(signer: Signer, decision: Parameters<typeof messages.Decision.encode>[0]): Promise<string> {
  const body = messages.Decision.encode(decision)
  return new TextDecoder().decode((await seal({ type: 'decision', body, signer, clock, lifetimeMs: 60_000 })).bytes)
}

describe('what a peer said when it was asked', () => {
  const refusal = { allowed: false, code: 'PURPOSE_NOT_PERMITTED', reason: 'Not for this.', requestHash: REQUEST }

  it('is what it signed, of that request alone', async () => {
    const text = await decisionOf(charite, refusal)
    const expected = { expectedPeer: charite.id, requestHash: REQUEST, clock }
    const { allowed, code, reason } = await verifyDecision(text, expected)
    assert.deepEqual([allowed, code, reason], [false, 'PURPOSE_NOT_PERMITTED', 'Not for this.'])
    const wrong = { code: 'SIGNATURE_INVALID' }
    await assert.rejects(verifyDecision(text, { ...expected, expectedPeer: lyon.id }), wrong)
    await assert.rejects(verifyDecision(text, { ...expected, requestHash: 'cd'.repeat(32) }), wrong)
    // A refusal of an unreadable request has no request hash, so it is not a decision about this request.
    const unread = await decisionOf(charite, { ...refusal, requestHash: '' })
    await assert.rejects(verifyDecision(unread, expected), wrong)
    await assert.rejects(verifyDecision(await receiptOf(), expected), { code: 'TYPE_MISMATCH' })
  })

  it('stands where there is no receipt; what it did not sign stays the gateway’s word', async () => {
    const refused = partOf(charite, { state: 'denied', code: 'OTHER', decision: await decisionOf(charite, refusal) })
    const invented = partOf(lyon, { state: 'denied', code: 'INVENTED', decision: await decisionOf(mallory, refusal) })
    const { parts } = await verifyAndPool({ parts: [refused, invented] }, { requestHash: REQUEST, clock })
    assert.deepEqual(
      parts.map(({ verified, code, decision }) => [verified, code, decision?.allowed]),
      [
        [false, 'PURPOSE_NOT_PERMITTED', false],
        [false, 'INVENTED', undefined]
      ]
    )
  })
})

function partOf(signer: Signer, more: Partial<BroadcastPart>): BroadcastPart {
  return {
    peer_id: signer.id,
    node_id: 'n',
    institution: 'i',
    job_id: 'j',
    engine: 'node',
    sandbox_grade: null,
    status: 'completed',
    state: 'completed',
    code: null,
    reason: null,
    progress: 1,
    output: null,
    receipt: null,
    decision: null,
    warnings: [],
    updated_at: '',
    ...more
  }
}

const options = { requestHash: REQUEST, peers: [charite.id, lyon.id], clock }

describe('a pooled answer made again from receipts', () => {
  it('adds what the peers signed, not what the gateway shows', async () => {
    const parts = [
      partOf(charite, { receipt: await receiptOf(), output: countOf(9_999) }),
      partOf(lyon, { receipt: await receiptOf({ signer: lyon, output: countOf(30) }) })
    ]
    const { pooled, complete } = await verifyAndPool({ parts }, options)
    assert.deepEqual(pooled.rows[0]?.values, [100])
    assert.deepEqual([...pooled.sites].sort(), [charite.id, lyon.id].sort())
    assert.ok(complete)
  })

  it('leaves out and names a part whose receipt is forged, missing or of another request', async () => {
    const good = partOf(charite, { receipt: await receiptOf() })
    const bad: [part: BroadcastPart, code: string][] = [
      [partOf(lyon, { receipt: await receiptOf({ signer: mallory, output: countOf(30) }) }), 'SIGNATURE_INVALID'],
      [partOf(lyon, { receipt: await receiptOf({ signer: lyon, requestHash: 'ff' }) }), 'SIGNATURE_INVALID'],
      [partOf(lyon, { output: countOf(30) }), 'PEER_UNREACHABLE'],
      [partOf(lyon, { output: countOf(30), code: 'QUEUE_FULL' }), 'QUEUE_FULL']
    ]
    for (const [part, code] of bad) {
      const { pooled, parts, complete } = await verifyAndPool({ parts: [good, part] }, options)
      assert.deepEqual(pooled.rows[0]?.values, [70])
      assert.deepEqual(pooled.missing, [{ site: lyon.id, code }])
      assert.equal(parts[1]?.verified, false)
      assert.equal(complete, false)
    }
  })

  it('counts nobody twice, and no peer that was not asked', async () => {
    const receipt = await receiptOf()
    const parts = [
      partOf(charite, { receipt }),
      partOf(charite, { receipt }),
      partOf(mallory, { receipt: await receiptOf({ signer: mallory, output: countOf(5_000) }) })
    ]
    const { pooled } = await verifyAndPool({ parts }, options)
    assert.deepEqual(pooled.rows[0]?.values, [70])
    assert.ok(pooled.missing.some(({ site, code }) => site === mallory.id && code === 'PEER_UNKNOWN'))
  })

  it('names a peer that was asked and that the gateway does not mention', async () => {
    const { parts, complete } = await verifyAndPool(
      { parts: [partOf(charite, { receipt: await receiptOf() })] },
      options
    )
    assert.equal(parts.length, 2)
    assert.equal(parts[1]?.peerId, lyon.id)
    assert.equal(complete, false)
  })

  it('of a refusal that was signed is complete', async () => {
    const refused = await receiptOf({ signer: lyon, output: null, state: 'blocked', code: 'COHORT_NOT_RELEASABLE' })
    const parts = [partOf(charite, { receipt: await receiptOf() }), partOf(lyon, { receipt: refused })]
    const { pooled, complete } = await verifyAndPool({ parts }, options)
    assert.ok(complete)
    assert.deepEqual(pooled.missing, [{ site: lyon.id, code: 'COHORT_NOT_RELEASABLE' }])
  })

  it('of no parts is empty and claims nothing', async () => {
    const { pooled, complete } = await verifyAndPool({ parts: [] }, { clock })
    assert.deepEqual(pooled.rows, [])
    assert.equal(complete, false)
  })
})
