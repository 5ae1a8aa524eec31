/** Benchmark of one SQL job at one remote, warm peer: from the job exchange to the sealed result on the follow stream. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { jobExchange } from '@stimnet/mesh'
import type { Peer } from '@stimnet/peer'
import { cryptographicRandom, messages, open, type Signer, signerFromSeed, systemClock } from '@stimnet/protocol'
import { signRequest } from '@stimnet/sdk'
import { Level } from 'level'
import { startSite, until, writeSite } from '../mesh.ts'
import { startServingPeer } from './children.ts'
import { echoExchange } from './echo.ts'
import { inTurn, median, short, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'
import { QUESTIONS, SUBJECTS, TABLE, trialCatalog, writeTrial } from './trial.ts'

const WARM_UPS = 15
const ROUNDS = 41
const ENOUGH_MS = 40_000
const ANSWER_MS_MAX = 15_000

export const jobRow: Row = {
  name: 'job',
  says: 'one SQL job to one remote peer',
  withinMs: 90_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  // Each catalog has its own file, because two catalogs may not share one.
  const [prompt, padded] = [join(folder, 'prompt.csv'), join(folder, 'padded.csv')]
  await writeTrial(prompt)
  await writeTrial(padded)
  const served = await writeSite(folder, 0, {
    config: {
      // Log lines are written, but the parent discards them.
      log: { level: 'info' },
      catalogs: [trialCatalog('prompt', prompt, 'prompt'), trialCatalog('padded', padded, 'padded')]
    }
  })
  const remote = await startServingPeer(context, served.configFile)
  const asking = await writeSite(folder, 1, { bootstrap: remote.addresses.slice(0, 1), config: { catalogs: [] } })
  const peer = await startSite(asking)
  context.after(() => peer.stop())
  await until(() => peer.mesh.connected().includes(remote.peerId), 'both peers are connected')
  const researcher = await researcherOf(context, peer, remote.peerId)
  const floor = await floorOf(context, { peer, remote: remote.peerId, folder, snapshots: served.folder })
  const found = await inTurn(
    { job: () => researcher.ask('prompt'), floor: floor.all, padded: () => researcher.ask('padded') },
    {
      ...{ warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS },
      onRound: (round) => (round % 10 === 1 ? context.progress(`round ${round} of ${ROUNDS}`) : undefined)
    }
  )
  return linesOf(found, floor.parts)
}

function linesOf(found: { job: number[]; floor: number[]; padded: number[] }, parts: FloorParts): Line[] {
  const part = (name: keyof FloorParts) => short(median(parts[name].slice(WARM_UPS)))
  return [
    {
      name: `SQL job to a remote peer, ${SUBJECTS / 1_000}k subjects`,
      unit: 'ms',
      ours: median(found.job),
      floor: median(found.floor),
      floorIs: `one exchange on the same connection (${part('exchange')} ms), the same Parquet opened and queried in DuckDB (${part('query')} ms), one synced batch (${part('batch')} ms)`,
      target: { of: 'ratio', bound: 'at most', value: 3 },
      note: `middle half: ours ${spread(found.job)} ms, floor ${spread(found.floor)} ms`
    },
    {
      name: 'the same job, released on the grid',
      unit: 'ms',
      ours: median(found.padded),
      floor: median(found.job),
      floorIs: 'the same job shown at once',
      note: 'the wait for the next boundary of 25 ms, so that durations say nothing; reported apart, no target'
    }
  ]
}

/** A function that signs a request, sends it and waits. It returns the time from sending to the sealed result, ms. */
async function researcherOf(context: Context, peer: Peer, remote: string) {
  const signer = await signerFromSeed(cryptographicRandom.bytes(32))
  let arrived = Promise.withResolvers<Uint8Array>()
  const follower = peer.mesh.follow(remote, {
    ask: () => ({ log: '', after: 0, openJobs: [] }),
    onEvent: ({ result }) => {
      if (result.length > 0) arrived.resolve(result)
    }
  })
  context.after(() => follower.close())
  await until(() => follower.isOpen(), 'the follow stream is open')
  let asked = 0
  const ask = async (catalog: string): Promise<number> => {
    const sql = QUESTIONS[asked++ % QUESTIONS.length] ?? ''
    const { envelope } = await signRequest({ signer, catalog, program: { kind: 'sql', sql }, targets: [remote] })
    arrived = Promise.withResolvers()
    const signal = AbortSignal.timeout(ANSWER_MS_MAX)
    signal.addEventListener('abort', () => arrived.reject(new Error('no result in time')), { once: true })
    const started = performance.now()
    const [result] = await Promise.all([
      arrived.promise,
      peer.mesh.ask(jobExchange, remote, { request: envelope }, { signal })
    ])
    const took = performance.now() - started
    await assertCompleted(result, remote)
    return took
  }
  return { ask }
}

