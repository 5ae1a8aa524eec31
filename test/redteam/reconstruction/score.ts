/** The score of an attack: who is certain, which rows are exact, and how much better the guesses are than a group's own share. */
import type { Population, Target } from './population.ts'

/** People whose values are all known, in rising order: not whose is whose. */
export interface ExactRows {
  readonly members: readonly number[]
  readonly values: readonly number[]
}

/** What an attacker concludes about one target. */
export interface Conclusion {
  readonly target: Target
  /** Groups of which a number of the target was told. */
  readonly told: readonly (readonly number[])[]
  /** By person: values that he would swear to. */
  readonly certain: ReadonlyMap<number, number>
  readonly exact: readonly ExactRows[]
  /** People in groups that an answer itself gives as all or nobody; they do not count as certain. */
  readonly allOrNone?: ReadonlySet<number>
  /** By person: the most likely of few possibilities. */
  readonly likely: ReadonlyMap<number, number>
  /** By person: what least squares make of everything that was told. */
  readonly fitted: ReadonlyMap<number, number>
}

/** One row of the table. */
export interface Score {
  readonly target: Target
  /** People whose value is certain, and is what was claimed. */
  readonly certain: number
  /** Claims that were wrong: above zero, the attack is at fault. */
  readonly wrong: number
  /** People in groups whose values are all known, as they are. */
  readonly exact: number
  /** People in groups that an answer itself gives as all or nobody. */
  readonly allOrNone: number
  /**
   * Percentage points by which the guesses beat what the person's group says of him: the majority (the median of numbers) of his
   * finest told group, or the same guesses dealt out anew among those alike in arm, sex and centre, whichever is right more often.
   * From a table by arm and one by centre follows more than from either, of everybody alike the same. Of two ways to guess the
   * better: by least squares, or by the group wherever nothing more is likely.
   */
  readonly gain: number
}

/** Compares with the truth. */
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
  // As many as would be right on average, were the guesses of a group given to its people by lot.
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

/** What others go by who know him a little. */
function alikeIn(person: Population['people'][number] | undefined): string {
  return [person?.arm, person?.sex, person?.centre].join()
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
