/** Simulates peers in seeded time and prints what was found. Exits with 1 on a breach, and prints the command that repeats it. */
// usage: npm run simulate [-- --world directory|jobs] [--seed N] [--peers N] [--hours H] [--faults LIST] [--runs N]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import { type DirectoryFaults, DIRECTORY_FAULTS } from '../test/simulation/directory.ts'
import { runDirectory } from '../test/simulation/directory-run.ts'
import { JOB_FAULTS, type JobFaults, runJobs } from '../test/simulation/jobs.ts'
import { WALLS } from '../test/simulation/walls.ts'

const FAULTS = ['loss', 'doubled', 'skew', 'kills', 'cuts', 'restores', 'revokes'] as const
type Fault = (typeof FAULTS)[number]

const HELP = `Runs the real code of many peers in one process, over a network that loses, delays, doubles and cuts, in simulated time.

  npm run simulate                                        both worlds, small
  npm run simulate -- --world directory --peers 1000      digests of 1,000 peers; seen to the end with up to 3,000
  npm run simulate -- --world jobs --peers 50             requests, jobs, ledgers and audit logs of 50 peers
  npm run simulate -- --seed 7                            other draws; the same seed draws the same again
  npm run simulate -- --runs 20                           that many seeds, from the given one on
  npm run simulate -- --hours 0.5                         how long it is looked at, in simulated time
  npm run simulate -- --faults loss,kills                 of ${FAULTS.join(', ')}; or none. Default: all

Prints a table. If a wall is broken it says which, prints a command that repeats it, and exits with 1.
`

interface Chosen {
  readonly world: string
  readonly seed: number
  readonly peers: number | undefined
  readonly hours: number | undefined
  readonly faults: readonly Fault[]
}

/** Memory per pair of peers of the directory world, bytes: each keeps an entry of each. */
const PAIR_BYTES = 65
const MEGABYTE = 1024 * 1024

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      world: { type: 'string' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      peers: { type: 'string' },
      hours: { type: 'string' },
      faults: { type: 'string', default: FAULTS.join() },
      help: { type: 'boolean', short: 'h' }
    }
  })
  if (values.help) return void process.stdout.write(HELP)
  const worlds = values.world === undefined ? ['directory', 'jobs'] : [values.world]
  const [seed, runs] = [whole('seed', values.seed), whole('runs', values.runs)]
  const peers = values.peers === undefined ? undefined : whole('peers', values.peers)
  const hours = values.hours === undefined ? undefined : Number(values.hours)
  if (hours !== undefined && !(hours > 0)) throw new TypeError('--hours takes a number above zero')
  const faults = faultsIn(values.faults)
  for (let run = 0; run < runs; run++) {
    for (const world of worlds) await simulate({ world, seed: seed + run, peers, hours, faults })
  }
}

async function simulate(chosen: Chosen): Promise<void> {
  const isDirectory = chosen.world === 'directory'
  if (!isDirectory && chosen.world !== 'jobs') throw new TypeError('--world takes directory or jobs')
  if (isDirectory && !hasRoom(chosen.peers ?? 0)) return again(chosen)
  const started = performance.now()
  const say = (line: string) => void process.stderr.write(`${line.padStart(line.length + 2)}\n`)
  process.stderr.write(`${chosen.world}, seed ${chosen.seed}\n`)
  const found = isDirectory ? await directory(chosen, say) : await jobs(chosen, say)
  const seconds = Math.round((performance.now() - started) / 1_000)
  for (const [name, value] of [...found.rows, ['trace', found.trace], ['real time', `${seconds} s`]]) {
    process.stdout.write(`  ${String(name).padEnd(44)}${value}\n`)
  }
  if (found.breaches.length === 0) return void process.stdout.write('  no wall was broken\n')
  process.exitCode = 1
  for (const breach of found.breaches.slice(0, 20)) process.stdout.write(`  BROKEN: ${breach}\n`)
  process.stdout.write(`  again: ${commandOf(chosen)}\n`)
}

interface Found {
  readonly rows: readonly (readonly [string, string | number])[]
  readonly breaches: readonly string[]
  readonly trace: string
}

