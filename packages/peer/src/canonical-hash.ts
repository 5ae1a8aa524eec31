/** The hash with which questions, terms and settings are compared: SHA-256 of their canonical JSON. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '@stimnet/protocol'

/** SHA-256 in hex. Throws MALFORMED for a value that JSON cannot represent. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
