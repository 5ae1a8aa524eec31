/**
 * Counts modulo small primes. People who are counted are whole, so that whether a sum of counts is even says whether the number of those
 * is even who are in an odd number of its sets. Three counts of large sets, such as of x and B and C, of B and D, and of C and D, can
 * leave one person x in this way, although over fractions of people no combination of them rests on few.
 */
import type { AuditPattern } from './certainty.ts'

const PRIMES = [2, 3, 5, 7, 11, 13]
/** Most choices of rows that are tried. A ledger in which more would have to be tried has many small patterns, and little left to tell. */
const TRIES_MAX = 200_000

/** Whether a combination of the counts, modulo a small prime, rests on somebody and on fewer than `peopleMin` people. */
export function restOnFewModulo(patterns: readonly AuditPattern[], peopleMin: number): boolean {
  const told = patterns.filter(({ people, row }) => people > 0 && row.some((entry) => entry !== 0))
  // What rests on few people has none of the large patterns, so these are eliminated first.
  const columns = told.sort((a, b) => b.people - a.people)
  const sizes = columns.map(({ people }) => people)
  if (!sizes.some((people) => people < peopleMin)) return false
  return PRIMES.some((prime) => hasLightRow(reduced(columns, prime), { sizes, prime, few: peopleMin - 1 }))
}

/** The rows that are left after elimination, without those whose first column is a large pattern's. */
interface Reduced {
  readonly rows: readonly Int8Array[]
  /** The first column of each row; no other row has anything there. */
  readonly firsts: readonly number[]
}

function reduced(columns: readonly AuditPattern[], prime: number): Reduced {
  const count = columns[0]?.row.length ?? 0
  const rows = Array.from({ length: count }, (_, set) =>
    Int8Array.from(columns, ({ row }) => modulo(row[set] ?? 0, prime))
  )
  const firsts: number[] = []
  for (let column = 0; column < columns.length && firsts.length < rows.length; column++) {
    const at = firsts.length
    const found = rows.findIndex((row, i) => i >= at && row[column] !== 0)
    const line = rows[found]
    if (line === undefined) continue
    rows.splice(found, 1)
    rows.splice(at, 0, line)
    const inverse = inverseOf(line[column] ?? 1, prime)
    for (let i = 0; i < line.length; i++) line[i] = modulo((line[i] ?? 0) * inverse, prime)
    for (const other of rows) {
      const factor = other[column] ?? 0
      if (other === line || factor === 0) continue
      const less = lessTimes(factor, prime)
      for (let i = column; i < other.length; i++) other[i] = less[(other[i] ?? 0) * prime + (line[i] ?? 0)] ?? 0
    }
    firsts.push(column)
  }
  return { rows: rows.slice(0, firsts.length), firsts }
}

/** Whether a combination of the rows has few people where it is not zero. It has those of the first column of each of its rows. */
function hasLightRow(
  { rows, firsts }: Reduced,
  { sizes, prime, few }: { readonly sizes: readonly number[]; readonly prime: number; readonly few: number }
): boolean {
  const usable = [...firsts.keys()].filter((at) => (sizes[firsts[at] ?? 0] ?? 0) <= few)
  const peopleIn = (row: Int8Array) => row.reduce((sum, entry, i) => sum + (entry === 0 ? 0 : (sizes[i] ?? 0)), 0)
  let tries = TRIES_MAX
  const search = (sum: Int8Array, left: number, from: number): boolean => {
    for (let next = from; next < usable.length; next++) {
      const at = usable[next] ?? 0
      const own = sizes[firsts[at] ?? 0] ?? 0
      if (own > left) continue
      for (let factor = 1; factor < prime; factor++) {
        // What the search cannot finish counts as found.
        if (--tries < 0) return true
        const row = sum.map((entry, i) => modulo(entry + factor * (rows[at]?.[i] ?? 0), prime))
        if (peopleIn(row) <= few || search(row, left - own, next + 1)) return true
      }
    }
    return false
  }
  return search(new Int8Array(sizes.length), few, 0)
}

/** By a and b, a − factor·b. */
function lessTimes(factor: number, prime: number): Int8Array {
  return Int8Array.from({ length: prime * prime }, (_, i) =>
    modulo(Math.floor(i / prime) - factor * (i % prime), prime)
  )
}

function inverseOf(value: number, prime: number): number {
  for (let inverse = 1; inverse < prime; inverse++) if (modulo(value * inverse, prime) === 1) return inverse
  return 1
}

function modulo(value: number, prime: number): number {
  return ((value % prime) + prime) % prime
}
