/** Tests of several gateway processes behind nginx: one is killed under load, and no accepted request is lost. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { parse } from 'yaml'
import type { Peer } from '@stimnet/peer'
import { type GatewayProcess, spawnGateway } from '../gateway-process.ts'
import { freePort, PASSWORD, scratchFolder, startSite, until, writeSite } from '../mesh.ts'
import { type Answer, ask, logIn, startNginx, writeCertificate, writeNginx } from './nginx.ts'
import { deployFile, without } from './tools.ts'

/** Total number of jobs, and the number of clients, each of which waits for its job before it submits the next one. */
const REQUESTS = 120
const CLIENTS = 8

interface Scope {
  after(close: () => unknown): void
}

interface Site {
  readonly peer: Peer
  /** nginx's port. */
  readonly port: number
  readonly ports: readonly [number, number]
  /** Starts the gateway at a port, as its unit does after a crash. */
  startGateway(port: number): Promise<unknown>
  /** Kills the gateway at a port as a machine without memory does. */
  killGateway(port: number): Promise<unknown>
}

/** A peer without a listener of its own, two gateway processes and nginx, with the files of the deployment. */
async function openSite(test: TestContext): Promise<Site> {
  const closers: (() => unknown)[] = []
  const t = { after: (close: () => unknown) => void closers.unshift(close) }
  test.after(async () => {
    // The last opened part is closed first.
    for (const close of closers) await close()
  })
  const folder = await scratchFolder(t)
  const socket = join(folder, 'node-1', 'stimnet-data', 'gateways.sock')
  const site = await writeSite(folder, 0, {
    config: {
      gateway: { enabled: false, requests_per_minute: 100_000 },
      gateways: { socket }
    }
  })
  const peer = await startSite(site)
  t.after(() => peer.stop())
  await peer.accounts.put({ name: 'olga', roles: ['operator'], password: PASSWORD })
  const config = { ...(parse(deployFile('gateway.yaml')) as object), peer: { socket } }
  const running = new Map<number, GatewayProcess>()
  const startGateway = async (port: number) => running.set(port, await spawnGateway(t, folder, config, port))
  const killGateway = async (port: number) => {
    // Stopped for a moment first, so that it has requests whose answer it does not know.
    running.get(port)?.process.kill('SIGSTOP')
    await wait(300)
    await running.get(port)?.end('SIGKILL')
  }
  const ports = [await freePort(), await freePort()] as const
  for (const port of ports) await startGateway(port)
  const port = await startBalancer(t, folder, ports)
  return { peer, port, ports, startGateway, killGateway }
}

/** Starts nginx with the site and its upstream of two. Returns its port. */
async function startBalancer(t: Scope, folder: string, [one, two]: readonly [number, number]): Promise<number> {
  await writeCertificate(folder)
  const port = await freePort()
  const upstream = deployFile('nginx-gateways.conf').replace(':8001', `:${one}`).replace(':8002', `:${two}`)
  const site = deployFile('nginx.conf')
    .replace(/^upstream stimnet_gateway \{[\s\S]*?^\}/m, upstream)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace('listen 80;', `listen 127.0.0.1:${await freePort()};`)
    .replaceAll('/etc/stimnet/', `${folder}/`)
    .replaceAll('/var/log/nginx/', `${folder}/`)
  await startNginx(t, folder, await writeNginx(folder, site))
  await until(async () => (await ask(port, '/health').catch(() => undefined))?.status === 200, 'nginx answers')
  return port
}

