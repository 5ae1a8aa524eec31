/** Tests of a gateway that shows answers that were not signed for the researcher's request. The command line leaves such answers out. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  canonicalBytes,
  type DisclosureCard,
  messages,
  type Signer,
  SimulatedClock,
  seal,
  sha256Hex,
  signerFromSeed,
  type TableOutput
} from '@stimnet/protocol'
import { type Broadcast, type BroadcastPart, signRequest } from '@stimnet/sdk'
import { asSigned } from '../src/ask/as-signed.ts'

const clock = new SimulatedClock()
const signer = async (byte: number) => signerFromSeed(new Uint8Array(32).fill(byte))
const [ada, north, south] = [await signer(1), await signer(2), await signer(3)]
const card = { level: 'P1', claim: 'c', k: 5, subjects: null } as unknown as DisclosureCard
const CARD: DisclosureCard = {
  ...{ ...card, preset: 'default', policy_hash: '', round_base: 1, epoch: '', cohort_hash: '' },
  ...{ suppressed_cells: 0, bits: null, code_hash: '', image: '' }
}

const countOf = (n: number): TableOutput => ({
  kind: 'table',
  columns: [{ name: 'n', role: 'measure', kind: 'subjects', variables: [] }],
  rows: [{ values: [n], parts: { n: { add: n } } }],
  withheld: { groups: 0, cells: 0 },
  disclosure: CARD
})

const ask = () =>
  signRequest({
    ...{ signer: ada, catalog: 'trial', targets: [north.id, south.id], carrier: north.id, clock },
    program: { kind: 'sql', sql: 'SELECT COUNT(*) AS n FROM subjects' }
  })

async function part(peer: Signer, requestHash: string, n: number): Promise<BroadcastPart> {
  const outputJson = canonicalBytes(countOf(n))
  const receipt = { requestHash, outputHash: await sha256Hex(outputJson) }
  const body = messages.JobResult.encode({ jobId: 'j', state: 'completed', outputJson, receipt })
  const { bytes: sealed } = await seal({ type: 'job-result', body, signer: peer, clock, lifetimeMs: 60_000 })
  return {
    ...{ peer_id: peer.id, node_id: 'n', institution: peer === north ? 'North' : 'South', job_id: 'j', engine: 'node' },
    ...{ sandbox_grade: null, status: 'completed', state: 'completed', code: null, reason: null, progress: 1 },
    ...{ output: countOf(n), receipt: new TextDecoder().decode(sealed), decision: null, warnings: [], updated_at: '' }
  }
}

const shown = (...parts: BroadcastPart[]) => ({ state: 'completed', parts, pooled: null }) as unknown as Broadcast
const states = ({ parts }: Broadcast) => parts.map(({ state, code, output }) => [state, code, output !== null])

describe('an answer to what the researcher signed', () => {
  test('is what the institutions signed, pooled again', async () => {
    const signed = await ask()
    const answer = shown(await part(north, signed.hash, 40), await part(south, signed.hash, 30))
    const { broadcast, wrong, holding } = await asSigned(answer, signed, { clock })
    assert.deepEqual([wrong, holding], [[], 2])
    assert.deepEqual(broadcast.pooled?.rows[0]?.values, [70])
  })

  test('has nothing of another request, of another number, or of anybody who was not asked', async () => {
    const [signed, other] = [await ask(), await ask()]
    const swapped = await part(north, other.hash, 40)
    const lied = { ...(await part(south, signed.hash, 30)), output: countOf(9_999) }
    const stranger = await part(ada, signed.hash, 50)
    const { broadcast, wrong, holding } = await asSigned(shown(swapped, lied, stranger), signed, { clock })
    assert.deepEqual(states(broadcast), [
      ['failed', 'SIGNATURE_INVALID', false],
      ['completed', null, true]
    ])
    assert.deepEqual([wrong, holding], [['North'], 1])
    assert.deepEqual(broadcast.pooled?.rows[0]?.values, [30])
  })

  test('is none where no receipt came with it, while a refusal stays a refusal', async () => {
    const signed = await ask()
    const bare = { ...(await part(north, signed.hash, 40)), receipt: null }
    const refused: BroadcastPart = {
      ...(await part(south, signed.hash, 1)),
      ...{ receipt: null, output: null, state: 'denied', status: 'failed', code: 'PURPOSE_NOT_PERMITTED' }
    }
    const { broadcast, wrong } = await asSigned(shown(bare, refused), signed, { clock })
    assert.deepEqual(states(broadcast), [
      ['failed', 'PEER_UNREACHABLE', false],
      ['denied', 'PURPOSE_NOT_PERMITTED', false]
    ])
    assert.deepEqual(wrong, ['North'])
    assert.equal(broadcast.pooled, null)
  })
})
