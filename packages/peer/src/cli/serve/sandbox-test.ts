/** `stimnet sandbox test`: attacks the sandboxes of this machine and reports the outcome of each attempt. */
import { randomUUID } from 'node:crypto'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EXIT, type Io, oneOf, tableOf } from '@stimnet/machine'
import { StimnetError } from '@stimnet/protocol'
import type { Attack, AttackableEngine, AttackResult, EngineReport } from '@stimnet/sandbox'
import { ownEnvironment, sandboxCacheDir } from '../../config/sandbox-settings.ts'
import type { AttacksOnEngines } from '../../self-test/attack-engines.ts'
import { countsOf, findingsOf } from '../../self-test/findings.ts'

const ENGINES = ['auto', 'wasm', 'docker'] as const
const RUNTIMES = ['runc', 'runsc'] as const

/** The options in addition to --config. */
export const SANDBOX_TEST_OPTIONS = {
  engine: { type: 'string', value: 'ENGINE', help: 'test: auto (all of this machine, default), wasm or docker' },
  runtime: { type: 'string', value: 'RUNTIME', help: 'test: with docker, only runc or only runsc (gVisor)' },
  image: { type: 'string', value: 'IMAGE', help: 'test: with docker, the image for Python (default stimnet-python)' },
  only: {
    type: 'string',
    value: 'ID,…',
    help: 'test: only attacks whose ids begin with these, e.g. network,memory.list'
  },
  list: { type: 'boolean', help: 'test: list the attacks and run none' },
  json: { type: 'boolean', help: 'test: print the report as JSON' }
} as const

/** The part about `test` in the help of `stimnet sandbox`. */
export const SANDBOX_TEST_DETAILS = `
  test              attacks the sandboxes of this machine as hostile programs would: the machine's files, devices and kernel,
                    other jobs, environment, network, memory, disk, processes, endless loops and output, forged answers.
                    The outcome of each attack is one of
                      contained  it got nothing
                      bounded    it was stopped by a limit, which is named
                      OPEN       it got something it must not have
                      unjudged   there is no verdict; counts as open
                    Which attacks may be bounded is published for each grade of isolation. The test needs no configuration
                    and does no harm: attacks stop by themselves a little beyond their limits. It takes one to four minutes
                    per engine.

                      stimnet sandbox test
                      stimnet sandbox test --engine docker --runtime runsc --only kernel,memory`

