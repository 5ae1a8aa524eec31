/**
 * Comparison of two epochs, so that ledgers can be carried from the items of one epoch to those of the next: which subjects and rows are
 * the same in both, which arrived, and which are gone. An item stays the same only while its content does, because the leverage rule
 * assumes that each item has one value.
 *
 * For this reason a changed value is refused. The old and the new version of its row would be two items with equal values in every
 * unchanged column. Releases from both epochs would cancel in such a column, and rest on fewer people than the ledger counts. So a table
 * may gain rows of a subject or lose rows of a subject, but not both: the gained rows could be changed versions of the lost rows.
 *
 * Filling in a missing value does not give an item a second value: the row stays the same item, which then belongs to more sets than
 * before.
 */
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, counted, StimnetError, type VariableRef } from '@stimnet/protocol'
import {
  type CatalogConfig,
  catalogConfigSchema,
  decimalsOf,
  offeredConfig,
  type TableConfig
} from '../catalog/catalog-config.ts'
import { ROW, SUBJECT } from '../columns.ts'
import { withSession, type Session } from '../engine.ts'
import { quoteName, quoteText } from '../quote.ts'
import { PEOPLE_FILE } from '../snapshot.ts'
import { assertPlainPath } from '../sources/source.ts'
import { fillIn } from './filled.ts'
import { type IndexLevel, type Manifest, SubjectIndex } from '../index/subject-index.ts'
import { type Late, type LateItem, lateIn, writeLate } from './late.ts'

/** The two epochs to compare, and the storage of their snapshots. */
export interface CarryOptions {
  /** The current configuration, with which the newer epoch is served. */
  readonly config: CatalogConfig
  /** Folder of the snapshots. */
  readonly dataDir: string
  readonly index: IndexLevel
  /** The epoch from which answers were released, and the newer epoch. Both snapshots must exist. */
  readonly from: string
  readonly to: string
}

/** The items of one ledger: the number of items in the epoch, and the number of items that only earlier epochs had. */
export interface ItemFacts {
  readonly items: number
  readonly gone: number
  /** For rows: the subject of each item, in ascending order within the epoch's items and within the gone items. */
  readonly owners?: Uint32Array
}

/** The position of each item of the older ledger in the newer ledger. */
export interface CarriedItems {
  readonly before: ItemFacts
  readonly after: ItemFacts
  /** The new position of each older item. */
  readonly to: Uint32Array
}

/** The items of each ledger in the newer epoch; or the reason, for the steward, why ledgers cannot be carried. */
export type Carried =
  | {
      readonly ok: true
      readonly people: CarriedItems
      /** The items of each table with several rows per subject. */
      readonly rows: ReadonlyMap<string, CarriedItems>
      readonly arrived: number
      readonly left: number
      /** Number of subjects for whom a missing value was filled in, or a missing row of a table with one row per subject. */
      readonly filled: number
    }
  | { readonly ok: false; readonly why: string }

/** The name under which the owners of gone items are stored. No table name contains a colon. */
export function goneName(table: string | undefined): string {
  return table === undefined ? ':people' : table
}

/**
 * Compares two epochs of a catalog, and stores with the newer epoch the items that it lacks. Changes no ledger. Throws SOURCE_INVALID if a
 * snapshot does not exist; throws NODE_ERROR.
 */
export async function carryEpoch(options: CarryOptions): Promise<Carried> {
  const { index: level, from, to } = options
  const config = offeredConfig(options.config)
  const index = new SubjectIndex(level, config.name)
  const [older, newer] = await Promise.all([sideOf(options, index, from), sideOf(options, index, to)])
  const stored = catalogConfigSchema.safeParse(await index.config(from))
  if (!stored.success || described(offeredConfig(stored.data)) !== described(config)) {
    return refused('the description of its tables has changed: values cannot be compared with the earlier ones')
  }
  if (!(older.hasPeople && newer.hasPeople)) return refused('a snapshot was made before epochs could be compared')
  return withSession({ threads: 2 }, async (session) => {
    const late = await lateIn(index, from, config)
    const comparison = new Comparison(session, { older, newer, late })
    const people = await comparison.people()
    if (2 * (await comparison.left()) > people.before.items) return refused(REKEYED)
    const rows = new Map<string, CarriedItems>()
    for (const table of config.tables) {
      const carried = await comparison.rows(table, people)
      if ('changed' in carried) return refused(changedWords(table.name, carried.changed))
      if (!table.one_row_per_subject) rows.set(table.name, carried)
    }
    await comparison.write(index, config.tables)
    const [arrived, left] = [await comparison.arrived(), await comparison.left()]
    return { ok: true, people, rows, arrived, left, filled: comparison.filled }
  })
}

