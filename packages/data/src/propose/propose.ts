/** Proposal of a catalog for loaded tables, with the decisions that a person must make. It reads data and is for the steward. */
import { StimnetError } from '@stimnet/protocol'
import { type TableConfig, VARIABLES_MAX, type VariableConfig } from '../catalog/catalog-config.ts'
import type { Session } from '../engine.ts'
import { quoteName, quoteText } from '../quote.ts'
import { type ColumnFacts, type ProposedColumn, proposeColumn } from './column.ts'
import { type CodeBook, type ColumnCode, levelsByCodeBook } from './from/code-book.ts'
import { type KeyCandidate, type KeyFile, keyCandidates, keyFaults } from './key.ts'
import { nameFor, unitGuess, unitInHeader } from './names.ts'
import {
  type Decision,
  type ProposedCatalog,
  type ProposedTable,
  proposalText,
  type TableVariable
} from './proposal-text.ts'
import { variableOf } from './variable.ts'
import type { Word } from './words.ts'
import { doubledIn, doubledText } from '../open/doubled-rows.ts'
import { fewRowsIn, fewRowsText, type KeyedRows } from '../sources/few-rows.ts'
import { changePlace, type LoadedRows } from '../sources/places.ts'
import type { LineFault, LoadedSource } from '../sources/source.ts'

/** Options of a proposal. */
export interface ProposalOptions {
  /** Name of the catalog. Default: the name of the first file. */
  readonly name?: string
  /** Header of the subject key. Default: the likeliest column. */
  readonly subjectKey?: string
  /** Smallest number of people with a level, and in each part between breakpoints. */
  readonly peopleMin: number
}

/** A proposed catalog. */
export interface Proposal {
  /**
   * The catalog as YAML. It contains the content of a public description and the reading rules of the files, but no counts and no rare
   * values.
   */
  readonly yaml: string
  /** The decisions that a person must make. Their sentences contain words and counts from the data and must stay in the institution. */
  readonly decisions: readonly Decision[]
}

/** Maximum length of a column header in a catalog. */
const HEADER_MAX = 200

/** A table for which a catalog is proposed, loaded as text. */
export interface ProposalTable extends KeyFile {
  /** The table's configuration as it will be written, without variables. */
  readonly table: TableConfig
  readonly rows: number
  readonly faults: readonly LineFault[]
  /** The columns whose type in the source is a binary float. */
  readonly floats?: ReadonlySet<string>
  /** Columns that were not loaded, with the reason. */
  readonly unread?: readonly { readonly header: string; readonly why: string }[]
  /** The code book of the columns, by header. */
  readonly codeBook?: CodeBook
  /** The place of a row, as in `LoadedSource`. */
  readonly place?: LoadedSource['place']
}

/** Proposes a catalog for loaded tables. Throws PARAMETER_INVALID if no column could be the subject key; throws NODE_ERROR. */
export async function proposeTables(
  loaded: readonly ProposalTable[],
  session: Session,
  options: ProposalOptions & Pick<ProposedCatalog, 'postgres' | 'note'>
): Promise<Proposal> {
  const [key, ...others] = await keyCandidates(loaded, session, options.subjectKey)
  if (key === undefined) throw withoutKey(loaded, options.subjectKey)
  const subjectKey = nameFor(key.header, [], 'subject_id')
  const tables: ProposedTable[] = []
  const rows: KeyedRows[] = []
  const loadedRows: LoadedRows[] = []
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
    const proposed = await proposeTable(file, keyed, session, options.peopleMin)
    tables.push(proposed)
    const table = { ...proposed.table, variables: proposed.variables.map(({ variable }) => variable) }
    rows.push({ table, relation: quoteName(file.raw), key: keyed.key, columns: file.columns })
    loadedRows.push(loadedRowsOf(file, keyed, table))
  }
  const few = Map.groupBy(await fewRowsIn(session, rows), ({ table }) => table)
  const doubled = Map.groupBy(await doubledIn(session, loadedRows, DOUBLES_SHOWN_MAX), ({ table }) => table)
  const keyless = loaded.filter((_, i) => (key.positions[i] ?? -1) < 0).map(({ label }) => label)
  if (tables.every(({ variables }) => variables.length === 0)) throw withoutVariables()
  const name = options.name ?? nameFor(loaded[0]?.table.name ?? '', [], 'catalog')
  const { postgres, note } = options
  return proposalText({
    name,
    subjectKey,
    key,
    others,
    keyless,
    tables: tables.map((proposed) => {
      const { name } = proposed.table
      return {
        ...proposed,
        doubled: (doubled.get(name) ?? []).map(doubledText),
        presence: fewRowsText(few.get(name) ?? [])
      }
    }),
    ...(postgres === undefined ? {} : { postgres }),
    ...(note === undefined ? {} : { note })
  })
}

