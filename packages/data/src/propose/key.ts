/** The search for the subject key: the column in each file whose texts identify the people. */
import { counted } from '@stimnet/protocol'
import type { Session } from '../engine.ts'
import { quoteName } from '../quote.ts'
import { isDirectIdentifier, keyLikeness } from './names.ts'
import { isMissingWord } from './words.ts'

/** A loaded file as a table of text columns `c0`, `c1` and so on. */
export interface KeyFile {
  readonly label: string
  readonly raw: string
  readonly columns: readonly string[]
}

/** A column that could be the subject key. */
export interface KeyCandidate {
  readonly header: string
  /** For each file, the position of the column; -1 if the file does not have it. */
  readonly positions: readonly number[]
  /** The reasons for this candidate, for a person to judge. */
  readonly why: string
}

interface ColumnAsKey {
  readonly header: string
  readonly position: number
  readonly isUnique: boolean
  readonly distinct: number
  readonly missing: number
}

/** Maximum length of a column header in a catalog. */
const HEADER_MAX = 200
/** Maximum share of rows without a key in a file with errors. */
const MISSING_SHARE_MAX = 0.05
/**
 * Minimum share of a column's texts that must be people of the other files, so that the column counts as the same key under another name.
 */
const OVERLAP_MIN = 0.5

/**
 * The columns that could be the subject key, the likeliest first. If `wanted` names a column, only that column. Empty if there is no
 * candidate.
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
    // Ties are resolved by header, so that the order of the files does not matter.
    .sort((a, b) => b.rank - a.rank || peopleOf(b.own) - peopleOf(a.own) || (a.header < b.header ? -1 : 1))
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

/** Maximum number of candidates that are compared with the other files. */
const CANDIDATES_MAX = 6

/** Minimum rank of a candidate. A column that is unique, or that is named like a key in several files, reaches it. */
const RANK_MIN = 3

/**
 * The likelihood that a column is the key. A name that means a person has the largest weight: a unique number of cases or samples would
 * count one person as several.
 */
function rankOf(header: string, own: readonly (ColumnAsKey | undefined)[]): number {
  const isUnique = own.some((column) => column?.isUnique)
  const filesWith = own.filter((column) => column !== undefined).length
  return 4 * keyLikeness(header) + (isUnique ? 2 : 0) + 2 * (filesWith / own.length)
}

/** The largest number of distinct texts of a column in one file. */
function peopleOf(own: readonly (ColumnAsKey | undefined)[]): number {
  return Math.max(...own.map((column) => column?.distinct ?? 0))
}

/**
 * Whether a column could be the key although another is likelier: it is named like a person's number, or its texts are unique in a file.
 */
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
    // The columns are read one by one, since the distinct texts of all columns of a wide file would not fit into memory.
    const text = `nullif(c${position}, '')`
    const [facts] = await session.rows(
      `SELECT count(*), count(${text}), count(DISTINCT ${text}), count(*) FILTER (WHERE regexp_full_match(trim(${text}), '${MEASURED}')), max(length(${text})) FROM ${quoteName(raw)}`
    )
    const [rows = 0, present = 0, distinct = 0, measured = 0, length = 0] = (facts ?? []).map(Number)
    const isKey = rows - present <= MISSING_SHARE_MAX * rows && distinct > 1 && measured === 0 && length <= LENGTH_MAX
    // A category has few distinct texts, and each of them many times.
    const isCategory = distinct < 20 && present > 4 * distinct && keyLikeness(header) < 2
    if (isKey && !isCategory) {
      found.push({ header, position, distinct, missing: rows - present, isUnique: distinct === present })
    }
  }
  return found
}

/** A regular expression for numbers with a decimal sign, and for dates. */
const MEASURED = '[+-]?[0-9]*[.,][0-9]+|[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{2,4}.*'
/** Maximum length of a key; longer texts are sentences. */
const LENGTH_MAX = 64

/**
 * The column of a file that contains the people of the files with the key, under another name; -1 if there is none. The column is compared
 * with all files that have the key, since the first file can be a table of the few people with an event.
 */
async function sameKey(options: {
  files: readonly KeyFile[]
  byFile: readonly (readonly ColumnAsKey[])[]
  own: readonly (ColumnAsKey | undefined)[]
  at: number
  session: Session
}): Promise<number> {
  const { files, byFile, own, at, session } = options
  const here = files[at]
  const there = files.flatMap(({ raw }, i) => {
    const column = own[i]
    return column === undefined ? [] : [`SELECT c${column.position} AS k FROM ${quoteName(raw)}`]
  })
  if (here === undefined || there.length === 0) return -1
  let best = { position: -1, share: OVERLAP_MIN }
  for (const { position, distinct, header } of byFile[at] ?? []) {
    const likeness = keyLikeness(header)
    if (likeness === 0) continue
    const [row] = await session.rows(
      `WITH there AS (SELECT DISTINCT k FROM (${there.join(' UNION ALL ')}) WHERE coalesce(k, '') != '')
       SELECT count(*), (SELECT count(*) FROM there) FROM (SELECT DISTINCT c${position} AS k FROM ${quoteName(here.raw)}) SEMI JOIN there USING (k)`
    )
    const [both = 0, people = 0] = (row ?? []).map(Number)
    // If the column's name means a person, the file may have more people than all others: visits of everybody, beside tables of events.
    const share = both / Math.max(1, likeness === 2 ? Math.min(distinct, people) : distinct)
    if (share > best.share) best = { position, share }
  }
  return best.position
}

