/**
 * The ledgers by which one release is judged: the ledger of the subjects, and the ledger of the rows of the plan's long
 * table, which has several rows per subject.
 */
import { type RowItems, StimnetError, type SubjectSet } from '@stimnet/protocol'
import type { CellNumber, SolvedSet } from './judge/numbers.ts'
import type { Possible } from './judge/possible.ts'
import { rowsOfSubjects } from './judge/row-sets.ts'
import { checksumOfSet } from './ledger/checksum.ts'
import {
  type About,
  LedgerDraft,
  type LevelName,
  type Mark,
  type Objection,
  type Payers,
  type WeightedSums
} from './ledger/draft.ts'
import type { SpanLedger } from './ledger/span-ledger.ts'

/**
 * All disclosures so far by the releases of a scope. A number of rows of a table with several rows per subject is judged by
 * the ledger of that table, where the rows of one person count together. A number of people, or a sum of values that each
 * person has once, is judged by the ledger of the subjects.
 */
export interface Ledgers {
  readonly subjects: SpanLedger
  readonly rows?: RowLedger
  /** The ledgers of all tables with several rows per subject, for a script, which reads all of them. */
  readonly tables?: readonly RowLedger[]
}

/** The ledger of the rows of one table. */
export interface RowLedger {
  readonly table: string
  readonly ledger: SpanLedger
}

/** Throws NODE_ERROR if the rows of a reduction are not the rows of the ledger: a check that cannot judge must refuse. */
export function assertLedgerOf(items: RowItems | undefined, { rows }: Ledgers): void {
  if (items === undefined) return
  if (rows?.table === items.table && rows.ledger.universe === items.rows) return
  throw new StimnetError('NODE_ERROR', `disclosing: no ledger for the rows of ${items.table}`)
}

/** The cohort of a script. */
export interface ScriptCohort {
  readonly cohort: SubjectSet
  /** Everybody who could be in the cohort as far as others can tell; absent where others know every condition. */
  readonly possible?: Possible | undefined
}

/**
 * Records a script, which may disclose anything about its cohort and the rows of the cohort. Returns the new ledgers, or
 * undefined if this could single out fewer than k people together with earlier answers, or if that cannot be decided. Where
 * unknown values decide who is in the cohort, the set of everybody who could be in it is recorded as well.
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

/** One number as the ledgers judge it. */
export interface Entry {
  readonly number: CellNumber
  /** The charge to the variables whose values are summed. */
  readonly about: readonly About[]
  /**
   * The charge to the variables that define who is in the set. Everybody who could be in the set is charged, whether or not
   * they have rows.
   */
  readonly aboutPeople: readonly (About & { readonly people: SubjectSet })[]
  readonly shown?: number | undefined
  /** The rung of digits on which the number is released; 0 unless given. */
  readonly rung?: number
  /** Whether the number is rounded by itself; see `Span.isFree`. */
  readonly isRounded?: boolean
  /** Whether others do not know who is in the set; see `LedgerDraft.tell`. */
  readonly isOfUnknown?: boolean
  /** For a count of such a set: the variables that make the set unknown. */
  readonly unknown?: readonly string[]
  /** For a count of such a set: two sets that others know, the people who could be in it and the people who are in it in any case. */
  readonly within?: readonly SolvedSet[]
  /** The people who are charged for the information of a number of people. */
  readonly payers?: Payers | undefined
}

/** A count of the people, or rows, of a set who have a level; see `CountOfLevel`. */
export interface LevelInSet {
  readonly of: SolvedSet
  readonly having: SolvedSet
  readonly byCell?: readonly (SolvedSet | undefined)[] | undefined
  /** Whether rows were counted, of which people have several, so that no number of people is disclosed. */
  readonly isOfRows?: boolean
}

/** The ledgers while a table is judged. A cell takes effect in all ledgers or in none. */
export class LedgersDraft {
  readonly #ledgers: Ledgers
  readonly #subjects: LedgerDraft
  readonly #rows: LedgerDraft | undefined

