/** Tests of revocation: a revoked institution stays excluded, even if the configuration of another one still lists it. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCommand } from '@stimnet/machine'
import type { Peer } from '@stimnet/peer'
import { SERVING } from '@stimnet/peer/commands'
import {
  charterId,
  charterSchema,
  cryptographicRandom,
  keyFileOf,
  type Signer,
  SimulatedClock,
  signCharter,
  signerFromSeed,
  signStatement,
  systemClock,
  vouch
} from '@stimnet/protocol'
import { type Client, createClient, signRequest } from '@stimnet/sdk'
import { demoCatalogs } from '../../scripts/demo/catalogs.ts'
import { answerOf, clientOf, PASSWORD, type Site, scratchFolder, startSite, until, writeSite } from '../mesh.ts'
import { recordingIo } from '../recording-io.ts'

const LISTEN = ['/ip4/127.0.0.1/tcp/0']
const SQL = { kind: 'sql', sql: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' } as const
const QUESTION = { data_catalog_name: 'clinical_trial_data', script_type: 'sql', script_content: SQL.sql } as const

interface Institution {
  readonly peer: Peer
  readonly signer: Signer
}

/** Institutions that have founded a federation. The configuration of each may list the others. */
async function founded(t: TestContext, count: number, configOf: (ids: readonly string[], at: number) => object) {
  const folder = await scratchFolder(t)
  const seeds = Array.from({ length: count }, () => cryptographicRandom.bytes(32))
  const signers = await Promise.all(seeds.map(signerFromSeed))
  const charter = charterSchema.parse({
    ...{ name: 'Network', needed: 2 },
    founders: signers.map(({ id: peer }, at) => ({ peer, institution: `Hospital ${at}` }))
  })
  const signatures = await Promise.all(signers.map((signer) => signCharter(charter, { signer, clock: systemClock })))
  await writeFile(join(folder, 'charter.json'), JSON.stringify({ charter, signatures }))
  const peers: Peer[] = []
  const sites: Site[] = []
  t.after(() => Promise.all(peers.map((peer) => peer.stop())))
  const ids = signers.map(({ id }) => id)
  for (const [at, seed] of seeds.entries()) {
    const { mesh, ...config } = configOf(ids, at) as { mesh?: object }
    const bootstrap = peers.flatMap((peer) => peer.addresses.slice(0, 1))
    const site = await writeSite(folder, at, {
      config: {
        ...{ mesh: { listen: LISTEN, bootstrap, ...mesh }, federation: { charter: '../charter.json' } },
        ...{ catalogs: demoCatalogs('data'), approvals: { needed: 1 }, ...config }
      }
    })
    await mkdir(join(site.folder, 'stimnet-data'), { mode: 0o700 })
    await writeFile(join(site.folder, 'stimnet-data/identity.key'), keyFileOf(seed), { mode: 0o600 })
    sites.push(site)
    peers.push(await startSite(site))
  }
  await until(() => peers.every((peer) => peer.mesh.connected().length === count - 1), 'all are connected')
  const institutions = peers.map((peer, at) => ({ peer, signer: signers[at] as Signer }))
  const id = await charterId(charter)
  const revoke = async (by: readonly Institution[], peer: string) => {
    for (const { signer, peer: own } of by) {
      const says = { says: 'revoke', charter: id, peer, reason: 'left' } as const
      await own.federation?.merge([await signStatement(says, { signer, clock: systemClock })])
    }
  }
  return { institutions, sites, peers, revoke }
}

