/** Catalog descriptions from a separate file, for a new configuration. */
import { dirname, relative, resolve } from 'node:path'
import type { CatalogConfig } from '@stimnet/data'
import { stringify } from 'yaml'
import { loadConfig, parseConfig } from '../config/config.ts'
import { readYaml } from '../config/yaml.ts'
import { withScratchCatalog } from './scratch.ts'

interface Described {
  /** The description as written, with the paths of files relative to the new folder. */
  readonly raw: Readonly<Record<string, unknown>>
  readonly catalog: CatalogConfig
}

/**
 * The `catalogs` section, as YAML, of a configuration in `folder`, from a file that describes one catalog or a list of
 * catalogs. Reads the data to check them. Throws CONFIG_INVALID, SOURCE_INVALID.
 */
export async function catalogsText(file: string, folder: string): Promise<string> {
  const described = await readDescriptions(file, folder)
  for (const { catalog } of described) await withScratchCatalog(catalog, folder, async () => {})
  // Other programs read YAML 1.1, in which an unquoted yes or no is a boolean, so such words are quoted.
  const texts = described.map(({ raw }) => stringify([raw], { compat: 'yaml-1.1' }).trimEnd())
  return `catalogs:\n${texts.join('\n').replace(/^/gm, '  ')}\n`
}

/**
 * The catalogs of a peer's configuration, or of a file that describes one catalog or a list of catalogs. Throws
 * CONFIG_INVALID.
 */
export async function readCatalogs(file: string): Promise<readonly CatalogConfig[]> {
  const { raw: written } = await readYaml(file)
  const isPeer = typeof written === 'object' && written !== null && 'catalogs' in written
  if (isPeer) return (await loadConfig(file)).config.catalogs
  return parseConfig({ institution: '-', catalogs: [written].flat() }, () => `${file}: `).catalogs
}

async function readDescriptions(file: string, folder: string): Promise<Described[]> {
  const path = resolve(file)
  const raws = [(await readYaml(file)).raw].flat().map((raw) => moved(raw, dirname(path), folder))
  const config = parseConfig({ institution: '-', catalogs: raws }, () => `${path}: `)
  return config.catalogs.map((catalog, at) => ({ catalog, raw: raws[at] ?? {} }))
}

/**
 * A description with its paths relative to another folder. Malformed descriptions are returned unchanged, because the schema
 * reports them.
 */
function moved(raw: unknown, from: string, to: string): Record<string, unknown> {
  const catalog = raw as { tables?: unknown; postgres?: unknown }
  if (!Array.isArray(catalog?.tables)) return raw as Record<string, unknown>
  const move = (path: string) => relative(to, resolve(from, path)) || '.'
  const tables = catalog.tables.map((table: { file?: unknown; bids?: object; fhir?: object; omop?: object }) => {
    if (typeof table?.file === 'string') return { ...table, file: move(table.file) }
    for (const key of ['bids', 'fhir', 'omop'] as const) {
      const source = table?.[key] as { folder?: unknown } | undefined
      if (typeof source?.folder === 'string') return { ...table, [key]: { ...source, folder: move(source.folder) } }
    }
    return table
  })
  const { postgres } = catalog
  if (typeof postgres !== 'object' || postgres === null) return { ...catalog, tables }
  const secrets = Object.entries(postgres).map(([key, value]) =>
    key.endsWith('_file') && typeof value === 'string' ? [key, move(value)] : [key, value]
  )
  return { ...catalog, postgres: Object.fromEntries(secrets), tables }
}
