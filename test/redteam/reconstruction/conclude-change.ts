/** Conclusions about each person's change from sums over groups: exact inversion of small parts, least squares for the rest. */
import { partsOf, ridge, type Told } from './linear.ts'
import { multisetsOf, type Near, ordersOf } from './multisets.ts'
import { CHANGE_RANGE, type Population } from './population.ts'
import type { Conclusion, ExactRows } from './score.ts'
import type { SumsTold } from './sums.ts'

/** Largest part that is inverted. Larger parts have too many possibilities. */
const PART_PEOPLE_MAX = 9

/** Everything that the sums disclose. */
export function concludeChange(population: Population, all: readonly SumsTold[]): Conclusion {
  const told = merged(all)
  const likely = new Map<number, number>()
  const certain = new Map<number, number>()
  const exact: ExactRows[] = []
  // Some groups disclosed sums of four powers, others of fewer. For each number of powers, different differences can be formed.
  for (const depth of [4, 3, 2, 1]) {
    const usable = told.filter(({ sums }) => sums.length >= depth)
    for (const part of partsOf(usable.map(({ members }) => members))) {
      if (part.members.length > PART_PEOPLE_MAX) continue
      const sums = Array.from({ length: depth }, (_, i) => part.combine(usable.map((each) => each.sums[i] ?? NOTHING)))
      const hasProducts = usable.every(({ product }) => product !== null)
      const product = hasProducts ? part.combine(usable.map((each) => each.product ?? NOTHING)) : null
      invert(population, { members: part.members, sums, product }, { certain, exact, likely })
    }
  }
  return {
    target: 'change',
    told: told.map(({ members }) => members),
    certain,
    exact,
    likely,
    fitted: fittedTo(population, told)
  }
}

/** Merges several answers about the same people into one with the intersection of their intervals. */
function merged(told: readonly SumsTold[]): SumsTold[] {
  const groups = Map.groupBy(told, ({ members }) => members.join())
  return [...groups.values()].map((same) => ({
    members: same[0]?.members ?? [],
    sums: Array.from({ length: Math.max(...same.map(({ sums }) => sums.length)) }, (_, i) =>
      both(same.flatMap(({ sums }) => sums[i] ?? []))
    ),
    product: same.some(({ product }) => product !== null) ? both(same.flatMap(({ product }) => product ?? [])) : null
  }))
}

/** The intersection of the intervals; if they contradict each other, the narrowest of them. */
function both(near: readonly Near[]): Near {
  const low = Math.max(...near.map(({ value, tolerance }) => value - tolerance))
  const high = Math.min(...near.map(({ value, tolerance }) => value + tolerance))
  if (low <= high) return { value: (low + high) / 2, tolerance: (high - low) / 2 }
  return near.reduce((a, b) => (b.tolerance < a.tolerance ? b : a))
}

const NOTHING: Near = { value: 0, tolerance: 0 }

/** Inverts one small part: finds all multisets of values that fit, and then all ways to assign them to its members. */
function invert(
  population: Population,
  { members, sums, product }: SumsTold,
  into: { certain: Map<number, number>; exact: ExactRows[]; likely: Map<number, number> }
): void {
  const [first, second = null] = sums
  if (!first) return
  const { low, high } = CHANGE_RANGE
  if (members.length === 1) {
    const [person = 0] = members
    if (first.tolerance >= 0.5) return
    into.certain.set(person, Math.round(first.value))
    into.exact.push({ members, values: [Math.round(first.value)] })
    return
  }
  if (second === null) return
  const multisets = multisetsOf({ count: members.length, low, high, sums })
  if (multisets === null || multisets.length === 0) return
  const [only = []] = multisets
  if (multisets.length === 1) into.exact.push({ members, values: only })
  if (product === null) {
    const values = multisets.flat()
    const most = mostFrequent(values)
    for (const person of members) into.likely.set(person, most)
    if (new Set(values).size === 1) for (const person of members) into.certain.set(person, most)
    return
  }
  const ages = members.map((i) => population.people[i]?.age ?? 0)
  const orders: (readonly number[])[] = []
  for (const values of multisets) {
    const some = ordersOf(values, ages, product)
    if (some === null) return
    orders.push(...some)
  }
  if (orders.length === 0) return
  members.forEach((person, at) => {
    const values = orders.map((order) => order[at] ?? 0)
    const most = mostFrequent(values)
    into.likely.set(person, most)
    if (values.every((value) => value === most)) into.certain.set(person, most)
  })
}

function mostFrequent(values: readonly number[]): number {
  const counted = [...Map.groupBy(values, (value) => value)]
  return counted.reduce((a, b) => (b[1].length > a[1].length ? b : a), [0, []])[0]
}

/** Estimates by least squares over means and products, rounded to whole numbers. */
function fittedTo({ people, truth }: Population, told: readonly SumsTold[]): ReadonlyMap<number, number> {
  const largest = told.reduce<SumsTold | undefined>(
    (best, each) => (each.members.length > (best?.members.length ?? 0) ? each : best),
    undefined
  )
  if (!largest) return new Map()
  const center = (largest.sums[0]?.value ?? 0) / largest.members.length
  const sums = told.flatMap(({ members, sums: [first], product }): Told[] => [
    ...(first ? [{ members, ...first }] : []),
    ...(product ? [{ members, weights: members.map((i) => people[i]?.age ?? 0), ...product }] : [])
  ])
  const guess = ridge(
    sums,
    people.map(() => center)
  )
  return new Map(truth.change.flatMap((value, i) => (value === null ? [] : [[i, Math.round(guess[i] ?? 0)]])))
}
