/** Search for the sets of people who can have a level, given sums of a known column over them (meet in the middle). */
import type { Near } from './multisets.ts'

/** Largest group. Each half of a larger one has too many subsets. */
export const SUBSET_PEOPLE_MAX = 34
const FOUND_MAX = 5_000

/** Known numbers of each member: powers or products of known columns. The first number is 1, whose sum is the count. */
export interface SubsetSums {
  readonly known: readonly (readonly number[])[]
  readonly sums: readonly Near[]
}

/** For each member, in how many of the `found` fitting subsets it is; null if there are too many subsets. */
export function subsetsOf({ known, sums }: SubsetSums): { found: number; having: readonly number[] } | null {
  const members = known.length
  if (members > SUBSET_PEOPLE_MAX) return null
  const cut = members >> 1
  // Sums that determine a whole number are looked up in a table. The other sums are compared afterwards.
  const exact = sums.flatMap(({ tolerance }, i) => (tolerance < 0.5 ? [i] : []))
  if (exact.length < Math.min(2, sums.length)) return null
  const first = halvesOf(known.slice(0, cut), sums.length)
  const table = new Map<string, number[]>()
  for (const [mask, half] of first.entries()) {
    const key = exact.map((i) => half[i]).join()
    const same = table.get(key)
    if (same) same.push(mask)
    else table.set(key, [mask])
  }
  const having = new Array<number>(members).fill(0)
  let found = 0
  for (const [mask, half] of halvesOf(known.slice(cut), sums.length).entries()) {
    const key = exact.map((i) => Math.round(sums[i]?.value ?? 0) - (half[i] ?? 0)).join()
    for (const other of table.get(key) ?? []) {
      const total = (i: number) => (half[i] ?? 0) + (first[other]?.[i] ?? 0)
      const fits = sums.every(
        ({ value, tolerance }, i) => Math.abs(total(i) - value) <= tolerance + 1e-6 * Math.max(1, Math.abs(value))
      )
      if (!fits) continue
      found += 1
      if (found > FOUND_MAX) return null
      for (let i = 0; i < members; i++) {
        const isIn = i < cut ? (other >> i) & 1 : (mask >> (i - cut)) & 1
        having[i] = (having[i] ?? 0) + isIn
      }
    }
  }
  return { found, having }
}

/** The sums of all subsets, by their bit masks. */
function halvesOf(known: readonly (readonly number[])[], width: number): number[][] {
  const sums: number[][] = [new Array<number>(width).fill(0)]
  for (const [at, row] of known.entries()) {
    for (let mask = 0; mask < 1 << at; mask++) {
      sums[mask | (1 << at)] = (sums[mask] ?? []).map((sum, i) => sum + (row[i] ?? 0))
    }
  }
  return sums
}
