/** Tests of witnesses: a release is proved to a third party, others attest a log, and a restored copy is noticed. */
import assert from 'node:assert/strict'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { messages, openCheckpoint } from '@stimnet/protocol'
import { verifyAuditFile, verifyReceipt } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { answerOf, clientOf, startFederation, startSite, stimnetIn, until } from '../mesh.ts'

const COUNT = { data_catalog_name: 'clinical_trial_data', script_type: 'sql' } as const
const SQL = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'

const LISTEN = ['/ip4/127.0.0.1/tcp/0']

describe('an auditor proves what was released', () => {
  test('to a third party who has a file and the institution’s PeerId, and nothing else', async (t) => {
    const { peers, sites, client } = await startFederation(t, 3)
    const auditor = await client(0)
    const [part] = (await answerOf(auditor, { ...COUNT, script_content: SQL, targets: [peers[0]?.peerId ?? ''] })).parts
    const peer = peers[0]?.peerId ?? ''

    // The receipt alone proves the release, by the peer's own signature.
    const receipt = await verifyReceipt(part?.receipt ?? '', { expectedPeer: peer })
    const sequence = receipt.receipt.auditSequence
    assert.equal(receipt.logged?.record?.kind, 'release')
    assert.equal(receipt.logged?.index, sequence - 1)

    // The proof with the other institutions as witnesses.
    const attested = await auditor.gatherWitnesses()
    assert.deepEqual(
      attested.map((one) => [one.attested, one.code]),
      [
        [true, null],
        [true, null]
      ]
    )
    const proof = await auditor.auditProof(sequence)
    const verified = await verifyAuditFile(JSON.stringify(proof), { peer })
    assert.equal(verified.record?.jobId, receipt.result.jobId)
    assert.deepEqual(JSON.parse(verified.record?.detailJson ?? '').policy, receipt.receipt.policyHash)
    const witnesses = verified.checkpoint.witnesses.map((witness) => witness.peer).sort()
    assert.deepEqual(
      witnesses,
      peers
        .slice(1)
        .map(({ peerId }) => peerId)
        .sort()
    )

    const stimnet = stimnetIn(sites[0]?.folder ?? '')
    // The command line verifies it offline, and refuses a changed proof and that of another peer.
    const file = join(sites[0]?.folder ?? '', 'proof.json')
    await writeFile(file, JSON.stringify(proof))
    const told = await stimnet(['verify', file, '--peer', peer])
    assert.equal(told.code, 0, told.err)
    assert.match(told.out, /the record is in the log[\s\S]*release/)
    await writeFile(file, JSON.stringify({ ...proof, index: proof.index + 1 }))
    assert.match((await stimnet(['verify', file, '--peer', peer])).err, /SIGNATURE_INVALID/)
    await writeFile(file, JSON.stringify(proof))
    assert.match((await stimnet(['verify', file, '--peer', peers[1]?.peerId ?? ''])).err, /SIGNATURE_INVALID/)
    await writeFile(file, JSON.stringify({ receipt: part?.receipt }))
    assert.match((await stimnet(['verify', file, '--peer', peer])).out, /signed by the institution[\s\S]*P1/)
  })

  test('a refusal’s place in the log can be proved, and its reason stays closed', async (t) => {
    const catalogs = demoCatalogs('data').map((catalog) => ({ ...catalog, synthetic: false }))
    const { peers, client } = await startFederation(t, 1, {
      config: { catalogs, mesh: { listen: LISTEN }, requesters: ['gateway:self'] }
    })
    const researcher = await client(0)
    const where = {
      all: [
        { column: 'sex', op: '=', values: ['female'] },
        { column: 'diagnosis', op: '=', values: ['mixed'] }
      ]
    }
    const nobody = { not: { column: 'treatment_response', op: '=', values: ['none'] } }
    const narrow = { column: 'age', op: '>=', values: [65] }
    const responder = { column: 'treatment_response', op: '=', values: ['responder'] }
    const sql = 'SELECT COUNT(DISTINCT subject_id) AS n FROM outcomes'
    const submission = { ...COUNT, script_content: sql, where: { all: [...where.all, nobody, narrow, responder] } }
    const [part] = (await answerOf(researcher, submission)).parts
    assert.equal(part?.code, 'COHORT_NOT_RELEASABLE')
    const { logged, result } = await verifyReceipt(part?.receipt ?? '', { expectedPeer: peers[0]?.peerId ?? '' })
    assert.equal(logged?.record, undefined)
    assert.match(result.reason, /^No part of this can be answered/)
    assert.doesNotMatch(
      Buffer.from(messages.JobResult.encode(result as never)).toString('latin1'),
      /too small|atom|splits/
    )
  })
})

