/**
 * Check that no two tables read the same file or relation. Their ledgers would not know of each other, and a difference between them could
 * disclose a person.
 */
import { stat } from 'node:fs/promises'
import { StimnetError } from '@stimnet/protocol'
import type { CatalogConfig, TableConfig } from '../catalog/catalog-config.ts'
import { postgresAddress, relationParts } from '../catalog/postgres-config.ts'
import { isFolder, type Source, sourceOf } from './source.ts'

/**
 * Throws CONFIG_INVALID with both tables and the source if two tables of a peer's catalogs read the same file, by any path or link, or the
 * same relation or query of one database. A copy cannot be distinguished from another file, nor a view from another relation. Files that
 * cannot be read are reported later by `openCatalog`. Throws SOURCE_INVALID for a table whose format is unknown.
 */
export async function assertSourcesApart(configs: readonly CatalogConfig[], baseDir: string): Promise<void> {
  const seen = new Map<string, string>()
  for (const catalog of configs) {
    for (const table of catalog.tables) {
      const source = sourceOf(table, baseDir)
      const key = await keyOf(source, catalog)
      if (key === undefined) continue
      const name = `${catalog.name}.${table.name}`
      const other = seen.get(key)
      if (other !== undefined) {
        const what = source.format === 'postgres' ? 'relation' : 'file'
        const why = 'what one has answered, the other would not know'
        throw new StimnetError(
          'CONFIG_INVALID',
          `catalogs: ${other} and ${name} read one ${what}, ${source.name}: ${why}`
        )
      }
      seen.set(key, name)
    }
  }
}

async function keyOf(source: Source, catalog: CatalogConfig): Promise<string | undefined> {
  if (source.format === 'postgres') return relationKey(catalog, source.table)
  if (!isFolder(source)) return fileKey(source.path)
  const folder = await fileKey(source.folder)
  return folder === undefined ? undefined : `${source.format === 'bids' ? source.list : 'people'} of ${folder}`
}

async function fileKey(path: string): Promise<string | undefined> {
  const facts = await stat(path, { bigint: true }).catch(() => undefined)
  return facts === undefined ? undefined : `file ${facts.dev}:${facts.ino}`
}

function relationKey({ postgres }: CatalogConfig, { relation, query }: TableConfig): string {
  const address = postgres?.url === undefined ? undefined : postgresAddress(postgres.url)
  const where = address && [address.host.toLowerCase(), address.port, address.database]
  const what = relation === undefined ? query?.replace(/\s+/g, ' ').trim() : relationParts(relation)
  return JSON.stringify([where ?? postgres?.url_env, what])
}
