/** Check of catalogs and their sources that reports all findings at once. It starts nothing and writes nothing. */
import { dirname, resolve } from 'node:path'
import {
  assertSourcesApart,
  type CatalogConfig,
  catalogConfigSchema,
  checkSources,
  noteRows,
  type SourceFault
} from '@stimnet/data'
import { StimnetError } from '@stimnet/protocol'
import { LineCounter, parseDocument } from 'yaml'
import { loadConfig, parseConfig } from '../config/config.ts'
import { placesIn, plainOf, textOf } from '../config/yaml.ts'
import { environment } from '../config/environment.ts'
import { rowsText } from './rows-text.ts'

/** All faults of the catalogs of a file. */
export interface CatalogCheck {
  /** Number of catalogs in the file. */
  readonly catalogs: number
  /** Number of tables of these catalogs. */
  readonly tables: number
  /** Faults of the configuration, each with file, line and key. */
  readonly configuration: readonly string[]
  readonly sources: readonly SourceFault[]
  /** Facts that are not faults but should be known, such as a database role that may write and is accepted. */
  readonly notes: readonly string[]
}

/**
 * Checks the catalogs in a peer's configuration, or in a file that describes one catalog or a list of catalogs. The sources
 * of a catalog are checked if its description is valid, whatever is wrong elsewhere. `placesMax` is the number of lines or
 * rows named for each fault. Throws CONFIG_INVALID if the file is not YAML, and NODE_ERROR.
 */
export async function checkCatalogs(file: string, placesMax: number): Promise<CatalogCheck> {
  const path = resolve(file)
  const text = await textOf(path)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ message }) => `${path}: ${message}`)
    throw new StimnetError('CONFIG_INVALID', faults.join('\n'))
  }
  const written = plainOf(document, path)
  const isPeer = isPeerConfig(written)
  const raws = [isPeer ? written.catalogs : written].flat().filter((raw) => raw !== undefined && raw !== null)
  const place = placesIn(document, lines, path)
  const configuration = isPeer
    ? await faultsOf(async () => loadConfig(file))
    : await faultsOf(async () =>
        parseConfig({ institution: '-', catalogs: raws }, ([, at = 0, ...keys]) =>
          place(Array.isArray(written) ? [at, ...keys] : keys)
        )
      )
  const catalogs = raws.flatMap((raw) => catalogConfigSchema.safeParse(raw).data ?? [])
  const apart = await faultsOf(async () => assertSourcesApart(catalogs, dirname(path)))
  return {
    catalogs: raws.length,
    tables: catalogs.flatMap(({ tables }) => tables).length,
    configuration: [...configuration, ...apart],
    ...(await sourceFaults(catalogs, dirname(path), placesMax))
  }
}

function isPeerConfig(written: unknown): written is { readonly catalogs?: unknown } {
  const keys = typeof written === 'object' && written !== null ? Object.keys(written) : []
  return keys.includes('catalogs') || keys.includes('institution')
}

async function sourceFaults(catalogs: readonly CatalogConfig[], baseDir: string, placesMax: number) {
  const sources: SourceFault[] = []
  const notes: string[] = []
  const places = { baseDir, environment: environment(), placesMax }
  for (const catalog of catalogs) {
    const { faults, note } = await checkSources(catalog, places)
    sources.push(...faults)
    if (note !== undefined) notes.push(`${catalog.name}: ${note}`)
    // The notes compare the rows of all tables, so every table must be readable.
    if (faults.length === 0) notes.push(...rowsText(catalog.name, await noteRows(catalog, baseDir, placesMax)))
  }
  return { sources, notes }
}

/** The lines of the error of an invalid configuration or source; empty if there is no error. */
async function faultsOf(check: () => Promise<unknown>): Promise<string[]> {
  try {
    await check()
    return []
  } catch (error) {
    const isExpected = error instanceof StimnetError && ['CONFIG_INVALID', 'SOURCE_INVALID'].includes(error.code)
    if (!isExpected) throw error
    return error.message.split('\n')
  }
}
