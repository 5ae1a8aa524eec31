/**
 * People who are left out of an answer so that the answer can be released: an answer that would differ from an earlier
 * answer by fewer than k people then differs by k people, or by nobody.
 */
import { type Measure, pairKey, SubjectSet, type VariableRef } from '@stimnet/protocol'
import type { Objection } from '../ledger/draft.ts'
import type { Entry, LedgersDraft } from '../ledgers.ts'
import { isCounting, isOfWhom } from './numbers.ts'
import { type RowSets, rowsOfSubjects } from './row-sets.ts'

/** The people who are excluded when a plan is reduced. */
export interface LeftOut {
  /** People who are left out of all numbers. */
  readonly people?: SubjectSet
  /** People who are left out of the numbers of one variable's values, by variable. */
  readonly columns: ReadonlyMap<VariableRef, SubjectSet>
  /** People who are left out of the numbers of one pair's values, by key of the pair. */
  readonly pairs: ReadonlyMap<string, SubjectSet>
}

/** The people who were left out of one measure, in addition to those who were left out of all numbers. */
export function leftOutOf({ columns, pairs }: LeftOut, measure: Measure): SubjectSet | undefined {
  if ('variables' in measure) return pairs.get(pairKey(...measure.variables))
  return 'variable' in measure ? columns.get(measure.variable) : undefined
}

/** Maximum number of rounds in which people are left out of one cell before the cell is withheld. */
const ROUNDS_MAX = 8
/**
 * The largest share of the people of a number who may be left out of it (or 2k people, if that is more). With more people
 * left out, it would be another number.
 */
const SHARE_MAX = 0.1

/** The state in which leaving people out is tried. */
interface Trial {
  readonly draft: LedgersDraft
  readonly rowSets: RowSets | undefined
  readonly k: number
}

/** Collects the people to leave out, cell by cell, while a table is judged. */
export class LeftOutDraft {
  readonly #universe: number
  #people: SubjectSet | undefined
  readonly #columns = new Map<VariableRef, SubjectSet>()
  readonly #pairs = new Map<string, SubjectSet>()

  /** `universe` is the number of subjects of the epoch. */
  constructor(universe: number) {
    this.#universe = universe
  }

  /** The people to leave out; undefined if there are none. */
  result(): LeftOut | undefined {
    if (this.#people === undefined && this.#columns.size === 0 && this.#pairs.size === 0) return undefined
    const people = this.#people
    return { ...(people ? { people } : {}), columns: this.#columns, pairs: this.#pairs }
  }

  /**
   * Forgets all people left out, before the table is judged again with one cell less: people who were left out for that cell
   * may not need to be left out now.
   */
  clear(): void {
    this.#people = undefined
    this.#columns.clear()
    this.#pairs.clear()
  }

  /** Leaves people out of all numbers. */
  leavePeople(out: SubjectSet): void {
    this.#people = this.#people?.or(out) ?? out
  }

  /** Leaves people out of a cell until its numbers can be disclosed. Returns the remaining objection if they cannot. */
  fit(measure: Measure, entries: readonly Entry[], objection: Objection, trial: Trial): Objection | undefined {
    const out = SubjectSet.none(this.#universe)
    let remaining: Objection | undefined = objection
    let lessened = entries
    for (let round = 0; round < ROUNDS_MAX && remaining?.why === 'leverage'; round++) {
      const more = this.#moreFor(measure, lessened, remaining, trial)
      if (more.length === 0) return remaining
      for (const person of more) out.add(person)
      if (out.size > Math.max(2 * trial.k, SHARE_MAX * sizeOf(entries))) return remaining
      lessened = lessenedBy(entries, SubjectSet.of(this.#universe, out), trial)
      remaining = trial.draft.tell(lessened, trial.k)
    }
    if (remaining === undefined) this.#keep(measure, out)
    return remaining
  }

  /**
   * The people to leave out next: the members of the set who would be singled out, or, if people outside the set would be
   * singled out, as many members as make k together with these people.
   */
  #moreFor(
    measure: Measure,
    entries: readonly Entry[],
    { quantity, set, apart }: Extract<Objection, { why: 'leverage' }>,
    { draft, k }: Trial
  ): readonly number[] {
    const number = entries
      .map((entry) => entry.number)
      .find((one) => one.quantity === quantity && (one.of.rows === set || one.of.subjects === set))
    if (number === undefined) return []
    if (apart.inside.length > 0 && apart.inside.length < k) return apart.inside
    // A count is about everybody in its group. Nobody is left out of a count only to hide others: the count would disclose
    // how many were left out.
    if (apart.outside.length === 0 || isCounting(measure)) return []
    // A count among the numbers discloses how many people were left out, and so whether one more person was.
    if (isOfWhom(number) && entries.some((entry) => entry.number.kind === 'count')) return []
    // The number must not remain unchanged, because that would disclose that somebody who could be in the set is not in it.
    // So some of the people whose values it sums are left out.
    const told = isOfWhom(number) ? entries.map((entry) => entry.number).find((one) => !isOfWhom(one)) : undefined
    const count = told === undefined ? Math.max(1, k - apart.outside.length) : k
    return draft.padding(number, { apart: apart.outside, count, from: told ?? number })
  }

  #keep(measure: Measure, out: SubjectSet): void {
    if (isCounting(measure)) this.leavePeople(out)
    else if ('variables' in measure) join(this.#pairs, pairKey(...measure.variables), out)
    else if ('variable' in measure) join(this.#columns, measure.variable, out)
  }
}

function join<K>(map: Map<K, SubjectSet>, key: K, more: SubjectSet): void {
  map.set(key, map.get(key)?.or(more) ?? more)
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((most, { number }) => Math.max(most, number.of.subjects.size), 0)
}

/** The same numbers without some people. Entries that shared a set still share a set. */
function lessenedBy(entries: readonly Entry[], out: SubjectSet, { rowSets }: Trial): readonly Entry[] {
  const known = new Map<SubjectSet, SubjectSet>()
  const rowsOut = rowSets && rowsOfSubjects(rowSets.items, out)
  const less = (set: SubjectSet, without: SubjectSet): SubjectSet => {
    const found = known.get(set) ?? set.without(without)
    known.set(set, found)
    return found
  }
  return entries.map((entry) => {
    const { subjects, rows } = entry.number.of
    const of = {
      subjects: less(subjects, out),
      ...(rows === undefined || rowsOut === undefined ? {} : { rows: less(rows, rowsOut) })
    }
    return { ...entry, number: { ...entry.number, of } }
  })
}