test('a revocation wins over mesh.peers and over affiliation:, at once and for what waits', async (t) => {
  const { institutions, revoke } = await founded(t, 3, (ids, at) =>
    at === 1
      ? { mesh: { peers: [ids[2]] }, requesters: [`affiliation:${ids[2]}`, `gateway:${ids[2]}`] }
      : { requesters: ['affiliation:members'] }
  )
  const [carrier, owner, leaving] = institutions as [Institution, Institution, Institution]
  const ada = await signerFromSeed(cryptographicRandom.bytes(32))
  const person = { key: ada.id, name: 'Ada', role: 'researcher', lifetimeDays: 30, clock: systemClock }
  const credential = await vouch({ ...person, signer: leaving.signer })
  const clients = new Map(
    await Promise.all([carrier, leaving].map(async (one) => [one, await clientOf(one.peer)] as const))
  )
  const ask = async (through: Institution, { review = false } = {}) => {
    const client = clients.get(through) as Client
    const signed = await signRequest({
      ...{ signer: ada, catalog: 'clinical_trial_data', program: SQL, targets: [owner.peer.peerId], review },
      ...{ credentials: [credential], carrier: through.peer.peerId }
    })
    const { id } = await client.submitBroadcast(signed)
    for await (const { state } of client.watchBroadcast(id)) if (state === 'pending') break
    const [part] = (await client.broadcast(id)).parts
    return part?.code ?? part?.state
  }
  assert.equal(await ask(carrier), 'completed')
  for (const through of [carrier, leaving]) assert.equal(await ask(through, { review: true }), 'pending')
  // A request that waits at the institution that is leaving.
  const there = await signRequest({
    ...{ signer: ada, catalog: 'clinical_trial_data', program: SQL, targets: [leaving.peer.peerId], review: true },
    ...{ credentials: [credential], carrier: carrier.peer.peerId }
  })
  const { id: awaited } = await (clients.get(carrier) as Client).submitBroadcast(there)
  const waitsFor = async () => (await (clients.get(carrier) as Client).broadcast(awaited)).parts[0]
  await until(async () => (await waitsFor())?.state === 'pending', 'it waits there')

  await revoke([carrier, owner], leaving.peer.peerId)
  const isGone = ({ peer }: Institution) => !peer.mesh.connected().includes(leaving.peer.peerId)
  await until(() => [carrier, owner].every(isGone), 'nobody is connected to it', { withinMs: 10_000 })
  const again = leaving.peer.mesh.connect(owner.peer.addresses[0] ?? '', { signal: AbortSignal.timeout(5_000) })
  await again.catch(() => undefined)
  await assert.rejects(owner.peer.mesh.connect(leaving.peer.peerId, { signal: AbortSignal.timeout(5_000) }))
  assert.ok(isGone(owner))
  assert.equal(await ask(carrier), 'REQUESTER_NOT_PERMITTED')
  await until(async () => (await waitsFor())?.state === 'failed', 'nothing from it is awaited', { withinMs: 10_000 })
  assert.equal((await waitsFor())?.code, 'PEER_NOT_PERMITTED')
  await assert.rejects((clients.get(carrier) as Client).submitBroadcast({ ...QUESTION, targets: ['node-3'] }), {
    code: 'PEER_UNKNOWN'
  })

  // Pending requests that rest on its credential, or that it delivered, are not run even if stewards approve them.
  await owner.peer.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
  const sue = createClient({ url: owner.peer.gatewayUrl ?? '' })
  await sue.authenticate('sue', PASSWORD)
  const waiting = await sue.listAnalyses({ status: 'pending' })
  assert.equal(waiting.length, 2)
  for (const { request_id: id } of waiting) await sue.decideAnalysis(id, { status: 'approved' })
  const jobs = owner.peer.database.json<{ state: string; code?: string }>('jobs')
  const ends = async () => Promise.all(waiting.map(async ({ request_id: id }) => (await jobs.get(id))?.code))
  await until(async () => (await ends()).every((code) => code !== undefined), 'both have ended')
  assert.deepEqual((await ends()).sort(), ['PEER_NOT_PERMITTED', 'REQUESTER_NOT_PERMITTED'])
})

test('an institution takes back its word for a researcher: nobody believes it any more, also for what waits', async (t) => {
  const { institutions, sites } = await founded(t, 3, () => ({ requesters: ['affiliation:members'] }))
  const [carrier, owner, home] = institutions as [Institution, Institution, Institution]
  const ada = await signerFromSeed(cryptographicRandom.bytes(32))
  const person = { key: ada.id, name: 'Ada', role: 'researcher', lifetimeDays: 30, clock: systemClock }
  const [credential, other] = await Promise.all([home, carrier].map(({ signer }) => vouch({ ...person, signer })))
  const client = await clientOf(carrier.peer)
  const ask = async (credentials: readonly (string | undefined)[], review = false) => {
    const signed = await signRequest({
      ...{ signer: ada, catalog: 'clinical_trial_data', program: SQL, targets: [owner.peer.peerId], review },
      ...{ credentials: credentials.map(String), carrier: carrier.peer.peerId }
    })
    const { id } = await client.submitBroadcast(signed)
    for await (const { state } of client.watchBroadcast(id)) if (state === 'pending') break
    const [part] = (await client.broadcast(id)).parts
    return part?.code ?? part?.state
  }
  assert.equal(await ask([credential]), 'completed')
  assert.equal(await ask([credential], true), 'pending')

  const io = recordingIo()
  const federation = await SERVING.federation?.()
  assert.ok(federation)
  const args = ['withdraw', ada.id, '--config', sites[2]?.configFile ?? '']
  assert.equal(await runCommand(federation, args, io), 0, io.said.err)
  const isKnown = ({ peer }: Institution) => peer.federation?.withdrawnAtMs(home.peer.peerId, ada.id) !== undefined
  await until(() => institutions.every(isKnown), 'all have heard it', { withinMs: 20_000 })
  assert.equal(await ask([credential]), 'CREDENTIAL_WITHDRAWN')
  assert.equal(await ask([other]), 'completed', 'the word of another institution still counts')

  await owner.peer.accounts.put({ name: 'sue', roles: ['steward'], password: PASSWORD })
  const sue = createClient({ url: owner.peer.gatewayUrl ?? '' })
  await sue.authenticate('sue', PASSWORD)
  const [waiting] = await sue.listAnalyses({ status: 'pending' })
  await sue.decideAnalysis(waiting?.request_id ?? '', { status: 'approved' })
  const jobs = owner.peer.database.json<{ state: string; code?: string }>('jobs')
  const end = async () => (await jobs.get(waiting?.request_id ?? ''))?.code
  await until(async () => (await end()) !== undefined, 'it has ended')
  assert.equal(await end(), 'CREDENTIAL_WITHDRAWN')

  const later = new SimulatedClock(Date.now() + 2_000)
  assert.equal(await ask([await vouch({ ...person, clock: later, signer: home.signer })]), 'completed')
})

