import assert from 'node:assert/strict'
import { before, describe, type TestContext, test } from 'node:test'
import { jobExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import {
  type Clock,
  cryptographicRandom,
  messages,
  open,
  programToMessage,
  type SealedType,
  type Signer,
  seal,
  signerFromSeed,
  systemClock
} from '@stimnet/protocol'
import { type Federation, startFederation } from '../mesh.ts'
import { atEnd } from '../scratch.ts'

const COUNT = programToMessage({ kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' })
const sqlOf = (sql: string) => programToMessage({ kind: 'sql', sql })

/** Two peers for all tests: the first one serves, the second one delivers the requests. */
describe('a peer that is asked wrongly', () => {
  let federation: Federation
  let asked: Peer
  let carrier: Peer
  let signer: Signer
  const end = atEnd()

  before(async () => {
    federation = await startFederation(end, 2)
    asked = federation.peers[0] as Peer
    carrier = federation.peers[1] as Peer
    signer = await signerFromSeed(cryptographicRandom.bytes(32))
  })

  async function sealed(
    request: Parameters<typeof messages.JobRequest.encode>[0],
    changes: { type?: SealedType; audience?: string[]; clock?: Clock; signer?: Signer; lifetimeMs?: number } = {}
  ): Promise<Uint8Array> {
    return seal({
      type: changes.type ?? 'job-request',
      body: messages.JobRequest.encode({ custody: 'requester', ...request }),
      signer: changes.signer ?? signer,
      clock: changes.clock ?? systemClock,
      audience: changes.audience ?? [asked.peerId],
      lifetimeMs: changes.lifetimeMs ?? 60_000
    }).then(({ bytes }) => bytes)
  }

  async function decisionOn(bytes: Uint8Array, through: Peer = carrier) {
    const signal = AbortSignal.timeout(20_000)
    const { decision } = await through.mesh.ask(jobExchange, asked.peerId, { request: bytes }, { signal })
    const opened = await open(decision, { type: 'decision', issuer: asked.peerId, clock: systemClock })
    return messages.Decision.decode(opened.body)
  }

  const codeFor = async (bytes: Uint8Array) => (await decisionOn(bytes)).code
  const ask = (program: object, more: object = {}) => sealed({ catalog: 'clinical_trial_data', program, ...more })

  test('answers a good request, so that the refusals below mean something', async () => {
    const decision = await decisionOn(await ask(COUNT))
    assert.deepEqual([decision.allowed, decision.code], [true, ''])
  })

  test('refuses what is no envelope, is cut short, or had one byte changed', async () => {
    assert.equal(await codeFor(new TextEncoder().encode('hello')), 'MALFORMED')
    const good = await ask(COUNT)
    assert.match(await codeFor(good.subarray(0, good.length - 20)), /SIGNATURE_INVALID|MALFORMED/)
    const changed = good.slice()
    const at = Math.floor(good.length / 2)
    changed[at] = changed[at] === 65 ? 66 : 65
    assert.match(await codeFor(changed), /SIGNATURE_INVALID|MALFORMED/)
  })

  test('refuses words for people that read otherwise than they are', async () => {
    for (const more of [{ title: 'A\u202eB' }, { title: 'A\rB' }, { project: 'a\u2066' }, { purpose: ['a\u200f'] }]) {
      assert.equal(await codeFor(await ask(COUNT, more)), 'PARAMETER_INVALID', JSON.stringify(more))
    }
    const about = { requesterName: 'A\u202e', requesterInstitution: 'N', requesterEmail: 'a@example.org' }
    assert.equal(await codeFor(await ask(COUNT, { about })), 'PARAMETER_INVALID')
    assert.equal(
      await codeFor(await ask(sqlOf('SELECT COUNT(DISTINCT subject_id) AS n FROM subjects -- \u202e'))),
      'SQL_NOT_SUPPORTED'
    )
  })

  test('refuses an expired request, one from the future and one that would live too long', async () => {
    const at = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms })
    assert.equal(await codeFor(await sealed({ catalog: 'c', program: COUNT }, { clock: at(-600_000) })), 'EXPIRED')
    assert.equal(await codeFor(await sealed({ catalog: 'c', program: COUNT }, { clock: at(600_000) })), 'NOT_YET_VALID')
    assert.equal(
      await codeFor(await sealed({ catalog: 'c', program: COUNT }, { lifetimeMs: 3_600_000 })),
      'LIFETIME_TOO_LONG'
    )
  })

  test('refuses a request for somebody else, for anybody, and of another type', async () => {
    assert.equal(await codeFor(await sealed({ program: COUNT }, { audience: [carrier.peerId] })), 'AUDIENCE_MISMATCH')
    assert.equal(await codeFor(await sealed({ program: COUNT }, { audience: [] })), 'AUDIENCE_MISMATCH')
    assert.equal(await codeFor(await sealed({ program: COUNT }, { type: 'cancel' })), 'TYPE_MISMATCH')
  })

  test('gives the same answer to the same ask, and none to a copy brought by another peer', async () => {
    const bytes = await ask(COUNT)
    const first = await decisionOn(bytes)
    const again = await decisionOn(bytes)
    assert.deepEqual(again, first)
    const third = await startFederation(end, 1, { bootstrap: asked.addresses })
    const thief = third.peers[0] as Peer
    await thief.mesh.connect(asked.addresses[0] ?? '', { signal: AbortSignal.timeout(10_000) })
    assert.equal((await decisionOn(bytes, thief)).code, 'REQUEST_REPLAYED')
  })

  test('refuses what does not exist or does not fit, each with its code', async () => {
    const where = (column: string, value: string) => ({
      cohort: { compare: { column, op: '=', values: [{ text: value }] } }
    })
    const script = (code: string, language = 'python') => ({ script: { language, code } })
    const statistic = (name: string, variables: string[]) => ({ statistic: { name, variables } })
    const BOTH = 'SELECT COUNT(*) FROM subjects JOIN outcomes USING (subject_id)'
    const cases: [string, Promise<Uint8Array>][] = [
      ['CATALOG_UNKNOWN', sealed({ catalog: 'nothing', program: COUNT })],
      ['MALFORMED', sealed({ catalog: 'clinical_trial_data' })],
      ['VARIABLE_UNKNOWN', ask(sqlOf('SELECT AVG(height) FROM subjects'))],
      ['VARIABLE_UNKNOWN', ask(COUNT, where('shoe_size', '42'))],
      // In a query over one table, that table's variable is meant. In a query over both it is ambiguous.
      ['VARIABLE_AMBIGUOUS', ask(sqlOf(BOTH), where('visit', 'baseline'))],
      ['VALUE_NOT_DECLARED', ask(COUNT, where('sex', 'diverse'))],
      ['PARAMETER_INVALID', ask(COUNT, { parametersJson: '[1,2]' })],
      ['PARAMETER_INVALID', ask(COUNT, { filtersJson: '{' })],
      ['VARIABLE_UNKNOWN', ask(COUNT, { filtersJson: '{"sxe":"female"}', broadcast: 'b' })],
      ['SQL_NOT_SUPPORTED', ask(sqlOf('DROP TABLE subjects'))],
      ['SQL_NOT_SUPPORTED', ask(sqlOf('SELECT COUNT(*) FROM subjects; SELECT COUNT(*) FROM subjects'))],
      ['SQL_NOT_SUPPORTED', ask(sqlOf("SELECT COUNT(*) FROM read_csv('/etc/passwd')"))],
      ['SQL_NOT_SUPPORTED', ask(sqlOf("COPY subjects TO '/tmp/x'"))],
      ['SQL_NOT_SUPPORTED', ask(sqlOf('SELECT age FROM subjects'))],
      ['STATISTIC_UNKNOWN', ask(statistic('everything', ['age']))],
      ['LANGUAGE_NOT_AVAILABLE', ask(script('result = 1'))],
      ['LANGUAGE_NOT_AVAILABLE', ask(script('1', 'cobol'))],
      ['TOO_LARGE', ask(script('#'.repeat(260 * 1024)))]
    ]
    for (const [code, bytes] of cases) assert.equal(await codeFor(await bytes), code)
  })

  test('tells nothing that the request and the public description do not say', async () => {
    for (const program of [sqlOf('SELECT AVG(height) FROM subjects'), sqlOf('SELECT COUNT(*) FROM nothing')]) {
      const { reason } = await decisionOn(await ask(program))
      assert.doesNotMatch(reason, /node-1-S\d|\/|stimnet-data|parquet/i)
    }
  })

  test('writes each refusal into its audit log, and the log stays whole', async () => {
    const before = (await asked.database.auditLog.read({ limit: 1 }))[0]?.sequence ?? 0
    await codeFor(await ask(sqlOf('SELECT 1')))
    const records = await asked.database.auditLog.read({ limit: 10 })
    const fresh = records.filter(({ sequence, kind }) => sequence > before && kind !== 'account')
    assert.deepEqual(fresh.map(({ kind, code }) => [kind, code]).reverse(), [
      ['request', ''],
      ['refusal', 'SQL_NOT_SUPPORTED']
    ])
    assert.ok((await asked.database.auditLog.verify()).ok)
  })
})

describe('a flood', () => {
  test('is refused by quota, not by memory, and passes', async (t: TestContext) => {
    // A clock that stands still, so that the number of admitted requests does not depend on the speed of this machine.
    let nowMs = systemClock.now()
    const clock: Clock = { ...systemClock, now: () => nowMs }
    const { peers } = await startFederation(t, 2, { peer: { clock } })
    const [asked, carrier] = peers
    assert.ok(asked && carrier)
    const ask = async () => {
      try {
        const signal = AbortSignal.timeout(180_000)
        await carrier.mesh.ask(jobExchange, asked.peerId, { request: new TextEncoder().encode('flood') }, { signal })
        return 'answered'
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    const answers = await Promise.all(Array.from({ length: 300 }, ask))
    const { burst } = jobExchange.quota.perPeer
    assert.equal(answers.filter((answer) => answer === 'answered').length, burst)
    assert.ok(answers.includes('BUSY'), [...new Set(answers)].join())
    nowMs += 2_000
    assert.equal(await ask(), 'answered')
  })
})

describe('a peer without open doors', () => {
  test('lets no stranger connect, and no unlisted key ask', async (t: TestContext) => {
    const closed = { mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] } }
    const { peers } = await startFederation(t, 1, { config: closed })
    const stranger = await startFederation(t, 1)
    const connecting = stranger.peers[0]?.mesh.ask(
      jobExchange,
      peers[0]?.peerId ?? '',
      { request: new Uint8Array() },
      { signal: AbortSignal.timeout(5_000) }
    )
    await assert.rejects(connecting ?? Promise.resolve())
    assert.deepEqual(peers[0]?.mesh.connected(), [])
  })

  test('answers its own accounts only where its steward listed the gateway', async (t) => {
    const closed = { mesh: { listen: ['/ip4/127.0.0.1/tcp/0'] } }
    const codes: (string | null)[] = []
    for (const requesters of [[], ['gateway:self']]) {
      const federation = await startFederation(t, 1, { config: { ...closed, requesters } })
      const client = await federation.client(0)
      const { job_id } = await client.submitJob({
        target_node_id: 'node-1',
        data_catalog_name: 'clinical_trial_data',
        script_type: 'sql',
        script_content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
      })
      codes.push((await client.waitForJob(job_id)).code)
    }
    assert.deepEqual(codes, ['REQUESTER_NOT_PERMITTED', null])
  })
})
