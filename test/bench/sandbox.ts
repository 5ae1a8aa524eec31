/** Benchmark of sandboxes: the same script in a plain interpreter of this machine, in turn with each available engine. */
import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StimnetError } from '@stimnet/protocol'
import {
  addR,
  openDockerSandbox,
  openWasmSandbox,
  type Sandbox,
  type SandboxJob,
  type SandboxLanguage,
  type SandboxTable
} from '@stimnet/sandbox'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row, Target } from './row.ts'
import { scratchFolder } from '../scratch.ts'
import { TABLE, writeTrial } from './trial.ts'

const ROUNDS = 7
const WARM_UPS = 1
const ENOUGH_MS = 15_000
/** Bounds on the wait for a new waiting sandbox, which is twice the duration of a first start. The wait is not measured. */
const REFILL_MS = { min: 1_500, max: 20_000 }
/** Most repetitions of a round because no sandbox was waiting. */
const REFILLS_MAX = 12
/** Longest download of R, ms. With a slow connection, R is left out. */
const ADD_R_MS_MAX = 60_000
const FULL_IMAGE = 'stimnet-python'
const R_IMAGE = 'stimnet-r'
const LIMITS = { wallTimeMsMax: 60_000, memoryBytesMax: 1024 * 1024 * 1024, outputBytesMax: 64 * 1024 }
const R_LIMITS = { ...LIMITS, memoryBytesMax: 3 * LIMITS.memoryBytesMax }

export const sandboxRow: Row = {
  name: 'sandbox',
  says: 'a script in each sandbox of this machine, beside the same script in none',
  withinMs: 600_000,
  measure
}

/** Scripts that read ten thousand rows from DATA_ROOT, group or fit them, and write OUTPUT_FILE, with or without a sandbox. */
const SCRIPTS = {
  plain: {
    language: 'python',
    code: `
import csv, json, os, statistics
groups = {}
with open(os.path.join(os.environ["DATA_ROOT"], "${TABLE}.csv"), newline="") as file:
    for row in csv.DictReader(file):
        groups.setdefault((row["sex"], row["arm"]), []).append(float(row["score"]))
found = {"-".join(key): [len(values), statistics.fmean(values)] for key, values in sorted(groups.items())}
with open(os.environ["OUTPUT_FILE"], "w") as file:
    json.dump(found, file)
`
  },
  pandas: {
    language: 'python',
    code: `
import os, pandas
rows = pandas.read_csv(os.path.join(os.environ["DATA_ROOT"], "${TABLE}.csv"))
found = rows.groupby(["sex", "arm"])["score"].agg(["count", "mean"]).reset_index()
found.to_json(os.environ["OUTPUT_FILE"], orient="records")
`
  },
  r: {
    language: 'r',
    code: `
rows <- read.csv(file.path(Sys.getenv("DATA_ROOT"), "${TABLE}.csv"))
fit <- glm(I(change > 0) ~ age + sex + arm, family = binomial(), data = rows)
cat("[", paste(signif(coef(fit), 6), collapse = ","), "]", sep = "", file = Sys.getenv("OUTPUT_FILE"))
`
  }
} as const satisfies Record<string, { language: SandboxLanguage; code: string }>
type Script = keyof typeof SCRIPTS

/** A function that runs a script once and returns its duration, ms. */
type Runs = () => Promise<number>

interface Bench {
  readonly context: Context
  readonly folder: string
  readonly table: SandboxTable
  readonly plain: Readonly<Record<Script, Runs | undefined>>
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const data = join(folder, 'data')
  await mkdir(data)
  await writeTrial(join(data, `${TABLE}.csv`))
  const table = { name: TABLE, csv: await readFile(join(data, `${TABLE}.csv`)), columns: [] }
  const bench: Bench = { context, folder, table, plain: await plainRuns(context, folder) }
  const parts = [embeddedPython, docker, gvisor, embeddedR]
  const lines: Line[] = []
  for (const part of parts) {
    try {
      lines.push(...(await part(bench)))
    } catch (error) {
      if (!(error instanceof StimnetError)) throw error
      context.progress(`skipped: ${part.name}, which is not here (${error.message})`)
    }
  }
  return lines
}

async function embeddedPython(bench: Bench): Promise<Line[]> {
  const { context, folder } = bench
  const open = (poolSize: number) => openKept(context, () => openWasmSandbox({ ...WASM, poolSize, cacheDir: folder }))
  const [warm, cold] = [await open(2), await open(0)]
  const floor = 'the same script under python3'
  return [
    await line(bench, {
      ...{ name: 'embedded Python, one waits', script: 'plain', sandbox: warm, isWarm: true, floor },
      target: { of: 'ratio', bound: 'at most', value: 4 }
    }),
    await line(bench, {
      ...{ name: 'embedded Python, none waits', script: 'plain', sandbox: cold, isWarm: false, floor },
      target: { of: 'ours', bound: 'at most', value: 600 }
    }),
    await overrun('embedded Python', warm, bench)
  ]
}