/** The state of a job, asked by nginx, which asks the other gateway if one is gone. Undefined for an answer that was cut off. */
async function stateAt(port: number, id: string, token: string): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${token}` }
  const answer: Answer | undefined = await ask(port, `/api/v1/jobs/${id}`, { headers }).catch(() => undefined)
  if (answer?.status !== 200) return undefined
  return (JSON.parse(answer.text) as { state: string }).state
}

const question = (at: number) => ({
  ...{ target_node_id: 'node-1', data_catalog_name: 'clinical_trial_data', script_type: 'sql' },
  script_content: `SELECT COUNT(DISTINCT subject_id) AS n${at} FROM subjects`
})

/** Submits a job until it is accepted, always with the same key, like a client that needs certainty; `lost` counts the broken attempts. */
async function submit(port: number, at: number, token: string, lost: () => void): Promise<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': `load-${at}`
  }
  for (let tries = 1; tries <= 400; tries++) {
    const asked = ask(port, '/api/v1/jobs', { method: 'POST', headers, body: JSON.stringify(question(at)) })
    const answer: Answer | undefined = await asked.catch(() => undefined)
    if (answer?.status === 200) return (JSON.parse(answer.text) as { job_id: string }).job_id
    const status = answer?.status ?? 0
    assert.ok([0, 502].includes(status), `not by a broken connection, but ${answer?.text}`)
    lost()
    await wait(100)
  }
  throw new Error(`request ${at} was never accepted`)
}

test('of requests that were accepted none is lost and none runs twice, although each gateway is killed under load', {
  skip: without('nginx', 'openssl')
}, async (t) => {
  const { peer, port, ports, startGateway, killGateway } = await openSite(t)
  const token = await tokenOf(port, 'ada')
  const accepted: (string | undefined)[] = []
  let lost = 0
  let next = 0
  let failure: unknown
  const client = async () => {
    for (let at = next++; at < REQUESTS && failure === undefined; at = next++) {
      const id = await submit(port, at, token, () => {
        lost += 1
      })
      accepted[at] = id
      await until(async () => isOver(await stateAt(port, id, token)), 'the job ends')
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, client)).catch((error: unknown) => {
    failure = error
  })
  const begun = (requests: number) => () => {
    if (failure !== undefined) throw failure
    return next >= requests
  }
  for (const [turn, gatewayPort] of ports.entries()) {
    const share = ((turn + 1) * REQUESTS) / 4
    await until(begun(share), 'the load is under way')
    await killGateway(gatewayPort)
    await until(begun(share + REQUESTS / 8), 'the load goes on without it')
    await startGateway(gatewayPort)
  }
  await clients
  assert.equal(failure, undefined)
  const ids = accepted.map((id) => id ?? '')
  assert.equal(new Set(ids).size, REQUESTS, 'one job for each request')

  // Each gateway alone shows the end of each job, with the token of the login at nginx.
  const headers = { authorization: `Bearer ${token}` }
  for (const id of ids) {
    for (const at of ports) {
      const answer = await fetch(`http://127.0.0.1:${at}/api/v1/jobs/${id}`, { headers })
      assert.deepEqual([answer.status, ((await answer.json()) as { state: string }).state], [200, 'completed'], id)
    }
  }
  await assertOnce(peer, ids)
  t.diagnostic(`${lost} attempts of ${REQUESTS + lost} broke off`)
})

const isOver = (state: string | undefined) => state !== undefined && !['queued', 'running'].includes(state)

/** According to the audit log of the peer, each request was made, admitted, run and released once. */
async function assertOnce(peer: Peer, ids: readonly string[]): Promise<void> {
  const all = { limit: 100_000, signal: new AbortController().signal }
  const records = await peer.database.auditLog.select(() => true, all)
  for (const kind of ['ask', 'request', 'decision', 'run', 'release']) {
    const named = records.filter((record) => record.kind === kind).map(({ jobId }) => jobId)
    assert.deepEqual([named.length, new Set(named).size], [ids.length, ids.length], kind)
  }
}

async function tokenOf(port: number, name: string): Promise<string> {
  const login = await ask(port, '/api/v1/auth/token', logIn(name, PASSWORD))
  assert.equal(login.status, 200, login.text)
  return (JSON.parse(login.text) as { access_token: string }).access_token
}
