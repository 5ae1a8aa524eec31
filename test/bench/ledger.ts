/** Benchmark of a large ledger: the admission of one more number, and reading the ledger of a year of questions. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { LedgerDraft, ledgerFromBytes, ledgerToBytes, SpanLedger } from '@stimnet/privacy'
import { randomUnit, seededRandom, SubjectSet } from '@stimnet/protocol'
import { inTurn, median, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'

const TOLD = 200
const K = 5
const WARM_UPS = 2
const ROUNDS = 15
const ENOUGH_MS = 20_000
/** The questions of a year, and the number of people. */
const QUESTIONS = 10_000
const PEOPLE = 10_000
const VARIABLES = 8
/** Number of different groups in the questions, since most questions are repeated. */
const GROUPS = 150

export const ledgerRow: Row = {
  name: 'ledger',
  says: 'a number admitted beside 200 told ones, and a ledger of 10,000 questions opened',
  withinMs: 240_000,
  measure
}

async function measure(context: Context): Promise<readonly Line[]> {
  return [await admitting(context, 10_000, 1), await admitting(context, 1_000_000, 5), await opening(context)]
}

/** Number of levels of the variables in the filters. */
const LEVELS = { sex: 2, age: 9, centre: 12, diagnosis: 6 } as const
type Variable = keyof typeof LEVELS
const NAMES = Object.keys(LEVELS) as Variable[]

interface Group {
  readonly set: SubjectSet
  readonly where: string
}

/** People, who are the same each time, and random groups of them, which contain most levels of each variable. */
function peopleOf(size: number) {
  const random = seededRandom(size)
  const below = (n: number) => Math.floor(randomUnit(random) * n)
  const values = Object.fromEntries(
    NAMES.map((name) => [name, Uint8Array.from({ length: size }, () => below(LEVELS[name]))])
  ) as Record<Variable, Uint8Array>
  const group = (): Group => {
    const chosen = NAMES.map((name) => ({
      name,
      levels: Array.from({ length: LEVELS[name] }, (_, level) => level).filter(() => below(4) > 0)
    })).filter(({ levels }) => levels.length > 0)
    const set = SubjectSet.none(size)
    for (let person = 0; person < size; person++) {
      if (chosen.every(({ name, levels }) => levels.includes(values[name][person] ?? 0))) set.add(person)
    }
    return { set, where: chosen.map(({ name, levels }) => `${name} IN (${levels.join()})`).join(' AND ') }
  }
  return { values, group }
}

async function admitting(context: Context, size: number, most: number): Promise<Line> {
  context.progress(`${TOLD} numbers about ${size} people`)
  const { values, group } = peopleOf(size)
  const draft = new LedgerDraft(SpanLedger.start(size))
  for (let told = 0; told < TOLD; ) {
    if (draft.tell([{ quantity: 'score', set: group().set }], K) === undefined) told += 1
  }
  const ledger = draft.result()
  const connection = await tableOf(context, values)
  let next = group()
  const ours = async () => {
    next = group()
    return timed(async () => {
      const about = [{ variable: 'score', bits: 5.37, bitsMax: 1 }]
      new LedgerDraft(ledger).tell([{ quantity: 'score', set: next.set, about }], K)
    })
  }
  const floor = () =>
    timed(() => connection.runAndReadAll(`SELECT count(*), avg(score) FROM people WHERE ${next.where}`))
  const found = await inTurn({ ours, floor }, { warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS })
  return {
    name: `a mean admitted beside ${TOLD} told ones, ${size.toLocaleString('en')} people`,
    unit: 'ms',
    ours: median(found.ours),
    floor: median(found.floor),
    floorIs: 'the mean itself in an open DuckDB, one thread',
    target: { of: 'ratio', bound: 'at most', value: most },
    note: `middle half: ours ${spread(found.ours)} ms, floor ${spread(found.floor)} ms`
  }
}

async function tableOf(context: Context, values: Record<Variable, Uint8Array>): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  context.after(() => {
    connection.closeSync()
    instance.closeSync()
  })
  await connection.run(`CREATE TABLE people (${NAMES.map((name) => `${name} UTINYINT`).join(', ')}, score INTEGER)`)
  const appender = await connection.createAppender('people')
  for (let person = 0; person < values.sex.length; person++) {
    for (const name of NAMES) appender.appendUTinyInt(values[name][person] ?? 0)
    appender.appendInteger((person * 7919) % 101)
    appender.endRow()
  }
  appender.closeSync()
  return connection
}

async function opening(context: Context): Promise<Line> {
  context.progress(`${QUESTIONS} questions`)
  const { group } = peopleOf(PEOPLE)
  const groups = Array.from({ length: GROUPS }, () => group().set)
  const random = seededRandom(1)
  const draft = new LedgerDraft(SpanLedger.start(PEOPLE))
  let admitted = 0
  const asked = new Set<string>()
  for (let question = 0; question < QUESTIONS; question++) {
    const at = Math.floor(randomUnit(random) * GROUPS)
    const set = groups[at] ?? SubjectSet.everyone(PEOPLE)
    const variable = `v${Math.floor(randomUnit(random) * VARIABLES)}`
    // A repeated question does not change the ledger.
    if (asked.has(`${at} ${variable}`)) continue
    asked.add(`${at} ${variable}`)
    const about = [{ variable, bits: 5.37, bitsMax: 1 }]
    const numbers = [variable, `${variable}^2`].map((quantity) => ({ quantity, set, about }))
    if (draft.tell([...numbers, { quantity: '1', set }], K) === undefined) admitted += 1
  }
  const bytes = ledgerToBytes(draft.result())
  const items = { universe: PEOPLE }
  const found = await inTurn(
    { ours: () => timed(async () => void ledgerFromBytes(bytes, items)) },
    { warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS }
  )
  return {
    name: `a ledger of ${QUESTIONS.toLocaleString('en')} questions opened`,
    unit: 'ms',
    ours: median(found.ours),
    target: { of: 'ours', bound: 'at most', value: 1_000 },
    note: `${PEOPLE.toLocaleString('en')} people, ${VARIABLES} variables, ${admitted.toLocaleString('en')} admitted, ${(bytes.length / 1e6).toFixed(1)} MB; middle half ${spread(found.ours)} ms`
  }
}
