/** The hash by which questions, terms and settings are compared: of their canonical JSON. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '@stimnet/protocol'

/** SHA-256, hexadecimal. Throws MALFORMED for what JSON cannot say. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
