/**
 * Values and rows that came with a later epoch than the person whom they are about. In answers about groups that others do not know, such
 * values and rows count as absent until enough people of the group have some: the difference between an answer with one person's new value
 * and the same answer without it would disclose that value. See decision 106.
 */
import { resolveVariable, SubjectSet, type CatalogDescriptor, type VariableRef } from '@stimnet/protocol'
import type { CatalogConfig, TableConfig } from '../catalog/catalog-config.ts'
import type { CatalogView } from '../catalog/mapped.ts'
import { cellSql, ROW, SUBJECT } from '../columns.ts'
import type { Engine } from '../engine.ts'
import { domainOf } from '../index/domain.ts'
import type { SetName, SubjectIndex } from '../index/subject-index.ts'
import { quoteName } from '../quote.ts'

/** One late value or row. */
export interface LateItem {
  /** The position of its row; in a table with one row per subject, the position of the subject. */
  readonly item: number
  readonly subject: number
  /** The number of the acceptance of an epoch with which the value or row came. Later acceptances have larger numbers. */
  readonly since: number
}

/** The late values by variable, in the site's own names, and the late rows by table. */
export interface Late {
  readonly values: ReadonlyMap<VariableRef, readonly LateItem[]>
  readonly rows: ReadonlyMap<string, readonly LateItem[]>
}

/** Reads the late values and rows of an epoch. Names without any are absent. */
export async function lateIn(index: SubjectIndex, epoch: string, { tables }: CatalogConfig): Promise<Late> {
  const values = new Map<VariableRef, readonly LateItem[]>()
  const rows = new Map<string, readonly LateItem[]>()
  for (const { name, variables } of tables) {
    const found = itemsOf(await index.late(epoch, name))
    if (found.length > 0) rows.set(name, found)
    for (const variable of variables) {
      const ref: VariableRef = `${name}.${variable.name}`
      const own = itemsOf(await index.late(epoch, ref))
      if (own.length > 0) values.set(ref, own)
    }
  }
  return { values, rows }
}

/** Stores late values or rows under the name of their variable or table. */
export async function writeLate(index: SubjectIndex, epoch: string, { values, rows }: Late): Promise<void> {
  for (const [name, items] of [...values, ...rows]) {
    const numbers = items.flatMap(({ item, subject, since }) => [item, subject, since])
    await index.writeLate(epoch, name, Uint32Array.from(numbers))
  }
}

function itemsOf(numbers: Uint32Array): LateItem[] {
  return Array.from({ length: numbers.length / 3 }, (_, i) => {
    const [item = 0, subject = 0, since = 0] = numbers.subarray(3 * i, 3 * i + 3)
    return { item, subject, since }
  })
}

/**
 * A view in which some late values are missing and some late rows are absent. The names are the site's own; the result has the names of the
 * view.
 */
export function viewWithout({ values, rows }: Late, view: CatalogView): CatalogView {
  const tableNamed = new Map(view.config.tables.map((table) => [table.name, table]))
  return {
    ...view,
    columnSql(table, name, alias) {
      const sql = view.columnSql(table, name, alias)
      const late = values.get(view.sourceOf(table, name).own)
      return late === undefined ? sql : unread(sql, `${alias}.${placeIn(tableNamed.get(table))}`, late)
    },
    rowsSql(table, alias) {
      const late = rows.get(table)
      return late === undefined ? undefined : notAmong(`${alias}.${placeIn(tableNamed.get(table))}`, late)
    }
  }
}

/** The parts from which the sets of the index are corrected. */
interface SetsFrom {
  readonly descriptor: CatalogDescriptor
  readonly config: CatalogConfig
  readonly subjects: number
  readonly engine: () => Promise<Engine>
}

/** Corrects sets of the subject index: the sets that would be stored if some late values were missing and some late rows absent. */
export function setsWithout(
  { values, rows }: Late,
  { descriptor, config, subjects, engine }: SetsFrom
): (ref: string, name: SetName, set: SubjectSet) => Promise<SubjectSet> {
  const known = new Map<string, Promise<ReadonlyMap<SetName, SubjectSet>>>()
  const read = async (ref: VariableRef, people: SubjectSet) => {
    const { table, variable } = resolveVariable(descriptor, ref)
    const own = config.tables.find(({ name }) => name === table.name)
    const column = own?.variables.find(({ name }) => name === variable.name)
    if (own === undefined || column === undefined)
      throw new TypeError('a description that is not of this configuration')
    const place = placeIn(own)
    const [late, absent] = [values.get(ref), rows.get(own.name)]
    const sql = late === undefined ? quoteName(column.name) : unread(quoteName(column.name), place, late)
    const cell = domainOf(variable) ? cellSql(sql, variable, column) : `CASE WHEN ${sql} IS NOT NULL THEN 0 END`
    const here = absent === undefined ? [] : [notAmong(place, absent)]
    const where = [`${quoteName(SUBJECT)} IN (${[...people].join(', ')})`, ...here].join(' AND ')
    const session = await (await engine()).session()
    try {
      const query = `SELECT DISTINCT ${cell}, ${quoteName(SUBJECT)} FROM ${quoteName(own.name)} WHERE ${where}`
      const found = new Map<SetName, SubjectSet>()
      for (const [at, subject] of await session.rows(query)) {
        const name = at === null || at === undefined ? 'missing' : Number(at)
        const set = found.get(name) ?? SubjectSet.none(subjects)
        set.add(Number(subject))
        found.set(name, set)
      }
      return found
    } finally {
      session.close()
    }
  }
  return async (ref, name, set) => {
    const [table = ''] = ref.split('.')
    const late = [...(values.get(ref as VariableRef) ?? []), ...(rows.get(table) ?? [])]
    if (late.length === 0) return set
    const people = SubjectSet.of(
      subjects,
      late.map(({ subject }) => subject)
    )
    const found = known.get(ref) ?? read(ref as VariableRef, people)
    known.set(ref, found)
    return set.without(people).or((await found).get(name) ?? SubjectSet.none(subjects))
  }
}

/** The column that contains the position of a late item. */
function placeIn(table: Pick<TableConfig, 'one_row_per_subject'> | undefined): string {
  return quoteName(table?.one_row_per_subject === true ? SUBJECT : ROW)
}

function unread(sql: string, place: string, late: readonly LateItem[]): string {
  return `CASE WHEN ${notAmong(place, late)} THEN ${sql} END`
}

function notAmong(place: string, late: readonly LateItem[]): string {
  return `${place} NOT IN (${late.map(({ item }) => item).join(', ')})`
}