test('a peer put back from an old copy is told so by whoever saw more of it, and says so in its own log', async (t) => {
  const { peers, sites } = await startFederation(t, 2)
  const [site] = sites
  const data = join(site?.folder ?? '', 'stimnet-data')
  const copy = join(site?.folder ?? '', 'copy')
  await peers[0]?.stop()
  await cp(data, copy, { recursive: true })

  const before = await startSite(site as never)
  t.after(() => before.stop())
  await until(() => before.mesh.connected().length === 1, 'it is back')
  const client = await clientOf(before)
  await answerOf(client, { ...COUNT, script_content: SQL, targets: [before.peerId] })
  assert.deepEqual(await client.gatherWitnesses(), [{ witness: peers[1]?.peerId, attested: true, code: null }])
  await before.stop()

  await rm(data, { recursive: true })
  await cp(copy, data, { recursive: true })
  const restored = await startSite(site as never)
  t.after(() => restored.stop())
  await until(() => restored.witnesses.regression !== undefined, 'the witness has told')
  assert.equal(restored.witnesses.regression?.witness, peers[1]?.peerId)
  const seen = await openCheckpoint(restored.witnesses.regression?.seen ?? '', { peer: restored.peerId })
  assert.ok(seen.size > 0)
  const again = await (await clientOf(restored)).gatherWitnesses()
  assert.deepEqual(
    again.map(({ code }) => code),
    ['CHECKPOINT_CONFLICT']
  )
  const kinds = (await restored.database.auditLog.read({ limit: 50 })).map(({ kind }) => kind)
  assert.ok(kinds.includes('regression'))
  await restored.stop()

  const reconciled = await stimnetIn(site?.folder ?? '')(['audit', 'reconcile', '--config', site?.configFile ?? ''])
  assert.match(reconciled.out, /Reconciled/)
})

test('a peer whose records were changed on its disk is reported by those who attested them, to each other too', async (t) => {
  const { peers, sites } = await startFederation(t, 3)
  const [first, second, edited] = peers as [Peer, Peer, Peer]
  const client = await clientOf(edited)
  await until(async () => (await client.gatherWitnesses()).every(({ attested }) => attested), 'both have attested it')
  const records = edited.database.root.sublevel<string, Uint8Array>('audit', { valueEncoding: 'view' })
  const key = '1'.padStart(16, '0')
  const record = messages.AuditRecord.decode((await records.get(key)) ?? new Uint8Array())
  await records.put(key, messages.AuditRecord.encode({ ...record, actor: 'nobody' }))
  await edited.stop()
  const again = await startSite(sites[2] as never)
  t.after(() => again.stop())

  for (const peer of [first, second]) {
    const auditor = await clientOf(peer)
    const disputed = async () => {
      const { members } = await auditor.members()
      return members.find(({ peer_id }) => peer_id === again.peerId)?.log_disputed_by ?? []
    }
    await until(async () => (await disputed()).length === 2, 'both say so, here and by what the other told')
    assert.deepEqual([...(await disputed())].sort(), [first.peerId, second.peerId].sort())
    const alerts = await auditor.events({ alerts: true })
    assert.ok(alerts.some(({ kind, actor }) => kind === 'log-conflict' && actor === again.peerId))
  }
  assert.equal(again.witnesses.regression?.witness, again.peerId)
})
