/** A study in a catalog that is queried in this process: planned, reduced, judged and recorded as by a peer. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type CarriedItems, type Catalog, carryEpoch, catalogConfigSchema, parseSql, rowFilter } from '@stimnet/data'
import {
  type Aggregate,
  carryLedger,
  type DisclosureContext,
  disclose,
  effectiveSettings,
  leaveOut,
  type Ledgers,
  type Precision,
  SpanLedger,
  startLedger,
  variableFacts,
  variablesWeighed
} from '@stimnet/privacy'
import { type Filter, type GramPart, type Plan, setOfCohort, type TableOutput } from '@stimnet/protocol'
import { planOfStatistic } from '@stimnet/statistics'
import { asBefore } from '../src/jobs/run/late.ts'
import { reduceTable } from '../src/jobs/run/table.ts'
import { makeWorld, type World } from '../../../test/data-world.ts'
import { uniform, normalFrom } from '../../../test/chance.ts'

export { uniform } from '../../../test/chance.ts'

/** A row: values by column; null is missing. */
export type StudyRow = Readonly<Record<string, string | number | null>>

/** The outcome of one question. */
export type Told =
  | { readonly ok: true; readonly output: TableOutput }
  | { readonly ok: false; readonly code: string; readonly why: string }

/** Options of a test: changes to the study's rules, or to an aggregate before it is judged. */
export interface StudyOptions {
  readonly preset?: string
  readonly precision?: Precision
  readonly overrides?: Parameters<typeof effectiveSettings>[0]['overrides']
  /**
   * Default true: for real people a model contains no number that others know, so most models here would be refused for that
   * reason.
   */
  readonly synthetic?: boolean
  /** The analysis sets of the catalog, as in its configuration. */
  readonly sets?: object
}

/** The study. It records all of its disclosures. */
export class ModelStudy {
  /** The catalog with whose names questions are asked: the catalog itself, or a mapped view of it. */
  catalog: Catalog
  #opened: Catalog
  readonly #world: World
  readonly #config: object
  readonly #settings: ReturnType<typeof effectiveSettings>
  #subjects: SpanLedger
  readonly #rows = new Map<string, SpanLedger>()
  readonly #synthetic: boolean

  private constructor(
    catalog: Catalog,
    world: World,
    { config, ...options }: StudyOptions & { readonly config: object }
  ) {
    const { preset = 'default', precision = 'exact', overrides = {}, synthetic = true } = options
    this.catalog = catalog
    this.#opened = catalog
    this.#world = world
    this.#config = config
    this.#settings = effectiveSettings({ preset, precision, overrides })
    this.#synthetic = synthetic
    this.#subjects = startLedger(catalog.subjects, [])
  }

  /** Opens a catalog over tables of rows. `tables` describes their variables, as in a configuration. */
  static async open(
    tables: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[],
    rows: Readonly<Record<string, readonly StudyRow[]>>,
    options: StudyOptions = {}
  ): Promise<ModelStudy> {
    const config = {
      ...{ name: 'study', subject_key: 'id' },
      tables: tables.map((table) => ({ file: `${table.name}.csv`, ...table })),
      ...(options.sets === undefined ? {} : { analysis_sets: options.sets })
    }
    const world = await makeWorld(config, filesOf(rows))
    return new ModelStudy(await world.open(), world, { ...options, config })
  }

