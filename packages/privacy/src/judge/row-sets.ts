/** Sets of rows with their subjects, and with the distribution of the rows over the subjects. */
import { type RowItems, SubjectSet } from '@stimnet/protocol'
import { membersOf } from '../ledger/members.ts'
import type { Contributions } from './cells/dominance.ts'
import type { SolvedSet } from './numbers.ts'

interface RowFacts {
  readonly subjects: SubjectSet
  /** Each row counts as one, so a subject contributes its number of rows. */
  readonly weights: Contributions
}

/** All rows of some subjects. */
export function rowsOfSubjects({ rows, owners }: Pick<RowItems, 'rows' | 'owners'>, subjects: SubjectSet): SubjectSet {
  const found = SubjectSet.none(rows)
  for (let row = 0; row < rows; row++) if (subjects.has(owners[row] ?? 0)) found.add(row)
  return found
}

/** The row sets of one reduction. The facts about each set are computed once. */
export class RowSets {
  readonly items: RowItems
  readonly #universe: number
  readonly #known = new WeakMap<SubjectSet, RowFacts>()

  /** `universe` is the number of subjects of the epoch. */
  constructor(items: RowItems, universe: number) {
    this.items = items
    this.#universe = universe
  }

  of(rows: SubjectSet): RowFacts {
    const facts = this.#known.get(rows) ?? this.#count(rows)
    this.#known.set(rows, facts)
    return facts
  }

  solved(rows: SubjectSet): SolvedSet {
    return { subjects: this.of(rows).subjects, rows }
  }

  /** The rows of a subject are contiguous, so all rows of a subject are counted before the next subject begins. */
  #count(rows: SubjectSet): RowFacts {
    const { owners } = this.items
    const subjects = SubjectSet.none(this.#universe)
    const members = membersOf(rows, this.items.rows)
    let [first, second] = [0, 0]
    for (let i = 0; i < members.length; ) {
      const owner = owners[members[i] ?? 0] ?? 0
      const from = i
      while (i < members.length && owners[members[i] ?? 0] === owner) i++
      subjects.add(owner)
      const own = i - from
      if (own > first) [first, second] = [own, first]
      else if (own > second) second = own
    }
    return {
      subjects,
      weights: { of: 'rows', total: BigInt(members.length), largest: [BigInt(first), BigInt(second)] }
    }
  }
}
