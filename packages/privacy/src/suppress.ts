/** Which cells of a table are shown: primary suppression, residual closure, and the atom rule on what remains. */
import type { Measure, Plan, ReducedGroup, Reduction, SubjectSet } from '@stimnet/protocol'
import { judgeCell } from './cell.ts'
import type { CellBasis, CellRules, FactsOf } from './cell-basis.ts'
import { everyoneInOne } from './class-disclosure.ts'
import { type Closable, closeOver } from './closure.ts'
import type { Contributions } from './dominance.ts'
import { fewValued } from './few-values.ts'
import { assertLedgerOf, LedgerDraft, type Ledgers } from './ledgers.ts'
import { RowSets } from './row-sets.ts'
import type { PrivacySettings } from './settings.ts'
import { type Fact, factsTold } from './told.ts'

/** One measure of one group. */
export interface TableCell {
  readonly measure: Measure
  readonly support: SubjectSet
  readonly sums: readonly Contributions[]
  /** What it tells, whether shown or not. */
  readonly told: readonly Fact[]
  /** Null: withheld. */
  basis: CellBasis | null
}

/** One group with its cells. */
export interface TableRow {
  readonly group: ReducedGroup
  readonly cells: readonly TableCell[]
  shown: boolean
}

/** A table of which everything shown can stand. */
export interface Suppressed {
  readonly rows: readonly TableRow[]
  readonly ledgers: Ledgers
  /** What was withheld and why, for the local audit log alone. */
  readonly why: readonly string[]
}

/** By what a table is judged. */
export interface SuppressionRules {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  readonly ledgers: Ledgers
  /** Fewest subjects of what is told apart, where that is to be more than k. */
  readonly partsMin?: number | undefined
}

/**
 * Withholds until what is shown can stand: each cell by itself, the withheld ones together, and all shown ones with
 * everything released before. Each round withholds at least one more cell, so it ends. Throws NODE_ERROR without the
 * ledger of the reduction's rows.
 */
export function suppress(plan: Plan, reduction: Reduction, rules: SuppressionRules): Suppressed {
  const { settings, facts, ledgers, partsMin } = rules
  assertLedgerOf(reduction.items, ledgers)
  const why = new Map<string, number>()
  const few = fewValued(reduction)
  const rowSets = reduction.items && new RowSets(reduction.items, ledgers.subjects.universe)
  const cellRules: CellRules = { settings, facts, rowSets, isFewValued: (variable) => few.has(variable) }
  const inOne = settings.zerosAreDisclosive ? everyoneInOne(reduction.groups, plan, facts) : new Set()
  const rows = reduction.groups.map((group) => {
    const row = judgeRow(group, plan, cellRules, why)
    if (!inOne.has(group)) return row
    note(why, 'a group that everyone is in')
    return { ...row, shown: false }
  })
  for (;;) {
    close(rows, settings, why)
    const draft = new LedgerDraft(ledgers, { partsMin })
    if (admitRows(rows, draft, settings, why)) {
      return {
        rows,
        ledgers: draft.result(),
        why: [...why].map(([text, times]) => `${text}: ${times}`)
      }
    }
  }
}

function note(why: Map<string, number>, text: string): void {
  why.set(text, (why.get(text) ?? 0) + 1)
}

function judgeRow(group: ReducedGroup, plan: Plan, rules: CellRules, why: Map<string, number>): TableRow {
  const cells = plan.measures.map((measure): TableCell => {
    const finding = judgeCell(group, measure, rules)
    const told = factsTold(measure, group)
    if (finding.ok) {
      return { measure, told, support: finding.basis.support, sums: finding.basis.sums, basis: finding.basis }
    }
    note(why, `${measure.kind}: ${finding.why}`)
    return { measure, told, support: finding.support, sums: finding.sums, basis: null }
  })
  return { group, cells, shown: group.support.size >= rules.settings.k }
}

/** Whole groups first, then each fact; a group that lost all its measures is withheld, and all is closed again. */
function close(rows: readonly TableRow[], settings: PrivacySettings, why: Map<string, number>): void {
  for (;;) {
    for (const row of rows) {
      if (row.cells.every((cell) => cell.basis === null)) row.shown = false
      if (!row.shown) for (const cell of row.cells) cell.basis = null
    }
    const before = withheldCount(rows)
    closeRows(rows, settings, why)
    for (const fact of factsOfTable(rows)) closeFact(rows, fact, settings, why)
    if (withheldCount(rows) === before) return
  }
}

function withheldCount(rows: readonly TableRow[]): number {
  return rows.reduce(
    (sum, row) => sum + (row.shown ? 0 : 1) + row.cells.filter((cell) => cell.basis === null).length,
    0
  )
}

function closeRows(rows: readonly TableRow[], settings: PrivacySettings, why: Map<string, number>): void {
  const closable = rows.map((row) => ({ row, support: row.group.support, sums: [] }))
  const [shown, withheld] = [closable.filter(({ row }) => row.shown), closable.filter(({ row }) => !row.shown)]
  for (const { row } of closeOver(withheld, shown, settings)) {
    row.shown = false
    for (const cell of row.cells) cell.basis = null
    note(why, 'a group withheld so that others stay hidden')
  }
}

function factsOfTable(rows: readonly TableRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ cells }) => cells.flatMap(({ told }) => told.map(({ name }) => name))))]
}

/** One fact of one group: known where any cell that tells it is shown. */
interface FactOfGroup extends Closable {
  readonly cells: readonly TableCell[]
}

/** Across the groups, whatever measures tell it. */
function closeFact(rows: readonly TableRow[], name: string, settings: PrivacySettings, why: Map<string, number>): void {
  const found = rows.flatMap(({ cells }): FactOfGroup[] => {
    const telling = cells.flatMap((cell) => {
      const fact = cell.told.find((told) => told.name === name)
      return fact ? [{ cell, sums: cell.sums.filter((sum) => fact.covers(sum)) }] : []
    })
    const [first] = telling
    if (first === undefined) return []
    // What each cell knows of the contributions; where one was given up early, another may know more.
    const most = telling.reduce((a, b) => (b.sums.length > a.sums.length ? b : a), first)
    return [{ cells: telling.map(({ cell }) => cell), support: most.cell.support, sums: most.sums }]
  })
  const isKnown = ({ cells }: FactOfGroup) => cells.some((cell) => cell.basis !== null)
  const [shown, withheld] = [found.filter(isKnown), found.filter((fact) => !isKnown(fact))]
  for (const { cells } of closeOver(withheld, shown, settings)) {
    for (const cell of cells) cell.basis = null
    note(why, `${name.split(' ')[0]}: withheld so that others stay hidden`)
  }
}

/** True where every shown cell goes with the atoms; those that do not are withheld, and the caller closes again. */
function admitRows(
  rows: readonly TableRow[],
  draft: LedgerDraft,
  settings: PrivacySettings,
  why: Map<string, number>
): boolean {
  let all = true
  for (const cell of rows.flatMap((row) => row.cells)) {
    if (cell.basis === null || draft.admit(cell.basis.sets, settings.k)) continue
    cell.basis = null
    note(why, `${cell.measure.kind}: splits an atom`)
    all = false
  }
  return all
}
