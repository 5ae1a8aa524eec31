/** The ledgers of a scope that one release is judged by: of the subjects, and of the rows of the plan's one long table. */
import { type RowItems, StimnetError, type SubjectSet } from '@stimnet/protocol'
import type { CellNumber, SolvedSet } from './judge/numbers.ts'
import type { Possible } from './judge/possible.ts'
import { rowsOfSubjects } from './judge/row-sets.ts'
import { checksumOf } from './ledger/checksum.ts'
import { type About, LedgerDraft, type LevelName, type Mark, type Objection } from './ledger/draft.ts'
import type { SpanLedger } from './ledger/span-ledger.ts'

/**
 * What releases have told so far. A number of rows, where the plan has a table with several per subject, is judged by that
 * table's own ledger, a person's rows together; a number of people, or of a value that each has once, by that of the subjects.
 */
export interface Ledgers {
  readonly subjects: SpanLedger
  readonly rows?: RowLedger
  /** Of every table with several rows a subject: for a script, which reads them all. */
  readonly tables?: readonly RowLedger[]
}

/** The ledger of the rows of one table. */
export interface RowLedger {
  readonly table: string
  readonly ledger: SpanLedger
}

/** Throws NODE_ERROR where the rows of a reduction are not those of the ledger: a check that cannot judge refuses. */
export function assertLedgerOf(items: RowItems | undefined, { rows }: Ledgers): void {
  if (items === undefined) return
  if (rows?.table === items.table && rows.ledger.universe === items.rows) return
  throw new StimnetError('NODE_ERROR', `disclosing: no ledger for the rows of ${items.table}`)
}

/** Whom a script is over. */
export interface ScriptCohort {
  readonly cohort: SubjectSet
  /** Who could be in it, as far as others can follow; absent where they can follow all of it. */
  readonly possible?: Possible | undefined
}

/**
 * The ledgers after a script over a cohort, which can tell anything about it and its rows; undefined where that would tell few
 * people apart from earlier answers. Where values say who is in it, it counts as over everybody who could be as well.
 */
export function tellEverything({ cohort, possible }: ScriptCohort, ledgers: Ledgers, k: number): Ledgers | undefined {
  const sets = [...(possible?.sets ?? []).map(({ people }) => people), cohort]
  const subjects = everythingTold(ledgers.subjects, sets, k)
  const tables = ledgers.tables?.map(({ table, ledger }) => {
    const items = { rows: ledger.universe, owners: ledger.parts.owners ?? new Uint32Array() }
    const rows = sets.map((set) => rowsOfSubjects(items, set))
    return { table, ledger: everythingTold(ledger, rows, k) }
  })
  if (subjects === undefined || tables?.some(({ ledger }) => ledger === undefined)) return undefined
  return { ...ledgers, subjects, ...(tables === undefined ? {} : { tables: tables as RowLedger[] }) }
}

function everythingTold(ledger: SpanLedger, sets: readonly SubjectSet[], k: number): SpanLedger | undefined {
  const draft = new LedgerDraft(ledger)
  return sets.every((set) => draft.tellAnything(set, k) === undefined) ? draft.result() : undefined
}

/** A number as the ledgers judge it. */
export interface Entry {
  readonly number: CellNumber
  /** Of the values that are summed. */
  readonly about: readonly About[]
  /** Of the variables that say who is in the set: charged to everybody who could be, whatever rows they have. */
  readonly aboutPeople: readonly (About & { readonly people: SubjectSet })[]
  readonly shown?: number | undefined
}

/** All ledgers being judged by; a cell takes effect in all of them or in none. */
export class LedgersDraft {
  readonly #ledgers: Ledgers
  readonly #subjects: LedgerDraft
  readonly #rows: LedgerDraft | undefined

  constructor(ledgers: Ledgers) {
    this.#ledgers = ledgers
    this.#subjects = new LedgerDraft(ledgers.subjects)
    this.#rows = ledgers.rows && new LedgerDraft(ledgers.rows.ledger)
  }

  /** Tells how many of a set have a level: see `LedgerDraft.tellLevel`. */
  tellLevel(level: LevelName, count: { of: SubjectSet; having: SubjectSet }): boolean {
    return this.#subjects.tellLevel(level, count)
  }

