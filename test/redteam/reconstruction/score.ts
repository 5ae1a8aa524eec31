/** The score of an attack: certain people, exact rows, and the advantage of its guesses over the shares of the groups. */
import type { Population, Target } from './population.ts'

/** People whose values are known as a set, in ascending order, but not which person has which value. */
export interface ExactRows {
  readonly members: readonly number[]
  readonly values: readonly number[]
}

/** An attacker's conclusions about one target. */
export interface Conclusion {
  readonly target: Target
  /** Groups for which a number about the target was disclosed. */
  readonly told: readonly (readonly number[])[]
  /** For each person, the value of which the attacker is certain. */
  readonly certain: ReadonlyMap<number, number>
  readonly exact: readonly ExactRows[]
  /** People in groups for which an answer itself says that all or none have the level. They do not count as certain. */
  readonly allOrNone?: ReadonlySet<number>
  /** For each person, the most likely of few possible values. */
  readonly likely: ReadonlyMap<number, number>
  /** For each person, the least squares estimate from everything that was disclosed. */
  readonly fitted: ReadonlyMap<number, number>
}

/** One row of the table. */
export interface Score {
  readonly target: Target
  /** Number of people with a certain and correct value. */
  readonly certain: number
  /** Number of wrong claims. If it is above zero, the attack itself is faulty. */
  readonly wrong: number
  /** Number of people in groups whose set of values is known correctly. */
  readonly exact: number
  /** Number of people in groups for which an answer itself says that all or none have the level. */
  readonly allOrNone: number
  /**
   * Percentage points by which the guesses are better than a baseline from the person's group. The baseline is the better of two:
   * the majority (for numbers the median) of the smallest disclosed group of the person; or the same guesses, distributed at
   * random among people with the same arm, sex and centre. The second one accounts for what tables by several variables together
   * say about all such people alike. The guesses are the better of two: least squares, or the group if nothing more is likely.
   */
  readonly gain: number
}

/** Compares the conclusions with the truth. */
export function scoreOf({ people: known, truth }: Population, conclusion: Conclusion): Score {
  const { target, certain, exact, likely, fitted } = conclusion
  const values = truth[target]
  const people = values.flatMap((value, i) => (value === null ? [] : [i]))
  const base = baselineOf(values, people, conclusion)
  const claims = [...certain].map(([person, value]) => values[person] === value)
  const held = exact.filter(({ members, values: claimed }) => {
    const real = members.flatMap((person) => values[person] ?? []).sort((a, b) => a - b)
    return real.join() === claimed.join()
  })
  const rightBy = (...guesses: readonly ReadonlyMap<number, number>[]) =>
    people.filter((person) => guesses.find((guess) => guess.has(person))?.get(person) === values[person]).length
  const alike = [...Map.groupBy(people, (person) => alikeIn(known[person])).values()]
  // The number that would be right on average if the guesses of a group were assigned to its people at random.
  const rightByGroup = (...guesses: readonly ReadonlyMap<number, number>[]) =>
    alike.reduce((sum, group) => {
      const guessed = group.map((person) => guesses.find((guess) => guess.has(person))?.get(person))
      const each = group.map((person) => guessed.filter((value) => value === values[person]).length / group.length)
      return sum + each.reduce((a, b) => a + b, 0)
    }, 0)
  const gainBy = (...guesses: readonly ReadonlyMap<number, number>[]) =>
    rightBy(...guesses) - Math.max(rightBy(base), rightByGroup(...guesses))
  const gained = Math.max(0, gainBy(certain, likely, base), gainBy(certain, likely, fitted, base))
  return {
    target,
    certain: claims.filter(Boolean).length,
    wrong: claims.filter((claim) => !claim).length + exact.length - held.length,
    exact: new Set(held.flatMap(({ members }) => members)).size,
    allOrNone: conclusion.allOrNone?.size ?? 0,
    gain: people.length === 0 ? 0 : (100 * gained) / people.length
  }
}

/** The covariates by which people count as alike. */
function alikeIn(person: Population['people'][number] | undefined): string {
  return [person?.arm, person?.sex, person?.centre].join()
}

/** For each person, the majority or median of the smallest disclosed group with that person; of all people if there is none. */
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
