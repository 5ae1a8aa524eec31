/** The score of an attack: who is certain, which rows are exact, and how much better the guesses are than a group's own share. */
import type { Population, Target } from './population.ts'

/** What an attacker concludes about one target. */
export interface Conclusion {
  readonly target: Target
  /** Groups of which a number of the target was told. */
  readonly told: readonly (readonly number[])[]
  /** By person: values that he would swear to. */
  readonly certain: ReadonlyMap<number, number>
  /** People whose values are all known, though perhaps not whose is whose. */
  readonly exact: ReadonlySet<number>
  /** By person: his best guess; whoever is not in it is guessed by the finest told group. */
  readonly guess: ReadonlyMap<number, number>
}

/** One row of the table. */
export interface Score {
  readonly target: Target
  /** People whose value is certain, and is what was claimed. */
  readonly certain: number
  /** Claims that were wrong: above zero, the attack is at fault. */
  readonly wrong: number
  readonly exact: number
  /** Percentage points by which the guesses beat the majority (the median of numbers) of each person's finest told group. */
  readonly gain: number
}

/** Compares with the truth. */
export function scoreOf({ truth }: Population, conclusion: Conclusion): Score {
  const { target, certain, exact, guess } = conclusion
  const values = truth[target]
  const people = values.flatMap((value, i) => (value === null ? [] : [i]))
  const base = baselineOf(values, people, conclusion)
  const claims = [...certain].map(([person, value]) => values[person] === value)
  let [right, rightBase] = [0, 0]
  for (const person of people) {
    const guessed = certain.get(person) ?? guess.get(person) ?? base.get(person)
    if (guessed === values[person]) right += 1
    if (base.get(person) === values[person]) rightBase += 1
  }
  return {
    target,
    certain: claims.filter(Boolean).length,
    wrong: claims.filter((claim) => !claim).length,
    exact: exact.size,
    gain: people.length === 0 ? 0 : (100 * (right - rightBase)) / people.length
  }
}

/** By person: the majority, or the median, of the smallest told group that he is in; of everybody where he is in none. */
function baselineOf(
  values: readonly (number | null)[],
  people: readonly number[],
  { target, told }: Conclusion
): ReadonlyMap<number, number> {
  const sorted = [...told].sort((a, b) => b.length - a.length)
  const base = new Map<number, number>()
  for (const members of [people, ...sorted]) {
    const known = members.flatMap((person) => values[person] ?? []).sort((a, b) => a - b)
    if (known.length === 0) continue
    const share = known.reduce((sum, value) => sum + value, 0) / known.length
    const middle = target === 'change' ? (known[Math.floor(known.length / 2)] ?? 0) : share > 0.5 ? 1 : 0
    for (const person of members) base.set(person, middle)
  }
  return base
}