  /** To take the draft back to, as with `tell`. */
  get mark(): readonly [LedgerDraft, Mark][] {
    const marks: [LedgerDraft, Mark][] = [[this.#subjects, this.#subjects.mark]]
    if (this.#rows) marks.push([this.#rows, this.#rows.mark])
    return marks
  }

  /** Whether all numbers can be told together with everything before; if so they are part of it from now on. */
  tell(entries: readonly Entry[], k: number): Objection | undefined {
    const marks = this.mark
    for (const entry of entries) {
      const objection = this.#tellOne(entry, k)
      if (objection === undefined) continue
      for (const [draft, mark] of marks) draft.rollBack(mark)
      return objection
    }
    return undefined
  }

  /** People of a set who came with a newer epoch and were in no release yet. */
  arrivals(set: SubjectSet): SubjectSet {
    return this.#subjects.arrivals(set)
  }

  /** Whether the number follows from what was told. */
  isWithin({ quantity, of }: CellNumber): boolean {
    const [draft, set] = this.#where(of)
    return draft.isWithin(quantity, set)
  }

  /** Of a rounded count that follows from others, what theirs add up to. */
  shownOf({ quantity, of }: CellNumber): number | undefined {
    const [draft, set] = this.#where(of)
    return draft.shownOf(quantity, set)
  }

  /**
   * People to leave out of a number, beside whom others no longer stand apart: whoever is bound to them (`LedgerDraft.matesOf`), or
   * so many of those that the number `from` is of, others for every question and the same for the same one.
   */
  padding(
    { quantity, of }: CellNumber,
    { apart, count, from }: { apart: readonly number[]; count: number; from: CellNumber }
  ): readonly number[] {
    const [draft, set] = this.#where(of)
    const mates = draft.matesOf(quantity, set, { apart, count })
    // Some of them may not be among those whose number it is: it must not stay the same.
    const gone = mates.filter((person) => from.of.subjects.has(person)).length
    if (mates.length > 0 && gone >= Math.min(count, mates.length)) return mates
    const [other, members] = this.#where(from.of)
    const some = other.someOf(from.quantity, members, { count: count - gone, from: checksumOf(of.subjects.toBytes()) })
    return [...new Set([...mates, ...some])]
  }

  /** The ledger of a set, and its items there. */
  #where({ subjects, rows }: SolvedSet): readonly [LedgerDraft, SubjectSet] {
    return rows && this.#rows ? [this.#rows, rows] : [this.#subjects, subjects]
  }

  /** The ledgers after it; each the very same where nothing was told that did not follow. */
  result(): Ledgers {
    const { subjects, rows } = this.#ledgers
    const next = this.#subjects.result()
    const ledger = this.#rows?.result()
    if (next === subjects && (rows === undefined || ledger === rows.ledger)) return this.#ledgers
    if (rows === undefined || ledger === undefined) return { subjects: next }
    return { subjects: next, rows: { table: rows.table, ledger } }
  }

  #tellOne({ number, about, aboutPeople, shown }: Entry, k: number): Objection | undefined {
    const { quantity, of, kind } = number
    const [draft, set] = this.#where(of)
    const off = number.off?.map((part) => this.#where(part)[1])
    const isNew = aboutPeople.length > 0 && draft.isNew(quantity, set)
    const other = draft === this.#rows ? this.#subjects : this.#rows
    const told = { quantity, set, about: about.map((one) => beside(one, other)) }
    const optional = { ...(shown === undefined ? {} : { shown }), ...(off === undefined ? {} : { off }) }
    const objection = draft.tell([{ ...told, ...optional }], k)
    if (objection) return objection
    for (const { people, ...one } of isNew ? aboutPeople : []) {
      // A number of some of them is about all of them alike: who is in it, and who is not.
      const each = { ...one, bits: one.bits / Math.max(1, people.size) }
      if (!this.#subjects.charge(people, beside(each, this.#rows)))
        return { why: 'information', variable: one.variable }
    }
    if (kind !== 'count' || draft === this.#subjects) return undefined
    // As many rows as there are people are people counted.
    return this.#subjects.tell([{ quantity, set: of.subjects }], k)
  }
}

/** What of a variable one ledger told, the other no longer may: of whom it told most. */
function beside(one: About, other: LedgerDraft | undefined): About {
  return other === undefined ? one : { ...one, bitsMax: one.bitsMax - other.mostSpent(one.variable) }
}
