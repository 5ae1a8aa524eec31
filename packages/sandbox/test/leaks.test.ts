/** Tests that many jobs, sequential and concurrent, leave nothing behind in this process and on this machine. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { OWNER_LABEL } from '../src/docker/engine.ts'
import { openWasmSandbox, type Sandbox } from '../src/index.ts'
import { type DockerHere, dockerHere } from './docker-engine.ts'
import { jobOf, LIMITS_OF_TESTS, MiB } from './jobs.ts'
import { below, canSeeProcesses, eventually } from './processes.ts'

/** `npm test -- --long` runs more jobs. */
const JOBS = process.env.STIMNET_LONG === '1' ? 1_000 : 20
const AT_ONE_TIME = 3
/** Number of jobs before the first measurement. Memory that these jobs leave in caches is not a leak. */
const JOBS_BEFORE = 6

/** Tolerated growth of memory, bytes: a leak of a kilobyte per job stays below it, a leak of a table does not. */
const GROWTH_BYTES_MAX = process.env.STIMNET_LONG === '1' ? 24 * MiB : 10 * MiB
/** Tolerated growth of descriptors: connections to an engine are kept open for the next call. */
const GROWTH_DESCRIPTORS_MAX = 8

/** Programs with different ends, each of which creates something that could stay behind. */
const PROGRAMS = [
  'open("/tmp/left", "w").write("x" * 100_000)\nresult = 1',
  'print("x" * 10_000)\nraise ValueError("of its own")',
  'x = "y" * 40_000\nresult = x',
  'print("x" * 200_000)',
  'import os\nos._exit(0)'
]

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memory of this process after a garbage collection, bytes. */
function heldBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const descriptors = async () => (await readdir('/proc/self/fd')).length

/** Runs `count` jobs, a few at a time. Returns how many answered. */
async function runJobs(sandbox: Sandbox, count: number): Promise<number> {
  let next = 0
  let answered = 0
  const work = async () => {
    while (next < count) {
      const code = PROGRAMS[next++ % PROGRAMS.length] ?? ''
      const outcome = await sandbox.run(jobOf(code), LIMITS_OF_TESTS)
      if (outcome.ok) answered++
      else assert.ok(['PROGRAM_FAILED', 'OUTPUT_LIMIT'].includes(outcome.code), outcome.code)
    }
  }
  await Promise.all(Array.from({ length: AT_ONE_TIME }, work))
  return answered
}

/** Records the ids of an owner's containers until it is stopped. */
function watchContainers(here: DockerHere): { readonly ids: ReadonlySet<string>; stop(): void } {
  const ids = new Set<string>()
  const look = async () => {
    const found = await here.engine?.containers(OWNER_LABEL, here.owner).catch(() => [])
    for (const { id } of found ?? []) ids.add(id)
  }
  const timer = setInterval(look, 200)
  return { ids, stop: () => clearInterval(timer) }
}

/** Processes of this machine whose command line contains one of these container ids. */
async function processesOf(ids: ReadonlySet<string>): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return commands.filter((command) => [...ids].some((id) => command.includes(id)))
}

describe(`after ${JOBS} jobs`, { skip: canSeeProcesses ? false : 'it is seen in /proc' }, () => {
  const tmpdirBefore = process.env.TMPDIR
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stimnet-leaks-'))
    process.env.TMPDIR = folder
  })
  after(async () => {
    if (tmpdirBefore === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = tmpdirBefore
    await rm(folder, { recursive: true, force: true })
  })

  /** Runs the jobs and checks that this process keeps no memory and no descriptors. */
  async function runAndCompare(open: () => Promise<Sandbox>): Promise<void> {
    const sandbox = await open()
    await runJobs(sandbox, JOBS_BEFORE)
    const [bytes, descriptorsBefore] = [heldBytes(), await descriptors()]
    const files = await readdir(folder)
    const answered = await runJobs(sandbox, JOBS)
    assert.equal(answered, (JOBS / PROGRAMS.length) * 2)
    await sandbox.close()
    const grown = heldBytes() - bytes
    assert.ok(grown < GROWTH_BYTES_MAX, `${(grown / MiB).toFixed(1)} MiB`)
    assert.ok(
      await eventually(async () => (await descriptors()) <= descriptorsBefore + GROWTH_DESCRIPTORS_MAX, {
        msMax: 30_000
      })
    )
    assert.deepEqual(await readdir(folder), files)
    assert.ok(await eventually(async () => below(process.pid).length === 0, { msMax: 30_000 }))
  }

  test('the embedded sandbox has left no process, no file and no memory', async () => {
    await runAndCompare(() => openWasmSandbox({ cacheDir: join(folder, 'cache'), poolSize: 1 }))
  })

  for (const [name, runtime] of [
    ['Docker', undefined],
    ['gVisor', 'runsc']
  ] as const) {
    test(`${name} has left no container, no process, no file and no memory`, async (context) => {
      const here = await dockerHere('minimal', runtime)
      if (here.skip) return context.skip(here.skip)
      const watched = watchContainers(here)
      try {
        await runAndCompare(() => here.open({ poolSize: 1 }))
      } finally {
        watched.stop()
      }
      assert.equal(await here.containersOf(), 0)
      assert.ok(watched.ids.size > 10, `${watched.ids.size}`)
      assert.ok(await eventually(async () => (await processesOf(watched.ids)).length === 0, { msMax: 30_000 }))
    })
  }
})
