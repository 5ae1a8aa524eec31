/** Differences between the peers' catalogs as text for a terminal, with a mapping to complete. */
import { printable, tableOf } from '@stimnet/machine'
import type { VariableMapping } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'

/** A table of the differences by site; empty if the catalogs agree. */
export function schemaLines({ schema }: Broadcast): string[] {
  if (!schema || schema.differences.length === 0) return []
  const rows = schema.differences.map(({ site, variable, field, expected, found }) => [
    site,
    variable,
    field,
    short(expected),
    short(found)
  ])
  return ['\n', tableOf(['peer', 'variable', 'differs in', 'expected', 'found'], rows), skeletonText(schema.mappings)]
}

/** JSON for `--mapping`. A person must fill in the empty fields. */
export function skeletonText(mappings: readonly VariableMapping[]): string {
  if (mappings.length === 0) return ''
  const lines = mappings.map((mapping) => `  ${printable(JSON.stringify(mapping))}`)
  return `\nA mapping to complete, for --mapping FILE (scale: multiply the institution's number by this to get the number of the others):\n[\n${lines.join(',\n')}\n]\n`
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
