import assert from 'node:assert/strict'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Accounts } from '@stimnet/peer'
import { type Client, createClient } from '@stimnet/sdk'
import {
  CHEAP_PASSWORDS,
  PASSWORD,
  type PeerProcess,
  type Site,
  scratchFolder,
  spawnSite,
  until,
  writeSite,
  freePort
} from '../mesh.ts'

/** A slow script, so that there is time to break something while it runs. */
const SLOW = `import time
time.sleep(3)
result = {"rows": 2000}
`

// The awaited state is polled without a pause.
const OFTEN = { gateway: { port: 0, requests_per_minute: 100_000 } }
const WITH_SCRIPTS = { ...OFTEN, sandbox: { engine: 'wasm', pool_size: 0 } }

async function siteWithAccount(parent: string, at: number, options: Parameters<typeof writeSite>[2]): Promise<Site> {
  const site = await writeSite(parent, at, options)
  const accounts = await Accounts.open(join(site.folder, 'stimnet-data', 'accounts.json'), CHEAP_PASSWORDS)
  await accounts.put({ name: 'ada', roles: ['researcher', 'auditor'], password: PASSWORD })
  return site
}

async function logIn(peer: PeerProcess): Promise<Client> {
  const client = createClient({ url: peer.gatewayUrl })
  await client.authenticate('ada', PASSWORD)
  return client
}

const submitTo = (client: Client, target: string, script: { type: 'sql' | 'python'; content: string }) =>
  client.submitJob({
    target_node_id: target,
    data_catalog_name: 'clinical_trial_data',
    script_type: script.type,
    script_content: script.content
  })

const COUNT = { type: 'sql', content: 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects' } as const

const active = async (client: Client, nodeId: string): Promise<boolean> =>
  (await client.nodes()).some((node) => node.node_id === nodeId && node.is_active)

const knows = (client: Client, nodeId: string): Promise<void> =>
  until(() => active(client, nodeId), `${nodeId} is known and connected`)

/** Waits for the end of a job by polling, because the gateway itself may be unavailable for a while. */
async function ended(client: Client, id: string, withinMs = 60_000) {
  await until(async () => (await client.job(id)).completed_at !== null, `job ${id} has ended`, { withinMs })
  return client.job(id)
}

/** Releases in the audit log of a peer. */
const releasesAt = async (client: Client): Promise<number> =>
  (await client.audit({ limit: 100 })).filter(({ kind }) => kind === 'release').length

/** Starts a slow job at node-1, and resolves when it runs. */
async function slowJob(client: Client): Promise<string> {
  await knows(client, 'node-1')
  const { job_id } = await submitTo(client, 'node-1', { type: 'python', content: SLOW })
  await until(async () => (await client.job(job_id)).status === 'running', 'the job runs')
  return job_id
}

// One federation for all tests: a federation after a failure must pass the next test as well.
test('killed peers', async (t) => {
  const parent = await scratchFolder(t)
  const serving = await siteWithAccount(parent, 0, { config: WITH_SCRIPTS })
  let servingPeer = await spawnSite(t, serving)
  const asking = await siteWithAccount(parent, 1, { bootstrap: servingPeer.addresses.slice(0, 1), config: OFTEN })
  let askingPeer = await spawnSite(t, asking)
  let client = await logIn(askingPeer)

  await t.test('an asking peer killed while it waits still gets its result after its restart', async () => {
    const job_id = await slowJob(client)
    await askingPeer.kill()
    askingPeer = await spawnSite(t, asking)
    client = await logIn(askingPeer)
    const job = await ended(client, job_id)
    assert.equal(job.status, 'completed', JSON.stringify(job))
  })

  await t.test('a serving peer killed while it runs a job still answers it after its restart', async () => {
    const job_id = await slowJob(client)
    await servingPeer.kill()
    servingPeer = await spawnSite(t, serving)
    const job = await ended(client, job_id)
    assert.equal(job.status, 'completed', JSON.stringify(job))
  })

  const third = await siteWithAccount(parent, 2, { bootstrap: servingPeer.addresses.slice(0, 1) })
  let thirdPeer: PeerProcess | undefined

  await t.test('a peer that joins is discovered by those that were there', async () => {
    await knows(client, 'node-1')
    thirdPeer = await spawnSite(t, third)
    await knows(client, 'node-3')
    const found = await client.meshCatalogs('parkinson')
    assert.deepEqual(found.map(({ node_id }) => node_id).sort(), ['node-1', 'node-2', 'node-3'])
  })

  await t.test('a peer that restarts under a new address is found again by everybody', async () => {
    assert.ok(thirdPeer)
    await thirdPeer.kill()
    // With port 0, it gets another port than before.
    const moved = await spawnSite(t, third)
    assert.equal(moved.peerId, thirdPeer.peerId)
    assert.notDeepEqual(moved.addresses, thirdPeer.addresses)
    const { job_id } = await submitTo(client, 'node-3', COUNT)
    const job = await ended(client, job_id)
    assert.equal(job.status, 'completed', JSON.stringify(job))
  })
})

test('a link that is cut for a while loses nothing, also if the serving peer is killed and restarts meanwhile', async (t) => {
  const parent = await scratchFolder(t)
  const port = await freePort()
  const link = await cuttableLink(t, port)
  // Other peers learn only the address of the link.
  const mesh = { listen: [`/ip4/127.0.0.1/tcp/${port}`], announce: [`/ip4/127.0.0.1/tcp/${link.port}`], open: true }
  const serving = await siteWithAccount(parent, 0, { config: { ...WITH_SCRIPTS, mesh } })
  const servingPeer = await spawnSite(t, serving)
  const bootstrap = [`/ip4/127.0.0.1/tcp/${link.port}/p2p/${servingPeer.peerId}`]
  // The asking peer has no listener, so the link is the only path.
  const dialsOnly = { listen: [], bootstrap, open: true }
  const asking = await siteWithAccount(parent, 1, { config: { ...OFTEN, mesh: dialsOnly } })
  const client = await logIn(await spawnSite(t, asking))
  const job_id = await slowJob(client)
  link.cut()
  await until(async () => !(await active(client, 'node-1')), 'the cut is noticed')
  // The cut lasts longer than the job, so the job ends while the asking peer is not reachable.
  const atServing = await logIn(servingPeer)
  await until(async () => (await releasesAt(atServing)) === 1, 'the job has ended', { withinMs: 60_000 })
  const cutMs = process.env.STIMNET_LONG ? 60_000 : 2_000 // STIMNET_LONG=1: a whole minute
  await new Promise((resolve) => setTimeout(resolve, cutMs))
  await servingPeer.kill()
  await spawnSite(t, serving)
  const during = await submitTo(client, 'node-1', COUNT)
  assert.equal((await client.job(during.job_id)).completed_at, null)
  link.mend()
  assert.equal((await ended(client, job_id)).status, 'completed')
  assert.equal((await ended(client, during.job_id)).status, 'completed')
})

/** A TCP link that can be cut. While it is cut, its connections are broken and no new ones succeed. */
async function cuttableLink(t: TestContext, target: number) {
  const sockets = new Set<Socket>()
  let open = true
  const server: Server = createServer((inbound) => {
    if (!open) return inbound.destroy()
    const outbound = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound]
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => {
    drop()
    server.close()
  })
  return {
    port: (server.address() as { port: number }).port,
    cut: () => {
      open = false
      drop()
    },
    mend: () => {
      open = true
    }
  }
}
