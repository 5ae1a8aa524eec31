/**
 * Counts, audited by the people whom they would include for each cell of a variable. The people whom a question counts, if they have a
 * given level, follow from the question and from what others know. So a person's part of a combination of counts is known except for the
 * differences between levels: what each count adds if the person has one level, minus what it adds if the person has another. These
 * differences are the rows of the lattice (residues.ts). A person who is counted at every level has no difference.
 *
 * The counts are audited for every two levels, as if everybody had one of the two. A combination that rests on few people does so for two
 * of the levels that these people may have, and others may know, or be nearly sure, that nobody has the remaining levels.
 */
import { type Alike, restOnFewModulo } from './residues.ts'

/** By cell: the patterns that a count includes if their people have this cell. */
export type CountedByCell = ReadonlyMap<number, Uint8Array>

/** Whether a combination of an added count with others, modulo a whole number, rests on fewer than `k` people. */
export function restOnFewByCell(
  added: CountedByCell,
  others: readonly CountedByCell[],
  { cells, alike, k }: { readonly cells: number; readonly alike: AlikeByRow; readonly k: number }
): boolean {
  const counts = [...others, added]
  const apart: number[] = []
  for (let cell = 0; cell < cells; cell++)
    if (!apart.some((one) => counts.every((count) => isAlike(count, one, cell)))) apart.push(cell)
  const pairs = apart.flatMap((one, i) => apart.slice(i + 1).map((other) => [one, other] as const))
  return pairs.some((pair) => !isAlike(added, ...pair) && restOnFewModulo(alike(differencesBy(counts, pair)), k))
}

/** Whether a count includes the same people at two cells. */
function isAlike(count: CountedByCell, one: number, other: number): boolean {
  const [a, b] = [count.get(one), count.get(other)]
  return a === undefined || b === undefined ? a === b : a.every((flag, i) => flag === b[i])
}

/** The people who are alike, by the row of each pattern. */
export type AlikeByRow = (rowOf: (pattern: number) => readonly number[]) => readonly Alike[]

/** By pattern: the differences that two cells make. A row and its negative generate the same. */
function differencesBy(counts: readonly CountedByCell[], [one, other]: readonly [number, number]) {
  const told = counts.filter((count) => !isAlike(count, one, other)).map((count) => [count.get(one), count.get(other)])
  return (pattern: number): number[] => {
    const differences = told.map(([a, b]) => (a?.[pattern] ?? 0) - (b?.[pattern] ?? 0))
    const lead = differences.find((entry) => entry !== 0) ?? 1
    return differences.map((entry) => entry * lead)
  }
}
