/** Benchmark of a query over a million rows, from the cohort to disclosure control, compared with DuckDB alone. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type Catalog, catalogConfigSchema, type IndexLevel, openCatalog, parseSql } from '@stimnet/data'
import {
  type DisclosureContext,
  disclose,
  effectiveSettings,
  gateCohort,
  type Ledgers,
  SpanLedger,
  tellEverything,
  variableFacts
} from '@stimnet/privacy'
import { cryptographicRandom, type Filter, type Plan, systemClock } from '@stimnet/protocol'
import { MemoryLevel } from 'memory-level'
import { inTurn, median, short, spread, timed } from './measure.ts'
import type { Context, Line, Row } from './row.ts'
import { scratchFolder } from '../scratch.ts'

const ROWS = 1_000_000
/** Number of subjects in the table with several rows per subject. */
const VISITORS = 200_000
const WARM_UPS = 3
const ROUNDS = 15
const ENOUGH_MS = 30_000

export const reduceRow: Row = {
  name: 'reduce',
  says: 'a million rows, from cohort to suppressed table',
  withinMs: 240_000,
  measure
}

/** A query in the node's SQL, and the equivalent query for DuckDB. */
interface Question {
  readonly sql: string
  readonly bare: string
}

const ONE_ROW_EACH: Question = {
  sql: 'SELECT site, COUNT(DISTINCT id) AS n, AVG(score) AS score FROM people GROUP BY site',
  bare: 'SELECT site, count(DISTINCT _subject), avg(score) FROM people GROUP BY site'
}
const SEVERAL_ROWS_EACH: Question = {
  sql: 'SELECT visit, COUNT(DISTINCT id) AS n, AVG(pain) AS pain FROM visits GROUP BY visit',
  bare: 'SELECT visit, count(DISTINCT _subject), avg(pain) FROM visits GROUP BY visit'
}
const COHORT: Filter = {
  all: [
    { column: 'people.sex', op: '=', values: ['female'] },
    { column: 'people.age', op: '>=', values: [60] }
  ]
}
const BARE_COHORT = 'SELECT count(DISTINCT _subject) FROM people WHERE sex = 0 AND age >= 60'

async function measure(context: Context): Promise<readonly Line[]> {
  const folder = await scratchFolder(context)
  context.progress('writing and reading two tables of a million rows')
  const connection = await openBare(context)
  await writeTables(connection, folder)
  const people = await openOne(context, folder, PEOPLE)
  await loadBare(connection, folder, 'people')
  const one = await measureQuestion(context, { connection, catalog: people, question: ONE_ROW_EACH })
  const cohort = await measureCohort(context, connection, people)
  await people.close()
  const visits = await openOne(context, folder, VISITS)
  await loadBare(connection, folder, 'visits')
  const several = await measureQuestion(context, { connection, catalog: visits, question: SEVERAL_ROWS_EACH })
  await visits.close()
  return [
    lineOf('SQL group-by with suppression, 1M rows, one a subject', one, 2),
    lineOf('SQL group-by with suppression, 1M rows, five a subject', several, 2),
    lineOf('cohort, gate and atoms, 1M subjects', cohort, 3)
  ]
}

interface Found {
  readonly ours: number[]
  readonly floor: number[]
  readonly floorIs: string
  readonly parts: string
}

function lineOf(name: string, { ours, floor, floorIs, parts }: Found, most: number): Line {
  return {
    ...{ name, unit: 'ms', ours: median(ours), floor: median(floor), floorIs },
    target: { of: 'ratio', bound: 'at most', value: most },
    note: `${parts}middle half: ours ${spread(ours)} ms, floor ${spread(floor)} ms; one thread each`
  }
}

async function measureQuestion(
  context: Context,
  { connection, catalog, question }: { connection: DuckDBConnection; catalog: Catalog; question: Question }
): Promise<Found> {
  const plan = parseSql(question.sql, catalog.descriptor)
  const cohort = await catalog.cohort(undefined)
  const told = await contextOf(catalog, plan)
  const reducing: number[] = []
  const ours = async () => {
    const started = performance.now()
    const reduction = await catalog.reduce(plan, cohort)
    reducing.push(performance.now() - started)
    const disclosed = disclose({ kind: 'table', plan, reduction, defining: [] }, { ...told, cohort })
    if (!disclosed.ok) throw new Error(`withheld: ${disclosed.why}`)
    return performance.now() - started
  }
  const found = await inTurn(
    { ours, floor: () => timed(() => connection.runAndReadAll(question.bare)) },
    turns(context)
  )
  const floorIs = 'the same question, whose subjects are counted as well, in an open DuckDB with the same table'
  return { ...found, floorIs, parts: `of it ${short(median(reducing.slice(WARM_UPS)))} ms reading and adding up; ` }
}

