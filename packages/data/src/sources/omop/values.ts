/** SQL that reads texts of CSV files of an OMOP Common Data Model exactly, or finds that they cannot be read. */

/** The kinds of columns: an id that every record has, a whole number, a day that every record has, and a number. */
export type ColumnKind = 'id' | 'whole' | 'day' | 'number'

// Programs that write missing whole numbers often write the others with a zero behind a point.
const WHOLE = String.raw`[+-]?\d{1,18}(\.0+)?`
const NUMBER = String.raw`[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?`
const PLAIN_DAY = String.raw`\d{8}`
const ISO_DAY = String.raw`\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?`

/** SQL for the value of a text without spaces around it; null where it is empty or cannot be read. */
export function readSql(kind: ColumnKind, text: string): string {
  const matches = (pattern: string) => `regexp_full_match(${text}, '${pattern}')`
  switch (kind) {
    case 'id':
    case 'whole':
      return `CASE WHEN ${matches(WHOLE)} THEN CAST(regexp_replace(${text}, '\\..*$', '') AS BIGINT) END`
    case 'day':
      return `TRY_CAST(CASE WHEN ${matches(PLAIN_DAY)} THEN substr(${text}, 1, 4) || '-' || substr(${text}, 5, 2) || '-' || substr(${text}, 7, 2) WHEN ${matches(ISO_DAY)} THEN substr(${text}, 1, 10) END AS DATE)`
    case 'number':
      // The digits stay as they are, without the zeros of a scale, as a database would give them.
      return `CASE WHEN ${matches(String.raw`[+-]?\d+\.\d*`)} THEN rtrim(rtrim(${text}, '0'), '.') WHEN ${matches(NUMBER)} THEN ${text} END`
  }
}

/** SQL for whether a text cannot be read. */
export function faultSql(kind: ColumnKind, text: string): string {
  const isUnread = `${readSql(kind, text)} IS NULL`
  return kind === 'id' || kind === 'day' ? isUnread : `${text} != '' AND ${isUnread}`
}
