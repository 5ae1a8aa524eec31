/** Proposal of a catalog for files: reads them, and says what a person must decide. It looks at data, and is for the steward. */
import { stat } from 'node:fs/promises'
import { basename, extname, relative, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { TABLES_MAX, type TableConfig, VARIABLES_MAX, type VariableConfig } from '../catalog/catalog-config.ts'
import { openEngine, type Session } from '../engine.ts'
import { quoteName, quoteText } from '../quote.ts'
import { type LineFault, loadWhatFits, type Source, sourceOf } from '../sources/source.ts'
import { proposeColumn } from './column.ts'
import { type KeyCandidate, type KeyFile, keyCandidates, keyFaults } from './key.ts'
import { nameFor, unitGuess, unitInHeader } from './names.ts'
import { type Decision, type ProposedTable, proposalText, type TableVariable } from './proposal-text.ts'
import { sniffText } from './sniff.ts'
import { variableOf } from './variable.ts'
import type { Word } from './words.ts'

/** The wishes of a proposal. */
export interface ProposalOptions {
  /** Name of the catalog. Default: that of the first file. */
  readonly name?: string
  /** Header of the subject key. Default: the likeliest column. */
  readonly subjectKey?: string
  /** Folder to which the paths in the proposal are relative, and the given paths too. */
  readonly baseDir: string
  /** Number of people that a level, and each part between breakpoints, needs. */
  readonly peopleMin: number
}

/** A proposed catalog. */
export interface Proposal {
  /**
   * The catalog as YAML. It contains what a description may publish, and how the files are read, but no counts and no rare
   * values.
   */
  readonly yaml: string
  /** What a person must decide. The sentences contain words and counts of the data and must stay in the institution. */
  readonly decisions: readonly Decision[]
}

/** Longest header of a column that a catalog can name. */
const HEADER_MAX = 200

interface Loaded extends KeyFile {
  readonly source: Source
  readonly table: string
  readonly rows: number
  readonly faults: readonly LineFault[]
}

/**
 * Proposes a catalog for files. Throws PARAMETER_INVALID if no column could be the subject key, SOURCE_INVALID for a file that has
 * no readable header, NODE_ERROR.
 */
export async function proposeCatalog(files: readonly string[], options: ProposalOptions): Promise<Proposal> {
  if (files.length > TABLES_MAX) {
    const reason = `A catalog has at most ${TABLES_MAX} tables, and these are ${files.length} files.`
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  const engine = await openEngine({ threads: 2 })
  try {
    const session = await engine.session()
    const loaded: Loaded[] = []
    for (const file of files) loaded.push(await load(file, loaded, options.baseDir, session))
    const [key, ...others] = await keyCandidates(loaded, session, options.subjectKey)
    if (key === undefined) throw withoutKey(loaded, options.subjectKey)
    const subjectKey = nameFor(key.header, [], 'subject_id')
    const tables: ProposedTable[] = []
    const faults = await keyFaultsOf(key, loaded, session)
    for (const [i, file] of loaded.entries()) {
      const column = file.columns[key.positions[i] ?? -1]
      if (column === undefined) continue
      const keyed = {
        key: `c${key.positions[i]}`,
        subjectKey,
        column,
        ...(faults.get(i) ?? { isOneRow: false, faults: [] })
      }
      tables.push(await proposeTable(file, keyed, session, options.peopleMin))
    }
    const keyless = loaded.filter((_, i) => (key.positions[i] ?? -1) < 0).map(({ label }) => label)
    if (tables.every(({ variables }) => variables.length === 0)) throw withoutVariables()
    const name = options.name ?? nameFor(loaded[0]?.table ?? '', [], 'catalog')
    return proposalText({ name, subjectKey, key, others, keyless, tables })
  } finally {
    engine.close()
  }
}

function withoutKey(files: readonly Loaded[], wanted: string | undefined): StimnetError {
  const where = files.map(({ label }) => label).join(', ')
  const reason =
    wanted === undefined
      ? `No column of ${where} could be the subject key: most rows must have a text that identifies a person. Name the column with --subject-key.`
      : `No column of ${where} is named ${JSON.stringify(wanted)} and could be the subject key.`
  return new StimnetError('PARAMETER_INVALID', reason, { reason })
}

function withoutVariables(): StimnetError {
  const reason = 'No column of these files can be proposed as a variable: each is a free text, an identifier or empty.'
  return new StimnetError('PARAMETER_INVALID', reason, { reason })
}

async function load(file: string, before: readonly Loaded[], baseDir: string, session: Session): Promise<Loaded> {
  const path = resolve(baseDir, file)
  const facts = await stat(path).catch(() => undefined)
  if (!facts?.isFile()) throw new StimnetError('SOURCE_INVALID', `${path}: there is no such file, or it cannot be read`)
  const isParquet = /\.parquet$/i.test(file)
  const form = isParquet ? undefined : await sniffText(path)
  const label = basename(file)
  const name = nameFor(
    basename(file, extname(file)),
    before.map(({ table }) => table),
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
  const raw = `raw_${before.length}`
  const { loaded, faults } = await loadWhatFits(source, session, raw)
  const [count] = await session.rows(`SELECT count(*) FROM ${quoteName(raw)}`)
  return { source, label, raw, table: name, columns: loaded.columns, rows: Number(count?.[0]), faults }
}

/** The faults of the keys by the file's place; files without the key are omitted. */
async function keyFaultsOf(key: KeyCandidate, files: readonly Loaded[], session: Session) {
  const places = [...files.keys()].filter((i) => (key.positions[i] ?? -1) >= 0)
  const positions = places.map((i) => key.positions[i] ?? -1)
  const found = await keyFaults(
    { ...key, positions },
    places.flatMap((i) => files[i] ?? []),
    session
  )
  return new Map(places.map((place, at) => [place, found[at] ?? { isOneRow: false, faults: [] }]))
}

interface Keyed {
  /** SQL of the key. */
  readonly key: string
  readonly subjectKey: string
  readonly column: string
  readonly isOneRow: boolean
  readonly faults: readonly string[]
}

async function proposeTable(file: Loaded, keyed: Keyed, session: Session, peopleMin: number): Promise<ProposedTable> {
  const variables: TableVariable[] = []
  const leftOut: { header: string; why: string }[] = []
  for (const [at, header] of file.columns.entries()) {
    if (header === keyed.column) continue
    if (header.length > HEADER_MAX || variables.length === VARIABLES_MAX) {
      leftOut.push({ header, why: header.length > HEADER_MAX ? 'its name is too long' : 'there are too many columns' })
      continue
    }
    if (file.columns.indexOf(header) !== file.columns.lastIndexOf(header) || header.trim() === '') {
      leftOut.push({
        header,
        why: header.trim() === '' ? 'it has no name' : 'several columns have this name: rename them'
      })
      continue
    }
    const facts = { header, key: keyed.key, raw: file.raw, column: `c${at}` }
    const taken = [keyed.subjectKey, ...variables.map(({ variable }) => variable.name)]
    const proposed = await proposeVariable(facts, taken, session, peopleMin)
    if ('why' in proposed) leftOut.push({ header, why: proposed.why })
    else variables.push(proposed)
  }
  const table = { ...file.source.table, one_row_per_subject: keyed.isOneRow }
  return {
    label: file.label,
    table,
    rows: file.rows,
    faults: file.faults,
    variables,
    leftOut,
    keyFaults: keyed.faults,
    ...(keyed.column === keyed.subjectKey ? {} : { subjectColumn: keyed.column })
  }
}

async function proposeVariable(
  at: { readonly header: string; readonly key: string; readonly raw: string; readonly column: string },
  taken: readonly string[],
  session: Session,
  peopleMin: number
): Promise<TableVariable | { readonly why: string }> {
  const { header, key, raw, column } = at
  const words = await wordsOf(at, session)
  const peopleOf = async (texts: readonly string[]) => {
    const [only, second] = texts
    if (second === undefined) return words.all.find(({ text }) => text === only)?.people ?? 0
    const list = texts.map(quoteText).join(', ')
    const [row] = await session.rows(
      `SELECT count(DISTINCT ${key}) FROM ${quoteName(raw)} WHERE ${column} IN (${list})`
    )
    return Number(row?.[0])
  }
  const { draft, missing, decisions } = await proposeColumn(
    { header, words: words.all, emptyRows: words.empty, peopleOf },
    peopleMin
  )
  if (draft.type === 'left out') return { why: draft.why }
  const name = nameFor(header, taken, 'variable')
  const drafted = { name, draft, missing: missing.map(({ text }) => text), column, key, raw }
  const { variable, decisions: more } = await variableOf(drafted, session, peopleMin)
  const unit = draft.type === 'category' || draft.type === 'date' ? undefined : unitInHeader(header)
  const guess = draft.type === 'category' || draft.type === 'date' ? undefined : unitGuess(name)
  const described: VariableConfig = {
    ...variable,
    ...(name === header ? {} : { column: header }),
    ...(unit === undefined ? {} : { unit })
  }
  return {
    variable: described,
    missing,
    emptyRows: words.empty,
    decisions: [...decisions, ...more],
    ...(unit === undefined && guess !== undefined ? { unitGuess: guess } : {}),
    texts: new Set(words.all.map(({ text }) => text))
  }
}

async function wordsOf(
  { key, raw, column }: { readonly key: string; readonly raw: string; readonly column: string },
  session: Session
): Promise<{ readonly all: readonly Word[]; readonly empty: number }> {
  const rows = await session.rows(
    `SELECT coalesce(${column}, '') AS t, count(*), count(DISTINCT nullif(${key}, '')) FROM ${quoteName(raw)} GROUP BY t ORDER BY t`
  )
  const words = rows.map(([text, n, people]) => ({ text: String(text), rows: Number(n), people: Number(people) }))
  return {
    all: words.filter(({ text }) => text !== ''),
    empty: words.find(({ text }) => text === '')?.rows ?? 0
  }
}