/** The numbers of keys in one file. */
interface KeyCounts {
  readonly label: string
  /** SQL for the keys of the file, as column `k`, one row per row of the file. */
  readonly keys: string
  readonly rows: number
  readonly missing: number
  readonly people: number
  readonly spaced: number
  /** Number of people with several rows. */
  readonly several: number
}

/** The faults of keys within a file and between files, as sentences with counts. */
export async function keyFaults(
  key: KeyCandidate,
  files: readonly KeyFile[],
  session: Session
): Promise<{ readonly label: string; readonly isOneRow: boolean; readonly faults: readonly string[] }[]> {
  const counts: KeyCounts[] = []
  for (const [i, file] of files.entries()) counts.push(await keyCounts(file, `c${key.positions[i]}`, session))
  const out = []
  for (const [i, { raw }] of files.entries()) {
    const own = counts[i]
    if (own === undefined) continue
    const { label, rows, missing, people, spaced, several } = own
    const column = `c${key.positions[i]}`
    const words = await session.rows(`SELECT DISTINCT ${column} FROM ${quoteName(raw)} WHERE length(${column}) <= 16`)
    const nobody = words.map(([word]) => String(word)).filter(isMissingWord)
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
      ...(isAlmostOneRow(own) && several > 0
        ? [
            `${counted(several, 'person has', 'people have')} several rows, of ${people}: are they doubles? Without them, one_row_per_subject could be true.`
          ]
        : []),
      ...(await otherPeople(own, othersOf(own, counts), session))
    ]
    out.push({ label, isOneRow: several === 0, faults })
  }
  return out
}

async function keyCounts({ label, raw }: KeyFile, column: string, session: Session): Promise<KeyCounts> {
  const keys = `SELECT DISTINCT ${column} AS k FROM ${quoteName(raw)} WHERE coalesce(${column}, '') != ''`
  const [facts] = await session.rows(
    `SELECT count(*), count(*) FILTER (WHERE coalesce(${column}, '') = ''), count(DISTINCT nullif(${column}, '')), count(*) FILTER (WHERE ${column} != trim(${column})), (SELECT count(*) FROM (SELECT ${column} FROM ${quoteName(raw)} WHERE coalesce(${column}, '') != '' GROUP BY ALL HAVING count(*) > 1)) FROM ${quoteName(raw)}`
  )
  const [rows = 0, missing = 0, people = 0, spaced = 0, several = 0] = (facts ?? []).map(Number)
  return { label, keys, rows, missing, people, spaced, several }
}

/** Whether a file has one row per person, except for a few people whose further rows could be duplicates. */
function isAlmostOneRow({ several, people }: KeyCounts): boolean {
  return several <= people / 20
}

/**
 * The files with whose people the people of one file are compared: the files with one row per person, or only the largest of them if the
 * file itself is one. If no file has one row per person: the file with the most people. Empty for that file itself.
 */
function othersOf(own: KeyCounts, all: readonly KeyCounts[]): readonly KeyCounts[] {
  const ofPeople = all.filter(isAlmostOneRow)
  const isOfPeople = ofPeople.includes(own)
  if (ofPeople.length > 0 && !isOfPeople) return ofPeople
  const [largest] = (isOfPeople ? ofPeople : all).toSorted(
    (a, b) => b.people - a.people || (a.label < b.label ? -1 : 1)
  )
  return largest === undefined || largest === own ? [] : [largest]
}

/** Sentences about people of a file who are not in the other files, and whether their keys differ only in writing. */
async function otherPeople(own: KeyCounts, others: readonly KeyCounts[], session: Session): Promise<string[]> {
  if (others.length === 0) return []
  const plain = `regexp_replace(upper(trim(k)), '^0+', '')`
  const [counts] = await session.rows(
    `WITH b AS (SELECT k, ${plain} AS p FROM (${own.keys})), a AS (SELECT DISTINCT k, ${plain} AS p FROM (${others.map(({ keys }) => keys).join(' UNION ALL ')})), gone AS (SELECT * FROM b ANTI JOIN a USING (k))
     SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone SEMI JOIN a USING (p))`
  )
  const [missing = 0, alike = 0] = (counts ?? []).map(Number)
  const where = others
    .map(({ label }) => label)
    .sort()
    .join(' or ')
  const isStray = !isAlmostOneRow(own) && others.every(isAlmostOneRow)
  const cost = isStray
    ? ' Correct or remove their rows if not: questions that join the tables leave them out, and while they are few, groups are withheld for that.'
    : ''
  return [
    ...(alike === 0
      ? []
      : [
          `${counted(alike, 'person', 'people')} would be in ${where} too but for leading zeros, capitals or spaces in their key: write keys alike.`
        ]),
    ...(missing - alike <= 0
      ? []
      : [`${counted(missing - alike, 'person is', 'people are')} not in ${where}. Is that so?${cost}`])
  ]
}
