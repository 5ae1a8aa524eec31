/**
 * Tables, and levels such as a visit, in which fewer than half of the people have a row. Having such a row is protected like a value
 * (decision 097).
 */
import { isIdentifyingName } from '../catalog/identifying.ts'
import type { TableConfig } from '../catalog/catalog-config.ts'
import type { Session } from '../engine.ts'
import { quoteText } from '../quote.ts'
import { readColumn } from './value-sql.ts'

/** The rows of a table in the engine. */
export interface KeyedRows {
  readonly table: Pick<TableConfig, 'name' | 'one_row_per_subject' | 'presence' | 'variables' | 'reading'>
  /** SQL for the relation and for the subject key. */
  readonly relation: string
  readonly key: string
  /** The headers of the columns `c0`, `c1` and so on. */
  readonly columns: readonly string[]
}

/** A category by which others know the rows of a table. */
export interface RowCategory {
  readonly name: string
  readonly levels: readonly string[]
  /** SQL for the position of a row's level, null if the value is missing. */
  readonly level: string
}

/** Rows that only few people have. The counts must not leave the institution. */
export interface FewRows {
  readonly table: string
  /** Number of people with such a row, and of all people of the catalog. */
  readonly people: number
  readonly all: number
  /** The category and its level in these rows; undefined if all rows of the table are meant. */
  readonly at?: { readonly category: string; readonly level: string }
}

/** The rows that fewer than half of the people have, in tables without a declared `presence`. */
export async function fewRowsIn(session: Session, tables: readonly KeyedRows[]): Promise<FewRows[]> {
  const keys = tables.map(({ relation, key }) => `SELECT ${key} AS k FROM ${relation}`)
  const [total] = await session.rows(`SELECT count(DISTINCT nullif(k, '')) FROM (${keys.join(' UNION ALL ')})`)
  const all = Number(total?.[0])
  const found: FewRows[] = []
  for (const rows of tables) {
    const { table, relation, key } = rows
    if (table.presence !== undefined) continue
    const [own] = await session.rows(`SELECT count(DISTINCT nullif(${key}, '')) FROM ${relation}`)
    const people = Number(own?.[0])
    if (2 * people < all) found.push({ table: table.name, people, all })
    else found.push(...(await fewLevelsIn(session, rows, all)))
  }
  return found
}

/** The categories by which others know the rows of a table with several rows per subject. */
export function rowCategories({ table, columns }: KeyedRows): RowCategory[] {
  if (table.one_row_per_subject) return []
  return table.variables.flatMap((variable) => {
    const { name, column = name, type, levels = [], identifying = isIdentifyingName(name) } = variable
    const at = columns.indexOf(column)
    if (type !== 'category' || !identifying || at < 0) return []
    return [{ name, levels, level: readColumn(variable, table, `c${at}`).value }]
  })
}

/**
 * The levels whose rows only few people have. A level counts only if at least half of the people with such a row have rows with other
 * levels too. Otherwise the category, such as a sex written in each row, describes the people and not the rows.
 */
async function fewLevelsIn(session: Session, rows: KeyedRows, all: number): Promise<FewRows[]> {
  const { table, relation, key } = rows
  const found: FewRows[] = []
  for (const { name, levels, level } of rowCategories(rows)) {
    const counts = await session.rows(
      `WITH own AS (SELECT DISTINCT ${key} AS k, ${level} AS l FROM ${relation} WHERE coalesce(${key}, ${quoteText('')}) != ''),
       kinds AS (SELECT k, count(l) AS n FROM own GROUP BY k)
       SELECT l, count(*), count(*) FILTER (WHERE n > 1) FROM own JOIN kinds USING (k) WHERE l IS NOT NULL GROUP BY l`
    )
    const of = new Map(
      counts.map(([l, people, having]) => [Number(l), { people: Number(people), having: Number(having) }])
    )
    for (const [i, text] of levels.entries()) {
      const { people, having } = of.get(i) ?? { people: 0, having: 0 }
      if (2 * people >= all || 2 * having < people) continue
      found.push({ table: table.name, people, all, at: { category: name, level: text } })
    }
  }
  return found
}

/** Sentences about rows of one table that only few people have, one sentence per category. For the steward alone. */
export function fewRowsText(few: readonly FewRows[]): string[] {
  return [...Map.groupBy(few, ({ at }) => at?.category)].map(([category, own]) => {
    const which = own.map(({ people, all, at }) =>
      at === undefined ? `${people} of ${all}` : `${at.level} (${people} of ${all})`
    )
    const rows = category === undefined ? `a row (${which.join()})` : `a row whose ${category} is ${which.join(' or ')}`
    const keep =
      category === undefined
        ? 'Write presence: unknown to keep that, as where a row says that something happened; presence: known'
        : 'Leave presence out to keep that. presence: unknown protects all rows of the table; presence: known protects none, and'
    return `Fewer than half of the people have ${rows}. Who has one is protected like a value, so fewer questions are answered. ${keep} is right only if others know of everybody who has one.`
  })
}
