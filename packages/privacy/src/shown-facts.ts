/**
 * Facts about data that an answer shows beside its numbers, and that the ledger does not count: whether few people of a
 * group lack a value, whether somebody is in none of the groups, and which bins were joined. Each fact counts as one bit
 * against the refusal bits.
 */
import { type Measure, type Plan, type SubjectSet, type VariableRef, variablesOf } from '@stimnet/protocol'
import type { Defining } from './judge/defining.ts'
import type { FactsOf } from './judge/facts.ts'
import type { TableCell, TableRow } from './judge/suppress.ts'
import { definingIn, type RareGroups, type Unsaid, unsaidOf } from './judge/unsaid.ts'

/** One fact. The same `what` about the same people or rows is the same fact, whichever question shows it. */
export interface ShownFact {
  readonly what: string
  readonly of: SubjectSet
}

interface Looking {
  readonly facts: FactsOf
  /**
   * The variables that have a value for everybody in the catalog. For these variables it is known that nobody of a group
   * lacks a value.
   */
  readonly complete: ReadonlySet<VariableRef>
}

/** The facts that a judged table shows, without duplicates. */
export function factsShown(
  { plan, ...asked }: Unsaid & { readonly plan: Plan; readonly rare?: RareGroups | undefined },
  all: readonly TableRow[],
  looking: Looking
): ShownFact[] {
  const rows = all.filter(({ shown }) => shown)
  const found = [
    ...plan.measures.flatMap((measure) => lackingIn(measure, rows, looking)),
    ...rows.flatMap((row) => {
      const isHidden = unsaidOf(row.group, plan, asked).defining.length > 0
      return row.cells.flatMap((cell) => joinedIn(row, cell, { ...looking, isHidden }))
    }),
    ...(rows.length === 0 ? [] : [...outsideOf(plan, all, looking), ...outsideOfLevels(definingIn(asked), looking)])
  ]
  return found.filter(({ what, of }, at) => found.findIndex((one) => one.what === what && one.of.equals(of)) === at)
}

/** Whether others do not know who lacks a value of the variable. */
function mayBeLacking(variable: VariableRef, { facts, complete }: Looking): boolean {
  const { identifying, isSet = false } = facts(variable)
  return !identifying && !isSet && !complete.has(variable)
}

/**
 * The facts about missing values that the counts of a measure show. A count of values that is not exact shows that fewer
 * than k people of a group lack a value, or that earlier answers are close: an exact count is withheld. An exact count is a
 * release, which the ledgers have judged and charged. If most groups of an answer have no exact count, this is one fact
 * about all of them, and each group with an exact count is another fact.
 */
function lackingIn(measure: Measure, rows: readonly TableRow[], looking: Looking): ShownFact[] {
  const variables = variablesOf(measure)
  if (!variables.some((one) => mayBeLacking(one, looking))) return []
  const cells = rows.flatMap(({ group, cells: own }) => {
    const cell = own.find((one) => one.measure === measure)
    if (cell?.basis?.counted === undefined) return []
    return [{ isCounted: cell.isCounted, of: setOf(group, cell.basis.counted.rows !== undefined) }]
  })
  const own = variables.map((one) => looking.facts(one).own).sort()
  const [exact, hidden] = [cells.filter(({ isCounted }) => isCounted), cells.filter(({ isCounted }) => !isCounted)]
  const named = (what: string) => `${what} ${own.join(' ')}`
  if (hidden.length <= exact.length) return hidden.map(({ of }) => ({ what: named('lacking'), of }))
  const together = hidden.map(({ of }) => of).reduce((all, one) => all.or(one))
  return [{ what: named('lacking'), of: together }, ...exact.map(({ of }) => ({ what: named('not lacking'), of }))]
}

/**
 * One fact for each declared edge that was not kept because few people, or nobody, would be between two edges. For a
 * variable that others know, this discloses nothing unless they do not know who is in the group.
 */
function joinedIn(
  { group }: TableRow,
  { measure, basis }: TableCell,
  { facts, isHidden }: Looking & { readonly isHidden: boolean }
): ShownFact[] {
  if (basis?.bins === undefined || !('variable' in measure)) return []
  const { own, identifying } = facts(measure.variable)
  if (identifying && !isHidden) return []
  const kept = new Set(basis.bins.map(({ from }) => from))
  const declared = group.columns.get(measure.variable)?.bins ?? []
  const of = setOf(group, basis.counted?.rows !== undefined)
  return declared.flatMap(({ from }) => (kept.has(from) ? [] : [{ what: `joined at ${from} of ${own}`, of }]))
}

/** The people of all groups by a variable add up to the people who have a value, and so show whether somebody has none. */
function outsideOf({ groupBy }: Plan, all: readonly TableRow[], looking: Looking): ShownFact[] {
  const keys = groupBy.filter(({ variable }) => mayBeLacking(variable, looking))
  return keys.flatMap(({ variable }) => inNone(variable, all, looking))
}

/**
 * Numbers of people with a level and numbers of the other people add up to the people who have a value, and so show whether
 * somebody has none. Each of these numbers shows a part of the same fact.
 */
function outsideOfLevels(defining: readonly Defining[], looking: Looking): ShownFact[] {
  const lacking = defining.filter(({ variable }) => mayBeLacking(variable, looking))
  return lacking.flatMap(({ variable, without }) => {
    const groups = without?.groups.map((group) => ({ group })) ?? []
    return inNone(variable, groups, looking)
  })
}

function inNone(variable: VariableRef, rows: readonly Pick<TableRow, 'group'>[], { facts }: Looking): ShownFact[] {
  const [first, ...others] = rows.map(({ group }) => group.support)
  if (first === undefined) return []
  return [{ what: `in no group by ${facts(variable).own}`, of: others.reduce((union, one) => union.or(one), first) }]
}

function setOf({ support, rowSet }: TableRow['group'], ofRows: boolean): SubjectSet {
  return ofRows && rowSet !== undefined ? rowSet : support
}
