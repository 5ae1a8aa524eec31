/**
 * Check that no two tables read one file: their ledgers would not know of each other, and the
 * difference between them could be a person.
 */
import { stat } from 'node:fs/promises'
import { StimnetError } from '@stimnet/protocol'
import type { CatalogConfig } from '../catalog/catalog-config.ts'
import { sourceOf } from './source.ts'

/**
 * Throws CONFIG_INVALID, naming both tables and the file, if two tables of a peer's catalogs read one file, by whatever path or
 * link. A copy cannot be distinguished from another file. A file that cannot be read is left to `openCatalog`. Throws
 * SOURCE_INVALID for a table whose format is unknown.
 */
export async function assertSourcesApart(configs: readonly CatalogConfig[], baseDir: string): Promise<void> {
  const seen = new Map<string, string>()
  for (const catalog of configs) {
    for (const table of catalog.tables) {
      const { path } = sourceOf(table, baseDir)
      const facts = await stat(path, { bigint: true }).catch(() => undefined)
      if (facts === undefined) continue
      const file = `${facts.dev}:${facts.ino}`
      const name = `${catalog.name}.${table.name}`
      const other = seen.get(file)
      if (other !== undefined) {
        const why = 'what one has answered, the other would not know'
        throw new StimnetError('CONFIG_INVALID', `catalogs: ${other} and ${name} read one file, ${path}: ${why}`)
      }
      seen.set(file, name)
    }
  }
}
