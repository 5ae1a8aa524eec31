/**
 * Notes about the rows of a catalog as sentences for its steward. The sentences contain counts of the data and must stay in
 * the institution.
 */
import { doubledText, fewRowsText, type RowNotes, type StrayRows } from '@stimnet/data'
import { counted } from '@stimnet/protocol'

/** One sentence per note. */
export function rowsText(catalog: string, { strays, doubled, few }: RowNotes): string[] {
  const byTable = Map.groupBy(few, ({ table }) => table)
  return [
    ...strays.map((one) => `${catalog}.${one.table}: ${one.file}, ${strayText(one)}`),
    ...doubled.map((one) => `${catalog}.${one.table}: ${one.file}, ${doubledText(one)}`),
    ...[...byTable].flatMap(([table, own]) => fewRowsText(own).map((sentence) => `${catalog}.${table}: ${sentence}`))
  ]
}

function strayText({ first, rows, subjects }: StrayRows): string {
  const which =
    rows === 1
      ? 'one row of somebody who is'
      : `the first of ${counted(rows, 'row')} of ${counted(subjects, 'person who is', 'people who are')}`
  return `${first}: ${which} in no table with one_row_per_subject. Such rows are loaded, but questions that join the tables leave these people out: while they are fewer than k, answers differ by fewer than k people, and groups are withheld. Correct or remove the rows, or add the people (docs/operating.md).`
}
