/** The search for the subject key: the column whose texts are the people, in every file. */
import { counted } from '@stimnet/protocol'
import type { Session } from '../engine.ts'
import { quoteName, quoteText } from '../quote.ts'
import { isDirectIdentifier, keyLikeness } from './names.ts'
import { isMissingWord } from './words.ts'

/** A loaded file, as a table of text columns `c0`, `c1`, …. */
export interface KeyFile {
  readonly label: string
  readonly raw: string
  readonly columns: readonly string[]
}

/** A column that could be the subject key. */
export interface KeyCandidate {
  readonly header: string
  /** For each file the position of its column, or -1. */
  readonly positions: readonly number[]
  /** Reasons for it, for a person to judge. */
  readonly why: string
}

interface ColumnAsKey {
  readonly header: string
  readonly position: number
  readonly isUnique: boolean
  readonly distinct: number
  readonly missing: number
}

/** Longest header of a column that a catalog can name. */
const HEADER_MAX = 200
/** Share of the rows that may lack a key in a messy file. */
const MISSING_SHARE_MAX = 0.05
/** Share of a column's texts that must be people of another file for it to hold the same key under another name. */
const OVERLAP_MIN = 0.5

/**
 * The columns that could be the subject key, the likeliest first; only the one named `wanted` where one is named. Empty if no
 * column could be.
 */
export async function keyCandidates(
  files: readonly KeyFile[],
  session: Session,
  wanted: string | undefined
): Promise<KeyCandidate[]> {
  const byFile: ColumnAsKey[][] = []
  for (const file of files) byFile.push(await columnsAsKeys(file, session))
  const headers = [...new Set(byFile.flat().map(({ header }) => header))]
  const found = headers
    .filter((header) => wanted === undefined || header === wanted)
    .map((header) => {
      const own = byFile.map((columns) => columns.find((column) => column.header === header))
      return { header, own, rank: rankOf(header, own) }
    })
    .filter(({ rank }) => wanted !== undefined || rank >= RANK_MIN)
    .sort((a, b) => b.rank - a.rank)
    .filter(({ header, own }, at) => at === 0 || couldBe(header, own))
    .slice(0, CANDIDATES_MAX)
  const candidates: KeyCandidate[] = []
  for (const { header, own } of found) {
    const positions: number[] = []
    for (const [at, column] of own.entries()) {
      positions.push(column?.position ?? (await sameKey({ files, byFile, own, at, session })))
    }
    candidates.push({ header, positions, why: reasons(files, own, positions) })
  }
  return candidates
}

/** Candidates that are compared with the other files. */
const CANDIDATES_MAX = 6

/** A column that is only unique, or only named like a key in several files, could be one; anything less could not. */
const RANK_MIN = 3

/** A name that means a person counts most: a unique number of cases or samples would count one person as several. */
function rankOf(header: string, own: readonly (ColumnAsKey | undefined)[]): number {
  const isUnique = own.some((column) => column?.isUnique)
  const filesWith = own.filter((column) => column !== undefined).length
  return 4 * keyLikeness(header) + (isUnique ? 2 : 0) + 2 * (filesWith / own.length)
}

/** Whether a column could be the key although another is likelier: people do not share a key, unless its rows are their visits. */
function couldBe(header: string, own: readonly (ColumnAsKey | undefined)[]): boolean {
  return keyLikeness(header) === 2 || own.some((column) => column?.isUnique)
}

function reasons(files: readonly KeyFile[], own: readonly (ColumnAsKey | undefined)[], positions: readonly number[]) {
  return files
    .map(({ label, columns }, i) => {
      const column = own[i]
      const other = columns[positions[i] ?? -1]
      if (column === undefined)
        return other === undefined ? `not in ${label}` : `${JSON.stringify(other)} in ${label} has the same texts`
      const missing = column.missing === 0 ? '' : `, ${counted(column.missing, 'row')} without it`
      return `${column.isUnique ? 'one row each' : `${column.distinct} different`} in ${label}${missing}`
    })
    .join('; ')
}

async function columnsAsKeys({ raw, columns }: KeyFile, session: Session): Promise<ColumnAsKey[]> {
  const found: ColumnAsKey[] = []
  for (const [position, header] of columns.entries()) {
    const isSingle = columns.indexOf(header) === columns.lastIndexOf(header)
    if (!isSingle || header.trim() === '' || header.length > HEADER_MAX) continue
    if (isDirectIdentifier(header) && keyLikeness(header) === 0) continue
    // One column at a time: the distinct texts of all of a wide file would not fit into memory.
    const text = `nullif(c${position}, '')`
    const [facts] = await session.rows(
      `SELECT count(*), count(${text}), count(DISTINCT ${text}), count(*) FILTER (WHERE regexp_full_match(trim(${text}), '${MEASURED}')), max(length(${text})) FROM ${quoteName(raw)}`
    )
    const [rows = 0, present = 0, distinct = 0, measured = 0, length = 0] = (facts ?? []).map(Number)
    const isKey = rows - present <= MISSING_SHARE_MAX * rows && distinct > 1 && measured === 0 && length <= LENGTH_MAX
    // A category has few different texts, and each many times.
    const isCategory = distinct < 20 && present > 4 * distinct && keyLikeness(header) < 2
    if (isKey && !isCategory) {
      found.push({ header, position, distinct, missing: rows - present, isUnique: distinct === present })
    }
  }
  return found
}

