/** The smallest number of people on which any combination of released sums rests, as an attacker can compute it. */

/** The k of the default preset. */
export const K = 5
const COEFFICIENTS = [-2, -1, 0, 1, 2]

/** The smallest support above zero of all combinations with whole coefficients from −2 to 2; zero if there is none. */
export function supportMin(sets: readonly ReadonlySet<string>[]): number {
  const people = [...new Set(sets.flatMap((set) => [...set]))]
  // People in the same sets have the same weight in every combination.
  const classes = new Map<string, { readonly inside: readonly boolean[]; size: number }>()
  for (const person of people) {
    const inside = sets.map((set) => set.has(person))
    const key = inside.join()
    const known = classes.get(key) ?? { inside, size: 0 }
    known.size += 1
    classes.set(key, known)
  }
  let least = 0
  for (const weights of combinations(sets.length)) {
    let support = 0
    for (const { inside, size } of classes.values()) {
      const weight = inside.reduce((sum, isIn, i) => sum + (isIn ? (weights[i] ?? 0) : 0), 0)
      if (weight !== 0) support += size
    }
    if (support > 0 && (least === 0 || support < least)) least = support
  }
  return least
}

function* combinations(length: number): Generator<readonly number[]> {
  if (length === 0) return yield []
  for (const rest of combinations(length - 1)) for (const weight of COEFFICIENTS) yield [...rest, weight]
}
