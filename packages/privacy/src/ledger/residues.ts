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
 *
 * In a table with several rows per person, a person has the patterns of all of his or her rows. People with the same patterns are alike, and
 * a combination rests on them if it rests on one of these patterns.
 */
import { Lattice, type Work } from './lattice.ts'
import type { Patterns } from './patterns.ts'

/**
 * Maximum number of products of integers that are computed, about half a second. A ledger that would need more has many
 * sets, and more small patterns than its large patterns can compensate.
 */
const PRODUCTS_MAX = 4_000_000

/** People who are alike: the rows of their patterns that are not zero, each once, and how many people they are. */
export interface Alike {
  readonly rows: readonly (readonly number[])[]
  readonly people: number
}

/** The same modulo everything that the rows of many people generate, in whole multiples of a basis of all rows. */
interface Small {
  readonly rows: readonly (readonly bigint[])[]
  readonly people: number
}

/**
 * The people who are alike, by the row of each pattern; a pattern with a row of zeros is in no count. `owners` is the person of each item,
 * gone ones included, if items are rows of people; otherwise each item is a person.
 */
export function alikeBy(
  patterns: Patterns,
  owners: Uint32Array | undefined,
  rowOf: (pattern: number) => readonly number[]
): Alike[] {
  const kinds = new Map<string, { readonly row: readonly number[]; readonly at: number; people: number }>()
  const kindOf = patterns.sizes.map((size, pattern) => {
    const row = rowOf(pattern)
    if (row.every((entry) => entry === 0)) return -1
    const key = row.join(' ')
    const kind = kinds.get(key) ?? { row, at: kinds.size, people: 0 }
    kind.people += size
    kinds.set(key, kind)
    return kind.at
  })
  const all = [...kinds.values()]
  if (owners === undefined) return all.map(({ row, people }) => ({ rows: [row], people }))
  const found = new Map<string, { readonly rows: readonly (readonly number[])[]; people: number }>()
  for (const own of kindsByOwner(patterns, owners, kindOf)) {
    const key = own.join(' ')
    const alike = found.get(key) ?? { rows: own.map((kind) => all[kind]?.row ?? []), people: 0 }
    alike.people += 1
    found.set(key, alike)
  }
  return [...found.values()]
}

/**
 * The kinds of each person's rows, in ascending order, for people with any. The rows of a person are contiguous, except that gone rows come
 * after all others.
 */
function* kindsByOwner(
  { labels, universe }: Patterns,
  owners: Uint32Array,
  kindOf: readonly number[]
): Generator<readonly number[]> {
  const addTo = (kinds: Set<number>, item: number) => {
    const kind = kindOf[labels[item] ?? 0] ?? -1
    if (kind >= 0) kinds.add(kind)
  }
  const gone = new Map<number, Set<number>>()
  for (let item = universe; item < labels.length; item++) {
    const owner = owners[item] ?? 0
    const kinds = gone.get(owner) ?? new Set()
    gone.set(owner, kinds)
    addTo(kinds, item)
  }
  for (let item = 0; item < universe; ) {
    const owner = owners[item] ?? 0
    const kinds = gone.get(owner) ?? new Set()
    gone.delete(owner)
    for (; item < universe && owners[item] === owner; item++) addTo(kinds, item)
    if (kinds.size > 0) yield [...kinds].sort((a, b) => a - b)
  }
  for (const kinds of gone.values()) if (kinds.size > 0) yield [...kinds].sort((a, b) => a - b)
}

/** Whether a combination of the counts, with or without a modulus, rests on somebody and on fewer than `peopleMin` people. */
export function restOnFewModulo(told: readonly Alike[], peopleMin: number): boolean {
  const small = told.filter(({ people }) => people > 0 && people < peopleMin)
  if (small.length === 0) return false
  const large = told.filter(({ people }) => people >= peopleMin)
  const sets = small[0]?.rows[0]?.length ?? 0
  const work: Work = { left: PRODUCTS_MAX + Math.ceil((told.length * sets ** 2) / 3) }
  const known = generatedBy(
    large.flatMap(({ rows }) => rows),
    sets,
    work
  )
  if (known.isWhole) return false
  // If the computation cannot finish, the answer is true.
  if (work.left <= 0) return true
  const left = small
    .map(({ rows, people }) => ({
      rows: rows.map((row) => known.restOf(row.map(BigInt))).filter((row) => row.some((entry) => entry !== 0n)),
      people
    }))
    .filter(({ rows }) => rows.length > 0)
  if (left.length === 0) return false
  const all = known.copy()
  for (const { rows } of left) for (const row of rows) all.add(row)
  if (work.left <= 0) return true
  const base = Lattice.empty(all.basis.length, work)
  for (const vector of known.basis) base.add(all.multiplesFor(vector))
  const elements = left.map(({ rows, people }) => ({ rows: rows.map((row) => all.multiplesFor(row)), people }))
  return canLack(base, elements, { few: peopleMin - 1, work })
}

/** The lattice that rows generate. Rows of few sets are added first, because they keep the numbers small. */
function generatedBy(rows: readonly (readonly number[])[], sets: number, work: Work): Lattice {
  const lattice = Lattice.empty(sets, work)
  const sum = (row: readonly number[]) => row.reduce((total, entry) => total + entry, 0)
  for (const row of [...rows].sort((a, b) => sum(a) - sum(b))) {
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
 * people left out must include some of every choice of people whose rows generate everything. So one such choice is
 * found, and each of its people are left out in turn. If several choices share nobody, somebody of each choice must be
 * left out.
 */
function canLack(base: Lattice, rows: readonly Small[], { few, work }: Few): boolean {
  const kept = base.copy()
  for (const one of rows) if (one.people > few) addTo(kept, one)
  if (kept.isWhole) return false
  if (work.left <= 0) return true
  const loose = rows
    .filter((one) => one.people <= few && !one.rows.every((row) => kept.has(row)))
    .sort((a, b) => b.people - a.people)
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
    const before = choice[i - 1]
    if (before !== undefined) addTo(kept, before)
    return canLack(kept, [...choice.slice(i + 1), ...rest], { few: few - one.people, work })
  })
}

/** A choice of people whose rows generate everything together with the base; undefined if all of them together do not. */
function choiceOf(base: Lattice, rows: readonly Small[]): readonly Small[] | undefined {
  const lattice = base.copy()
  const chosen: Small[] = []
  for (const one of rows) {
    if (!addTo(lattice, one)) continue
    chosen.push(one)
    if (lattice.isWhole) return chosen
  }
  return undefined
}

/** Whether there are people who are alike without whose rows the base and the remaining rows do not generate everything. */
function canLackOne(base: Lattice, rows: readonly Small[]): boolean {
  if (base.isWhole) return false
  if (rows.length < 2) return true
  const half = rows.length >> 1
  const [one, other] = [rows.slice(0, half), rows.slice(half)]
  return canLackOne(withRows(base, other), one) || canLackOne(withRows(base, one), other)
}

function withRows(base: Lattice, rows: readonly Small[]): Lattice {
  const lattice = base.copy()
  for (const one of rows) if (addTo(lattice, one) && lattice.isWhole) break
  return lattice
}

/** Adds the rows of people to a lattice. Returns whether any of them was not in the lattice before. */
function addTo(lattice: Lattice, { rows }: Small): boolean {
  let isNew = false
  for (const row of rows) if (lattice.add(row)) isNew = true
  return isNew
}