/** The values of the command line. */
export interface SandboxTestValues {
  readonly config?: string | undefined
  readonly engine?: string | undefined
  readonly runtime?: string | undefined
  readonly image?: string | undefined
  readonly only?: string | undefined
  readonly list?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Exit code 0: every tested engine meets its grade; 1: an engine does not, or no engine is available; 2: no attack has such
 * an id.
 */
export async function sandboxTest(values: SandboxTestValues, io: Io): Promise<number> {
  // Loaded when needed, so that client commands start without any engine.
  const sandbox = await import('@stimnet/sandbox')
  const attacks = chosenAttacks(sandbox.ATTACKS, values.only)
  if (attacks.length === 0) {
    io.err(`stimnet sandbox test: no attack's id begins with ${values.only}; --list shows all\n`)
    return EXIT.usage
  }
  if (values.list) return list(attacks, values, io)
  const engines = chosenEngines(sandbox.ATTACKABLE_ENGINES, values)
  const cache = await cacheFor(values.config)
  const settings = {
    cacheDir: cache.dir,
    owner: `attacks-${randomUUID()}`,
    ...(values.image === undefined ? {} : { images: { python: values.image } })
  }
  const reports = await attackedAloud({ engines, attacks, settings }, io).finally(() => cache.remove())
  if (values.json) io.out(`${JSON.stringify(reports.map(findingsOf), null, 2)}\n`)
  else for (const report of reports) io.out(reportText(report))
  return io.signal.aborted ? EXIT.failed : exitOf(reports)
}

/** Runs the attacks and prints the outcome of each as soon as it is known. */
async function attackedAloud(
  what: Pick<AttacksOnEngines, 'engines' | 'attacks' | 'settings'>,
  io: Io
): Promise<EngineReport[]> {
  const { attackEngines } = await import('../../self-test/attack-engines.ts')
  let done = 0
  return attackEngines({
    ...what,
    environment: ownEnvironment(),
    signal: io.signal,
    onEngine: ({ grade }) => {
      done = 0
      io.err(`${grade}: opening\n`)
    },
    onResult: ({ grade }, { attack, verdict }) => {
      done++
      io.err(`${grade}: ${done}. ${attack.id}: ${wordOf(verdict.outcome)}\n`)
    }
  })
}

function chosenAttacks(all: readonly Attack[], only: string | undefined): readonly Attack[] {
  if (only === undefined) return all
  const beginnings = only.split(',').map((text) => text.trim())
  return all.filter(({ id }) => beginnings.some((beginning) => beginning !== '' && id.startsWith(beginning)))
}

function chosenEngines(all: readonly AttackableEngine[], values: SandboxTestValues): readonly AttackableEngine[] {
  const engine = oneOf('--engine', values.engine ?? 'auto', ENGINES)
  const runtime = values.runtime === undefined ? undefined : oneOf('--runtime', values.runtime, RUNTIMES)
  if (runtime && engine === 'wasm') {
    throw StimnetError.told('PARAMETER_INVALID', '--runtime is for Docker: leave it out, or give --engine docker')
  }
  if (runtime) return all.filter(({ grade }) => grade === (runtime === 'runsc' ? 'docker+gvisor' : 'docker'))
  return engine === 'auto' ? all : all.filter(({ grade }) => grade.startsWith(engine))
}

/** The configured folder for the snapshot of embedded Python, or a temporary folder. */
async function cacheFor(file: string | undefined): Promise<{ dir: string; remove(): Promise<void> }> {
  const path = file ?? 'stimnet.yaml'
  if (
    file !== undefined ||
    (await access(path).then(
      () => true,
      () => false
    ))
  ) {
    const { loadConfig } = await import('../../config/config.ts')
    const { config, baseDir } = await loadConfig(path)
    return { dir: sandboxCacheDir(config, resolve(baseDir, config.data_dir)), remove: async () => {} }
  }
  const dir = await mkdtemp(join(tmpdir(), 'stimnet-sandbox-test-'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

function list(attacks: readonly Attack[], { json }: SandboxTestValues, io: Io): number {
  const rows = attacks.map(({ id, language, on, title, tries }) => ({ id, language, on: on ?? 'any', title, tries }))
  if (json) io.out(`${JSON.stringify(rows, null, 2)}\n`)
  else
    io.out(
      tableOf(
        ['attack', 'language', 'engine', 'what it tries'],
        rows.map((row) => [row.id, row.language, row.on, `${row.title}: ${row.tries}`])
      )
    )
  return EXIT.ok
}

/** The table and the totals of one engine, as text for a terminal. */
export function reportText(report: EngineReport): string {
  if (!report.isHere) return `\n${report.grade}: not available (${report.why}). ${report.howTo}\n`
  const rows = report.results.map(({ attack, verdict, isAdmitted }) => [
    ...[attack.id, attack.title, wordOf(verdict.outcome)],
    `${verdict.by}${verdict.outcome === 'bounded' && !isAdmitted ? ' (not permitted for its grade)' : ''}`
  ])
  const counts = countsOf(report.results)
  const left = report.left.length === 0 ? 'nothing left behind' : `LEFT BEHIND: ${report.left.join(', ')}`
  const sum = `${counts.contained} contained, ${counts.bounded} bounded, ${counts.open} open, ${counts.unjudged} unjudged; ${left}`
  const said = report.isClean ? 'holds what its grade promises' : 'DOES NOT hold what its grade promises'
  return `\n${tableOf(['attack', 'tried', 'outcome', 'by'], rows)}\n${report.grade} (${report.languages.join(', ')}): ${sum}. It ${said}.\n`
}

function wordOf(outcome: AttackResult['verdict']['outcome']): string {
  return outcome === 'open' ? 'OPEN' : outcome
}

/** The exit code: ok if at least one engine is available and every available engine meets its grade. */
export function exitOf(reports: readonly EngineReport[]): number {
  const here = reports.filter((report) => report.isHere)
  return here.length > 0 && here.every((report) => report.isHere && report.isClean) ? EXIT.ok : EXIT.failed
}
