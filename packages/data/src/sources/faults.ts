/** Faults of a catalog's files that can be seen without reading their rows: missing files and missing columns. */
import { StimnetError } from '@stimnet/protocol'
import type { CatalogConfig, TableConfig } from '../catalog/catalog-config.ts'
import { subjectColumnOf } from '../catalog/reading.ts'
import { openEngine, type Session } from '../engine.ts'
import { columnsOf, fingerprint, sourceOf } from './source.ts'

/** Names of columns shown at most. */
const SHOWN_MAX = 20

/** One sentence per table whose file or columns are missing; none where every declared column is there. */
export async function sourceFaults(config: CatalogConfig, baseDir: string): Promise<string[]> {
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
    await fingerprint(source)
    const columns = new Set(await columnsOf(source, session))
    const declared = [subjectColumnOf(table, subjectKey), ...table.variables.map(({ name, column }) => column ?? name)]
    const missing = declared.filter((column) => !columns.has(column)).map((column) => JSON.stringify(column))
    if (missing.length === 0) return undefined
    const has = [...columns].slice(0, SHOWN_MAX).join(', ')
    return `${source.path}: no column ${missing.slice(0, SHOWN_MAX).join(', ')}; it has ${has}`
  } catch (error) {
    if (error instanceof StimnetError) return error.message
    throw error
  }
}
