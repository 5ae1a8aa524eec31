/** Parsers of query parameters. */
import { z } from 'zod'

/** A whole number in a query, in digits only, not in JavaScript's other notations. */
export function wholeNumber(options: { min: number; max: number }) {
  const message = `A whole number from ${options.min} to ${options.max}.`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().int().min(options.min, message).max(options.max, message))
}
