/** The floors that an institution under the default preset must hold, by the size of the study. */
import { countOf, type Hour } from './measure.ts'
import { FIRST } from './table.ts'

/** Of the first twelve in full, and of sixty random questions in full or in part. */
export interface Floor {
  readonly firstInFull: number
  readonly randomAnswered: number
}

/** A thousand people are enough for every usual question; in small studies few may be cut short. */
export function floorOf(size: number): Floor {
  return size >= 1_000 ? { firstInFull: FIRST, randomAnswered: 55 } : { firstInFull: 10, randomAnswered: 40 }
}

/** What of an hour lies below its floor, in words; nothing where it holds. */
export function shortfalls({ study, size, seed, hour, random }: Hour): readonly string[] {
  const floor = floorOf(size)
  const first = hour.slice(0, FIRST)
  const full = countOf(first, 'full')
  const [randomFull, randomPart] = [countOf(random, 'full'), countOf(random, 'part')]
  const where = `${study}, seed ${seed}`
  return [
    ...(full < floor.firstInFull
      ? [
          `${where}: of the first ${FIRST} questions ${full} were answered in full, ${countOf(first, 'part')} in part, not ${floor.firstInFull} in full`
        ]
      : []),
    ...(randomFull + randomPart < floor.randomAnswered
      ? [
          `${where}: of ${random.length} random questions ${randomFull} were answered in full, ${randomPart} in part, not ${floor.randomAnswered} together`
        ]
      : [])
  ]
}
