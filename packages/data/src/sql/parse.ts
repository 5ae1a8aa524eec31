/** SQL text to a plan. */
import type { CatalogDescriptor, Plan } from '@stimnet/protocol'

/** Throws SQL_NOT_SUPPORTED, VARIABLE_UNKNOWN, VARIABLE_AMBIGUOUS, VALUE_NOT_DECLARED, TOO_LARGE. */
export function parseSql(text: string, descriptor: CatalogDescriptor): Plan {
  throw new Error(`not yet: ${text} ${descriptor.name}`)
}
