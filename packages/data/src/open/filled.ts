/**
 * Rows of a newer epoch in which missing values were filled in. Such a row is the same ledger item as its older version: earlier releases
 * used its older values, which are unchanged, and none used the filled-in values.
 */
import type { Session } from '../engine.ts'

/**
 * The rows of one epoch: the name of a table of their tokens, prints, ordinals and items, and a query for the values of the first `rows`
 * items.
 */
interface Rows {
  readonly name: string
  readonly rows: number
  /** A query that gives `item`, and the values as text in columns c0, c1 and so on. */
  readonly values: string
}

/** A value that the newer epoch has and the older lacks: the position of its row in the newer epoch, and its column. */
interface FilledValue {
  readonly item: number
  readonly column: number
}

interface Filled {
  readonly tokens: ReadonlySet<string>
  readonly values: readonly FilledValue[]
}

/** Maximum number of pairs of a lost and a gained row per subject. Subjects with more pairs are not compared. */
const PAIRS_MAX = 2_500
const PAIRS_AT_ONCE = 1_000

/**
 * Matches each row that only the older epoch has ("lost") with a row of the same subject that only the newer epoch has ("gained") and that
 * adds values to it, and puts the newer row in place of the
 * older one in the older table. Either all lost rows of a subject are matched or none, since a value of an unmatched lost row could be in a
 * gained row. Returns the tokens of the matched subjects, and the values that were filled in.
 */
export async function fillIn(
  session: Session,
  { older, newer, columns }: { readonly older: Rows; readonly newer: Rows; readonly columns: number }
): Promise<Filled> {
  await onlyIn(session, 'lost', older, newer)
  await onlyIn(session, 'gained', newer, older)
  const both = 'lost_values AS l JOIN gained_values AS g USING (token)'
  const fits = Array.from({ length: columns }, (_, at) => `(l.c${at} IS NULL OR l.c${at} = g.c${at})`)
  const many = `SELECT token FROM ${both} GROUP BY token HAVING count(*) > ${PAIRS_MAX}`
  const pairs = await session.rows(
    `SELECT CAST(token AS VARCHAR), l.item, g.item FROM ${both}
     WHERE ${['TRUE', ...fits].join(' AND ')} AND token NOT IN (${many}) ORDER BY 1, 2, 3`
  )
  const lost = new Map(
    (await session.rows('SELECT CAST(token AS VARCHAR), count(*) FROM lost GROUP BY token')).map(([token, rows]) => [
      String(token),
      Number(rows)
    ])
  )
  const filled = new Set<string>()
  const taken: [number, number][] = []
  for (const [token, own] of Map.groupBy(pairs, ([name]) => String(name))) {
    const matched = matching(own.map(([, one, other]) => [Number(one), Number(other)]))
    if (matched.length !== lost.get(token)) continue
    taken.push(...matched)
    filled.add(token)
  }
  const isFilled = Array.from({ length: columns }, (_, at) => `l.c${at} IS NULL AND g.c${at} IS NOT NULL`)
  const values: FilledValue[] = []
  for (let at = 0; at < taken.length; at += PAIRS_AT_ONCE) {
    const matched = taken.slice(at, at + PAIRS_AT_ONCE).map(([was, now]) => `(${was}, ${now})`)
    const found = await session.rows(
      `SELECT ${['m.now', ...isFilled].join(', ')} FROM (VALUES ${matched.join(', ')}) AS m (was, now)
       JOIN lost_values AS l ON l.item = m.was JOIN gained_values AS g ON g.item = m.now`
    )
    for (const [item, ...flags] of found)
      for (const [column, flag] of flags.entries()) if (flag === true) values.push({ item: Number(item), column })
    await session.rows(
      `UPDATE ${older.name} AS o SET print = g.print, ordinal = g.ordinal
       FROM (VALUES ${matched.join(', ')}) AS m (was, now) JOIN gained AS g ON g.item = m.now WHERE o.item = m.was`
    )
  }
  return { tokens: filled, values }
}

/** Creates a table of the rows that one epoch has and the other lacks, and a table of those rows' values where they are stored. */
async function onlyIn(session: Session, name: string, one: Rows, other: Rows): Promise<void> {
  await session.rows(
    `CREATE OR REPLACE TABLE ${name} AS SELECT token, item, print, ordinal FROM ${one.name}
     ANTI JOIN ${other.name} USING (token, print, ordinal)`
  )
  // No values are stored for rows of earlier epochs, which come after the rows of the epoch.
  await session.rows(
    `CREATE OR REPLACE TABLE ${name}_values AS SELECT token, v.* FROM ${name} JOIN (${one.values}) AS v USING (item)
     WHERE v.item < ${one.rows}`
  )
}

/** A maximum matching of the pairs: no element is in two of the returned pairs (Kuhn's algorithm). */
function matching(pairs: readonly (readonly [number, number])[]): [number, number][] {
  const partners = Map.groupBy(pairs, ([one]) => one)
  const holders = new Map<number, number>()
  const place = (one: number, seen: Set<number>): boolean =>
    (partners.get(one) ?? []).some(([, other]) => {
      if (seen.has(other)) return false
      seen.add(other)
      const before = holders.get(other)
      if (before !== undefined && !place(before, seen)) return false
      holders.set(other, one)
      return true
    })
  for (const one of partners.keys()) place(one, new Set())
  return [...holders].map(([other, one]) => [one, other])
}