const WASM = { warmFrom: 'open', memoryBytesMax: LIMITS.memoryBytesMax } as const

async function docker(bench: Bench): Promise<Line[]> {
  const open = (poolSize: number, images: { python?: string; r?: string }) =>
    openKept(bench.context, () => openDockerSandbox({ ...DOCKER, images, poolSize, owner: `bench-${poolSize}` }))
  const [warm, cold] = [await open(2, { python: FULL_IMAGE }), await open(0, { python: FULL_IMAGE })]
  const floor = 'the same script, which loads pandas, under python3'
  const lines = [
    await line(bench, {
      ...{ name: 'Docker, pandas, one waits', script: 'pandas', sandbox: warm, isWarm: true, floor },
      target: { of: 'ratio', bound: 'at most', value: 0.1 }
    }),
    await line(bench, {
      ...{ name: 'Docker, pandas, none waits', script: 'pandas', sandbox: cold, isWarm: false, floor },
      target: { of: 'ratio', bound: 'at most', value: 2 }
    }),
    await overrun('Docker', warm, bench)
  ]
  await warm.close()
  const r = await open(1, { r: R_IMAGE })
  const floorOfR = 'the same script under Rscript'
  return [
    ...lines,
    await line(bench, { name: 'Docker, R, one waits', script: 'r', sandbox: r, isWarm: true, floor: floorOfR })
  ]
}

const DOCKER = { warmFrom: 'open', memoryBytesMax: LIMITS.memoryBytesMax } as const

async function gvisor(bench: Bench): Promise<Line[]> {
  const settings = {
    ...DOCKER,
    images: { python: FULL_IMAGE },
    poolSize: 2,
    owner: 'bench-gvisor',
    runtime: 'runsc'
  } as const
  const sandbox = await openKept(bench.context, () => openDockerSandbox(settings))
  return [
    await line(bench, {
      ...{ name: 'gVisor, pandas, one waits', script: 'pandas', sandbox, isWarm: true },
      floor: 'the same script, which loads pandas, under python3',
      target: { of: 'ratio', bound: 'at most', value: 0.2 }
    }),
    await overrun('gVisor', sandbox, bench)
  ]
}

async function embeddedR(bench: Bench): Promise<Line[]> {
  const { context, folder } = bench
  await addR({ cacheDir: folder, signal: AbortSignal.timeout(ADD_R_MS_MAX) })
  const settings = { ...WASM, memoryBytesMax: R_LIMITS.memoryBytesMax, cacheDir: folder }
  const sandbox = await openKept(context, () => openWasmSandbox({ ...settings, poolSize: 1 }))
  const first = await openKept(context, () => openWasmSandbox({ ...settings, poolSize: 0 }))
  const floor = 'the same script under Rscript'
  return [
    await line(bench, {
      ...{ name: 'embedded R, one waits', script: 'r', sandbox, isWarm: true, floor },
      target: { of: 'ratio', bound: 'at most', value: 3 }
    }),
    await line(bench, {
      ...{ name: 'embedded R, none waits', script: 'r', sandbox: first, isWarm: false, floor },
      target: { of: 'ours', bound: 'at most', value: 2_000 }
    })
  ]
}

interface Measured {
  readonly name: string
  readonly script: Script
  readonly sandbox: Sandbox
  readonly isWarm: boolean
  readonly floor: string
  readonly target?: Target
}

async function line(bench: Bench, { name, script, sandbox, isWarm, floor, target }: Measured): Promise<Line> {
  bench.context.progress(name)
  const plain = bench.plain[script]
  const job = jobOf(script, bench.table)
  const waitMs = isWarm ? await refillMs(sandbox, job) : 0
  const run = () => runOnce(sandbox, job, { isWarm, waitMs })
  const turns = { warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS }
  const found = await inTurn({ ours: run, floor: plain ?? (async () => 0) }, turns)
  return {
    ...{ name, unit: 'ms', ours: median(found.ours) },
    ...(plain ? { floor: median(found.floor), floorIs: floor } : {}),
    ...(target && (plain || target.of === 'ours') ? { target } : {}),
    note: `middle half: ours ${spread(found.ours)} ms${plain ? `, floor ${spread(found.floor)} ms` : '; no such interpreter here'}`
  }
}

/** Time from the call to the answer, ms. If no sandbox was waiting although one should, the run is repeated. */
async function runOnce(
  sandbox: Sandbox,
  job: SandboxJob,
  { isWarm, waitMs }: { isWarm: boolean; waitMs: number }
): Promise<number> {
  const limits = limitsOf(job)
  for (let tries = 0; tries < REFILLS_MAX; tries++) {
    await sleep(waitMs)
    const started = performance.now()
    const outcome = await sandbox.run(job, limits)
    const took = performance.now() - started
    if (!outcome.ok) throw new Error(`a script ended as ${outcome.code}: ${outcome.log.slice(-500)}`)
    if (outcome.usage.warm === isWarm) return took
  }
  throw new Error('none of them waited')
}

