/** Lower bounds on the answered questions of an institution with the default preset, by the size of the study. */
import { countOf, type Hour, RANDOM_COUNT } from './measure.ts'
import { FIRST } from './table.ts'

/**
 * Smallest numbers of answered questions: of the first twelve, answered in full; of sixty random ones, answered in full or in
 * part. With fewer random questions, the same share is required.
 */
export interface Floor {
  readonly firstInFull: number
  readonly randomAnswered: number
}

/**
 * The bounds that hold at present. The aims are 10 and 40 for 150 people, and 12 and 55 for a thousand; docs/usefulness.md says
 * what is missing, and why.
 */
export function floorOf(size: number): Floor {
  if (size >= 10_000) return { firstInFull: FIRST, randomAnswered: 55 }
  // The people to leave out are drawn at random each time, so the numbers can vary by a question.
  return size >= 400 ? { firstInFull: 10, randomAnswered: 43 } : { firstInFull: 7, randomAnswered: 22 }
}

/** Descriptions of the results that are below their bounds, and of released numbers that are not true; empty if there are none. */
export function shortfalls({ study, size, seed, hour, random }: Hour): readonly string[] {
  const floor = floorOf(size)
  const first = hour.slice(0, FIRST)
  const full = countOf(first, 'full')
  const [randomFull, randomPart] = [countOf(random, 'full'), countOf(random, 'part')]
  const where = `${study}, seed ${seed}`
  const randomAnswered = Math.floor((floor.randomAnswered * random.length) / RANDOM_COUNT)
  return [
    ...[...hour, ...random].flatMap(({ untrue }) => untrue.map((words) => `${where}: ${words}`)),
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
