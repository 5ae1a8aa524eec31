import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { signerFromSeed } from '@stimnet/protocol'
import { type Broadcast, type Client, signRequest } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import {
  answerOf,
  clientOf,
  PASSWORD,
  scratchFolder,
  spawnSite,
  startFederation,
  startSite,
  until,
  writeSite
} from '../mesh.ts'

const COUNT = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'

async function ask(client: Client, sql: string, extra: object = {}): Promise<Broadcast> {
  const submission = { data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: sql, ...extra }
  return answerOf(client, submission)
}

const p2 = (amount: object, more: object = {}) => ({ privacy: { level: 'P2', ...amount, ...more } })
const outputOf = (answer: Broadcast) => answer.parts[0]?.output

/** The demo's catalogs, each with further settings. */
const withCatalogs = (more: object) => ({
  config: { catalogs: demoCatalogs('data').map((catalog) => ({ ...catalog, ...more })) }
})

/** Catalogs in mode `dp` without a lattice, which they do not need because small cohorts are not refused. */
const DP = withCatalogs({ mode: 'dp', lattice: undefined, missingness: 'untold' })

describe('a question under differential privacy', () => {
  test('says what it costs before it is asked, is charged once, and is answered with the same bytes for ever', async (t) => {
    const { client, peers } = await startFederation(t, 1)
    const researcher = await client(0)
    const question = { targets: ['node-1'], ...p2({ epsilon: '0.1' }) }
    const asked = { data_catalog_name: 'clinical_trial_data', script_type: 'sql' as const, script_content: COUNT }
    const cost = await researcher.privacyCost({ ...asked, ...question } as never)
    assert.deepEqual(cost.peers[0]?.left, { project_rho: '0.311', lifetime_rho: '3.11' })
    const first = outputOf(await ask(researcher, COUNT, question))
    assert.equal(first?.kind, 'table')
    assert.equal(first?.disclosure.level, 'P2')
    assert.equal(first?.disclosure.dp?.nano_rho, cost.peers[0]?.cost?.nano_rho)
    assert.equal(first?.disclosure.dp?.columns[0]?.sd, cost.peers[0]?.cost?.columns[0]?.sd)
    const again = outputOf(await ask(researcher, COUNT, question))
    assert.deepEqual(again, first)
    const after = await researcher.privacyCost({ ...asked, ...question } as never)
    assert.deepEqual(after.peers[0]?.left, { project_rho: '0.306', lifetime_rho: '3.105' })
    const records = await peers[0]?.database.auditLog.read({ limit: 100 })
    assert.equal(records?.filter(({ kind }) => kind === 'spend').length, 1)
  })

  test('tells what is left for the key that would sign it, which nobody else spends', async (t) => {
    const signer = await signerFromSeed(new Uint8Array(32).fill(5))
    const mesh = { listen: ['/ip4/127.0.0.1/tcp/0'], open: false }
    const { client, peers } = await startFederation(t, 1, { config: { mesh, requesters: ['gateway:self', signer.id] } })
    const researcher = await client(0)
    const question = { targets: ['node-1'], ...p2({ epsilon: '0.1' }) }
    const asked = {
      data_catalog_name: 'clinical_trial_data',
      script_type: 'sql' as const,
      script_content: COUNT,
      ...question
    }
    const left = async (key?: string) =>
      (await researcher.privacyCost({ ...asked, ...(key ? { key } : {}) } as never)).peers[0]?.left?.project_rho
    // For a key that this account has not used here, nothing is disclosed, since it may belong to somebody else.
    assert.deepEqual([await left(), await left(signer.id)], ['0.311', undefined])
    assert.equal((await ask(researcher, COUNT, question)).state, 'completed')
    const own = { signer, catalog: asked.data_catalog_name, program: { kind: 'sql', sql: COUNT } } as const
    const targets = peers.map(({ peerId }) => peerId)
    const { id } = await researcher.submitBroadcast(
      await signRequest({ ...own, targets, privacy: { level: 'P2', epsilon: '0.05' } })
    )
    for await (const _ of researcher.watchBroadcast(id)) void _
    assert.deepEqual([await left(), await left(signer.id)], ['0.306', '0.30975'])
    await peers[0]?.accounts.put({ name: 'eve', roles: ['researcher'], password: PASSWORD })
    const eve = await clientOf(peers[0], 'eve')
    assert.equal((await eve.privacyCost({ ...asked, key: signer.id } as never)).peers[0]?.left, null)
    await assert.rejects(left('nobody'), { code: 'BODY_INVALID' })
  })

  test('is refused where the budget does not hold it, and what is refused costs nothing', async (t) => {
    const { client } = await startFederation(t, 1)
    const researcher = await client(0)
    const dear = await ask(researcher, COUNT, { targets: ['node-1'], ...p2({ epsilon: '0.8' }) })
    assert.equal(dear.parts[0]?.code, 'BUDGET_EXCEEDED')
    assert.match(
      dear.parts[0]?.reason ?? '',
      /costs ρ = 0\.32\. .* 0\.311 is left of all who ask and 3\.11 .* The largest epsilon that fits is 0\.788: /
    )
    assert.equal(
      (await ask(researcher, COUNT, { targets: ['node-1'], ...p2({ epsilon: '0.788' }) })).state,
      'completed'
    )
  })

  test('comes back from three institutions as one answer, with the noise of all of them', async (t) => {
    const { client } = await startFederation(t, 3)
    const researcher = await client(0)
    const call = JSON.stringify({ name: 'moments', variables: ['UPDRS_total'], by: ['outcomes.visit'] })
    const amount = { script_type: 'statistic', ...p2({ rho: '0.02' }, { groups_per_subject: 3 }) }
    const asked = { data_catalog_name: 'clinical_trial_data', script_content: call, ...amount }
    const cost = await researcher.privacyCost(asked as never)
    assert.deepEqual([cost.peers.length, cost.peers.filter(({ left }) => left !== null).length], [3, 1])
    const answer = await ask(researcher, call, amount)
    assert.equal(answer.state, 'completed')
    const { pooled } = answer
    assert.equal(pooled?.sites.length, 3)
    assert.deepEqual(
      pooled?.rows.map(({ values }) => values[0]),
      ['baseline', 'month_6', 'month_12', null]
    )
    const [count, mean] = [pooled?.rows[0]?.values[1], pooled?.rows[0]?.values[2]]
    const sd = pooled?.rows[0]?.noise?.[1] ?? 0
    assert.ok(Math.abs(sd - Number(cost.pooled[0]?.sd)) < 1e-9, 'as it was said before')
    assert.ok(sd > 0 && Math.abs(Number(count) - 450) < 6 * sd, `${count} ± ${sd}`)
    assert.ok(Number(mean) >= 0 && Number(mean) <= 199)
    // A person may be at two of the institutions, so each uses half of the budget.
    const dp = outputOf(answer)?.disclosure.dp
    assert.deepEqual([dp?.sites_per_person, dp?.rho, dp?.numbers], [2, 0.01, 4])
    assert.match(outputOf(answer)?.disclosure.claim ?? '', /up to 2 of the institutions/)
  })

  test('pools correlations and quantiles of all institutions, with how far off the noise puts them', async (t) => {
    const { client } = await startFederation(t, 3, withCatalogs({ budget: { preset: 'census' } }))
    const researcher = await client(0)
    const bounds = [
      { variable: 'outcomes.UPDRS_total', lower: '0', upper: '80' },
      { variable: 'outcomes.quality_of_life', lower: '20', upper: '100' }
    ]
    const answerTo = async (call: { name: string; variables: string[]; arguments?: object }) => {
      const more = p2({ epsilon: '4' }, call.name === 'correlation' ? { bounds } : {})
      const answer = await ask(researcher, JSON.stringify(call), { script_type: 'statistic', ...more })
      assert.deepEqual([answer.state, answer.pooled?.sites.length, answer.pooled?.notes], ['completed', 3, []])
      const [row] = answer.pooled?.rows ?? []
      return (row?.values ?? []).map((value, i) => ({ value, error: row?.error_95?.[i] ?? null }))
    }
    const [r] = await answerTo({ name: 'correlation', variables: ['UPDRS_total', 'quality_of_life'] })
    assert.ok(Math.abs(Number(r?.value)) <= 1 && Number(r?.error) > 0)
    const [age] = await answerTo({ name: 'quantile', variables: ['age'], arguments: { q: 0.5 } })
    // The value is between the declared minimum and maximum, even if the only breakpoint is above or below it.
    assert.ok(Number(age?.value) > 18 && Number(age?.value) < 100 && Number(age?.error) > 0, JSON.stringify(age))
  })

  test('about a small or empty group is answered like any other: no refusal tells of it', async (t) => {
    const { client } = await startFederation(t, 1)
    const researcher = await client(0)
    const where = { column: 'subjects.visit', op: '=', values: ['baseline'] }
    for (const filter of [where, { not: where }]) {
      const answer = await ask(researcher, COUNT, { where: filter, targets: ['node-1'], ...p2({ epsilon: '0.05' }) })
      assert.equal(answer.state, 'completed', JSON.stringify(filter))
    }
  })

  test('without bounds, with a script, or for a kurtosis is refused before anything is spent', async (t) => {
    const { client, peers } = await startFederation(t, 1)
    const researcher = await client(0)
    const asked = { targets: ['node-1'], ...p2({ epsilon: '0.1' }) }
    const shape = JSON.stringify({ name: 'moments', variables: ['UPDRS_total'], arguments: { kurtosis: true } })
    const bounds = [{ variable: 'outcomes.UPDRS_total', lower: '100', upper: '1' }]
    const wrong = [
      await ask(researcher, shape, { ...asked, script_type: 'statistic' }),
      await ask(researcher, 'SELECT AVG(UPDRS_total) FROM outcomes', {
        ...asked,
        ...p2({ epsilon: '0.1' }, { bounds })
      }),
      await ask(researcher, 'print(1)', { ...asked, script_type: 'python' })
    ]
    assert.deepEqual(
      wrong.map(({ parts }) => parts[0]?.code),
      ['PARAMETER_INVALID', 'PARAMETER_INVALID', 'PARAMETER_INVALID']
    )
    assert.equal(wrong.length, 3)
    const records = await peers[0]?.database.auditLog.read({ limit: 100 })
    assert.equal(records?.filter(({ kind }) => kind === 'spend').length, 0)
  })
})

