/** Schemas that have a name in the OpenAPI document. */
import { z } from 'zod'

/** What clients send. */
export const inputs = z.registry<{ id: string }>()
/** What they get. */
export const outputs = z.registry<{ id: string }>()

/** Names a schema of what is sent. */
export function input<S extends z.ZodType>(id: string, schema: S): S {
  inputs.add(schema, { id })
  return schema
}

/** Names a schema of what is answered. */
export function output<S extends z.ZodType>(id: string, schema: S): S {
  outputs.add(schema, { id })
  return schema
}

/** ISO 8601, UTC. */
export const timestamp = z.iso.datetime()

/** Of Unix time in ms; what is no time is the epoch, never an error in the middle of an answer. */
export function isoOf(ms: number): string {
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString()
}

/** A whole number in a query: digits alone, not all that JavaScript takes for a number. */
export function wholeNumber(options: { min: number; max: number }) {
  const message = `A whole number from ${options.min} to ${options.max}.`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().int().min(options.min, message).max(options.max, message))
}

/** Where a page of numbered things begins: below that number. */
export const numberPlace = z.strictObject({ before: z.int().min(1) })
