/** A catalog proposed for a list of files. */
import { stat } from 'node:fs/promises'
import { basename, extname, relative, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { TABLES_MAX, type TableConfig } from '../../catalog/catalog-config.ts'
import { withSession, type Session } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import { isFolder, loadWhatFits, sourceOf } from '../../sources/source.ts'
import { nameFor } from '../names.ts'
import { type Proposal, type ProposalOptions, type ProposalTable, proposeTables } from '../propose.ts'
import { sniffText } from '../sniff.ts'

/** Options of a proposal for files, and the base folder of their paths, which the proposal uses as well. */
export interface FileProposalOptions extends ProposalOptions {
  readonly baseDir: string
}

/**
 * Proposes a catalog for files. Throws PARAMETER_INVALID if no column could be the subject key, SOURCE_INVALID for a file without a
 * readable header, NODE_ERROR.
 */
export async function proposeCatalog(files: readonly string[], options: FileProposalOptions): Promise<Proposal> {
  assertFewTables(files.length, 'files')
  return withSession({ threads: 2 }, async (session) => {
    const loaded: ProposalTable[] = []
    for (const file of files) loaded.push(await loadFile(file, loaded, options.baseDir, session))
    return proposeTables(loaded, session, options)
  })
}

/** Throws PARAMETER_INVALID if there are more tables than a catalog may have. */
export function assertFewTables(count: number, what: string): void {
  if (count <= TABLES_MAX) return
  const reason = `A catalog has at most ${TABLES_MAX} tables, and these are ${count} ${what}.`
  throw StimnetError.told('PARAMETER_INVALID', reason)
}

/** Loads a file as the next table of a proposal. Throws SOURCE_INVALID. */
export async function loadFile(
  file: string,
  before: readonly ProposalTable[],
  baseDir: string,
  session: Session
): Promise<ProposalTable> {
  const path = resolve(baseDir, file)
  const facts = await stat(path).catch(() => undefined)
  if (!facts?.isFile()) throw new StimnetError('SOURCE_INVALID', `${path}: there is no such file, or it cannot be read`)
  const isParquet = /\.parquet$/i.test(file)
  const form = isParquet ? undefined : await sniffText(path)
  const label = basename(file)
  const name = nameFor(
    basename(file, extname(file)),
    before.map(({ table }) => table.name),
    'table'
  )
  const isPlain = /\.(csv|tsv)$/i.test(file)
  const usual = /\.tsv$/i.test(file) ? '\t' : ','
  const separator = form === undefined || form.separator === usual ? undefined : form.separator
  const table: TableConfig = {
    name,
    file: relative(baseDir, path),
    description: '',
    one_row_per_subject: false,
    variables: [],
    ...(isParquet || isPlain ? {} : { format: 'csv' }),
    ...(form === undefined
      ? {}
      : {
          reading: {
            ...(form.encoding === 'utf-8' ? {} : { encoding: form.encoding }),
            ...(separator === undefined ? {} : { separator: separator === '\t' ? 'tab' : separator })
          }
        })
  }
  const source = sourceOf(table, baseDir)
  if (source.format === 'postgres' || isFolder(source)) throw new StimnetError('NODE_ERROR', 'a file that is none')
  const raw = `raw_${before.length}`
  const { loaded, faults } = await loadWhatFits(source, session, raw)
  const [count] = await session.rows(`SELECT count(*) FROM ${quoteName(raw)}`)
  const { columns, floats, place } = loaded
  return {
    label,
    raw,
    table,
    columns,
    rows: Number(count?.[0]),
    faults,
    ...(floats === undefined ? {} : { floats }),
    ...(place === undefined ? {} : { place })
  }
}