/** Numbers with a decimal sign, and dates. */
const MEASURED = '[+-]?[0-9]*[.,][0-9]+|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}.*'
/** Longest text that is a key and not a sentence. */
const LENGTH_MAX = 64

/** The column of another file that holds the same people under another name; -1 if none does. */
async function sameKey(options: {
  files: readonly KeyFile[]
  byFile: readonly (readonly ColumnAsKey[])[]
  own: readonly (ColumnAsKey | undefined)[]
  at: number
  session: Session
}): Promise<number> {
  const { files, byFile, own, at, session } = options
  const from = own.findIndex((column) => column !== undefined)
  const [there, here] = [files[from], files[at]]
  if (there === undefined || here === undefined) return -1
  let best = { position: -1, share: OVERLAP_MIN }
  for (const { position, distinct, header } of byFile[at] ?? []) {
    if (keyLikeness(header) === 0) continue
    const [row] = await session.rows(
      `SELECT count(*) FROM (SELECT DISTINCT c${position} AS k FROM ${quoteName(here.raw)}) SEMI JOIN (SELECT c${own[from]?.position} AS k FROM ${quoteName(there.raw)}) USING (k)`
    )
    const share = Number(row?.[0]) / Math.max(1, distinct)
    if (share > best.share) best = { position, share }
  }
  return best.position
}

/** What is wrong with the keys of a file, or between two files, in sentences with counts. */
export async function keyFaults(
  key: KeyCandidate,
  files: readonly KeyFile[],
  session: Session
): Promise<{ readonly label: string; readonly isOneRow: boolean; readonly faults: readonly string[] }[]> {
  const out = []
  for (const [i, { label, raw }] of files.entries()) {
    const column = `c${key.positions[i]}`
    const [facts] = await session.rows(
      `SELECT count(*), count(*) FILTER (WHERE coalesce(${column}, '') = ''), count(DISTINCT nullif(${column}, '')), count(*) FILTER (WHERE ${column} != trim(${column})), (SELECT count(*) FROM (SELECT ${column} FROM ${quoteName(raw)} WHERE coalesce(${column}, '') != '' GROUP BY ALL HAVING count(*) > 1)) FROM ${quoteName(raw)}`
    )
    const [rows = 0, missing = 0, people = 0, spaced = 0, several = 0] = (facts ?? []).map(Number)
    const words = await session.rows(`SELECT DISTINCT ${column} FROM ${quoteName(raw)} WHERE length(${column}) <= 16`)
    const nobody = words.map(([word]) => String(word)).filter(isMissingWord)
    const isOneRow = several === 0
    const faults = [
      ...(missing === 0
        ? []
        : [
            `${counted(missing, 'row has', 'rows have')} no subject key, of ${rows}: the table is refused until each has one or is gone.`
          ]),
      ...(nobody.length === 0
        ? []
        : [`${nobody.map((word) => JSON.stringify(word)).join(', ')} as a subject key is nobody, and refused.`]),
      ...(spaced === 0
        ? []
        : [`${counted(spaced, 'subject key')} with spaces around: refused, since "7 " and "7" would be two people.`]),
      ...(several > 0 && several <= people / 20
        ? [
            `${counted(several, 'person has', 'people have')} several rows, of ${people}: are they doubles? Without them, one_row_per_subject could be true.`
          ]
        : []),
      ...(await otherPeople({ files, key, at: i, session }))
    ]
    out.push({ label, isOneRow, faults })
  }
  return out
}

/** People of a file whom the first file does not have, and whether they are the same people written otherwise. */
async function otherPeople(options: {
  files: readonly KeyFile[]
  key: KeyCandidate
  at: number
  session: Session
}): Promise<string[]> {
  const { files, key, at, session } = options
  const [first, here] = [files[0], files[at]]
  if (at === 0 || first === undefined || here === undefined) return []
  const plain = (column: string) => `regexp_replace(upper(trim(${column})), '^0+', '')`
  const keysOf = (file: KeyFile, i: number, name: string) =>
    `${name} AS (SELECT DISTINCT c${key.positions[i]} AS k, ${plain(`c${key.positions[i]}`)} AS p FROM ${quoteName(file.raw)} WHERE coalesce(c${key.positions[i]}, ${quoteText('')}) != '')`
  const [counts] = await session.rows(
    `WITH ${keysOf(here, at, 'b')}, ${keysOf(first, 0, 'a')}, gone AS (SELECT * FROM b ANTI JOIN a USING (k))
     SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone SEMI JOIN a USING (p))`
  )
  const [others = 0, alike = 0] = (counts ?? []).map(Number)
  return [
    ...(alike === 0
      ? []
      : [
          `${counted(alike, 'person', 'people')} would be in ${first.label} too but for leading zeros, capitals or spaces in their key: write keys alike.`
        ]),
    ...(others - alike <= 0
      ? []
      : [`${counted(others - alike, 'person is', 'people are')} not in ${first.label}. Is that so?`])
  ]
}
