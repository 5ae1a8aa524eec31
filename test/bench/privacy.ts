/** Benchmark of differential privacy: exact noise per second, and durable charges per second. */
import { join } from 'node:path'
import { EVERYBODY, PrivacyLedger } from '@stimnet/peer'
import { discreteGaussian, discreteLaplace, RandomBits } from '@stimnet/privacy'
import { cryptographicRandom } from '@stimnet/protocol'
import { Level } from 'level'
import { startSite, writeSite } from '../mesh.ts'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const DRAWS = 100_000
const SPENDS = 50
const ROUNDS = 11
const ENOUGH_MS = 15_000
const WARM_UPS = 2

export const privacyRow: Row = {
  name: 'privacy',
  says: 'exact noise drawn a second, and charges to the privacy ledger a second',
  withinMs: 120_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  return [...(await drawing(context)), ...(await spending(context))]
}

/** Draws noise with scale 7/2 and variance 49/4, as for a count at ε near one third. */
async function drawing(context: Context): Promise<Line[]> {
  const bits = new RandomBits(cryptographicRandom)
  const perSecond = async (draw: () => bigint) => {
    const took = await timed(async () => {
      for (let i = 0; i < DRAWS; i++) draw()
    })
    return DRAWS / (took / 1_000)
  }
  const found = await inTurn(
    {
      laplace: () => perSecond(() => discreteLaplace(bits, { top: 7n, bottom: 2n })),
      gaussian: () => perSecond(() => discreteGaussian(bits, { top: 49n, bottom: 4n }))
    },
    {
      ...{ warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS },
      onRound: (now) => (now === 1 ? context.progress('drawing') : undefined)
    }
  )
  const line = (name: string, of: number[], least: number): Line => ({
    ...{ name, unit: '/s', ours: median(of), note: `middle half: ${spread(of)} /s, one core` },
    target: { of: 'ours', bound: 'at least', value: least }
  })
  return [
    line('exact discrete Laplace draws', found.laplace, 500_000),
    line('exact discrete Gaussian draws', found.gaussian, 200_000)
  ]
}

/** Charges fifty requests at once, each with its price, total and audit record, compared with one batch after the other. */
async function spending(context: Context): Promise<Line[]> {
  const folder = await scratchFolder(context)
  const site = await writeSite(folder, 0, { config: { gateway: { enabled: false }, catalogs: [] } })
  const { database, stop } = await startSite(site)
  context.after(stop)
  const ledger = await PrivacyLedger.open(database)
  const level = new Level<string, string>(join(folder, 'floor'))
  await level.open()
  context.after(() => level.close())
  const caps = { lifetime: 10n ** 18n, project: 10n ** 18n }
  let next = 0
  const spend = () => {
    const key = String(next++).padStart(64, '0')
    const spending = { key, nanoRho: 5_000_000n, catalog: 'trial', scope: EVERYBODY, caps, promised: false, jobId: key }
    return database.commit((draft) => ledger.spend(draft, spending))
  }
  const perSecond = async (write: () => Promise<unknown>) => SPENDS / ((await timed(write)) / 1_000)
  const found = await inTurn(
    {
      spends: () => perSecond(() => Promise.all(Array.from({ length: SPENDS }, spend))),
      batches: () =>
        perSecond(async () => {
          for (let i = 0; i < SPENDS; i++) await level.batch(BATCH.map(batchOf(next++)), { sync: true })
        })
    },
    {
      ...{ warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS },
      onRound: (now) => (now === 1 ? context.progress('spending') : undefined)
    }
  )
  return [
    {
      name: `durable charges, ${SPENDS} requests at once`,
      unit: '/s',
      ours: median(found.spends),
      floor: median(found.batches),
      floorIs: 'synced LevelDB batches of as many bytes, one after the other',
      target: { of: 'ratio', bound: 'at least', value: 0.5 },
      note: `middle half: ours ${spread(found.spends)} /s, floor ${spread(found.batches)} /s`
    }
  ]
}

/** Sizes of the entries of a batch, bytes: a price, the totals, a count, an audit record and the log's head. */
const BATCH = [180, 160, 8, 480, 100]
const batchOf = (at: number) => (bytes: number, i: number) => ({
  ...{ type: 'put' as const, key: `${i}-${at}`, value: 'x'.repeat(bytes) }
})