async function directory({ seed, peers = 200, hours, faults }: Chosen, say: (line: string) => void): Promise<Found> {
  const minutes = hours === undefined ? (peers > 2_000 ? 1 : 10) : hours * 60
  const { loss, delayMs, skewMs } = DIRECTORY_FAULTS
  const has = (fault: Fault) => faults.includes(fault)
  const chosen: DirectoryFaults = { loss: has('loss') ? loss : 0, delayMs, skewMs: has('skew') ? skewMs : 0 }
  const found = await runDirectory({ seed, peers, minutes, faults: chosen, say })
  return {
    rows: [
      ['peers', peers],
      ['messages per peer and hour, at rest', Math.round(found.messagesPerHour)],
      ['kilobytes per peer and hour, at rest', Math.round(found.kilobytesPerHour)],
      ['messages per peer for a newcomer', found.messagesPerJoin.toFixed(1)],
      ['until a newcomer is complete', found.joinsMs.map((ms) => `${ms / 1_000} s`).join(', ')],
      ['events', found.events]
    ],
    breaches: found.breaches,
    trace: found.trace
  }
}

async function jobs({ seed, peers = 6, hours, faults }: Chosen, say: (line: string) => void): Promise<Found> {
  const minutes = hours === undefined ? 3 : hours * 60
  const has = (fault: Fault) => faults.includes(fault)
  const chosen: JobFaults = {
    loss: has('loss') ? JOB_FAULTS.loss : 0,
    doubled: has('doubled') ? JOB_FAULTS.doubled : 0,
    delayMs: JOB_FAULTS.delayMs,
    skewMs: has('skew') ? JOB_FAULTS.skewMs : 0,
    kills: has('kills'),
    cuts: has('cuts'),
    restores: has('restores'),
    revokes: has('revokes')
  }
  const found = await runJobs({
    seed,
    peers,
    askers: Math.min(5, Math.max(2, Math.floor(peers / 3))),
    minutes,
    faults: chosen,
    say
  })
  return {
    rows: [
      ['peers', peers],
      ['requests, and institutions asked', `${found.requests}, ${found.parts}`],
      [
        'how they ended',
        Object.entries(found.states)
          .map(([state, count]) => `${count} ${state}`)
          .join(', ')
      ],
      ['jobs admitted, and answers released', `${found.admitted}, ${found.released}`],
      ['machines stopped', found.kills],
      ['messages, and events', `${found.messages}, ${found.events}`]
    ],
    breaches: found.breaches.map(({ wall, what }) => `${WALLS[wall]}: ${what}`),
    trace: found.trace
  }
}

function hasRoom(peers: number): boolean {
  return peers * peers * PAIR_BYTES < getHeapStatistics().heap_size_limit * 0.8
}

/** Runs the same in a process that may use more memory, since a running one cannot be given more. */
async function again(chosen: Chosen): Promise<void> {
  const megabytes = Math.ceil(((chosen.peers ?? 0) ** 2 * PAIR_BYTES) / 0.7 / MEGABYTE)
  const parameters = [
    `--max-old-space-size=${megabytes}`,
    '--max-semi-space-size=64',
    join(import.meta.dirname, 'simulate.ts')
  ]
  const child = spawn(process.execPath, [...parameters, ...argumentsOf(chosen)], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) process.exitCode = 1
}

function argumentsOf({ world, seed, peers, hours, faults }: Chosen): string[] {
  const given = ['--world', world, '--seed', String(seed)]
  if (peers !== undefined) given.push('--peers', String(peers))
  if (hours !== undefined) given.push('--hours', String(hours))
  if (faults.length < FAULTS.length) given.push('--faults', faults.join() || 'none')
  return given
}

function commandOf(chosen: Chosen): string {
  return `npm run simulate -- ${argumentsOf(chosen).join(' ')}`
}

function faultsIn(text: string): Fault[] {
  const words = text === 'none' ? [] : text.split(',').map((word) => word.trim())
  const strange = words.find((word) => !FAULTS.some((fault) => fault === word))
  if (strange !== undefined) throw new TypeError(`--faults takes some of ${FAULTS.join(', ')}, or none; not ${strange}`)
  return FAULTS.filter((fault) => words.includes(fault))
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new TypeError(`--${name} takes a whole number above zero`)
  return value
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof TypeError ? error.message : error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
})
