/**
 * Rows of a newer epoch in which values were filled in that were missing before. Such a row is the same item of a ledger as its older
 * version: whatever was told of the values that it had is told of the same values, and of the others nothing was told.
 */
import type { Session } from '../engine.ts'

/** The rows of one epoch: a table with token, print, ordinal and item of each, and a query for the values of the first `rows` items. */
interface Rows {
  readonly name: string
  readonly rows: number
  /** Gives `item`, and the values as text in columns c0, c1 and so on. */
  readonly values: string
}

/** Pairs of a lost and a gained row of one subject at most: where there are more, none is looked at. */
const PAIRS_MAX = 2_500
const PAIRS_AT_ONCE = 1_000

/**
 * Takes each row that a subject lost and one that it gained for one row, where the second has every value of the first and others
 * besides: the older table then has the newer row in place of it. Either all rows that a subject lost are taken so or none, since a value
 * of one that is gone could stand in the other now. Returns the tokens of the subjects.
 */
export async function fillIn(
  session: Session,
  { older, newer, columns }: { readonly older: Rows; readonly newer: Rows; readonly columns: number }
): Promise<ReadonlySet<string>> {
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
  for (let at = 0; at < taken.length; at += PAIRS_AT_ONCE) {
    const values = taken.slice(at, at + PAIRS_AT_ONCE).map(([was, now]) => `(${was}, ${now})`)
    await session.rows(
      `UPDATE ${older.name} AS o SET print = g.print, ordinal = g.ordinal
       FROM (VALUES ${values.join(', ')}) AS m (was, now) JOIN gained AS g ON g.item = m.now WHERE o.item = m.was`
    )
  }
  return filled
}

/** The rows that one epoch has and the other has not, and the values of those whose values are kept. */
async function onlyIn(session: Session, name: string, one: Rows, other: Rows): Promise<void> {
  await session.rows(
    `CREATE OR REPLACE TABLE ${name} AS SELECT token, item, print, ordinal FROM ${one.name}
     ANTI JOIN ${other.name} USING (token, print, ordinal)`
  )
  // Of what only earlier epochs had, which comes after the rows of the epoch, no values are kept.
  await session.rows(
    `CREATE OR REPLACE TABLE ${name}_values AS SELECT token, v.* FROM ${name} JOIN (${one.values}) AS v USING (item)
     WHERE v.item < ${one.rows}`
  )
}

/** As many of the pairs as there can be without anything in two of them (Kuhn's algorithm). */
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
