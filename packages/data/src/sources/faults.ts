/** Faults of a catalog's sources that are visible without reading rows: missing files, relations and columns. */
import { StimnetError } from '@stimnet/protocol'
import { type CatalogConfig, readVariables, type TableConfig } from '../catalog/catalog-config.ts'
import { subjectColumnOf } from '../catalog/reading.ts'
import { openEngine, type Session } from '../engine.ts'
import type { SourcePlaces } from './postgres/secrets.ts'
import { relationFaults, relationTables } from './postgres/read.ts'
import { columnsOf, fingerprint, sourceOf } from './source.ts'

/** Maximum number of column names in a message. */
const SHOWN_MAX = 20

/** The faults of sources, and a note that is not a fault. */
export interface SourceLook {
  /** One sentence per table with a missing file or missing columns, and sentences about the catalog's database. */
  readonly faults: readonly string[]
  /** A note about a database role with write permission, if the catalog accepts such a role. */
  readonly note?: string
}

/** Checks that the sources of a catalog exist and have all declared columns. */
export async function lookAtSources(config: CatalogConfig, places: SourcePlaces): Promise<SourceLook> {
  const ofFiles = await fileFaults(config, places.baseDir)
  if (relationTables(config).length === 0) return { faults: ofFiles }
  const { faults, note } = await relationFaults(config, places)
  return { faults: [...ofFiles, ...faults], ...(note === undefined ? {} : { note }) }
}

async function fileFaults(config: CatalogConfig, baseDir: string): Promise<string[]> {
  const engine = await openEngine({ threads: 1 })
  const session = await engine.session()
  try {
    const faults: string[] = []
    for (const table of config.tables) {
      const fault = await faultOf({ table, subjectKey: config.subject_key, baseDir, session })
      if (fault !== undefined) faults.push(fault)
    }
    return faults
  } finally {
    session.close()
    engine.close()
  }
}

interface Look {
  readonly table: TableConfig
  readonly subjectKey: string
  readonly baseDir: string
  readonly session: Session
}

async function faultOf({ table, subjectKey, baseDir, session }: Look): Promise<string | undefined> {
  try {
    const source = sourceOf(table, baseDir)
    if (source.format === 'postgres') return undefined
    await fingerprint(source)
    const columns = new Set(await columnsOf(source, session))
    const declared = [
      subjectColumnOf(table, subjectKey),
      ...readVariables(table).map(({ name, column }) => column ?? name)
    ]
    const missing = declared.filter((column) => !columns.has(column)).map((column) => JSON.stringify(column))
    if (missing.length === 0) return undefined
    const has = [...columns].slice(0, SHOWN_MAX).join(', ')
    return `${source.name}: no column ${missing.slice(0, SHOWN_MAX).join(', ')}; it has ${has}`
  } catch (error) {
    if (error instanceof StimnetError) return error.message
    throw error
  }
}
