/** A running institution is backed up under load, loses its database after further releases, and is put back. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Peer } from '@stimnet/peer'
import { keyFileOf, signerFromSeed } from '@stimnet/protocol'
import type { Client } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { answerOf, clientOf, type Site, scratchFolder, startSite, stimnetIn, until, writeSite } from '../mesh.ts'

/** Two institutions that know each other, with catalogs as of real people, because questions about synthetic data are always answered. */
async function startTwo(t: TestContext) {
  const parent = await scratchFolder(t)
  const seeds = [1, 2].map((byte) => new Uint8Array(32).fill(byte))
  const ids = await Promise.all(seeds.map(async (seed) => (await signerFromSeed(seed)).id))
  const catalogs = demoCatalogs('data').map((catalog) => ({ ...catalog, synthetic: false }))
  const sites: Site[] = []
  const peers: Peer[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  for (const [at, seed] of seeds.entries()) {
    const listen = ['/ip4/127.0.0.1/tcp/0']
    const mesh = { listen, bootstrap: peers[0]?.addresses.slice(0, 1) ?? [], peers: ids.filter((_, one) => one !== at) }
    const site = await writeSite(parent, at, { config: { mesh, requesters: ['gateway:self'], catalogs } })
    await mkdir(join(site.folder, 'stimnet-data'), { mode: 0o700 })
    await writeFile(join(site.folder, 'stimnet-data/identity.key'), keyFileOf(seed), { mode: 0o600 })
    sites.push(site)
    peers.push(await startSite(site))
  }
  const [peer, witness] = peers as [Peer, Peer]
  await until(() => peer.mesh.connected().length === 1, 'they are connected')
  return { peer, witness, site: sites[0] as Site }
}

async function ask(client: Client, sql: string) {
  const submission = { data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: sql } as const
  const { parts } = await answerOf(client, { ...submission, targets: ['node-1'] })
  return { state: parts[0]?.state, code: parts[0]?.code }
}

const ANSWERED = { state: 'completed', code: null }
const COUNT = 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'
const AGE = 'SELECT sex, AVG(age) AS age FROM subjects GROUP BY sex'

test('a peer backed up under load and put back answers about people only after its steward has decided', async (t) => {
  const { peer, witness, site } = await startTwo(t)
  const stimnet = stimnetIn(site.folder)
  const backup = join(site.folder, 'backups/monday')
  const at = ['--config', site.configFile]
  const researcher = await clientOf(peer)

  let isMade = false
  const load = (async () => {
    let asked = 0
    for (; !isMade; asked++) assert.deepEqual(await ask(researcher, COUNT), ANSWERED)
    return asked
  })()
  const made = await stimnet(['backup', backup, ...at])
  isMade = true
  assert.deepEqual([made.code, made.err], [0, ''])
  assert.match(
    made.out,
    new RegExp(`Backed up ${peer.peerId}[\\s\\S]*records, root [0-9a-f]{64}[\\s\\S]*key is not in it`)
  )
  assert.ok((await load) > 0)
  const kinds = async () => (await peer.database.auditLog.read({ limit: 20 })).map(({ kind }) => kind)
  await until(async () => (await kinds()).includes('backup'), 'the peer has recorded it')

  assert.deepEqual(await ask(researcher, AGE), ANSWERED, 'released after the backup')
  assert.deepEqual(await researcher.gatherWitnesses(), [{ witness: witness.peerId, attested: true, code: null }])
  const early = await stimnet(['restore', backup, '--replace', ...at])
  assert.deepEqual([early.code, early.out], [1, ''])
  assert.match(early.err, /The peer is running.*stop it first. Nothing was changed/)
  assert.equal(existsSync(join(site.folder, 'stimnet-data/restore')), false)
  await peer.stop()

  assert.equal((await stimnet(['restore', backup, ...at])).code, 2, 'there is a database')
  const [one, other] = await Promise.all([1, 2].map(() => stimnet(['restore', backup, '--replace', ...at])))
  // Either can come first; the other one is refused, or finds what the first one restored and restores it once more.
  const done = [one, other].find((run) => run?.code === 0)
  assert.match(done?.out ?? '', /The previous database is in .*replaced-\d+[\s\S]*stimnet audit reconcile --config/)
  for (const run of [one, other]) if (run?.code !== 0) assert.match(run?.err ?? '', /Another restore is at work/)

  const restored = await startSite(site)
  t.after(() => restored.stop())
  assert.equal(restored.peerId, peer.peerId)
  assert.notEqual(restored.witnesses.regression, undefined, 'from the first moment, before any witness is met')
  assert.deepEqual(await ask(await clientOf(restored), AGE), { state: 'failed', code: 'LOG_BEHIND' })
  await until(() => restored.mesh.connected().length === 1, 'the witness is there')
  await until(() => restored.witnesses.regression?.witness === witness.peerId, 'and says that it saw more')
  await restored.stop()

  assert.match((await stimnet(['audit', 'reconcile', ...at])).out, /Reconciled: .* had seen another log/)
  const again = await startSite(site)
  t.after(() => again.stop())
  await until(() => again.mesh.connected().length === 1, 'the witness is there again')
  assert.deepEqual(await ask(await clientOf(again), AGE), ANSWERED)
})