/** Asserts that the job was completed, since refusals would be fast and meaningless. */
async function assertCompleted(sealed: Uint8Array, issuer: string): Promise<void> {
  const opened = await open(sealed, { type: 'job-result', issuer, clock: systemClock, atAnyTime: true })
  const { state, code, outputJson, receipt } = messages.JobResult.decode(opened.body)
  if (state !== 'completed' || outputJson.length === 0 || !receipt) throw new Error(`a job ended ${state} ${code}`)
}

interface FloorParts {
  readonly exchange: number[]
  readonly query: number[]
  readonly batch: number[]
}

/** The floor: the three operations that every such job needs, one after the other. */
async function floorOf(
  context: Context,
  at: { peer: Peer; remote: string; folder: string; snapshots: string }
): Promise<{ all: () => Promise<number>; parts: FloorParts }> {
  const signer: Signer = await signerFromSeed(cryptographicRandom.bytes(32))
  const program = { kind: 'sql', sql: QUESTIONS[0] ?? '' } as const
  const { envelope } = await signRequest({ signer, catalog: 'prompt', program, targets: [at.remote] })
  const exchange = () =>
    at.peer.mesh.ask(echoExchange, at.remote, { jws: envelope }, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
  const query = await bareQuery(context, at.snapshots)
  const batch = await syncedBatch(context, at.folder)
  const parts: FloorParts = { exchange: [], query: [], batch: [] }
  const all = async () => {
    const took = { exchange: await timed(exchange), query: await timed(query), batch: await timed(batch) }
    for (const name of ['exchange', 'query', 'batch'] as const) parts[name].push(took[name])
    return took.exchange + took.query + took.batch
  }
  return { all, parts }
}

/** The query as SQL text on the snapshot's file, in an engine that is already open. The file is opened each time. */
async function bareQuery(context: Context, siteFolder: string): Promise<() => Promise<unknown>> {
  const [parquet] = globSync(`stimnet-data/snapshots/prompt/*/${TABLE}.parquet`, { cwd: siteFolder })
  if (parquet === undefined) throw new Error('the snapshot is not where it was')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  context.after(() => {
    connection.closeSync()
    instance.closeSync()
  })
  const texts = QUESTIONS.map((question) =>
    question
      .replace(/COUNT\(DISTINCT \w+\)/, 'count(DISTINCT "_subject")')
      .replace(TABLE, `read_parquet('${join(siteFolder, parquet)}')`)
  )
  let asked = 0
  return async () => (await connection.runAndReadAll(texts[asked++ % texts.length] ?? '')).getRows()
}

/** A synced batch with as many bytes as the one that ends a job: its record with the result, its feed entry, audit records. */
async function syncedBatch(context: Context, folder: string): Promise<() => Promise<void>> {
  const level = new Level<string, string>(join(folder, 'floor'))
  await level.open()
  context.after(() => level.close())
  let written = 0
  return () => {
    const at = String(written++).padStart(8, '0')
    const puts = [4_000, 300, 300, 120].map((bytes, i) => ({
      ...{ type: 'put' as const, key: `${i}!${at}`, value: 'x'.repeat(bytes) }
    }))
    return level.batch(puts, { sync: true })
  }
}
