import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { messages } from '@stimnet/protocol'
import type { Broadcast, BroadcastPart, Client } from '@stimnet/sdk'
import { verifyAndPool, verifyReceipt } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { answerOf, startFederation } from '../mesh.ts'

const COUNT = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'

/** Submits a query to all peers that offer the catalog and waits for the end. */
async function ask(client: Client, sql: string, extra: object = {}): Promise<Broadcast> {
  const submission = { data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: sql, ...extra }
  return answerOf(client, submission)
}

describe('one question to three institutions', () => {
  test('comes back as one pooled answer with the parts beside it, each signed by its institution', async (t) => {
    const { peers, client } = await startFederation(t, 3)
    const answer = await ask(
      await client(0),
      `SELECT outcomes.visit, COUNT(DISTINCT subject_id) AS subjects, AVG(UPDRS_total) AS updrs
       FROM outcomes GROUP BY outcomes.visit`
    )
    assert.equal(answer.state, 'completed')
    assert.equal(answer.parts.length, 3)
    const verified = await verifyAndPool(answer, { peers: peers.map(({ peerId }) => peerId) })
    assert.ok(verified.complete)
    assert.deepEqual(answer.pooled, verified.pooled)
    const counts = verified.pooled.rows.map((row) => row.values.slice(0, 2))
    assert.deepEqual(counts, [
      ['baseline', 450],
      ['month_6', 429],
      ['month_12', 393]
    ])
    assert.ok(answer.parts.every((part) => part.output?.disclosure.level === 'P1'))
  })

  test('asked again gives the same numbers: a question does not use itself up', async (t) => {
    const { client } = await startFederation(t, 3)
    const researcher = await client(0)
    const call = JSON.stringify({ name: 'mean', variables: ['UPDRS_total'], by: ['outcomes.visit'] })
    const first = await ask(researcher, call, { script_type: 'statistic' })
    const again = await ask(researcher, call, { script_type: 'statistic' })
    assert.equal(first.pooled?.rows.length, 3)
    assert.deepEqual(again.pooled?.rows, first.pooled?.rows)
    const all = await ask(researcher, JSON.stringify({ name: 'mean', variables: ['UPDRS_total'] }), {
      script_type: 'statistic'
    })
    assert.match(all.warnings.join(), /^outcomes has several rows per person/, 'over all visits of a person')
    assert.deepEqual(first.warnings, [])
  })

  test('names the institution that could not be asked', async (t) => {
    const { peers, client } = await startFederation(t, 3)
    const researcher = await client(0)
    await ask(researcher, COUNT)
    await peers[2]?.stop()
    await new Promise((resolve) => setTimeout(resolve, 11_000))
    const answer = await ask(researcher, COUNT)
    assert.deepEqual([answer.state, answer.parts.length], ['completed', 2])
    assert.match(answer.warnings.join(), /Coastal Medical Centre.*did not answer/)
  })
})

/** The size of a result without its audit proof, whose length depends only on the number of the record in the log. */
async function bytesOf(part: BroadcastPart | undefined): Promise<number> {
  const { result } = await verifyReceipt(part?.receipt ?? '', { expectedPeer: part?.peer_id ?? '' })
  assert.ok(result.receipt)
  const { audit, ...receipt } = result.receipt
  assert.equal(audit?.record.length, 0)
  return messages.JobResult.encode({ ...result, receipt }).length
}

describe('a cohort that cannot be released', () => {
  const where = (column: string, value: string | number, op = '=') => ({ column, op, values: [value] })

  test('looks the same whether it is empty or small', async (t) => {
    const { client } = await startFederation(t, 1)
    const researcher = await client(0)
    const small = [
      where('sex', 'female'),
      where('diagnosis', 'mixed'),
      where('age', 65, '>='),
      where('treatment_response', 'responder')
    ]
    const empty = [...small, { not: where('outcomes.treatment_response', 'responder') }]
    const answers = []
    for (const all of [small, empty]) {
      const sql = 'SELECT COUNT(DISTINCT subject_id) AS n FROM outcomes'
      const answer = await ask(researcher, sql, {
        where: { all: [...all, { not: where('treatment_response', 'none') }] }
      })
      const [part] = answer.parts
      answers.push({ state: part?.state, code: part?.code, reason: part?.reason, bytes: await bytesOf(part) })
    }
    assert.equal(answers[0]?.code, 'COHORT_NOT_RELEASABLE')
    assert.deepEqual(answers[0], answers[1])
  })

  test('a catalog with a lattice answers only for its base cells, and says which they are', async (t) => {
    const [trial] = demoCatalogs('data')
    const lattice = [{ variable: 'subjects.sex' }, { variable: 'subjects.age', breakpoints: [65] }]
    const { client } = await startFederation(t, 1, { config: { catalogs: [{ ...trial, lattice }] } })
    const answer = await ask(await client(0), COUNT, { where: where('subjects.visit', 'baseline') })
    assert.equal(answer.parts[0]?.code, 'FILTER_OFF_LATTICE')
    assert.match(answer.parts[0]?.reason ?? '', /subjects\.sex, subjects\.age/)
  })
})
