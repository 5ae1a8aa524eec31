/** The ledgers of a scope that one release is judged by: of the subjects, and of the rows of the plan's one long table. */
import { type RowItems, StimnetError, type SubjectSet } from '@stimnet/protocol'
import type { Partition } from './atoms.ts'
import type { Refinement } from './refinement.ts'
import type { SolvedSet } from './row-sets.ts'

/**
 * What releases have told apart so far. Each number's subjects are judged by the first, and its rows, where the plan has
 * a table with several per subject, by that table's own as well: sets of rows can differ where their subjects do not,
 * and the numbers of subjects behind them can be told apart where their rows cannot.
 */
export interface Ledgers {
  readonly subjects: Partition
  readonly rows?: { readonly table: string; readonly partition: Partition }
}

/** Throws NODE_ERROR where the rows of a reduction are not those of the ledger: a check that cannot judge refuses. */
export function assertLedgerOf(items: RowItems | undefined, { rows }: Ledgers): void {
  if (items === undefined) return
  if (rows?.table === items.table && rows.partition.universe === items.rows) return
  throw new StimnetError('NODE_ERROR', `disclosing: no ledger for the rows of ${items.table}`)
}

/** All ledgers being refined; a release takes effect in all of them or in none. */
export class LedgerDraft {
  readonly #ledgers: Ledgers
  readonly #subjects: Refinement
  readonly #rows: Refinement | undefined
  readonly #partsMin: number
  /** Unions of atoms already, whatever is split later: the same set stands behind many numbers of a table. */
  readonly #admitted = new Set<SubjectSet>()

  /** `partsMin`: fewest subjects of what is told apart, where that is to be more than k. */
  constructor(ledgers: Ledgers, { partsMin = 0 }: { readonly partsMin?: number | undefined } = {}) {
    this.#ledgers = ledgers
    this.#partsMin = partsMin
    this.#subjects = ledgers.subjects.refine()
    this.#rows = ledgers.rows?.partition.refine()
  }

  /** Whether all sets can be released together with everything before; if so they are part of it from now on. */
  admit(sets: readonly SolvedSet[], k: number): boolean {
    const { mark } = this.#subjects
    const isNew = (set: SubjectSet | undefined) => set !== undefined && !this.#admitted.has(set)
    const subjects = sets.map((set) => set.subjects).filter(isNew)
    const rows = sets.flatMap((set) => (set.rows !== undefined && isNew(set.rows) ? [set.rows] : []))
    if (!this.#subjects.admit(subjects, k, this.#partsMin)) return false
    if (rows.length > 0 && !this.#rows?.admit(rows, k, this.#partsMin)) {
      this.#subjects.rollBack(mark)
      return false
    }
    for (const set of [...subjects, ...rows]) this.#admitted.add(set)
    return true
  }

  /** The ledgers after it; each the very same where nothing of it was split. */
  result(): Ledgers {
    const { subjects, rows } = this.#ledgers
    const next = subjects.refinedBy(this.#subjects)
    if (rows === undefined || this.#rows === undefined) return next === subjects ? this.#ledgers : { subjects: next }
    const partition = rows.partition.refinedBy(this.#rows)
    if (next === subjects && partition === rows.partition) return this.#ledgers
    return { subjects: next, rows: partition === rows.partition ? rows : { table: rows.table, partition } }
  }
}