test('an institution whose key was stolen comes back with another one over the same ledgers, as the same institution', async (t) => {
  const { institutions, sites, peers } = await founded(t, 3, (ids) => ({
    requesters: ids.map((id) => `gateway:${id}`),
    catalogs: demoCatalogs('data')
      .slice(0, 1)
      .map((catalog) => ({ ...catalog, synthetic: false }))
  }))
  const [carrier, other, before] = institutions as [Institution, Institution, Institution]
  const site = sites[2] as Site
  const client = await clientOf(carrier.peer)
  const ask = async (target: string) => {
    const [part] = (await answerOf(client, { ...QUESTION, targets: [target] })).parts
    return part?.code ?? part?.state
  }
  /** The output of a command. */
  const stimnet = async ({ configFile }: Site, name: string, ...args: string[]) => {
    const io = recordingIo()
    const found = await SERVING[name]?.()
    assert.ok(found)
    assert.equal(await runCommand(found, [...args, '--config', configFile], io), 0, io.said.err)
    return io.said.out + io.said.err
  }
  const restart = async (name: string, ...args: string[]) => {
    await peers[2]?.stop()
    const out = await stimnet(site, name, ...args)
    peers[2] = await startSite(site)
    return { renewed: peers[2], out }
  }
  assert.equal(await ask(before.peer.peerId), 'completed')
  const size = before.peer.database.auditLog.head.size
  const { renewed, out } = await restart('identity', 'replace', '--yes')
  const to = renewed.peerId
  assert.ok(to !== before.peer.peerId && out.includes(`federation replace ${before.peer.peerId} ${to}`))
  assert.ok(renewed.database.auditLog.head.size > size)
  // A running peer infers from its name the key under which the members know it.
  const advised = recordingIo()
  const doctor = await SERVING.doctor?.()
  assert.ok(doctor)
  assert.equal(await runCommand(doctor, ['--config', site.configFile], advised), 1)
  assert.match(advised.said.out, new RegExp(`FIX .* run stimnet federation replace ${before.peer.peerId} ${to}\n`))
  // Nobody knows the new key, and the old one may still connect to the others: they decide.
  assert.deepEqual(renewed.mesh.connected(), [])
  // In the opposite order nobody has that name, and nothing is signed.
  const reversed = stimnet(sites[0] as Site, 'federation', 'replace', to, before.peer.peerId)
  await assert.rejects(reversed, { code: 'PARAMETER_INVALID', message: /--institution is missing/ })
  // The first member signs both at once, while the old key still has the name.
  for (const member of sites.slice(0, 2)) {
    const told = await stimnet(member, 'federation', 'replace', before.peer.peerId, to)
    assert.ok(told.includes(`Put ${to} in its place`) && told.includes(`  requesters: gateway:${before.peer.peerId}\n`))
  }
  await until(() => renewed.mesh.connected().length === 2, 'the others know the new key')
  const members = carrier.peer.federation?.members() ?? []
  assert.deepEqual(
    members.map(({ peer, institution }) => [peer, institution]),
    [carrier, other].map(({ peer }, at) => [peer.peerId, `Hospital ${at}`]).concat([[to, 'Hospital 2']])
  )
  assert.equal(await ask(to), 'LOG_BEHIND')
  const { renewed: again } = await restart('audit', 'reconcile')
  await until(() => again.mesh.connected().length === 2, 'it is back')
  assert.equal(await ask(to), 'completed')
  assert.equal((await again.database.auditLog.verify()).ok, true)

  // The old key is in no list, and no answer is called incomplete because of it.
  for (const { gatewayUrl } of [carrier.peer, again]) {
    const asking = await clientOf({ gatewayUrl })
    const listed = (await asking.nodes()).map(({ node_id, peer_id }) => [node_id, peer_id])
    const present = [
      ['node-1', carrier.peer.peerId],
      ['node-2', other.peer.peerId],
      ['node-3', to]
    ]
    assert.deepEqual(listed.sort(), present)
    const { warnings, parts } = await answerOf(asking, { ...QUESTION, targets: '*' })
    assert.deepEqual(warnings, [])
    assert.deepEqual(parts.map(({ peer_id }) => peer_id).sort(), present.map(([, peerId]) => peerId).sort())
  }
  assert.equal(await ask('node-3'), 'completed')
})
