/** Benchmark of the gateway: its speed compared with FastAPI and SQLite, and its time to accept a submission. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Client, createClient, type JobSubmission } from '@stimnet/sdk'
import { PASSWORD, until, writeSite } from '../mesh.ts'
import { startBareServer, startServingPeer } from './children.ts'
import { requestsPerSecond } from './http-load.ts'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'
import { QUESTIONS, trialCatalog, writeTrial } from './trial.ts'

const CONNECTIONS = 16
const READS = 3_000
/** Submissions per burst. An account may have at most a hundred requests in progress, and each submission is really run. */
const POSTS = 96
const ROUNDS = 7
const ENOUGH_MS = 90_000
const LATENCIES = 60

export const facesRow: Row = {
  name: 'faces',
  says: 'the gateway beside FastAPI and SQLite; how soon a submission is accepted',
  withinMs: 240_000,
  measure
}

const SUBMISSION: JobSubmission = {
  target_node_id: 'node-1',
  data_catalog_name: 'trial',
  script_type: 'sql',
  script_content: QUESTIONS[0] ?? ''
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const data = join(folder, 'trial.csv')
  await writeTrial(data)
  const site = await writeSite(folder, 0, {
    config: {
      gateway: { port: 0, requests_per_minute: 1_000_000_000, logins_per_minute: 100_000 },
      jobs: { queue_max: 10_000, queue_per_requester_max: 10_000 },
      catalogs: [trialCatalog('trial', data, 'prompt')]
    }
  })
  const peer = await startServingPeer(context, site.configFile)
  const fastapi = await startFastApi(context, join(folder, 'comparison.db'))
  if (fastapi === undefined)
    throw new Error(
      'needs /usr/bin/python3 with fastapi and uvicorn (Debian: python3-fastapi python3-uvicorn python3-python-multipart)'
    )
  const [ours, theirs] = [await sideOf(peer.gatewayUrl), await sideOf(fastapi)]
  const ended: number[] = []
  const found = await inTurn(
    {
      catalogs: () => ours.reads('/api/v1/data-catalogs'),
      catalogsThere: () => theirs.reads('/api/v1/data-catalogs'),
      job: () => ours.reads(`/api/v1/jobs/${ours.job}`),
      jobThere: () => theirs.reads(`/api/v1/jobs/${theirs.job}`),
      post: async () => {
        const started = performance.now()
        const perSecond = await ours.posts()
        await ours.drained()
        ended.push(POSTS / ((performance.now() - started) / 1_000))
        return perSecond
      },
      postThere: () => theirs.posts()
    },
    {
      // In practice this code is compiled. A burst has few submissions, so several bursts are needed to warm up.
      warmUps: 8,
      rounds: ROUNDS,
      enoughMs: ENOUGH_MS,
      onRound: (round) => context.progress(`round ${round} of ${ROUNDS}`)
    }
  )
  const line = (name: string, [own, there]: [number[], number[]], least: number): Line => ({
    ...{
      name,
      unit: '/s',
      ours: median(own),
      floor: median(there),
      floorIs: 'the same endpoint on FastAPI and SQLite'
    },
    target: { of: 'ratio', bound: 'at least', value: least },
    note: `middle half: ours ${spread(own)} /s, there ${spread(there)} /s; ${CONNECTIONS} connections`
  })
  return [
    line('GET /api/v1/data-catalogs', [found.catalogs, found.catalogsThere], 10),
    line('GET /api/v1/jobs/{id}, ended', [found.job, found.jobThere], 10),
    line(`POST /api/v1/jobs, ${POSTS} at once until accepted`, [found.post, found.postThere], 5),
    {
      ...{ name: 'the same until all were admitted and run', unit: '/s' },
      ...{ ours: median(ended.slice(-found.post.length)), floor: median(found.postThere) },
      floorIs: 'rows stored by FastAPI and SQLite, which runs nothing',
      note: `middle half ${spread(ended.slice(-found.post.length))} /s: signed, admitted by a peer, computed, checked, sealed and verified`
    },
    await acceptance(context, ours.client)
  ]
}

/** The time from sending a submission to its answer, one after the other, compared with a bare server. */
async function acceptance(context: Context, client: Client): Promise<Line> {
  context.progress('how soon a submission is accepted')
  const bare = await startBareServer(context)
  const found = await inTurn(
    {
      ours: async () => {
        let id = ''
        const took = await timed(async () => {
          id = (await client.submitJob(SUBMISSION)).job_id
        })
        await client.waitForJob(id)
        return took
      },
      floor: () => timed(async () => (await fetch(`${bare.url}/health`)).text())
    },
    { warmUps: 10, rounds: LATENCIES }
  )
  return {
    name: 'POST /api/v1/jobs until accepted',
    unit: 'ms',
    ours: median(found.ours),
    floor: median(found.floor),
    floorIs: 'a bare exchange',
    target: { of: 'ours', bound: 'at most', value: Math.round(median(found.floor) + 10) },
    note: `middle half ${spread(found.ours)} ms; target: 10 ms beyond the bare exchange`
  }
}

/** One of the two servers, with a logged-in client, one job, and the measured requests. */
async function sideOf(url: string) {
  const client = createClient({ url })
  const token = await client.authenticate('ada', PASSWORD)
  const { job_id: job } = await client.submitJob(SUBMISSION)
  const common = { url, token, connections: CONNECTIONS }
  const body = JSON.stringify(SUBMISSION)
  // The account's own list is checked: a job counts as ended when its result was received and verified.
  const isEmpty = async (status: 'queued' | 'running') => (await client.listJobs({ status, limit: 1 })).length === 0
  const drained = () =>
    until(async () => (await isEmpty('queued')) && (await isEmpty('running')), 'every job has ended', {
      withinMs: 60_000
    })
  return {
    client,
    job,
    drained,
    reads: (path: string) => requestsPerSecond({ ...common, path, requests: READS }),
    posts: () => requestsPerSecond({ ...common, path: '/api/v1/jobs', method: 'POST', body, requests: POSTS })
  }
}

/** Starts the FastAPI server and returns its address; undefined if FastAPI is not installed. */
async function startFastApi(context: Context, database: string): Promise<string | undefined> {
  const script = join(import.meta.dirname, 'fastapi_server.py')
  const child = spawn('/usr/bin/python3', [script, database], { stdio: ['pipe', 'pipe', 'ignore'] })
  const exited = once(child, 'exit').catch(() => undefined)
  context.after(async () => {
    child.stdin.end()
    await exited
  })
  for await (const line of createInterface(child.stdout)) return line
  return undefined
}