/**
 * A person with a new key would count as two people, whose values cancel. A new key of one person cannot be detected; new keys of most
 * people can.
 */
const REKEYED =
  'more than half of its subjects are gone: have their keys changed? A person under a new key is a new one'

function refused(why: string): Carried {
  return { ok: false, why }
}

function changedWords(table: string, subjects: number): string {
  return `values of ${counted(subjects, 'subject')} in ${table} were changed or removed: both versions of a row would be counted as different rows. Only missing values may be filled in`
}

/** The settings that determine how values are stored. Epochs with different settings cannot be compared. */
function described({ subject_key, tables }: CatalogConfig): string {
  return JSON.stringify([
    subject_key,
    ...tables.map((table) => [
      table.name,
      table.one_row_per_subject,
      table.variables.map((variable) => [
        ...[variable.name, variable.type, variable.levels ?? [], decimalsOf(variable)],
        variable.derive === undefined ? null : canonicalJson(variable.derive)
      ])
    ])
  ])
}

interface Side {
  readonly epoch: string
  readonly folder: string
  /** The folder of the items that only earlier epochs had. */
  readonly goneFolder: string
  readonly manifest: Manifest
  readonly hasPeople: boolean
  readonly hasGone: boolean
}

async function sideOf({ config, dataDir }: CarryOptions, index: SubjectIndex, epoch: string): Promise<Side> {
  const manifest = await index.manifest(epoch)
  const folder = join(dataDir, config.name, epoch)
  if (!manifest || !(await isThere(folder))) {
    throw new StimnetError('SOURCE_INVALID', `${folder}: the snapshot of this epoch is not there`)
  }
  const goneFolder = join(dataDir, config.name, `gone-${epoch}`)
  for (const path of [folder, goneFolder]) assertPlainPath(path, 'the data folder')
  const hasPeople = await isThere(join(folder, PEOPLE_FILE))
  return { epoch, folder, goneFolder, manifest, hasPeople, hasGone: await isThere(goneFolder) }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}

/** A comparison of two epochs in one engine. Tokens identify people, and prints identify the content of a row. */
class Comparison {
  readonly #session: Session
  readonly #older: Side
  readonly #newer: Side
  readonly #filled = new Set<string>()
  /** The late values and rows of the older epoch. */
  readonly #lateBefore: Late
  /** The late values and rows of the newer epoch, by variable and by table. */
  readonly #late = { values: new Map<VariableRef, LateItem[]>(), rows: new Map<string, LateItem[]>() }
  readonly #since: number

  constructor(session: Session, { older, newer, late }: { older: Side; newer: Side; late: Late }) {
    this.#session = session
    this.#older = older
    this.#newer = newer
    this.#lateBefore = late
    const before = [...late.values.values(), ...late.rows.values()].flat()
    this.#since = 1 + before.reduce((most, { since }) => Math.max(most, since), 0)
  }

