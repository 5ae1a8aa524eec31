/** The floors that an institution under the default preset must hold, by the size of the study. */
import { countOf, type Hour, RANDOM_COUNT } from './measure.ts'
import { FIRST } from './table.ts'

/** Of the first twelve in full, and of sixty random questions in full or in part; of fewer random ones as large a share. */
export interface Floor {
  readonly firstInFull: number
  readonly randomAnswered: number
}

/**
 * What holds, below which nothing may fall. What is aimed at is 10 and 40 for 150 people, 12 and 55 for a thousand: see
 * docs/usefulness.md for what is missing of it, and why.
 */
export function floorOf(size: number): Floor {
  if (size >= 10_000) return { firstInFull: FIRST, randomAnswered: 55 }
  // Who is left out is drawn anew each time, so that a question more or less is.
  return size >= 400 ? { firstInFull: 10, randomAnswered: 40 } : { firstInFull: 7, randomAnswered: 15 }
}

/** What of an hour lies below its floor, in words; nothing where it holds. */
export function shortfalls({ study, size, seed, hour, random }: Hour): readonly string[] {
  const floor = floorOf(size)
  const first = hour.slice(0, FIRST)
  const full = countOf(first, 'full')
  const [randomFull, randomPart] = [countOf(random, 'full'), countOf(random, 'part')]
  const where = `${study}, seed ${seed}`
  const randomAnswered = Math.floor((floor.randomAnswered * random.length) / RANDOM_COUNT)
  return [
    ...(full < floor.firstInFull
      ? [
          `${where}: of the first ${FIRST} questions ${full} were answered in full, ${countOf(first, 'part')} in part, not ${floor.firstInFull} in full`
        ]
      : []),
    ...(randomFull + randomPart < randomAnswered
      ? [
          `${where}: of ${random.length} random questions ${randomFull} were answered in full, ${randomPart} in part, not ${randomAnswered} together`
        ]
      : [])
  ]
}
