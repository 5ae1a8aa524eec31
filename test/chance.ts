/** Pseudo-random numbers that are the same in each run. */

/** A seeded source of numbers from 0 to 1. */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 4) / 2 ** 28
  }
}

/** Numbers with a standard normal distribution, computed from numbers from 0 to 1. */
export function normalFrom(next: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}
