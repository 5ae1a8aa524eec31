/** Rules by which a variable is made from a person's records: the part that the code books of all data models share. */
import { isName } from '@stimnet/protocol'
import { z } from 'zod'

/** Maximum number of variables of a code book. */
export const TAKEN_MAX = 200
/** Largest distance from the index date, in days: 150 years. */
const DAYS_MAX = 54_750

const daySchema = z.int().min(-DAYS_MAX).max(DAYS_MAX)

/** The keys of a variable that do not depend on the kind of record. */
export const takenShape = {
  name: z
    .string()
    .refine((name) => isName(name) && name.length <= 60, 'a name has letters, digits, _ and -, at most 60'),
  /**
   * `ever`: yes or no; `first_day`, `last_day`: days from the index date; `days`: number of distinct days; `first`, `last`: the value of an
   * observation or measurement.
   */
  take: z.enum(['ever', 'first_day', 'last_day', 'days', 'first', 'last']),
  /** First and last day that count, relative to the index date. Default: all days. */
  window: z
    .tuple([daySchema, daySchema])
    .refine(([first, last]) => first <= last, 'the first day of a window is not after the last')
    .optional()
}
