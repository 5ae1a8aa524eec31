/** The action `check` of `stimnet catalog`. */
import { counted } from '@stimnet/protocol'
import type { SourceFault } from '@stimnet/data'
import { EXIT, type Io, printable } from '@stimnet/machine'

/** Prints all faults. Returns `EXIT.failed` if there are any. */
export async function checkAction(
  file: string,
  { placesMax, json }: { readonly placesMax: number; readonly json: boolean },
  io: Io
): Promise<number> {
  const { checkCatalogs } = await import('../../catalogs/catalog-check.ts')
  const found = await checkCatalogs(file, placesMax)
  const count = found.configuration.length + found.sources.length
  const exit = count === 0 ? EXIT.ok : EXIT.failed
  if (json) {
    io.out(`${JSON.stringify(found, null, 2)}\n`)
    return exit
  }
  for (const fault of found.configuration) io.out(`${printable(fault)}\n`)
  for (const fault of found.sources) io.out(`${printable(faultText(fault))}\n`)
  for (const note of found.notes) io.err(`Note: ${printable(note)}\n`)
  const read = `${counted(found.catalogs, 'catalog')} with ${counted(found.tables, 'table')}`
  io.err(
    count === 0
      ? `Nothing is wrong: ${read}.\n`
      : `${counted(count, 'fault')} in ${read}. Nothing was started or written.\n`
  )
  return exit
}

/** A fault as one line: source, places, variable or column, description. */
function faultText({ source, table, catalog, key, column, fault, rows, isCut, places }: SourceFault): string {
  const more = rows - places.length
  const where = places.length === 0 ? '' : `, ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const bound = isCut ? ' (at least: not all rows were looked at)' : ''
  const what = key === '' ? '' : `, ${column ?? key}`
  return `${source}${where}${what}: ${fault}${bound} (${catalog}.${table})`
}