async function measureCohort(context: Context, connection: DuckDBConnection, catalog: Catalog): Promise<Found> {
  const { settings, ledgers } = await contextOf(catalog, undefined)
  const ours = () =>
    timed(async () => {
      const cohort = await catalog.cohort(COHORT)
      const admitted =
        gateCohort(cohort.size, settings).ok && tellEverything({ cohort }, ledgers, settings.k) !== undefined
      if (!admitted) throw new Error('a cohort that cannot be released')
    })
  const found = await inTurn({ ours, floor: () => timed(() => connection.runAndReadAll(BARE_COHORT)) }, turns(context))
  return { ...found, floorIs: 'the subjects that fit, counted in an open DuckDB with the same table', parts: '' }
}

function turns(context: Context) {
  return {
    ...{ warmUps: WARM_UPS, rounds: ROUNDS, enoughMs: ENOUGH_MS },
    onRound: (round: number) => (round === 1 ? context.progress(`measuring, ${ROUNDS} rounds`) : undefined)
  }
}

/** The context of disclosure control for a node that has released nothing before. */
async function contextOf(catalog: Catalog, plan: Plan | undefined): Promise<Omit<DisclosureContext, 'cohort'>> {
  const settings = effectiveSettings({ preset: 'default' })
  const long = catalog.descriptor.tables.find(({ oneRowPerSubject }) => !oneRowPerSubject)?.name
  const owners = long === undefined || plan === undefined ? undefined : await catalog.owners(long)
  const ledgers: Ledgers = {
    subjects: SpanLedger.start(catalog.subjects),
    ...(owners === undefined || long === undefined
      ? {}
      : { rows: { table: long, ledger: SpanLedger.start(owners.length, owners) } })
  }
  const hash = '0'.repeat(64)
  return {
    ...{ settings, ledgers, policyHash: hash, epoch: catalog.epoch, cohortHash: hash, codeHash: hash, image: '' },
    ...{ synthetic: true, variables: variableFacts(catalog.descriptor) }
  }
}

async function openBare(context: Context): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  context.after(() => {
    connection.closeSync()
    instance.closeSync()
  })
  return connection
}

const LEVELS = {
  sex: ['female', 'male'],
  site: ['north', 'east', 'south', 'west'],
  visit: ['baseline', 'month_3', 'month_6', 'month_9', 'month_12']
}

/** Writes the tables. Their rows are computed from hashes, so they are the same each time. */
async function writeTables(connection: DuckDBConnection, folder: string): Promise<void> {
  const pick = (levels: readonly string[], salt: number) =>
    `(['${levels.join("','")}'])[1 + CAST(hash(i + ${salt}) % ${levels.length} AS INTEGER)]`
  const number = (from: number, to: number, salt: number) =>
    `${from} + CAST(hash(i + ${salt}) % ${to - from + 1} AS INTEGER)`
  const people = `SELECT 'S' || i AS id, ${pick(LEVELS.sex, 1)} AS sex, ${pick(LEVELS.site, 2)} AS site, ${number(18, 90, 3)} AS age, ${number(0, 100, 4)} AS score`
  const visits = `SELECT 'S' || (i % ${VISITORS}) AS id, ${pick(LEVELS.visit, 5)} AS visit, ${number(0, 100, 6)} AS pain`
  for (const [name, columns] of Object.entries({ people, visits })) {
    await connection.run(`COPY (${columns} FROM range(${ROWS}) t(i)) TO '${join(folder, `${name}.csv`)}' (HEADER)`)
  }
}

const PEOPLE = {
  name: 'people',
  subject_key: 'id',
  tables: [
    {
      ...{ name: 'people', file: 'people.csv', one_row_per_subject: true },
      variables: [
        { name: 'sex', type: 'category', levels: LEVELS.sex },
        { name: 'site', type: 'category', levels: LEVELS.site },
        { name: 'age', type: 'integer', minimum: 18, maximum: 90, breakpoints: [20, 30, 40, 50, 60, 70, 80] },
        { name: 'score', type: 'integer', minimum: 0, maximum: 100 }
      ]
    }
  ]
}

const VISITS = {
  name: 'visits',
  subject_key: 'id',
  tables: [
    {
      ...{ name: 'visits', file: 'visits.csv' },
      variables: [
        { name: 'visit', type: 'category', levels: LEVELS.visit },
        { name: 'pain', type: 'integer', minimum: 0, maximum: 100 }
      ]
    }
  ]
}

async function openOne(context: Context, folder: string, config: object): Promise<Catalog> {
  const catalog = await openCatalog(catalogConfigSchema.parse(config), {
    baseDir: folder,
    dataDir: join(folder, 'snapshots'),
    index: new MemoryLevel() as unknown as IndexLevel,
    clock: systemClock,
    random: cryptographicRandom,
    cohortSizeMin: 5,
    programs: ['sql']
  })
  context.after(() => catalog.close())
  return catalog
}

/** Loads the snapshot's file into the engine of the floor, so that both read the same columns. */
async function loadBare(connection: DuckDBConnection, folder: string, table: string): Promise<void> {
  const [parquet] = globSync(`snapshots/${table}/*/${table}.parquet`, { cwd: folder })
  if (parquet === undefined) throw new Error('the snapshot is not where it was')
  await connection.run(`CREATE TABLE ${table} AS SELECT * FROM read_parquet('${join(folder, parquet)}')`)
}
