/** Tests of monitoring: a steward sees suspicious queries at once, in the counters, and permanently in the audit log. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clientOf, PASSWORD, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

const COUNT = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'

describe('a steward who watches', () => {
  test('sees a stranger turned away, a wrong password, refusals, and many variants of one question', async (t) => {
    const folder = await scratchFolder(t)
    const mesh = { listen: ['/ip4/127.0.0.1/tcp/0'], peers: [] }
    const watched = await startSite(
      await writeSite(folder, 0, {
        config: {
          mesh,
          requesters: ['gateway:self'],
          monitoring: { near_identical: 4, refused: 3 },
          metrics: { listen: '127.0.0.1:0' }
        }
      })
    )
    t.after(() => watched.stop())
    await watched.accounts.put({ name: 'stella', roles: ['steward'], password: PASSWORD })
    const url = watched.gatewayUrl ?? ''

    // The steward follows the events with a command.
    const stimnet = stimnetIn(folder)
    assert.equal((await stimnet(['login', 'stella', '--url', url], `${PASSWORD}\n`)).code, 0)
    const stop = new AbortController()
    let said = ''
    const following = stimnet(['events', '--follow', '--alerts', '--json', '--url', url], '', {
      signal: stop.signal,
      onOut: (text) => {
        said += text
      }
    })

    const stranger = await startSite(
      await writeSite(folder, 1, {
        config: { mesh: { ...mesh, peers: [watched.peerId], bootstrap: watched.addresses.slice(0, 1) } }
      })
    )
    t.after(() => stranger.stop())

    const client = await clientOf(watched)
    await assert.rejects(client.authenticate('ada', 'a wrong password'), { code: 'CREDENTIALS_INVALID' })
    const ask = async (sql: string) => {
      const submission = { target_node_id: 'node-1', data_catalog_name: 'clinical_trial_data' }
      const { job_id } = await client.submitJob({ ...submission, script_type: 'sql', script_content: sql })
      return client.waitForJob(job_id)
    }
    // Queries in small steps around one age, as from somebody who wants to learn about one patient.
    for (const age of [65, 66, 67, 68]) await ask(`${COUNT} WHERE age >= ${age}`)
    for (const column of ['x', 'y', 'z']) await ask(`SELECT AVG(${column}) AS m FROM subjects`)

    const wanted = ['connection-refused', 'login-failed', 'near-identical', 'refused-often']
    await until(() => wanted.every((kind) => said.includes(`"${kind}"`)), 'the command has told of every alert')
    stop.abort()
    const { code, out } = await following
    assert.equal(code, 0)
    const told = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; actor: string })
    assert.equal(told.find(({ kind }) => kind === 'connection-refused')?.actor, stranger.peerId)
    assert.ok(!told.some(({ kind }) => kind === 'admitted'), 'alerts alone')

    const records = await watched.database.auditLog.read({ limit: 1_000 })
    const inLog = records.filter(({ kind }) => kind === 'alert').map(({ detailJson }) => JSON.parse(detailJson).alert)
    for (const kind of ['connection-refused', 'near-identical', 'refused-often']) assert.ok(inLog.includes(kind), kind)
    assert.ok(records.some(({ kind }) => kind === 'login-failed'))
    const metrics = await fetch(`${watched.metricsUrl}/metrics`)
    assert.match(await metrics.text(), /stimnet_alerts_total\{kind="login-failed"\}/)
  })
})
