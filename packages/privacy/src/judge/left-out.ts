/**
 * People who are left out of an answer, so that it can be given: what would differ from an earlier answer by fewer than k
 * people differs by k, or by nobody.
 */
import { type Measure, pairKey, SubjectSet, type VariableRef } from '@stimnet/protocol'
import type { Objection } from '../ledger/draft.ts'
import type { Entry, LedgersDraft } from '../ledgers.ts'
import { isCounting, isOfWhom } from './numbers.ts'
import { type RowSets, rowsOfSubjects } from './row-sets.ts'

/** Whom a plan is reduced without. */
export interface LeftOut {
  /** Of everything. */
  readonly people?: SubjectSet
  /** Of what is made of a variable's values. */
  readonly columns: ReadonlyMap<VariableRef, SubjectSet>
  /** Of what is made of a pair's values, by its key. */
  readonly pairs: ReadonlyMap<string, SubjectSet>
}

/** Those of them that a measure was made without, beside those that everything was. */
export function leftOutOf({ columns, pairs }: LeftOut, measure: Measure): SubjectSet | undefined {
  if ('variables' in measure) return pairs.get(pairKey(...measure.variables))
  return 'variable' in measure ? columns.get(measure.variable) : undefined
}

/** Times that somebody more is left out of one cell, before it is withheld. */
const ROUNDS_MAX = 8
/** More than this share of those whom a number is about are not left out of it: then it is another number. */
const SHARE_MAX = 0.1

/** What leaving out is tried with. */
interface Trial {
  readonly draft: LedgersDraft
  readonly rowSets: RowSets | undefined
  readonly k: number
}

/** Gathers them, cell by cell, while a table is judged. */
export class LeftOutDraft {
  readonly #universe: number
  #people: SubjectSet | undefined
  readonly #columns = new Map<VariableRef, SubjectSet>()
  readonly #pairs = new Map<string, SubjectSet>()

  /** `universe`: subjects of the epoch. */
  constructor(universe: number) {
    this.#universe = universe
  }

  /** Undefined where nobody is to be left out. */
  result(): LeftOut | undefined {
    if (this.#people === undefined && this.#columns.size === 0 && this.#pairs.size === 0) return undefined
    const people = this.#people
    return { ...(people ? { people } : {}), columns: this.#columns, pairs: this.#pairs }
  }

  /** Before the table is judged once more, with a cell less: whoever was left out for that cell need not be. */
  clear(): void {
    this.#people = undefined
    this.#columns.clear()
    this.#pairs.clear()
  }

  /** Leaves people out of everything. */
  leavePeople(out: SubjectSet): void {
    this.#people = this.#people?.or(out) ?? out
  }

  /** Leaves people out of a cell until its numbers can be told; the objection that remains where they cannot. */
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

  /** Those inside that would be told apart; and beside those outside as many as make k with them. */
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
    // Whom a count is about is everybody: nobody is left out of it only to hide others, and it would say how many.
    if (apart.outside.length === 0 || isCounting(measure)) return []
    // A count says how many are gone, so that it would say whether one more is.
    if (isOfWhom(number) && entries.some((entry) => entry.number.kind === 'count')) return []
    // Who could be in it but is not, nobody may tell by the same number coming again: some of those whose number it is go.
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

/** The same numbers without some people; sets that were one stay one. */
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