  constructor(ledgers: Ledgers) {
    this.#ledgers = ledgers
    this.#subjects = new LedgerDraft(ledgers.subjects)
    this.#rows = ledgers.rows && new LedgerDraft(ledgers.rows.ledger)
  }

  /** Records how many people, or rows, of a set have a level, in the ledgers of both; see `LedgerDraft.tellLevel`. */
  tellLevel(level: LevelName, { of, having, byCell, isOfRows = false }: LevelInSet, k: number): boolean {
    const people = { of: of.subjects, having: having.subjects, byCell: byCell?.map((set) => set?.subjects) }
    if (!isOfRows && !this.#subjects.tellLevel(level, people, k)) return false
    if (this.#rows === undefined || of.rows === undefined || having.rows === undefined) return true
    const rows = { of: of.rows, having: having.rows, byCell: byCell?.map((set) => set?.rows) }
    return this.#rows.tellLevel(level, rows, k)
  }

  /** Records a sum of whole numbers over people, or rows, in the ledgers of both; see `LedgerDraft.tellWholeSum`. */
  tellWholeSum(variable: string, { subjects, rows }: SolvedSet, k: number): boolean {
    if (!this.#subjects.tellWholeSum(variable, subjects, k)) return false
    return rows === undefined || this.#rows === undefined || this.#rows.tellWholeSum(variable, rows, k)
  }

  /** The current state, to which each draft can be rolled back. */
  get mark(): readonly [LedgerDraft, Mark][] {
    const marks: [LedgerDraft, Mark][] = [[this.#subjects, this.#subjects.mark]]
    if (this.#rows) marks.push([this.#rows, this.#rows.mark])
    return marks
  }

  /**
   * Records all numbers if they can be disclosed together with all earlier numbers. Otherwise returns the first objection
   * and records none of them.
   */
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

  /**
   * Whether somebody has too much weight in sums of products; see `LedgerDraft.weighsFew`. In a sum over rows, the value of a person has the
   * weight of all rows of this person together, and is judged with the sums over people.
   */
  weighsFew(sums: WeightedSums, k: number): boolean {
    if (this.#rows === undefined) return this.#subjects.weighsFew(sums, k)
    if (sums.isOfRows) return this.#rows.weighsFew(sums, k)
    const ofRows = this.#rows.weightsOf(sums)
    const { owners = new Uint32Array() } = this.#ledgers.rows?.ledger.parts ?? {}
    const byPerson = ofRows?.map((weights) => {
      const own = new Float64Array(this.#ledgers.subjects.parts.patterns.labels.length)
      for (const [row, weight] of weights.entries()) own[owners[row] ?? 0] = (own[owners[row] ?? 0] ?? 0) + weight
      return own
    })
    return byPerson === undefined || this.#subjects.weighsFew(sums, k, byPerson)
  }

  /** The people of a set who arrived with a newer epoch and have been in no release yet. */
  arrivals(set: SubjectSet): SubjectSet {
    return this.#subjects.arrivals(set)
  }

  /** Whether the number follows from numbers that were disclosed before. */
  isWithin({ quantity, of }: CellNumber): boolean {
    const [draft, set] = this.#where(of)
    return draft.isWithin(quantity, set)
  }

  /**
   * For a rounded count that follows from other counts: the same combination of the shown values of these counts; otherwise
   * undefined.
   */
  shownOf({ quantity, of }: CellNumber): number | undefined {
    const [draft, set] = this.#where(of)
    return draft.shownOf(quantity, set)
  }

  /** For a count that `shownOf` combines from other counts: the sum of the absolute weights in that combination. */
  shownWeight({ quantity, of }: CellNumber): number | undefined {
    const [draft, set] = this.#where(of)
    return draft.shownWeight(quantity, set)
  }

  /**
   * Chooses people to leave out of a number so that the people in `apart`, who are not in it, no longer stand out. These are
   * the members whom earlier sums bind to `apart` (`LedgerDraft.matesOf`). If too few of them are among the people of the
   * number `from`, more people of `from` are added. The choice depends on the set, so that the same question leaves out the
   * same people, and other questions leave out other people.
   */
  padding(
    { quantity, of }: CellNumber,
    { apart, count, from }: { apart: readonly number[]; count: number; from: CellNumber }
  ): readonly number[] {
    const [draft, set] = this.#where(of)
    const mates = draft.matesOf(quantity, set, { apart, count })
    // Some of these people may not be among the people of `from`, so that `from` would remain unchanged. It must change.
    const gone = mates.filter((person) => from.of.subjects.has(person)).length
    if (mates.length > 0 && gone >= Math.min(count, mates.length)) return mates
    const [other, members] = this.#where(from.of)
    const some = other.someOf(from.quantity, members, { count: count - gone, from: checksumOfSet(of.subjects) })
    return [...new Set([...mates, ...some])]
  }

  /** The ledger that judges a set, and the items of the set in that ledger. */
  #where({ subjects, rows }: SolvedSet): readonly [LedgerDraft, SubjectSet] {
    return rows && this.#rows ? [this.#rows, rows] : [this.#subjects, subjects]
  }

  /** The resulting ledgers. A ledger is the same object as before if nothing new was disclosed in it. */
  result(): Ledgers {
    const { subjects, rows } = this.#ledgers
    const next = this.#subjects.result()
    const ledger = this.#rows?.result()
    if (next === subjects && (rows === undefined || ledger === rows.ledger)) return this.#ledgers
    if (rows === undefined || ledger === undefined) return { subjects: next }
    return { subjects: next, rows: { table: rows.table, ledger } }
  }

  #tellOne(
    {
      number,
      about,
      aboutPeople,
      shown,
      rung = 0,
      isRounded = false,
      isOfUnknown = false,
      payers,
      unknown = [],
      within = []
    }: Entry,
    k: number
  ): Objection | undefined {
    const { quantity, of, kind } = number
    const [draft, set] = this.#where(of)
    const off = number.off?.map((part) => part && this.#where(part)[1])
    const isNew = aboutPeople.length > 0 && draft.isNew(quantity, set, { rung, isRounded })
    const other = draft === this.#rows ? this.#subjects : this.#rows
    const told = {
      quantity,
      set,
      rung,
      isRounded,
      isOfUnknown,
      unknown,
      about: about.map((one) => beside(one, other, isOfUnknown && kind === 'sum'))
    }
    const optional = {
      ...(shown === undefined ? {} : { shown }),
      ...(off === undefined ? {} : { off }),
      within: within.map((one) => this.#where(one)).flatMap(([own, items]) => (own === draft ? [items] : [])),
      // The rows of a person are charged as they are, because it is not hidden who has a row.
      ...(payers === undefined || draft === this.#rows ? {} : { payers })
    }
    const objection = draft.tell([{ ...told, ...optional }], k)
    if (objection) return objection
    for (const { people, ...one } of isNew ? aboutPeople : []) {
      // A number over some of these people discloses equally much about all of them: who is in the set, and who is not.
      const each = { ...one, bits: one.bits / Math.max(1, people.size) }
      if (!this.#subjects.charge(people, beside(each, this.#rows, false)))
        return { why: 'information', variable: one.variable }
    }
    if (kind !== 'count' || draft === this.#subjects) return undefined
    // A count of rows is also recorded as a count of the people who have them: where each
    // has one row, both are the same number.
    const people = { quantity, set: of.subjects, isOfUnknown, unknown }
    return this.#subjects.tell([{ ...people, within: within.map(({ subjects }) => subjects) }], k)
  }
}

/**
 * Lowers the limit of an account by the bits that the other ledger has disclosed in it, for the item with the most disclosed
 * bits.
 */
function beside(one: About, other: LedgerDraft | undefined, isOfUnknown: boolean): About {
  return other === undefined ? one : { ...one, bitsMax: one.bitsMax - other.mostSpent(one.variable, isOfUnknown) }
}
