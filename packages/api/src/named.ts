/** Schemas by their names in the OpenAPI document. */
import { z } from 'zod'

/** Schemas of data that clients send. */
export const inputs = z.registry<{ id: string }>()
/** Schemas of data that clients receive. */
export const outputs = z.registry<{ id: string }>()

/** Names a schema of data that clients send. */
export function input<S extends z.ZodType>(id: string, schema: S): S {
  inputs.add(schema, { id })
  return schema
}

/** Names a schema of data that clients receive. */
export function output<S extends z.ZodType>(id: string, schema: S): S {
  outputs.add(schema, { id })
  return schema
}

/** A schema with a more precise type for clients. Its entry in the OpenAPI document has no fixed fields, and nothing more is checked. */
export function typed<T>(schema: z.ZodType): z.ZodType<T, T> {
  return schema as z.ZodType<T, T>
}

/** A time in ISO 8601, UTC. */
export const timestamp = z.iso.datetime()

/** Formats a Unix time in ms for the API. An invalid time becomes the epoch, so that no error occurs in the middle of an answer. */
export function isoOf(ms: number): string {
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString()
}
