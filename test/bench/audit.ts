/** Benchmark of durable audit records per second, written in groups, compared with LevelDB's own synced puts. */
import { join } from 'node:path'
import { Level } from 'level'
import { startSite, writeSite } from '../mesh.ts'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const RECORDS = 1_000
const ROUNDS = 11
const ENOUGH_MS = 20_000
const WARM_UPS = 3

export const auditRow: Row = {
  name: 'audit',
  says: 'durable audit records a second',
  withinMs: 60_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const site = await writeSite(folder, 0, { config: { gateway: { enabled: false }, catalogs: [] } })
  const { database, stop } = await startSite(site)
  context.after(stop)
  const level = new Level<string, string>(join(folder, 'floor'))
  await level.open()
  context.after(() => level.close())
  const perSecond = async (write: (at: number) => Promise<unknown>) => {
    const took = await timed(() => Promise.all(Array.from({ length: RECORDS }, (_, at) => write(at))))
    return RECORDS / (took / 1_000)
  }
  let round = 0
  const found = await inTurn(
    {
      records: () => perSecond((at) => database.commit((draft) => draft.audit(eventOf(at)))),
      puts: () => perSecond((at) => level.put(`${round++}-${at}`, VALUE, { sync: true }))
    },
    {
      warmUps: WARM_UPS,
      rounds: ROUNDS,
      enoughMs: ENOUGH_MS,
      onRound: (now) => (now === 1 ? context.progress('measuring') : undefined)
    }
  )
  if (!(await database.auditLog.verify()).ok) throw new Error('the audit log does not verify')
  return [
    {
      name: `audit records, ${RECORDS} at once`,
      unit: '/s',
      ours: median(found.records),
      floor: median(found.puts),
      floorIs: `${RECORDS} synced LevelDB puts of as many bytes at once`,
      target: { of: 'ratio', bound: 'at least', value: 0.3 },
      note: `middle half: ours ${spread(found.records)} /s, floor ${spread(found.puts)} /s`
    }
  ]
}

/** The audit event of an admission. */
function eventOf(at: number) {
  return {
    kind: 'request' as const,
    actor: '12D3KooWBenchmarkBenchmarkBenchmarkBenchmarkBenchmark',
    jobId: String(at).padStart(32, '0'),
    detail: { request: 'a'.repeat(64), catalog: 'clinical_trial_data', custody: 'requester' }
  }
}

/** A value of about the size of such a record with its two hashes. */
const VALUE = 'x'.repeat(330)
