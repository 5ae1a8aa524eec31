/** What is taken of a person's records for one variable of a row: the part that code books of all models of data share. */
import { isName } from '@stimnet/protocol'
import { z } from 'zod'

/** Most variables of a code book. */
export const TAKEN_MAX = 200
/** Furthest day from the index date: 150 years. */
const DAYS_MAX = 54_750

const daySchema = z.int().min(-DAYS_MAX).max(DAYS_MAX)

/** The keys that a variable has whatever its records are. */
export const takenShape = {
  name: z
    .string()
    .refine((name) => isName(name) && name.length <= 60, 'a name has letters, digits, _ and -, at most 60'),
  /**
   * `ever`: yes or no; `first_day`, `last_day`: days from the index date; `days`: number of different days; `first`, `last`: the value
   * of an observation or measurement.
   */
  take: z.enum(['ever', 'first_day', 'last_day', 'days', 'first', 'last']),
  /** First and last day, from the index date, that count. Default: all. */
  window: z
    .tuple([daySchema, daySchema])
    .refine(([first, last]) => first <= last, 'the first day of a window is not after the last')
    .optional()
}
