/**
 * Counts modulo whole numbers. Counted people are whole, so the parity of a sum of counts discloses the parity of the number
 * of people who are in an odd number of its sets. Three counts of large sets, such as of x and B and C, of B and D, and of C
 * and D, can single out one person x in this way, although over fractions of people no combination of these counts rests on
 * few people. Other counts do so modulo 4, 9 or 17.
 *
 * Let a(q) be the row of pattern q: the sets that contain it. A combination w of the counts modulo d rests on the patterns
 * for which d does not divide w·a(q). For some d, such a combination rests on somebody and only on patterns of a set S if
 * and only if the rows of the patterns outside S do not generate the rows of S by sums of whole multiples: then there is a
 * homomorphism from everything that the rows generate to the rational numbers modulo 1 that is zero outside S and not zero
 * on S, and each such homomorphism is given by a combination divided by some d. So for every S of fewer than k people, the
 * rows outside S must generate all rows. This covers all moduli at once, prime or not, and also combinations without a
 * modulus.
 */
import type { AuditPattern } from './certainty.ts'
import { Lattice, type Work } from './lattice.ts'

/**
 * Maximum number of products of integers that are computed, about half a second. A ledger that would need more has many
 * sets, and more small patterns than its large patterns can compensate.
 */
const PRODUCTS_MAX = 4_000_000

/** A row modulo everything that the large patterns generate, in whole multiples of a basis of all rows. */
interface Small {
  readonly row: readonly bigint[]
  readonly people: number
}

/** Whether a combination of the counts, with or without a modulus, rests on somebody and on fewer than `peopleMin` people. */
export function restOnFewModulo(patterns: readonly AuditPattern[], peopleMin: number): boolean {
  const told = patterns.filter(({ people, row }) => people > 0 && row.some((entry) => entry !== 0))
  const small = told.filter(({ people }) => people < peopleMin)
  if (small.length === 0) return false
  const large = told.filter(({ people }) => people >= peopleMin)
  const sets = told[0]?.row.length ?? 0
  const work: Work = { left: PRODUCTS_MAX + Math.ceil((told.length * sets ** 2) / 3) }
  const known = generatedBy(large, sets, work)
  if (known.isWhole) return false
  // If the computation cannot finish, the answer is true.
  if (work.left <= 0) return true
  const left = small
    .map(({ row, people }) => ({ row: known.restOf(row.map(BigInt)), people }))
    .filter(({ row }) => row.some((entry) => entry !== 0n))
  if (left.length === 0) return false
  const all = known.copy()
  for (const { row } of left) all.add(row)
  if (work.left <= 0) return true
  const base = Lattice.empty(all.basis.length, work)
  for (const vector of known.basis) base.add(all.multiplesFor(vector))
  const elements = left.map(({ row, people }) => ({ row: all.multiplesFor(row), people }))
  return canLack(base, elements, { few: peopleMin - 1, work })
}

/** The lattice that the rows of the patterns generate. Rows of few sets are added first, because they keep the numbers small. */
function generatedBy(patterns: readonly AuditPattern[], sets: number, work: Work): Lattice {
  const lattice = Lattice.empty(sets, work)
  const sum = ({ row }: AuditPattern) => row.reduce((total, entry) => total + entry, 0)
  for (const { row } of [...patterns].sort((a, b) => sum(a) - sum(b))) {
    if (lattice.add(row.map(BigInt)) && lattice.isWhole) break
  }
  return lattice
}

interface Few {
  /** Maximum number of people whose rows can be left out. */
  readonly few: number
  readonly work: Work
}

/**
 * Whether there are at most `few` people without whose rows the base and the remaining rows do not generate everything. The
 * rows left out must include at least one row of every choice of rows that generates everything. So one such choice is
 * found, and each of its rows is left out in turn. If several choices share no row, at least one row of each choice must be
 * left out.
 */
function canLack(base: Lattice, rows: readonly Small[], { few, work }: Few): boolean {
  const kept = base.copy()
  for (const { row, people } of rows) if (people > few) kept.add(row)
  if (kept.isWhole) return false
  if (work.left <= 0) return true
  const loose = rows.filter(({ row, people }) => people <= few && !kept.has(row)).sort((a, b) => b.people - a.people)
  const choice = choiceOf(kept, loose)
  if (choice === undefined) return true
  let needed = 0
  let others = loose
  for (let next: readonly Small[] | undefined = choice; next !== undefined; next = choiceOf(kept, others)) {
    needed += Math.min(...next.map(({ people }) => people))
    if (needed > few) return false
    const used = new Set(next)
    others = others.filter((one) => !used.has(one))
  }
  const used = new Set(choice)
  const rest = loose.filter((one) => !used.has(one))
  const [least = 0, second = 0] = loose.map(({ people }) => people).toReversed()
  if (least + second > few) return canLackOne(withRows(kept, rest), choice)
  return choice.some((one, i) => {
    if (i > 0) kept.add(choice[i - 1]?.row ?? [])
    return canLack(kept, [...choice.slice(i + 1), ...rest], { few: few - one.people, work })
  })
}

/** A choice of rows that generates everything together with the base; undefined if all rows together do not. */
function choiceOf(base: Lattice, rows: readonly Small[]): readonly Small[] | undefined {
  const lattice = base.copy()
  const chosen: Small[] = []
  for (const one of rows) {
    if (!lattice.add(one.row)) continue
    chosen.push(one)
    if (lattice.isWhole) return chosen
  }
  return undefined
}

/** Whether there is a row without which the base and the remaining rows do not generate everything. */
function canLackOne(base: Lattice, rows: readonly Small[]): boolean {
  if (base.isWhole) return false
  if (rows.length < 2) return true
  const half = rows.length >> 1
  const [one, other] = [rows.slice(0, half), rows.slice(half)]
  return canLackOne(withRows(base, other), one) || canLackOne(withRows(base, one), other)
}

function withRows(base: Lattice, rows: readonly Small[]): Lattice {
  const lattice = base.copy()
  for (const { row } of rows) if (lattice.add(row) && lattice.isWhole) break
  return lattice
}
