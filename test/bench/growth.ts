/**
 * Growth of the mesh: starts whole peers in several processes, and prints how long it takes until each knows the catalogs of all, and
 * what the peers use at rest; then it asks all of them one question. Run with `node test/bench/growth.ts 200 --processes 8 --settle 60
 * --rest 60 --broadcasts 5`. With --strict it exits with 1 where an aim is missed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import type { GrowthAnswer, GrowthAsk, GrowthBroadcast, GrowthState } from './growth-process.ts'

const POLL_MS = 500

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    processes: { type: 'string', default: '4' },
    settle: { type: 'string', default: '20' },
    rest: { type: 'string', default: '30' },
    broadcasts: { type: 'string', default: '0' },
    strict: { type: 'boolean', default: false },
    within: { type: 'string', default: '300' },
    mesh: { type: 'string', default: '{}' }
  }
})
const size = Number(positionals[0] ?? 10)

/** Twenty people: the mesh is measured, not the computation. */
const CATALOG = {
  name: 'demo_dataset',
  access_level: 'public',
  subject_key: 'subject_id',
  synthetic: true,
  tables: [
    {
      name: 'people',
      file: 'people.csv',
      one_row_per_subject: true,
      variables: [{ name: 'arm', type: 'category', levels: ['control', 'treatment'] }]
    }
  ]
}

async function writePeer(parent: string, at: number, bootstrap: readonly string[]): Promise<string> {
  const folder = join(parent, `node-${at}`)
  await mkdir(folder, { recursive: true })
  const rows = Array.from({ length: 20 }, (_, i) => `s${i},${i % 2 === 0 ? 'control' : 'treatment'}`)
  await writeFile(join(folder, 'people.csv'), ['subject_id,arm', ...rows, ''].join('\n'))
  const config = {
    node_id: `node-${at}`,
    institution: `Institution ${at}`,
    data_dir: './data',
    mesh: { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap, open: true, ...JSON.parse(values.mesh) },
    gateway: at === 0 ? { port: 0, requests_per_minute: 1_000_000 } : { enabled: false },
    sandbox: { engine: 'none' },
    log: { level: 'silent' },
    catalogs: [CATALOG]
  }
  await writeFile(join(folder, 'stimnet.yaml'), stringify(config))
  return join(folder, 'stimnet.yaml')
}

async function ask(child: ChildProcess, asked: GrowthAsk): Promise<GrowthState> {
  child.send(asked)
  const [answer] = (await once(child, 'message')) as [GrowthAnswer]
  if ('failed' in answer) throw new Error(answer.failed)
  if (!('state' in answer)) throw new Error('another answer')
  return answer.state
}

async function askAll(child: ChildProcess, targets: readonly string[], rounds: number): Promise<GrowthBroadcast> {
  child.send({ ask: 'broadcast', targets, rounds } satisfies GrowthAsk)
  const [answer] = (await once(child, 'message')) as [GrowthAnswer]
  if ('failed' in answer) throw new Error(answer.failed)
  if (!('broadcast' in answer)) throw new Error('another answer')
  return answer.broadcast
}

/** The most that is aimed at, by the name of what is printed. */
const AIMS: Readonly<Record<string, number>> = {
  knownSecondsAfterLastStart: 5,
  cpuPercentPerPeerAtRest: 1,
  questionsPerSecondPerPeerAtRest: 2,
  decidedToFanOut: 3
}

/** Prints what was found, and which aims it misses. */
function print(found: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(found))
  for (const [name, most] of Object.entries(AIMS)) {
    const value = found[name]
    if (typeof value !== 'number' || value <= most) continue
    console.error(`missed: ${name} is ${value}, and the aim at most ${most}`)
    if (values.strict) process.exitCode = 1
  }
}

/** What a broadcast to all takes, and its ratio to the floor. */
function broadcastFacts({ fanOut, decided, ended }: GrowthBroadcast): Record<string, number> {
  return {
    fanOutMs: Math.round(median(fanOut)),
    decidedMs: Math.round(median(decided)),
    endedMs: Math.round(median(ended)),
    decidedToFanOut: round(median(decided) / median(fanOut)),
    endedToFanOut: round(median(ended) / median(fanOut))
  }
}

