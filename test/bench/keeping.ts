/** Benchmark of a peer with a million past jobs and requests: how long it takes to start and to list. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { median, spread } from './measure.ts'
import type { Context, Line, Row } from './row.ts'

const SCRIPT = join(import.meta.dirname, '../../packages/peer/test/fixtures/past-bench.ts')
const MANY = 1_000_000
const FEW = 1_000

export const keepingRow: Row = {
  name: 'keeping',
  says: 'a peer with a million past jobs starts and lists; takes minutes and some gigabytes of disk',
  withinMs: 30 * 60_000,
  measure
}

/** A measurement of the script, with its upper bound in ms. */
const MEASURED: Readonly<Record<string, number>> = {
  start: 2_000,
  'list 100 jobs': 50,
  'list 100 failed jobs': 50,
  'list jobs none of which fit': 50,
  'list 100 requests for stewards': 50,
  'list 100 audit records': 50,
  status: 50
}

async function measure(context: Context): Promise<readonly Line[]> {
  const few = await run(context, FEW)
  const many = await run(context, MANY)
  return Object.entries(MEASURED).map(([what, value]): Line => {
    const [ours, floor] = [many.get(what) ?? [], few.get(what) ?? []]
    return {
      name: `${what}, ${MANY.toLocaleString('en')} past jobs and requests`,
      unit: 'ms',
      ours: median(ours),
      floor: median(floor),
      floorIs: `the same with ${FEW.toLocaleString('en')}`,
      target: { of: 'ours', bound: 'at most', value },
      note: `middle half ${spread(ours)} ms; the first ${(many.get(`${what}, first`) ?? many.get('the first start') ?? ours)[0]?.toFixed(0)} ms`
    }
  })
}

/** The measured times of one run of the script, ms, by measurement. */
async function run(context: Context, count: number): Promise<ReadonlyMap<string, readonly number[]>> {
  context.progress(`a peer with ${count} past jobs`)
  const child = spawn(process.execPath, [SCRIPT, String(count), 'json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  context.after(() => child.kill('SIGKILL'))
  child.stderr.setEncoding('utf8').on('data', (said: string) => context.progress(said.trim()))
  const exited = once(child, 'exit')
  const out = await text(child.stdout)
  const [code] = await exited
  if (code !== 0) throw new Error(`the script ended with ${String(code)}`)
  const lines = out.split('\n').filter((line) => line.startsWith('{"what"'))
  return new Map(
    lines.map((line) => {
      const { what, took } = JSON.parse(line) as { what: string; took: { ms: number }[] }
      return [what, took.map(({ ms }) => ms)]
    })
  )
}
