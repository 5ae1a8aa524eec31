/** Schemas by the names that they have in the OpenAPI document. */
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

/** A schema with the type that clients see, where its own says less: its document stays open. Nothing more is checked. */
export function typed<T>(schema: z.ZodType): z.ZodType<T, T> {
  return schema as z.ZodType<T, T>
}

/** ISO 8601, UTC. */
export const timestamp = z.iso.datetime()

/** A Unix time in ms as the API writes it; what is no time is the epoch, never an error in the middle of an answer. */
export function isoOf(ms: number): string {
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString()
}