  /** Goes on with newer rows, as after `stimnet epoch accept`. */
  async accept(rows: Readonly<Record<string, readonly StudyRow[]>>): Promise<void> {
    for (const [file, text] of Object.entries(filesOf(rows))) await this.#world.write(file, text)
    const next = await this.#world.open()
    const carried = await carryEpoch({
      config: catalogConfigSchema.parse(this.#config),
      dataDir: join(this.#world.folder, 'data'),
      index: this.#world.index,
      from: this.#opened.epoch,
      to: next.epoch
    })
    assert.ok(carried.ok, JSON.stringify(carried))
    this.#subjects = carriedTo(this.#subjects, carried.people)
    for (const [table, ledger] of this.#rows)
      this.#rows.set(table, carriedTo(ledger, carried.rows.get(table) as CarriedItems))
    this.#opened = next
    this.catalog = next
  }

  /** Closes the study before the end of its test file. */
  close(): Promise<void> {
    return this.#world.close()
  }

  /** The current ledger of the subjects. */
  get ledger(): SpanLedger {
    return this.#subjects
  }

  /** Fits a model. */
  model(formula: string, where?: Filter): Promise<Told> {
    const call = { name: 'regression', variables: [], by: [], arguments: { formula } }
    return this.ask(planOfStatistic(call, this.catalog.descriptor), where)
  }

  sql(text: string, where?: Filter): Promise<Told> {
    return this.ask(parseSql(text, this.catalog.descriptor), where)
  }

  statistic(name: string, variables: string[], by: string[] = [], where?: Filter): Promise<Told> {
    return this.ask(planOfStatistic({ name, variables, by, arguments: {} }, this.catalog.descriptor), where)
  }

  /** Asks a plan over the people of a filter. The released numbers are recorded. */
  async ask(plan: Plan, where?: Filter): Promise<Told> {
    const aggregate = await this.aggregate(plan, where)
    return this.judge(aggregate, where)
  }

  #seen(plan: Plan, filter: Filter | undefined): Promise<Catalog> {
    return asBefore({ catalog: this.catalog, plan, filter }, this.#settings)
  }

  /** Reduces a plan as a job does. */
  async aggregate(asked: Plan, where?: Filter): Promise<Extract<Aggregate, { kind: 'table' }>> {
    const filter = where === undefined ? undefined : this.catalog.resolveFilter(where)
    const own = asked.where === undefined ? undefined : this.catalog.resolveFilter(asked.where, asked.tables)
    const rows = filter === undefined ? undefined : rowFilter(filter, asked.tables)
    const all = own && rows ? { all: [own, rows] } : (own ?? rows)
    const plan = all === undefined ? asked : { ...asked, where: all }
    const catalog = await this.#seen(plan, filter)
    const cohort = await catalog.cohort(filter)
    const leaving = {
      settings: this.#settings,
      weighed: async () => [this.#subjects, ...this.#rows.values()].flatMap(variablesWeighed),
      leaveOut: async ({ aggregate }: { aggregate: Aggregate }) =>
        aggregate.kind === 'table' ? leaveOut(aggregate, this.#contextOf(cohort, aggregate)) : undefined
    }
    return reduceTable({ catalog, plan, filter, cohort }, leaving)
  }

  /** Judges an aggregate after all earlier disclosures. */
  async judge(aggregate: Extract<Aggregate, { kind: 'table' }>, where?: Filter): Promise<Told> {
    const filter = where === undefined ? undefined : this.catalog.resolveFilter(where)
    const cohort = await (await this.#seen(aggregate.plan, filter)).cohort(filter)
    const context = { ...this.#contextOf(cohort, aggregate), analysisSet: setOfCohort(where, this.catalog.descriptor) }
    const told = disclose(aggregate, context)
    const { ledgers } = told
    if (ledgers !== undefined) this.#subjects = ledgers.subjects
    if (ledgers?.rows) this.#rows.set(ledgers.rows.table, ledgers.rows.ledger)
    if (!told.ok) return told
    return { ok: true, output: told.output.output as TableOutput }
  }

  #contextOf(
    cohort: DisclosureContext['cohort'],
    { reduction }: Extract<Aggregate, { kind: 'table' }>
  ): DisclosureContext {
    const { items } = reduction
    const ledgers: Ledgers = {
      subjects: this.#subjects,
      ...(items === undefined
        ? {}
        : {
            rows: {
              table: items.table,
              ledger: this.#rows.get(items.table) ?? SpanLedger.start(items.rows, items.owners)
            }
          })
    }
    return {
      ...{ settings: this.#settings, policyHash: '', epoch: 'epoch', cohortHash: '', codeHash: '', image: '' },
      ...{ cohort, ledgers, synthetic: this.#synthetic },
      variables: variableFacts(this.catalog.descriptor, this.catalog.sourceOf)
    }
  }
}

/** The matrix of an answer; throws if there is none. */
export function gramOfAnswer(told: Told): GramPart {
  const part = told.ok ? told.output.rows[0]?.parts.n : undefined
  if (part === undefined || !('gram' in part)) throw new Error(`no model: ${told.ok ? 'another answer' : told.why}`)
  return part.gram
}

/** The variables of the study of most tests. */
export const VARIABLES = [
  { name: 'age', type: 'integer', minimum: 18, maximum: 110, breakpoints: [50, 60, 70] },
  { name: 'sex', type: 'category', levels: ['female', 'male'] },
  { name: 'centre', type: 'category', levels: ['A', 'B', 'C'] },
  { name: 'grade', type: 'category', levels: ['low', 'middle', 'high'] },
  { name: 'marker', type: 'integer', minimum: 0, maximum: 200 },
  { name: 'dose', type: 'number', decimals: 1, minimum: -50, maximum: 50 },
  { name: 'score', type: 'integer', minimum: 0, maximum: 100 }
]

/** People at two large centres and, if wanted, `few` people at a third centre. */
export function people(size: number, seed: number, few = 0): StudyRow[] {
  const next = uniform(seed)
  const normal = normalFrom(next)
  const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
  return Array.from({ length: size }, (_, i) => {
    const marker = within(Math.round(60 + 12 * normal()), 0, 200)
    return {
      id: `P${i}`,
      age: within(Math.round(60 + 9 * normal()), 20, 100),
      sex: next() < 0.45 ? 'female' : 'male',
      centre: i < few ? 'C' : i % 2 === 0 ? 'A' : 'B',
      grade: ['low', 'middle', 'high'][Math.floor(next() * 3)] ?? 'low',
      marker,
      dose: Math.round(within(6 * normal(), -50, 50) * 10) / 10,
      score: within(Math.round(10 + marker / 2 + 8 * normal()), 0, 100)
    }
  })
}

/** Opens a study over people, which is closed after the test. */
export async function open(
  t: TestContext,
  rows: readonly StudyRow[],
  options: StudyOptions & { variables?: readonly object[] } = {}
): Promise<ModelStudy> {
  const tables = [{ name: 'people', one_row_per_subject: true, variables: options.variables ?? VARIABLES }]
  const study = await ModelStudy.open(tables, { people: rows }, options)
  t.after(() => study.close())
  return study
}

/** The people of some centres. */
export const centre = (...values: string[]): Filter => ({ column: 'centre', op: 'in', values })

/** Asserts that nothing was disclosed, for a reason in the local log. */
export function assertRefused(told: Told, why: RegExp, what = '') {
  assert.ok(!told.ok, `${what} was answered`)
  assert.equal(told.code, 'COHORT_NOT_RELEASABLE')
  assert.match(told.why, why, what)
}

/** The plan of a regression. */
export function planFor(formula: string, study: ModelStudy): Plan {
  return planOfStatistic(
    { name: 'regression', variables: [], by: [], arguments: { formula } },
    study.catalog.descriptor
  )
}

/** The rows as CSV files. */
function filesOf(rows: Readonly<Record<string, readonly StudyRow[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, own]) => {
      const columns = Object.keys(own[0] ?? {})
      const lines = own.map((row) => columns.map((column) => row[column] ?? '').join(','))
      return [`${name}.csv`, `${[columns.join(','), ...lines].join('\n')}\n`]
    })
  )
}

function carriedTo(ledger: SpanLedger, { after, to }: CarriedItems): SpanLedger {
  const [owners, goneOwners] = [after.owners?.slice(0, after.items), after.owners?.slice(after.items)]
  return carryLedger(ledger, {
    universe: after.items,
    gone: { items: after.gone, ...(goneOwners === undefined ? {} : { owners: goneOwners }) },
    to,
    ...(owners === undefined ? {} : { owners })
  })
}
