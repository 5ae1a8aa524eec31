/** The benchmark. Each row is a ratio to a floor that is measured in the same run. It is not a test: a slow machine does not fail. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMet, type Line, type Row, ratioOf } from '../test/bench/row.ts'
import type { RowAnswer } from '../test/bench/row-process.ts'
import { ROWS } from '../test/bench/rows.ts'
import { tableOf } from '../test/bench/table.ts'

const HELP = `usage: npm run bench [-- OPTIONS]

Measures this machine's peers against floors measured beside them, in turn, and prints one table.
  --only NAME   this row alone; may be given several times
  --json        the same as JSON
  --strict      exit code 1 where a target is missed, not only where a row could not run

${ROWS.map(({ name, says }) => `  ${name.padEnd(12)}${says}`).join('\n')}
`

const OPTIONS = {
  only: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  strict: { type: 'boolean' },
  help: { type: 'boolean' }
} as const

const say = (text: string) => process.stderr.write(`${text}\n`)

/** The folder for all files of the rows. It is removed at the end, because a killed row removes nothing itself. */
const scratch = mkdtempSync(join(tmpdir(), 'stimnet-bench-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }))

/** Running row processes. When this process is ended, they are ended too, with all their child processes. */
const running = new Set<ChildProcess>()

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS })
  const { only = [] } = values
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const unknown = only.find((name) => !ROWS.some((row) => row.name === name))
  if (unknown !== undefined) throw new TypeError(`there is no row ${unknown}`)
  const rows = ROWS.filter(({ name }) => only.length === 0 || only.includes(name))
  const { lines, failed } = await run(rows)
  process.stdout.write(values.json ? `${JSON.stringify(jsonOf(lines, failed), null, 2)}\n` : `\n${tableOf(lines)}`)
  for (const { name, why } of failed) say(`bench: ${name} could not run: ${why}`)
  const missed = lines.filter((line) => isMet(line) === false)
  return failed.length > 0 || (values.strict && missed.length > 0) ? 1 : 0
}

interface Failed {
  readonly name: string
  readonly why: string
}

async function run(rows: readonly Row[]): Promise<{ lines: Line[]; failed: Failed[] }> {
  const lines: Line[] = []
  const failed: Failed[] = []
  const began = performance.now()
  say(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; Node ${process.versions.node}`)
  for (const row of rows) {
    say(`${row.name}: ${row.says}`)
    const started = performance.now()
    const answer = await runRow(row)
    if (answer.ok) lines.push(...answer.lines)
    else failed.push({ name: row.name, why: answer.why })
    say(`${row.name}: ${((performance.now() - started) / 1_000).toFixed(0)} s`)
  }
  say(`all: ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  return { lines, failed }
}

function runRow({ name, withinMs }: Row): Promise<RowAnswer> {
  const file = join(import.meta.dirname, '../test/bench/row-process.ts')
  // A separate process group, so that all processes of a row can be ended together.
  const child = fork(file, [name], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: scratch }
  })
  running.add(child)
  return new Promise((resolve) => {
    let answer: RowAnswer | undefined
    const late = setTimeout(() => {
      answer ??= { ok: false, why: `not done within ${withinMs / 1_000} s` }
      endGroup(child)
    }, withinMs)
    child.on('message', (told) => {
      answer ??= told as RowAnswer
    })
    child.on('error', (error) => {
      answer ??= { ok: false, why: error.message }
    })
    child.on('close', (code, signal) => {
      clearTimeout(late)
      endGroup(child)
      running.delete(child)
      resolve(answer ?? { ok: false, why: `ended with ${signal ?? code}` })
    })
  })
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // The process group has already ended.
  }
}

function jsonOf(lines: readonly Line[], failed: readonly Failed[]): object {
  const machine = { node: process.versions.node, platform: process.platform, cores: cpus().length }
  return { machine, lines: lines.map((line) => ({ ...line, ratio: ratioOf(line), met: isMet(line) })), failed }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of running) endGroup(child)
    process.exit(130)
  })
}
try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  process.exitCode = 2
}
