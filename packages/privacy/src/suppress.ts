/** Which cells of a table are shown: primary suppression, residual closure, and the atom rule on what remains. */
import type { Measure, Plan, ReducedGroup, Reduction, SubjectSet } from '@stimnet/protocol'
import { Partition, type Refinement } from './atoms.ts'
import { judgeCell } from './cell.ts'
import type { CellBasis, CellRules, FactsOf } from './cell-basis.ts'
import { type Contributions, isDominated, unionOf } from './dominance.ts'
import { fewValued } from './few-values.ts'
import type { PrivacySettings } from './settings.ts'

export interface TableCell {
  readonly measure: Measure
  readonly support: SubjectSet
  readonly sums: readonly Contributions[]
  /** Null: withheld. */
  basis: CellBasis | null
}

export interface TableRow {
  readonly group: ReducedGroup
  readonly cells: readonly TableCell[]
  shown: boolean
}

export interface Suppressed {
  readonly rows: readonly TableRow[]
  readonly partition: Partition
  /** What was withheld and why, for the local audit log alone. */
  readonly why: readonly string[]
}

export interface SuppressionRules {
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  readonly partition: Partition
}

/**
 * Withholds until what is shown can stand: each cell by itself, the withheld ones together, and all shown ones with
 * everything released before. Each round withholds at least one more cell, so it ends.
 */
export function suppress(plan: Plan, reduction: Reduction, rules: SuppressionRules): Suppressed {
  const why = new Map<string, number>()
  const few = fewValued(reduction)
  const cellRules: CellRules = { ...rules, isFewValued: (variable) => few.has(variable) }
  const rows = reduction.groups.map((group) => judgeRow(group, plan, cellRules, why))
  for (;;) {
    close(rows, rules.settings, why)
    const draft = rules.partition.refine()
    if (admitRows(rows, draft, rules.settings, why)) {
      return { rows, partition: Partition.of(draft), why: [...why].map(([text, times]) => `${text}: ${times}`) }
    }
  }
}

function note(why: Map<string, number>, text: string): void {
  why.set(text, (why.get(text) ?? 0) + 1)
}

function judgeRow(group: ReducedGroup, plan: Plan, rules: CellRules, why: Map<string, number>): TableRow {
  const cells = plan.measures.map((measure): TableCell => {
    const finding = judgeCell(group, measure, rules)
    if (finding.ok) return { measure, support: finding.basis.support, sums: finding.basis.sums, basis: finding.basis }
    note(why, `${measure.kind}: ${finding.why}`)
    return { measure, support: finding.support, sums: finding.sums, basis: null }
  })
  return { group, cells, shown: group.support.size >= rules.settings.k }
}

/** Residual closure: whoever knows a total learns what was withheld together, so that must be safe as well. */
function close(rows: readonly TableRow[], settings: PrivacySettings, why: Map<string, number>): void {
  for (;;) {
    for (const row of rows) {
      if (row.cells.every((cell) => cell.basis === null)) row.shown = false
      if (!row.shown) for (const cell of row.cells) cell.basis = null
    }
    const before = withheldCount(rows)
    closeRows(rows, settings, why)
    for (const at of rows[0]?.cells.keys() ?? []) closeColumn(rows, at, settings, why)
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
  for (;;) {
    const hidden = rows.filter((row) => !row.shown)
    if (!isTooFew(union(hidden.map((row) => row.group.support)), settings)) return
    const next = smallest(
      rows.filter((row) => row.shown),
      (row) => row.group.support.size
    )
    if (!next) return
    next.shown = false
    for (const cell of next.cells) cell.basis = null
    note(why, 'a group withheld so that others stay hidden')
  }
}

/** Across the groups of one measure: the withheld cells together are nobody or k, and no one dominates their sum. */
function closeColumn(rows: readonly TableRow[], at: number, settings: PrivacySettings, why: Map<string, number>): void {
  for (;;) {
    const column = rows.flatMap((row) => row.cells.slice(at, at + 1))
    const hidden = column.filter((cell) => cell.basis === null)
    if (!isTooFew(union(hidden.map((cell) => cell.support)), settings) && !dominatedTogether(hidden, settings)) return
    const next = smallest(
      column.filter((cell) => cell.basis !== null),
      (cell) => cell.support.size
    )
    if (!next) return
    next.basis = null
    note(why, `${next.measure.kind}: withheld so that others stay hidden`)
  }
}

function dominatedTogether(cells: readonly TableCell[], settings: PrivacySettings): boolean {
  const sides = Math.max(0, ...cells.map((cell) => cell.sums.length))
  const all = union(cells.map((cell) => cell.support))
  const disjoint = all !== undefined && all.size === cells.reduce((sum, cell) => sum + cell.support.size, 0)
  for (let side = 0; side < sides; side++) {
    const together = unionOf(
      cells.flatMap((cell) => cell.sums.slice(side, side + 1)),
      { disjoint }
    )
    if (together && isDominated(together, settings)) return true
  }
  return false
}

/** The first of the smallest, so that the order of keys decides between equals. */
function smallest<T>(items: readonly T[], sizeOf: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (least, item) => (least === undefined || sizeOf(item) < sizeOf(least) ? item : least),
    undefined
  )
}

function union(sets: readonly SubjectSet[]): SubjectSet | undefined {
  const [first, ...others] = sets
  return first && others.reduce((all, set) => all.or(set), first)
}

function isTooFew(set: SubjectSet | undefined, settings: PrivacySettings): boolean {
  const size = set?.size ?? 0
  return size > 0 && size < settings.k
}

/** True where every shown cell goes with the atoms; those that do not are withheld, and the caller closes again. */
function admitRows(
  rows: readonly TableRow[],
  draft: Refinement,
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
