/** The tables that a BIDS dataset keeps in many files, one per person or session: its sessions and its scans, each read as one table. */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import type { TableConfig } from '../catalog/catalog-config.ts'
import type { Session } from '../engine.ts'
import { headerOf, scanCsv } from './csv-scan.ts'
import { type FolderFile, isFileInside, printOfFiles, rootOf } from './folder-files.ts'

/** A table of a BIDS dataset that consists of many files. */
export interface BidsSource {
  readonly table: TableConfig
  /** Folder and list, for messages. */
  readonly name: string
  /** Absolute path of the dataset. */
  readonly folder: string
  readonly list: 'sessions' | 'scans'
  readonly format: 'bids'
}

/** One file of the table, with the information in its path. */
interface ListedFile extends FolderFile {
  /** The participant, such as sub-01. */
  readonly participant: string
  /** The session, such as ses-02; empty for a file of a person without sessions. */
  readonly session: string
}

const PARTICIPANT = /^sub-[A-Za-z0-9+]+$/
const SESSION = /^ses-[A-Za-z0-9+]+$/
const FORM = { separator: '\t' } as const
/** Maximum number of files of a table, and maximum number of columns of all files together. */
const FILES_MAX = 100_000
const COLUMNS_MAX = 512
/** Maximum size of a file, which lists one person's sessions or scans. */
const FILE_BYTES_MAX = 16 * 1024 * 1024

/** The files of a table in the order of their paths. Throws SOURCE_INVALID for a file that is too long or leads out of the dataset. */
async function listedFiles({ folder, list, name }: BidsSource): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = []
  const root = await rootOf(folder)
  const add = async (at: readonly string[], participant: string, session: string) => {
    const path = join(folder, ...at)
    if (!(await isFileInside(path, root, FILE_BYTES_MAX))) return
    if (files.length === FILES_MAX) fail(`${name}: more than ${FILES_MAX} files`)
    files.push({ path, inside: at.join('/'), participant, session })
  }
  for (const participant of await namesIn(folder, PARTICIPANT)) {
    await add([participant, `${participant}_${list}.tsv`], participant, '')
    if (list === 'sessions') continue
    for (const session of await namesIn(join(folder, participant), SESSION)) {
      await add([participant, session, `${participant}_${session}_scans.tsv`], participant, session)
    }
  }
  return files
}

async function namesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => pattern.test(name)).sort()
}

/** Whether the dataset has any file of the table. Throws SOURCE_INVALID. */
export async function hasBidsList(source: BidsSource): Promise<boolean> {
  return (await listedFiles(source)).length > 0
}

/** A text that changes whenever one of the files is written, added or removed. Throws SOURCE_INVALID. */
export async function bidsFingerprint(source: BidsSource): Promise<string> {
  return printOfFiles(await filesOrFail(source))
}

async function filesOrFail(source: BidsSource): Promise<readonly ListedFile[]> {
  const files = await listedFiles(source)
  return files.length > 0 ? files : fail(`${source.name}: there are no files sub-*_${source.list}.tsv`)
}

/** The columns of the table: those derived from paths, and all columns of any file. Throws SOURCE_INVALID. */
export async function bidsColumns(source: BidsSource): Promise<readonly string[]> {
  return columnsOfFiles(source, await filesOrFail(source))
}

async function columnsOfFiles({ list, name }: BidsSource, files: readonly ListedFile[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const { path } of files) {
    const { header } = await headerOf(path, FORM)
    if (new Set(header).size < header.length) fail(`${path}, line 1: a column comes twice`)
    for (const column of header) found.add(column)
    if (found.size > COLUMNS_MAX) fail(`${name}: more than ${COLUMNS_MAX} columns`)
  }
  const ofPaths = list === 'sessions' ? ['participant_id'] : ['participant_id', 'session_id', ...OF_NAMES]
  return [...ofPaths, ...[...found].filter((column) => !ofPaths.includes(column))]
}

/** The columns derived from the name of an image. A column of the file itself takes precedence. */
const OF_NAMES = ['datatype', 'suffix', 'task'] as const

function saidByName(image: string): Readonly<Record<string, string>> {
  const [datatype = '', file = ''] = image.split('/').slice(-2)
  const parts = file.split('.')[0]?.split('_') ?? []
  const task = parts.find((part) => part.startsWith('task-'))?.slice('task-'.length) ?? ''
  return { datatype: file === '' ? '' : datatype, suffix: parts.length > 1 ? (parts.at(-1) ?? '') : '', task }
}

/** SHA-256 of the paths and contents of all files of the table. Throws SOURCE_INVALID. */
export async function bidsHash(source: BidsSource): Promise<string> {
  const hash = createHash('sha256')
  for (const { path, inside } of await filesOrFail(source)) {
    const { sha256 } = await scanCsv(path, FORM)
    hash.update(`${inside}\0${sha256}\n`)
  }
  return hash.digest('hex')
}

/** Loads the table into the relation `raw`, with one text column for each of its columns. Throws SOURCE_INVALID. */
export async function loadBids(source: BidsSource, session: Session, raw: string) {
  const files = await filesOrFail(source)
  const columns = await columnsOfFiles(source, files)
  const hash = createHash('sha256')
  const places: string[] = []
  const writer = await session.texts(
    raw,
    columns.map((_, i) => `c${i}`)
  )
  try {
    for (const file of files) {
      const { header } = await headerOf(file.path, FORM)
      const record = (fields: readonly string[], line: number) => {
        writer.row(rowOf(source, file, { header, fields, line }, columns))
        places.push(`${file.inside}, line ${line}`)
      }
      const { sha256 } = await scanCsv(file.path, FORM, { record })
      hash.update(`${file.inside}\0${sha256}\n`)
    }
  } finally {
    writer.close()
  }
  return { columns, sha256: hash.digest('hex'), place: async (row: number) => places[row] ?? '?' }
}

interface TextRecord {
  readonly header: readonly string[]
  readonly fields: readonly string[]
  readonly line: number
}

function rowOf(
  { list }: BidsSource,
  file: ListedFile,
  { header, fields, line }: TextRecord,
  columns: readonly string[]
): string[] {
  const own = new Map(header.map((column, i) => [column, fields[i] ?? '']))
  const ofPath = new Map([['participant_id', file.participant]])
  if (list === 'scans') ofPath.set('session_id', file.session)
  for (const [column, text] of ofPath) {
    const said = own.get(column)
    if (said !== undefined && said !== text) fail(`${file.path}, line ${line}: its ${column} is not that of its path`)
  }
  const ofName = list === 'scans' ? saidByName(own.get('filename') ?? '') : {}
  return columns.map((column) => ofPath.get(column) ?? own.get(column) ?? ofName[column] ?? '')
}

function fail(words: string): never {
  throw new StimnetError('SOURCE_INVALID', words)
}