async function measure(parent: string, children: readonly ChildProcess[]): Promise<void> {
  const [first] = children
  if (!first) throw new Error('no process')
  const start = async (child: ChildProcess, at: number, bootstrap: readonly string[]) => {
    const configFile = await writePeer(parent, at, bootstrap)
    const began = performance.now()
    const state = await ask(child, { ask: 'start', configFile, nodeId: `node-${at}` })
    starts.push(performance.now() - began)
    return state
  }
  const starts: number[] = []
  const joined = await start(first, 0, [])
  const bootstrap = [joined.peers[0]?.address ?? '']
  let next = 1
  await Promise.all(
    children.map(async (child) => {
      while (next < size) await start(child, next++, bootstrap)
    })
  )
  const begun = performance.now()
  const stateAll = () => Promise.all(children.map((child) => ask(child, { ask: 'state' })))
  let states = await stateAll()
  const peersIn = (all: readonly GrowthState[]) => all.flatMap(({ peers }) => peers)
  const complete = () => peersIn(states).filter(({ known }) => known >= size - 1).length
  while (complete() < size && performance.now() - begun < Number(values.within) * 1_000) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    states = await stateAll()
    console.error(
      `${Math.round((performance.now() - begun) / 100) / 10} s: ${complete()} of ${size} know all; least ${Math.min(...peersIn(states).map(({ known }) => known))}`
    )
  }
  const knownMs = performance.now() - begun
  const total = (all: readonly GrowthState[], of: (state: GrowthState) => number) =>
    all.reduce((sum, state) => sum + of(state), 0)
  const joinCpu = total(states, ({ cpuSeconds }) => cpuSeconds)
  await new Promise((resolve) => setTimeout(resolve, Number(values.settle) * 1_000))
  const before = await stateAll()
  const restFrom = performance.now()
  await new Promise((resolve) => setTimeout(resolve, Number(values.rest) * 1_000))
  const after = await stateAll()
  const seconds = (performance.now() - restFrom) / 1_000
  const spent = (of: (state: GrowthState) => number) => (total(after, of) - total(before, of)) / size / seconds
  const connections = peersIn(after)
    .map((peer) => peer.connections)
    .sort((a, b) => a - b)
  print({
    peers: size,
    processes: children.length,
    complete: complete(),
    knownSecondsAfterLastStart: round(knownMs / 1_000),
    startSeconds: [
      round(Math.min(...starts) / 1_000),
      round(median(starts) / 1_000),
      round(Math.max(...starts) / 1_000)
    ],
    cpuSecondsPerPeerUntilKnown: round(joinCpu / size),
    cpuPercentPerPeerAtRest: round(100 * spent(({ cpuSeconds }) => cpuSeconds)),
    bytesPerSecondPerPeerAtRest: Math.round(spent(({ sentBytes }) => sentBytes)),
    questionsPerSecondPerPeerAtRest: round(spent(({ answered }) => answered)),
    residentMbPerPeer: Math.round(total(after, ({ residentBytes }) => residentBytes) / size / 1e6),
    connections: [connections[0], median(connections), connections.at(-1)]
  })
  const rounds = Number(values.broadcasts)
  const ids = peersIn(after).map(({ peerId }) => peerId)
  const targets = ids.filter((peerId) => peerId !== joined.peers[0]?.peerId)
  if (rounds > 0) print(broadcastFacts(await askAll(first, targets, rounds)))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const parent = await mkdtemp(join(tmpdir(), 'stimnet-growth-'))
const children = Array.from({ length: Math.min(Number(values.processes), size) }, () =>
  fork(join(import.meta.dirname, 'growth-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: (process.env.GROWTH_NODE ?? '').split(' ').filter(Boolean)
  })
)
try {
  await measure(parent, children)
} finally {
  for (const child of children) if (child.connected) child.disconnect()
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')))
  await rm(parent, { recursive: true, force: true, maxRetries: 5 })
}