  async people(): Promise<CarriedItems> {
    const [before, after] = [this.#older.manifest.subjects, this.#newer.manifest.subjects]
    await this.#run(`CREATE TABLE older_people AS SELECT token, item FROM ${parquet(this.#older.folder, PEOPLE_FILE)}`)
    await this.#run(`CREATE TABLE newer_people AS SELECT token, item FROM ${parquet(this.#newer.folder, PEOPLE_FILE)}`)
    if (this.#older.hasGone) {
      const gone = parquet(this.#older.goneFolder, PEOPLE_FILE)
      await this.#run(`INSERT INTO older_people SELECT token, ${before} + spot FROM ${gone}`)
    }
    await this.#run(
      `CREATE TABLE gone_people AS SELECT token, row_number() OVER (ORDER BY item) - 1 AS spot
       FROM older_people ANTI JOIN newer_people USING (token)`
    )
    await this.#run(
      `CREATE TABLE owners AS SELECT token, item FROM newer_people
       UNION ALL SELECT token, ${after} + spot AS item FROM gone_people`
    )
    const all = await this.#count('older_people')
    const to = `SELECT n.item FROM older_people AS o JOIN owners AS n USING (token) ORDER BY o.item`
    return {
      before: { items: before, gone: all - before },
      after: { items: after, gone: await this.#count('gone_people') },
      to: await this.#session.column(to, all)
    }
  }

  /** The items of a table. Call `people` first. */
  async rows(table: TableConfig, people: CarriedItems): Promise<CarriedItems | { readonly changed: number }> {
    const [older, newer, gone] = [
      `older_rows_${table.name}`,
      `newer_rows_${table.name}`,
      `gone_rows_${table.name}`
    ].map(quoteName)
    if (older === undefined || newer === undefined || gone === undefined) throw new TypeError('three names')
    const [before, after] = await Promise.all([rowsIn(this.#older, table), rowsIn(this.#newer, table)])
    const past = this.#older.hasGone
      ? `UNION ALL SELECT token, print, ${before} + spot AS item FROM ${parquet(this.#older.goneFolder, fileOf(table))}`
      : ''
    await this.#run(numbered(older, `${printed(table, this.#older.folder, 'older_people')} ${past}`))
    await this.#run(numbered(newer, printed(table, this.#newer.folder, 'newer_people')))
    const filled = await fillIn(this.#session, {
      older: { name: older, rows: before, values: valued(table, this.#older.folder) },
      newer: { name: newer, rows: after, values: valued(table, this.#newer.folder) },
      columns: table.variables.length
    })
    for (const token of filled.tokens) this.#filled.add(token)
    await this.#run(
      `CREATE TABLE ${gone} AS
       SELECT token, print, ordinal, owners.item AS owner, row_number() OVER (ORDER BY owners.item, o.item) - 1 AS spot
       FROM ${older} AS o ANTI JOIN ${newer} AS n USING (token, print, ordinal) JOIN owners USING (token)`
    )
    const changed = await this.#number(
      `SELECT count(DISTINCT token) FROM ${newer} ANTI JOIN ${older} USING (token, print, ordinal) SEMI JOIN ${gone} USING (token)`
    )
    if (changed > 0) return { changed }
    const [all, lost] = [await this.#count(older), await this.#count(gone)]
    const to = `SELECT coalesce(n.item, ${after} + g.spot) FROM ${older} AS o
      LEFT JOIN ${newer} AS n USING (token, print, ordinal) LEFT JOIN ${gone} AS g USING (token, print, ordinal) ORDER BY o.item`
    const ownersBefore = `SELECT p.item FROM ${older} AS o JOIN older_people AS p USING (token) ORDER BY o.item`
    const ownersAfter = `SELECT owner FROM (SELECT n.item, p.item AS owner FROM ${newer} AS n JOIN newer_people AS p USING (token)
      UNION ALL SELECT ${after} + spot, owner FROM ${gone}) ORDER BY item`
    const carried = {
      before: { items: before, gone: all - before, owners: await this.#session.column(ownersBefore, all) },
      after: { items: after, gone: lost, owners: await this.#session.column(ownersAfter, after + lost) },
      to: await this.#session.column(to, all)
    }
    const more = await this.#session.rows(
      `SELECT n.item, CAST(token AS VARCHAR) FROM ${newer} AS n ANTI JOIN ${older} AS o USING (token, print, ordinal) SEMI JOIN older_people USING (token)`
    )
    const gained = more.map(([item]) => Number(item))
    // Such a row has no ledger of its own: it is like values that were missing before.
    if (table.one_row_per_subject) for (const [, token] of more) this.#filled.add(String(token))
    this.#noteLate(table, {
      carried,
      moved: table.one_row_per_subject ? people : carried,
      filled: filled.values,
      gained
    })
    return carried
  }

  /** Collects the late values and rows of a table: those of the older epoch that still exist, and those that came with the newer epoch. */
  #noteLate(
    { name: table, one_row_per_subject: isOfSubjects, variables }: TableConfig,
    { carried, moved, filled, gained }: LateIn
  ): void {
    const owners = carried.after.owners ?? new Uint32Array()
    const lateAt = (row: number): LateItem => {
      const subject = owners[row] ?? 0
      return { item: isOfSubjects ? subject : row, subject, since: this.#since }
    }
    const kept = (items: readonly LateItem[] = []) =>
      items.flatMap(({ item, since }) => {
        const place = moved.to[item] ?? moved.after.items
        const subject = isOfSubjects ? place : (owners[place] ?? 0)
        return place < moved.after.items ? [{ item: place, subject, since }] : []
      })
    this.#late.rows.set(table, [...kept(this.#lateBefore.rows.get(table)), ...gained.map(lateAt)])
    const rowsOf = Map.groupBy(filled, ({ column }) => column)
    for (const [column, { name }] of variables.entries()) {
      const ref: VariableRef = `${table}.${name}`
      const now = (rowsOf.get(column) ?? []).map(({ item }) => lateAt(item))
      this.#late.values.set(ref, [...kept(this.#lateBefore.values.get(ref)), ...now])
    }
  }

  /** Number of subjects with a filled-in value in the tables compared so far. */
  get filled(): number {
    return this.#filled.size
  }

  arrived(): Promise<number> {
    return this.#number('SELECT count(*) FROM newer_people ANTI JOIN older_people USING (token)')
  }

  /** Number of subjects of the older epoch itself, not of epochs before it, that are not in the newer epoch. */
  left(): Promise<number> {
    const here = `(FROM older_people WHERE item < ${this.#older.manifest.subjects})`
    return this.#number(`SELECT count(*) FROM ${here} ANTI JOIN newer_people USING (token)`)
  }

  /** Stores the items that the newer epoch lacks, for its ledgers and for the next comparison. */
  async write(index: SubjectIndex, tables: readonly TableConfig[]): Promise<void> {
    const { epoch, goneFolder } = this.#newer
    await rm(goneFolder, { recursive: true, force: true })
    await mkdir(goneFolder, { recursive: true })
    await writeLate(index, epoch, this.#late)
    const copy = (query: string, file: string) =>
      this.#run(`COPY (${query}) TO ${quoteText(join(goneFolder, file))} (FORMAT parquet, COMPRESSION zstd)`)
    await copy('SELECT token, spot FROM gone_people ORDER BY spot', PEOPLE_FILE)
    const owners = `SELECT ${this.#newer.manifest.subjects} + spot FROM gone_people ORDER BY spot`
    const goneOf = async (query: string, name: string) => this.#session.column(query, await this.#count(name))
    await index.writeGoneOwners(epoch, goneName(undefined), await goneOf(owners, 'gone_people'))
    for (const table of tables) {
      const gone = quoteName(`gone_rows_${table.name}`)
      await copy(`SELECT token, print, spot FROM ${gone} ORDER BY spot`, fileOf(table))
      const rowOwners = await goneOf(`SELECT owner FROM ${gone} ORDER BY spot`, gone)
      await index.writeGoneOwners(epoch, goneName(table.name), rowOwners)
    }
  }

  async #run(sql: string): Promise<void> {
    await this.#session.rows(sql)
  }

  #count(table: string): Promise<number> {
    return this.#number(`SELECT count(*) FROM ${table}`)
  }

  async #number(sql: string): Promise<number> {
    const [row] = await this.#session.rows(sql)
    return Number(row?.[0])
  }
}

/** The parts from which the late values and rows of a table are found. */
interface LateIn {
  readonly carried: CarriedItems
  /** The new positions of the items under which late values and rows are stored: rows, or subjects. */
  readonly moved: CarriedItems
  readonly filled: readonly { readonly item: number; readonly column: number }[]
  /** The additional rows of the newer epoch whose subjects were in the older epoch as well. */
  readonly gained: readonly number[]
}

function parquet(folder: string, file: string): string {
  return `read_parquet(${quoteText(join(folder, file))}, hive_partitioning = false)`
}

function fileOf({ name }: TableConfig): string {
  return `${name}.parquet`
}

async function rowsIn({ manifest }: Side, { name }: TableConfig): Promise<number> {
  const table = manifest.tables.find((candidate) => candidate.name === name)
  if (table === undefined) throw new StimnetError('NODE_ERROR', `an epoch without the table ${name}`)
  return table.rows
}

/** A query that gives each row's person, the hash of its content, and its position. */
function printed(table: TableConfig, folder: string, people: string): string {
  const place = placeIn(table)
  // Each value is written with its length, so that different rows have different texts.
  const values = table.variables.map(({ name }) => {
    const text = `CAST(r.${quoteName(name)} AS VARCHAR)`
    return `coalesce('v' || length(${text}) || ':' || ${text}, 'n')`
  })
  return `SELECT p.token, sha256(${values.join(' || ')}) AS print, ${place} AS item
    FROM ${parquet(folder, fileOf(table))} AS r JOIN ${people} AS p ON p.item = r.${quoteName(SUBJECT)}`
}

function placeIn(table: TableConfig): string {
  return table.one_row_per_subject ? `row_number() OVER (ORDER BY r.${quoteName(SUBJECT)}) - 1` : `r.${quoteName(ROW)}`
}

/** A query that gives each row's position, and its values as text in columns c0, c1 and so on. */
function valued(table: TableConfig, folder: string): string {
  const values = table.variables.map(({ name }, at) => `CAST(r.${quoteName(name)} AS VARCHAR) AS c${at}`)
  return `SELECT ${[`${placeIn(table)} AS item`, ...values].join(', ')} FROM ${parquet(folder, fileOf(table))} AS r`
}

/** Creates a table of the rows in which equal rows of one subject are numbered. The order of the numbers does not affect any result. */
function numbered(name: string, query: string): string {
  return `CREATE TABLE ${name} AS
    SELECT token, print, item, row_number() OVER (PARTITION BY token, print ORDER BY item) AS ordinal FROM (${query})`
}
