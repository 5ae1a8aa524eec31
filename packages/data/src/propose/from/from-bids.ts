/** A catalog proposed for the tables of a BIDS dataset, with the column descriptions of their sidecars. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../../catalog/catalog-config.ts'
import { withSession, type Session } from '../../engine.ts'
import { quoteName } from '../../quote.ts'
import { hasBidsList, loadBids } from '../../sources/bids.ts'
import { isFileInside, rootOf } from '../../sources/folder-files.ts'
import { sourceOf } from '../../sources/source.ts'
import type { CodeBook, ColumnCode } from './code-book.ts'
import { assertFewTables, type FileProposalOptions, loadFile } from './from-files.ts'
import { isMissingWord } from '../words.ts'
import { nameFor } from '../names.ts'
import { type Proposal, type ProposalTable, proposeTables } from '../propose.ts'

/** Maximum size of a sidecar, bytes. */
const SIDECAR_BYTES_MAX = 1024 * 1024
/** Maximum length of a unit and of a description taken from a sidecar, characters. */
const UNIT_MAX = 40
const DESCRIPTION_MAX = 400

/**
 * Proposes a catalog for a BIDS dataset: participants.tsv, the tables of phenotype/, sessions and scans. Units, descriptions and levels
 * come from the sidecars. No image is opened. Throws PARAMETER_INVALID for a folder without such tables, SOURCE_INVALID, NODE_ERROR.
 */
export async function proposeFromBids(folder: string, options: FileProposalOptions): Promise<Proposal> {
  const path = resolve(options.baseDir, folder)
  const root = await rootOf(path)
  const files = await tableFiles(path, root)
  return withSession({ threads: 2 }, async (session) => {
    const loaded: ProposalTable[] = []
    assertFewTables(files.length, 'tables')
    for (const file of files) {
      const table = await loadFile(relative(options.baseDir, file), loaded, options.baseDir, session)
      loaded.push({ ...table, codeBook: await sidecarOf(file.replace(/\.tsv$/, '.json'), root) })
    }
    for (const list of ['sessions', 'scans'] as const) {
      const table = await loadList(list, { path, root, loaded, baseDir: options.baseDir, session })
      if (table !== undefined) loaded.push(table)
    }
    if (loaded.length === 0) throw withoutTables(path)
    const name = options.name ?? nameFor(basename(root), [], 'dataset')
    return proposeTables(loaded, session, { subjectKey: 'participant_id', ...options, name })
  })
}

function withoutTables(path: string): StimnetError {
  const reason = `${path} has no participants.tsv, no phenotype/*.tsv, and no sub-*_sessions.tsv or sub-*_scans.tsv.`
  return StimnetError.told('PARAMETER_INVALID', reason)
}

/** The tables that have their own file, participants first. */
async function tableFiles(path: string, root: string): Promise<readonly string[]> {
  const phenotype = await readdir(join(path, 'phenotype')).catch(() => [])
  const names = [
    'participants.tsv',
    ...phenotype
      .filter((name) => name.endsWith('.tsv'))
      .sort()
      .map((name) => join('phenotype', name))
  ]
  const files: string[] = []
  for (const name of names) {
    const file = join(path, name)
    if (await isFileInside(file, root)) files.push(file)
  }
  return files
}

interface ListPlaces {
  readonly path: string
  readonly root: string
  readonly loaded: readonly ProposalTable[]
  readonly baseDir: string
  readonly session: Session
}

async function loadList(
  list: 'sessions' | 'scans',
  { path, root, loaded, baseDir, session }: ListPlaces
): Promise<ProposalTable | undefined> {
  const taken = loaded.map(({ table }) => table.name)
  const table: TableConfig = {
    name: nameFor(list, taken, list),
    bids: { folder: relative(baseDir, path) || '.', list },
    description: '',
    one_row_per_subject: false,
    variables: []
  }
  const source = sourceOf(table, baseDir)
  if (source.format !== 'bids' || !(await hasBidsList(source))) return undefined
  const raw = `raw_${loaded.length}`
  const { columns, place } = await loadBids(source, session, raw)
  const [count] = await session.rows(`SELECT count(*) FROM ${quoteName(raw)}`)
  const codeBook = await sidecarOf(join(path, `${list}.json`), root)
  return {
    label: `the ${list} of ${basename(root)}`,
    raw,
    table,
    columns,
    rows: Number(count?.[0]),
    faults: [],
    codeBook,
    ...(place === undefined ? {} : { place })
  }
}

/**
 * The entries of a sidecar about columns; empty if there is no sidecar. Throws SOURCE_INVALID for a sidecar that is not a JSON object or is
 * too large.
 */
async function sidecarOf(file: string, root: string): Promise<CodeBook> {
  if (!(await isFileInside(file, root, SIDECAR_BYTES_MAX))) return new Map()
  let written: unknown
  try {
    written = JSON.parse((await readFile(file, 'utf8')).replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new StimnetError('SOURCE_INVALID', `${file}: is no JSON`, { cause })
  }
  if (!isObject(written)) throw new StimnetError('SOURCE_INVALID', `${file}: is no JSON object`)
  return new Map(
    Object.entries(written).flatMap(([header, said]) => (isObject(said) ? [[header, columnCode(said)]] : []))
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function columnCode({ Units, Description, LongName, Levels }: Readonly<Record<string, unknown>>): ColumnCode {
  const [unit, description] = [
    lineOf(Units, UNIT_MAX),
    lineOf(Description, DESCRIPTION_MAX) ?? lineOf(LongName, DESCRIPTION_MAX)
  ]
  return {
    ...(unit === undefined || isMissingWord(unit) ? {} : { unit }),
    ...(description === undefined ? {} : { description }),
    ...(isObject(Levels) && Object.keys(Levels).length > 0 ? { levels: levelsIn(Levels) } : {})
  }
}

/** The levels of a sidecar: each cell text with its label. Newer versions of BIDS write the label as part of an object. */
function levelsIn(levels: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(levels).map(([text, said]) => {
    const words = isObject(said) ? said.Description : said
    return [text, typeof words === 'string' ? words : ''] as const
  })
}

/** A text on one line, without invisible characters; undefined if nothing is left. */
function lineOf(value: unknown, charactersMax: number): string | undefined {
  if (typeof value !== 'string') return undefined
  const line = value
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}\p{Co}]/gu, '')
    .trim()
    .slice(0, charactersMax)
  return line === '' ? undefined : line
}