/** The wait for a new waiting sandbox, derived from the duration of a first job, which has to start one. */
async function refillMs(sandbox: Sandbox, job: SandboxJob): Promise<number> {
  const took = await timed(() => sandbox.run(job, limitsOf(job)))
  return Math.min(REFILL_MS.max, Math.max(REFILL_MS.min, 2 * took))
}

function limitsOf({ language }: SandboxJob): typeof LIMITS {
  return language === 'r' ? R_LIMITS : LIMITS
}

/** The delay between the time limit of an endless program and the answer. */
async function overrun(name: string, sandbox: Sandbox, { context, table }: Bench): Promise<Line> {
  context.progress(`${name}: a program that never ends`)
  const job = { ...jobOf('plain', table), code: 'while True: pass' }
  const over = async () => {
    await sleep(REFILL_MS.min)
    const limits = { ...LIMITS, wallTimeMsMax: 1_000 }
    return (await timed(() => sandbox.run(job, limits))) - limits.wallTimeMsMax
  }
  const { found } = await inTurn({ found: over }, { warmUps: 1, rounds: 5, enoughMs: ENOUGH_MS })
  return {
    ...{ name: `${name}, answered after its time limit`, unit: 'ms', ours: median(found) },
    target: { of: 'ours', bound: 'at most', value: 500 },
    note: `middle half: ${spread(found)} ms`
  }
}

function jobOf(script: Script, table: SandboxTable): SandboxJob {
  const { language, code } = SCRIPTS[script]
  return {
    ...{ jobId: 'bench', language, code, parameters: {}, filters: {}, catalogId: 'bench', minCohortSize: 5 },
    tables: [table]
  }
}

async function openKept(context: Context, open: () => Promise<Sandbox>): Promise<Sandbox> {
  const sandbox = await open()
  context.after(() => sandbox.close())
  return sandbox
}

/** Functions that run the scripts with this machine's interpreters; undefined if there is none, or none with pandas. */
async function plainRuns(context: Context, folder: string): Promise<Bench['plain']> {
  const has = (command: string, ...args: string[]) =>
    promisify(execFile)(command, args).then(
      () => true,
      () => false
    )
  const hasPandas = await has('python3', '-c', 'import pandas')
  return {
    plain: (await has('python3', '--version')) ? await plainRun(folder, 'plain', ['python3']) : undefined,
    pandas: hasPandas ? await plainRun(folder, 'pandas', ['python3']) : await runInImageFiles(context, folder),
    r: (await has('Rscript', '--version')) ? await plainRun(folder, 'r', ['Rscript']) : undefined
  }
}

async function plainRun(folder: string, script: Script, words: readonly string[]): Promise<Runs> {
  const file = join(folder, `script-${script}`)
  await writeFile(file, SCRIPTS[script].code)
  return () => timed(() => runPlain([...words, file], { data: join(folder, 'data'), result: join(folder, 'result') }))
}

/**
 * Runs the script with the files of the image but without a container, if this machine's Python has no pandas. Only root can do
 * that; undefined for other users.
 */
async function runInImageFiles(context: Context, folder: string): Promise<Runs | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const root = join(folder, 'image')
  await mkdir(root)
  context.progress('taking the files of the image, for its pandas without a container')
  const copy = 'id=$(docker create "$1") && docker export "$id" | tar -x -C "$2"; docker rm "$id" >/dev/null'
  const copied = await promisify(execFile)('sh', ['-c', copy, 'sh', FULL_IMAGE, root]).then(
    () => true,
    () => false
  )
  if (!copied) return undefined
  await mkdir(join(root, 'bench'))
  await writeFile(join(root, 'bench/script'), SCRIPTS.pandas.code)
  await writeFile(join(root, 'bench', `${TABLE}.csv`), await readFile(join(folder, 'data', `${TABLE}.csv`)))
  context.after(() => rm(root, { recursive: true, force: true }))
  const words = ['chroot', root, 'python3', '/bench/script']
  return () => timed(() => runPlain(words, { data: '/bench', result: '/bench/result' }))
}

async function runPlain([file = '', ...args]: readonly string[], at: { data: string; result: string }): Promise<void> {
  const { PATH = '' } = process.env
  const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const child = spawn(file, args, {
    env: { PATH, LANG: 'C.UTF-8', ...threads, DATA_ROOT: at.data, OUTPUT_FILE: at.result },
    stdio: 'ignore'
  })
  const code = await new Promise((resolve) => {
    child.once('error', resolve)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${file} ended as ${code}`)
}