/** Maximum number of places shown of duplicate rows of one kind. */
const DOUBLES_SHOWN_MAX = 10

function loadedRowsOf(file: ProposalTable, { key, column, subjectKey }: Keyed, table: TableConfig): LoadedRows {
  const { label, raw, columns, place } = file
  return {
    source: { table: { ...table, subject_column: column }, name: label },
    loaded: place === undefined ? { columns } : { columns, place },
    relation: raw,
    row: 'rowid',
    key,
    subjectKey
  }
}

function withoutKey(files: readonly ProposalTable[], wanted: string | undefined): StimnetError {
  const where = files.map(({ label }) => label).join(', ')
  const reason =
    wanted === undefined
      ? `No column of ${where} could be the subject key: most rows must have a text that identifies a person. Name the column with --subject-key.`
      : `No column of ${where} is named ${JSON.stringify(wanted)} and could be the subject key.`
  return StimnetError.told('PARAMETER_INVALID', reason)
}

function withoutVariables(): StimnetError {
  const reason = 'No column of these tables can be proposed as a variable: each is a free text, an identifier or empty.'
  return StimnetError.told('PARAMETER_INVALID', reason)
}

/** The faults of the keys, by the file's position. Files without the key are omitted. */
async function keyFaultsOf(key: KeyCandidate, files: readonly ProposalTable[], session: Session) {
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
  /** SQL for the key. */
  readonly key: string
  readonly subjectKey: string
  readonly column: string
  readonly isOneRow: boolean
  readonly faults: readonly string[]
}

async function proposeTable(
  file: ProposalTable,
  keyed: Keyed,
  session: Session,
  peopleMin: number
): Promise<ProposedTable> {
  const variables: TableVariable[] = []
  const leftOut: { header: string; why: string }[] = [...(file.unread ?? [])]
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
    const said = file.codeBook?.get(header)
    const facts = {
      header,
      key: keyed.key,
      raw: file.raw,
      column: `c${at}`,
      changed: changePlace(file.table),
      isFloat: file.floats?.has(header) ?? false,
      ...(said === undefined ? {} : { said })
    }
    const taken = [keyed.subjectKey, ...variables.map(({ variable }) => variable.name)]
    const proposed = await proposeVariable(facts, taken, session, peopleMin)
    if ('why' in proposed) leftOut.push({ header, why: proposed.why })
    else variables.push(proposed)
  }
  const table = { ...file.table, one_row_per_subject: keyed.isOneRow }
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
  at: {
    readonly header: string
    readonly key: string
    readonly raw: string
    readonly column: string
    readonly changed: string
    readonly isFloat: boolean
    readonly said?: ColumnCode
  },
  taken: readonly string[],
  session: Session,
  peopleMin: number
): Promise<TableVariable | { readonly why: string }> {
  const { header, key, raw, column, said, changed, isFloat } = at
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
  const isMeasured = said?.unit !== undefined
  const found = { header, words: words.all, emptyRows: words.empty, isMeasured, isFloat, changed, peopleOf }
  const { draft, missing, decisions } = await draftOf(found, said, peopleMin)
  if (draft.type === 'left out') return { why: draft.why }
  const name = nameFor(header, taken, 'variable')
  const drafted = { name, draft, missing: missing.map(({ text }) => text), column, key, raw, changed }
  const { variable, decisions: more } = await variableOf(drafted, session, peopleMin)
  const unit = draft.type === 'category' || draft.type === 'date' ? undefined : (said?.unit ?? unitInHeader(header))
  const guess = draft.type === 'category' || draft.type === 'date' ? undefined : unitGuess(name)
  const described: VariableConfig = {
    ...variable,
    ...(name === header ? {} : { column: header }),
    ...(unit === undefined ? {} : { unit }),
    ...(said?.description === undefined ? {} : { description: said.description })
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

/** The levels of the column's code book if it has any, else a proposal from the column's values. */
function draftOf(
  found: ColumnFacts,
  said: ColumnCode | undefined,
  peopleMin: number
): ProposedColumn | Promise<ProposedColumn> {
  return said?.levels === undefined ? proposeColumn(found, peopleMin) : levelsByCodeBook(found.words, said.levels)
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
