/** Tests of the self-test of a peer's sandboxes, with real engines: who may start it, its remains, and its kept report. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { ATTACKS } from '@stimnet/sandbox'
import { type Client, createClient } from '@stimnet/sdk'
import { clientOf, PASSWORD, type Site, scratchFolder, startSite, until, writeSite } from '../mesh.ts'

const WASM = { sandbox: { engine: 'wasm', pool_size: 0, wall_time_ms: 20_000 } }
const some = (...beginnings: string[]) => ATTACKS.filter(({ id }) => beginnings.some((one) => id.startsWith(one)))
/** Attacks that take seconds each, unless they are ended. */
const SLOW = some('loop.')

async function openSite(t: TestContext, config: object): Promise<Site> {
  return writeSite(await scratchFolder(t), 0, { config: { ...config } })
}

async function start(t: TestContext, site: Site, attacks: typeof ATTACKS): Promise<{ peer: Peer; sue: Client }> {
  const peer = await startSite(site, { attacks })
  t.after(() => peer.stop())
  if (!peer.accounts.get('sue')) await peer.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
  const sue = createClient({ url: peer.gatewayUrl ?? '' })
  await sue.authenticate('sue', PASSWORD)
  return { peer, sue }
}

/** Process ids of this process's children, on Linux. */
function children(): string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').split(' ').filter(Boolean)
}

describe('a self-test of the sandboxes', () => {
  test('is the steward’s, runs beside jobs, and its report outlives a restart', async (t) => {
    const site = await openSite(t, WASM)
    const { peer, sue } = await start(t, site, some('files.secret', 'js.fetch', 'environment.', 'output.result'))
    const ada = await clientOf(peer)
    await assert.rejects(ada.testSandboxes(), { code: 'NOT_PERMITTED' })
    const before = await sue.sandboxes()
    assert.match(before.engines[0]?.grade ?? '', /^wasm/)
    assert.match(before.engines[0]?.languages[0]?.image ?? '', /^wasm pyodide@.* sha256:/)
    assert.deepEqual([before.self_test.possible, before.self_test.report], [true, null])

    assert.equal((await sue.testSandboxes()).self_test.running?.started_by, 'sue')
    // A second start during the test returns the running test.
    const again = await sue.testSandboxes()
    assert.equal(again.self_test.running?.of, 6)
    const ask = { data_catalog_name: 'clinical_trial_data', target_node_id: 'node-1' }
    const { job_id } = await ada.submitJob({ ...ask, script_type: 'python', script_content: 'result = {"n": 7}' })
    assert.equal((await ada.waitForJob(job_id)).status, 'completed')

    const hasEnded = async () => {
      const { report, running } = (await sue.sandboxes()).self_test
      return report !== null && running === null
    }
    await until(hasEnded, 'it has ended', { withinMs: 120_000 })
    const { report } = (await sue.sandboxes()).self_test
    const [engine] = report?.engines ?? []
    const outcomes = Object.fromEntries(engine?.attacks.map(({ id, outcome }) => [id, outcome]) ?? [])
    assert.deepEqual(report?.clean, true, JSON.stringify(engine?.attacks))
    assert.deepEqual([outcomes['files.secret'], outcomes['js.fetch']], ['contained', 'contained'])
    assert.equal(outcomes['output.result'], 'bounded')
    await assert.rejects(sue.testSandboxes(), { code: 'RATE_LIMITED' })
    const records = (await sue.audit({ limit: 50 })).filter(({ kind }) => kind === 'self-test')
    assert.deepEqual(
      records.map(({ actor, detail }) => [actor, detail.state]),
      [
        ['sue', 'held'],
        ['sue', 'started']
      ]
    )

    await peer.stop()
    const later = await start(t, site, ATTACKS)
    assert.deepEqual((await later.sue.sandboxes()).self_test.report, report)
    await assert.rejects(later.sue.testSandboxes(), { code: 'RATE_LIMITED' })
  })

  test('ends with its peer, and leaves no process', { skip: process.platform !== 'linux' }, async (t) => {
    const before = new Set(children())
    const site = await openSite(t, WASM)
    const { peer, sue } = await start(t, site, SLOW)
    await sue.testSandboxes()
    await until(() => children().some((pid) => !before.has(pid)), 'an attack runs')
    // The targets of the attacks are in the peer's own folder, like all of its files.
    const folder = join(site.folder, 'stimnet-data', 'self-test')
    assert.deepEqual((await readdir(folder)).sort(), ['secret', 'socket'])
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    await peer.stop()
    assert.deepEqual(
      children().filter((pid) => !before.has(pid)),
      []
    )
  })

  test('leaves nothing behind that the next start does not clear away', async (t) => {
    const site = await openSite(t, WASM)
    const folder = join(site.folder, 'stimnet-data', 'self-test')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'secret'), 'of a life that was killed')
    await start(t, site, ATTACKS)
    await assert.rejects(stat(folder), { code: 'ENOENT' })
  })

  test('is nothing to start at a node that runs no programs', async (t) => {
    const { sue } = await start(t, await openSite(t, { sandbox: { engine: 'none' }, catalogs: [] }), ATTACKS)
    const { configured, engines, others, self_test: selfTest } = await sue.sandboxes()
    assert.deepEqual([configured, engines, selfTest.possible], ['none', [], false])
    assert.equal(others.length, 4)
    await assert.rejects(sue.testSandboxes(), { code: 'NOT_FOUND' })
  })
})