describe('a catalog that gives noisy numbers only', () => {
  test('refuses exact numbers and scripts, and its claim covers everything that leaves it', async (t) => {
    const { client } = await startFederation(t, 1, DP)
    const researcher = await client(0)
    const exact = await ask(researcher, COUNT)
    assert.equal(exact.parts[0]?.code, 'MODE_NOT_PERMITTED')
    const script = await ask(researcher, 'print(1)', { script_type: 'python' })
    assert.equal(script.parts[0]?.code, 'MODE_NOT_PERMITTED')
    const noisy = await ask(researcher, COUNT, p2({ epsilon: '0.1' }))
    assert.match(outputOf(noisy)?.disclosure.claim ?? '', /All releases of this catalog are counted/)
  })

  test('cannot be made of one that gave exact numbers, nor become one again', async (t) => {
    const parent = await scratchFolder(t)
    const sdc = await writeSite(parent, 0)
    const first = await startSite(sdc)
    t.after(() => first.stop())
    assert.equal((await ask(await clientOf(first), COUNT)).state, 'completed')
    await first.stop()
    await assert.rejects(startSite(await writeSite(parent, 0, DP)), {
      code: 'CONFIG_INVALID',
      message: /exact numbers of it were released/
    })

    const dp = await writeSite(parent, 1, DP)
    const second = await startSite(dp)
    t.after(() => second.stop())
    assert.equal((await ask(await clientOf(second), COUNT, p2({ epsilon: '0.1' }))).state, 'completed')
    await second.stop()
    await assert.rejects(startSite(await writeSite(parent, 1)), {
      code: 'CONFIG_INVALID',
      message: /it never releases exact numbers/
    })
  })

  test('is charged once for one question, however often the node is killed while it answers', async (t) => {
    const site = await writeSite(await scratchFolder(t), 0, DP)
    // The first start creates the account.
    await (await startSite(site)).stop()
    const submission = {
      ...{ data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: COUNT },
      ...p2({ epsilon: '0.1' })
    } as const
    for (const waitMs of [0, 30, 90]) {
      const node = await spawnSite(t, site)
      await (await clientOf(node)).submitBroadcast(submission as never)
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      await node.kill()
    }
    const node = await spawnSite(t, site)
    const researcher = await clientOf(node)
    const answers = [await ask(researcher, COUNT, submission), await ask(researcher, COUNT, submission)]
    const others = (await researcher.listBroadcasts()).filter(({ id }) => !answers.some((answer) => answer.id === id))
    for (const { id } of others) for await (const _ of researcher.watchBroadcast(id)) void _
    const earlier = await Promise.all(others.map(({ id }) => researcher.broadcast(id)))
    const outputs = [...answers, ...earlier].flatMap(({ parts }) => (parts[0]?.output ? [parts[0].output] : []))
    assert.ok(outputs.length >= 2)
    for (const output of outputs) assert.deepEqual(output, outputs[0])
    const records = await researcher.audit({ limit: 1000 })
    assert.equal(records.filter(({ kind }) => kind === 'spend').length, 1)
    assert.deepEqual((await researcher.verifyAudit()).ok, true)
    await node.stop()
  })

  test('keeps its ledger and its answers when it is stopped and started again', async (t) => {
    const site = await writeSite(await scratchFolder(t), 0, DP)
    const first = await startSite(site)
    t.after(() => first.stop())
    const question = p2({ epsilon: '0.1' })
    const answer = outputOf(await ask(await clientOf(first), COUNT, question))
    await first.stop()
    const second = await startSite(site)
    t.after(() => second.stop())
    const researcher = await clientOf(second)
    assert.deepEqual(outputOf(await ask(researcher, COUNT, question)), answer)
    const dear = await ask(researcher, COUNT, p2({ epsilon: '1.6' }))
    assert.match(dear.parts[0]?.reason ?? '', /0\.30975 is left/)
  })

  test('spends nothing more after an old copy was put back, once a member tells that it is one', async (t) => {
    const { peers, sites } = await startFederation(t, 2, DP)
    const [site] = sites
    assert.ok(site)
    const data = join(site.folder, 'stimnet-data')
    const copy = join(site.folder, 'copy')
    await peers[0]?.stop()
    await cp(data, copy, { recursive: true })

    const before = await startSite(site)
    t.after(() => before.stop())
    await until(() => before.mesh.connected().length === 1, 'it is back')
    const client = await clientOf(before)
    assert.equal((await ask(client, COUNT, { targets: ['node-1'], ...p2({ epsilon: '0.2' }) })).state, 'completed')
    await client.gatherWitnesses()
    await before.stop()

    await rm(data, { recursive: true })
    await cp(copy, data, { recursive: true })
    const restored = await startSite(site)
    t.after(() => restored.stop())
    await until(() => restored.witnesses.regression !== undefined, 'the witness has told')
    const answer = await ask(await clientOf(restored), COUNT, { targets: ['node-1'], ...p2({ epsilon: '0.2' }) })
    assert.equal(answer.parts[0]?.code, 'LOG_BEHIND')
    assert.match(answer.parts[0]?.reason ?? '', /seen more of this institution’s log/)
  })
})
