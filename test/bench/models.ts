/**
 * Benchmark of models: a linear and a logistic one over ten institutions beside R on all rows in one file, and one round at three
 * institutions beside an SQL job at one.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Client } from '@stimnet/sdk'
import { answerOf, clientOf, startSite, until, writeSite } from '../mesh.ts'
import { startServingPeer } from './children.ts'
import { cohortCatalog, linearFormula, logisticFormula, programOfR, writeCohort } from './cohort.ts'
import { inTurn, median, short, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const SITES = 10
const PEOPLE = 100_000
/** People of each of three institutions that are asked one round, as many as in the row of SQL jobs. */
const FEW = 10_000
const WARM = 3
const ROUNDS = 3

export const modelsRow: Row = {
  name: 'models',
  says: 'a linear and a logistic model at ten peers beside R, and one round at three',
  withinMs: 900_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  const { client, targets } = await startSites(context, folder)
  const ofR = await startR(context, folder)
  const few = targets.slice(0, WARM)
  const ask = asking(client)
  const floorOf = (call: (at: number) => string) => ofR?.seconds(call) ?? (async () => 0)
  const small = await turns(context, 'one round', {
    ours: ask(linearFormula, { catalog: 'small', targets: few }),
    floor: sqlJob(client, few.slice(0, 1))
  })
  const large = { catalog: 'large', targets }
  const linear = await turns(context, 'linear', {
    ours: ask(linearFormula, large),
    floor: floorOf((at) => `lm(${linearFormula(at)}, d)`)
  })
  const logistic = await turns(context, 'logistic', {
    ours: ask(logisticFormula, { ...large, family: 'binomial' }),
    floor: floorOf((at) => `glm(${logisticFormula(at)}, binomial, d)`)
  })
  const whole = `${SITES} peers with ${PEOPLE / 1_000}k people each, receipts verified`
  return [
    besideR(`linear model with 8 terms, ${whole}`, linear, { is: 'lm', most: 2, hasR: ofR !== undefined }),
    besideR(`logistic model with numbers, ${whole}`, logistic, { is: 'glm', most: 3, hasR: ofR !== undefined }),
    {
      name: `one round among ${WARM} warm peers, ${FEW / 1_000}k people each`,
      unit: 'ms',
      ours: median(small.ours),
      floor: median(small.floor),
      floorIs: 'an SQL job at one of them, asked through the same gateway',
      target: { of: 'ratio', bound: 'at most', value: 3 },
      note: `middle half: ours ${spread(small.ours)} ms, floor ${spread(small.floor)} ms`
    }
  ]
}

interface Sides<T> {
  readonly ours: T
  readonly floor: T
}

/** Both sides in turn. Each time is reported as it is measured: on a busy machine a round takes minutes. */
async function turns(context: Context, what: string, sides: Sides<() => Promise<number>>): Promise<Sides<number[]>> {
  const told = (side: keyof typeof sides) => async () => {
    const took = await sides[side]()
    context.progress(`${what}, ${side}: ${short(took)} ms`)
    return took
  }
  return inTurn({ ours: told('ours'), floor: told('floor') }, { warmUps: 1, rounds: ROUNDS })
}

function besideR(
  name: string,
  { ours, floor }: Sides<number[]>,
  { is, most, hasR }: { readonly is: string; readonly most: number; readonly hasR: boolean }
): Line {
  const own = { name, unit: 'ms', ours: median(ours) } as const
  if (!hasR) return { ...own, note: 'R is not installed: there is no floor' }
  return {
    ...own,
    floor: median(floor),
    floorIs: `R's ${is} of the same rows in memory, ${short((SITES * PEOPLE) / 1e6)} million in one data frame, on one core`,
    target: { of: 'ratio', bound: 'at most', value: most },
    note: `middle half: ours ${spread(ours)} ms, floor ${spread(floor)} ms; all peers share the cores of this machine`
  }
}

/** Asks a model of the next outcome and waits for the fit, which is computed here from the signed answers; ms. */
function asking(client: Client) {
  return (formula: (at: number) => string, of: Parameters<Client['model']>[1]): (() => Promise<number>) => {
    let at = 0
    return () =>
      timed(async () => {
        const { missing, coefficients } = await client.model(formula(at++), of)
        const lost = Object.entries(missing)[0]
        if (lost !== undefined) throw new Error(`a part was refused: ${lost.join(' ')}`)
        if (coefficients.some(({ estimate }) => estimate === null)) throw new Error('the model was not fitted')
      })
  }
}

/** An SQL job at one peer, through the same gateway, whose answer is verified as well; ms. */
function sqlJob(client: Client, targets: readonly string[]): () => Promise<number> {
  let at = 0
  return () =>
    timed(async () => {
      const sql = `SELECT arm, COUNT(DISTINCT subject_id) AS n, AVG(score_${at++}) AS score FROM small_rows GROUP BY arm`
      const { parts } = await answerOf(client, {
        ...{ data_catalog_name: 'small', script_type: 'sql', script_content: sql },
        targets: [...targets]
      })
      if (parts.some(({ state }) => state !== 'completed')) throw new Error(`a job ended ${parts[0]?.state}`)
    })
}

/** Ten institutions, each in a process of its own, and one peer here that asks them. */
async function startSites(context: Context, folder: string): Promise<{ client: Client; targets: string[] }> {
  const asking = await writeSite(folder, 0, {
    config: { gateway: { port: 0, requests_per_minute: 1_000_000 }, catalogs: [] }
  })
  const asker = await startSite(asking)
  context.after(() => asker.stop())
  const targets: string[] = []
  for (let at = 0; at < SITES; at++) {
    const own = join(folder, `rows-${at}`)
    await writeCohort(`${own}.csv`, { at, people: PEOPLE, forR: join(folder, 'rows.bin') })
    const isFew = at < WARM
    if (isFew) await writeCohort(`${own}-few.csv`, { at: SITES + at, people: FEW })
    // In an open mesh, since the institutions of a model in rounds must know each other.
    const site = await writeSite(folder, at + 1, {
      bootstrap: asker.addresses.slice(0, 1),
      config: {
        gateway: { enabled: false },
        catalogs: [cohortCatalog('large', `${own}.csv`), ...(isFew ? [cohortCatalog('small', `${own}-few.csv`)] : [])]
      }
    })
    targets.push((await startServingPeer(context, site.configFile)).peerId)
    context.progress(`${at + 1} of ${SITES} peers started`)
  }
  await until(() => targets.every((one) => asker.mesh.connected().includes(one)), 'the asker is connected with all')
  return { client: await clientOf(asker), targets }
}

interface RunningR {
  /** Evaluates the next call; ms. */
  seconds(call: (at: number) => string): () => Promise<number>
}

/** R with all rows in memory; undefined where it is not installed. */
async function startR(context: Context, folder: string): Promise<RunningR | undefined> {
  if (spawnSync('Rscript', ['--version']).status !== 0) return undefined
  context.progress('R reads the rows')
  const script = join(folder, 'floor.R')
  await writeFile(script, programOfR(join(folder, 'rows.bin'), SITES * PEOPLE))
  const child: ChildProcess = spawn('Rscript', ['--vanilla', script], { stdio: ['pipe', 'pipe', 'ignore'] })
  context.after(() => child.kill())
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('R has no pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const line = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('R ended')
    return value as string
  }
  if ((await line()) !== 'ready') throw new Error('R has not read the rows')
  return {
    seconds: (call) => {
      let at = 0
      return async () => {
        stdin.write(`${call(at++)}\n`)
        return 1_000 * Number(await line())
      }
    }
  }
}
