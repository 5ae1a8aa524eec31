/** Columns kept in memory: by subject, or by row of a table with several rows per subject. A column is read once per snapshot, not once per question. */
import { SubjectSet } from '@stimnet/protocol'
import { ROW, SUBJECT } from '../../columns.ts'
import type { Engine, Session } from '../../engine.ts'
import { quoteName } from '../../quote.ts'

/** The values of one variable, as a catalog or a view reads them. */
export interface KeptColumn {
  /** By subject: a number in units of its last decimal, a category as the position of its level; NaN if there is no value. */
  readonly values: Float64Array
  /** The number of subjects with a value. */
  readonly present: number
  /** The largest absolute value; infinite if some value is not a whole number that a double holds exactly. */
  readonly largest: number
  /** The three smallest and the three largest values that occur, outermost first, each with its number of subjects. */
  readonly ends: readonly [low: readonly ValueCount[], high: readonly ValueCount[]]
}

/** A value, and the number of subjects who have it. */
export type ValueCount = readonly [value: number, subjects: number]

/**
 * Memory for the columns of one snapshot, bytes: 32 columns of a million subjects. The least recently used columns are dropped first. One
 * question may use more memory while it is answered.
 */
const COLUMNS_BYTES_MAX = 256 * 1024 * 1024

interface Kept {
  readonly columns: Map<string, { readonly column: Promise<KeptColumn>; readonly bytes: number }>
  readonly people: Map<string, Promise<SubjectSet>>
  bytes: number
}

const KEPT = new WeakMap<Engine, Kept>()

/** A table with one row per subject, and the number of subjects of its snapshot. */
export interface KeptTable {
  readonly engine: Engine
  readonly table: string
  readonly subjects: number
  /** The number of rows of a table with several rows per subject, whose columns are kept by row. */
  readonly rows?: number | undefined
}

/** The column that `sql` computes from a table with the alias `alias`. Throws NODE_ERROR. */
export function keptColumn(from: KeptTable, { sql, alias }: { sql: string; alias: string }): Promise<KeptColumn> {
  const kept = keptOf(from.engine)
  // Views can read one column in several units.
  const key = `${from.table} ${sql}`
  const place = `CAST(${alias}.${quoteName(from.rows === undefined ? SUBJECT : ROW)} AS DOUBLE)`
  const query = `SELECT ${place}, CAST(${sql} AS DOUBLE) FROM ${quoteName(from.table)} AS ${alias}`
  const entry = kept.columns.get(key) ?? added(kept, key, from, query)
  // Inserted last, so that this column is dropped last.
  kept.columns.delete(key)
  kept.columns.set(key, entry)
  return entry.column
}

/** The subjects who have a row in a table. Throws NODE_ERROR. */
export function peopleIn({ engine, table, subjects }: KeptTable): Promise<SubjectSet> {
  const kept = keptOf(engine)
  const found =
    kept.people.get(table) ??
    withSession(engine, async (session) => {
      const bytes = new Uint8Array(Math.ceil(subjects / 32) * 4)
      const sql = `SELECT CAST(${quoteName(SUBJECT)} AS DOUBLE) FROM ${quoteName(table)}`
      for await (const [places = new Float64Array()] of session.numbers(sql, []))
        for (const place of places) bytes[place >>> 3] = (bytes[place >>> 3] ?? 0) | (1 << (place & 7))
      return SubjectSet.fromBytes(subjects, bytes)
    })
  kept.people.set(table, found)
  // A failure is no answer for the next question.
  found.catch(() => kept.people.delete(table))
  return found
}

function keptOf(engine: Engine): Kept {
  const kept = KEPT.get(engine) ?? { columns: new Map(), people: new Map(), bytes: 0 }
  KEPT.set(engine, kept)
  return kept
}

function added(kept: Kept, key: string, { engine, subjects, rows = subjects }: KeptTable, sql: string) {
  const bytes = rows * Float64Array.BYTES_PER_ELEMENT
  const give = (name: string) => {
    kept.bytes -= kept.columns.get(name)?.bytes ?? 0
    kept.columns.delete(name)
  }
  for (const oldest of kept.columns.keys()) {
    if (kept.bytes + bytes <= COLUMNS_BYTES_MAX) break
    give(oldest)
  }
  kept.bytes += bytes
  const column = withSession(engine, (session) => readColumn(session, sql, rows))
  column.catch(() => give(key))
  return { column, bytes }
}

async function withSession<T>(engine: Engine, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await engine.session()
  try {
    return await use(session)
  } finally {
    session.close()
  }
}

async function readColumn(session: Session, sql: string, length: number): Promise<KeptColumn> {
  const values = new Float64Array(length).fill(Number.NaN)
  let [present, largest] = [0, 0]
  for await (const [places = new Float64Array(), numbers = new Float64Array()] of session.numbers(sql, [])) {
    for (let i = 0; i < places.length; i++) {
      const value = numbers[i] as number
      if (Number.isNaN(value)) continue
      values[places[i] as number] = value
      present += 1
      if (!Number.isSafeInteger(value)) largest = Number.POSITIVE_INFINITY
      else if (value > largest || -value > largest) largest = Math.abs(value)
    }
  }
  return { values, present, largest, ends: [endsOf(values, 1), endsOf(values, -1)] }
}

const ENDS = 3

/** The smallest values for `sign` 1, the largest for -1. */
function endsOf(values: Float64Array, sign: 1 | -1): readonly ValueCount[] {
  const found: [value: number, subjects: number][] = []
  let bound = Number.POSITIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    const value = sign * (values[i] as number)
    // A missing value is not at most anything.
    if (!(value <= bound)) continue
    const at = found.findIndex(([one]) => one >= value)
    const same = found[at]
    if (same?.[0] === value) same[1] += 1
    else {
      found.splice(at < 0 ? found.length : at, 0, [value, 1])
      // A value that was dropped is beyond all counted values, so it cannot occur among them again.
      found.splice(ENDS)
    }
    if (found.length === ENDS) bound = found[ENDS - 1]?.[0] ?? bound
  }
  return found.map(([value, subjects]) => [sign * value, subjects])
}
