/**
 * Suppression: decides which cells of a table are shown. Each cell is judged by itself, and then together with all earlier
 * disclosures.
 */
import {
  type Measure,
  type Plan,
  pairKey,
  type ReducedGroup,
  type Reduction,
  type SubjectSet,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { gramIn, sdOf } from '@stimnet/statistics'
import { checksumOfSet } from '../ledger/checksum.ts'
import { type Objection, ONE, type Payers } from '../ledger/draft.ts'
import { assertLedgerOf, type Entry, type Ledgers, LedgersDraft } from '../ledgers.ts'
import type { PrivacySettings } from '../rules/settings.ts'
import type { CellBasis, CellFinding, CellRules } from './cells/basis.ts'
import { judgeCell, judgeCoarser } from './cells/cell.ts'
import { everyoneInOne } from './cells/class-disclosure.ts'
import { sumsOf, sumsOver, type Weights } from './cells/weighing.ts'
import { alwaysIn, countedAt, type Defining, levelName, valuedOf, wholeOf } from './defining.ts'
import type { FactsOf } from './facts.ts'
import { bitsMaxOf, bitsMaxOfWhich, bitsOfCount, bitsOfSum } from './information.ts'
import { conditionsOf, having, isSpreadOver, type KnownValues, powersIn } from './known.ts'
import { type LeftOut, type LeftOutDraft, leftOutOf } from './left-out.ts'
import { askedOver, type CellNumber, countOf, isCounting, type Power, type SolvedSet, weighedOver } from './numbers.ts'
import { conditionsAsked, groupsNotShown, possibleIn, setsAsked } from './possible.ts'
import { RUNG_MAX, roundCount, standardError, stepFor } from './precision.ts'
import { RowSets, rowsOfSubjects } from './row-sets.ts'
import { type RareGroups, type Unsaid, unsaidOf } from './unsaid.ts'

/** Maximum number of neighbouring sums of whole values that the digits of a mean may leave possible while the sum counts as shown. */
const SUMS_SHOWN = 2

/** One measure of one group. */
export interface TableCell {
  readonly measure: Measure
  readonly finding: CellFinding
  /** Null if the cell is withheld. */
  basis: CellBasis | null
  /** Whether the number of values behind the cell is disclosed exactly. */
  isCounted: boolean
  /** The rung of digits of the cell's numbers: 0 for full digits, higher rungs for fewer digits. */
  rung: number
  /** For a cell that is not counted: the size of its group, if fewer than k people or rows of the group lack a value. */
  fewLackOf?: number
}

/** One group with its cells. */
export interface TableRow {
  readonly group: ReducedGroup
  readonly cells: readonly TableCell[]
  shown: boolean
}

/** A judged table. Everything that the table shows may be released. */
export interface Suppressed {
  readonly rows: readonly TableRow[]
  /**
   * Number of groups that are not shown. If others cannot tell who is in a group, empty groups that somebody could be in are
   * included.
   */
  readonly groupsWithheld: number
  readonly ledgers: Ledgers
  /** The number of people or rows in a set, as it may be shown. */
  readonly shownCount: (set: SolvedSet) => number
  /** Maximum difference between that number and the exact number. */
  readonly shownWithin: (set: SolvedSet) => number
  /** The reasons for withholding, for the local audit log only. */
  readonly why: readonly string[]
  /** Whether a number was withheld because the limit of information about a variable is reached. */
  readonly isUnpaid: boolean
}

/** The rules by which a table is judged. */
export interface SuppressionRules extends Unsaid {
  readonly settings: PrivacySettings & { readonly synthetic: boolean }
  readonly facts: FactsOf
  readonly ledgers: Ledgers
  /** The groups about which others know less. */
  readonly rare?: RareGroups | undefined
  /** The values of the measured variables that others are assumed to know. */
  readonly known?: KnownValues | undefined
  /** The values by which people are weighed, in this question and in earlier ones. */
  readonly weights?: Weights | undefined
  /** The measured variables that have a value for everybody in the catalog. */
  readonly complete?: ReadonlySet<VariableRef> | undefined
  /** A minimum larger than k for the number of subjects that the numbers may single out. */
  readonly partsMin?: number | undefined
  /** Withholds numbers that could be released only in fewer digits. */
  readonly inFullDigits?: boolean
  /** Collects the people to leave out if this lets a cell be shown. Without a LeftOutDraft, such cells are withheld. */
  readonly leftOut?: LeftOutDraft
  /** The people who were left out of the reduction. */
  readonly madeWithout?: LeftOut | undefined
}

/**
 * Decides which cells are shown: each cell by itself, and all cells together with all earlier disclosures. Larger cells are
 * judged first. Throws NODE_ERROR without the ledger of the reduction's rows.
 */
export function suppress(plan: Plan, reduction: Reduction, rules: SuppressionRules): Suppressed {
  const { settings, facts, ledgers } = rules
  assertLedgerOf(reduction.items, ledgers)
  const rowSets = reduction.items && new RowSets(reduction.items, ledgers.subjects.universe)
  const cellRules = { settings, facts, rowSets }
  // The judgement of a cell by itself is the same in every round.
  const groups = reduction.groups.map((group) => ({
    group,
    cells: plan.measures.map((measure) => ({ measure, finding: judgeCell(group, measure, cellRules) }))
  }))
  const table = { plan, reduction, cellRules, groups }
  const refused = new Set<string>()
  let rung = 0
  // Each round withholds one more cell or goes down a rung of digits, so the loop ends.
  for (;;) {
    rules.leftOut?.clear()
    const judging = new Judging(table, rules, { refused, rung })
    const change = judging.run()
    if (change === undefined) return judging.done()
    if (typeof change === 'string') refused.add(change)
    else rung = change.rung
  }
}

interface JudgedGroup {
  readonly group: ReducedGroup
  readonly cells: readonly Pick<TableCell, 'measure' | 'finding'>[]
}

/** A table in which each cell has been judged by itself. */
interface JudgedTable {
  readonly plan: Plan
  readonly reduction: Reduction
  readonly cellRules: CellRules
  readonly groups: readonly JudgedGroup[]
}

/** The input of one round of judging: the names of the cells to withhold, and the digits of all other cells. */
interface Given {
  readonly refused: ReadonlySet<string>
  /** The rung of digits: 0 for full digits, higher rungs for fewer digits. */
  readonly rung: number
}

/** States that the table must be released on a lower rung of digits. */
type FewerDigits = Pick<Given, 'rung'>

class Judging {
  readonly #plan: Plan
  readonly #reduction: Reduction
  readonly #cellRules: CellRules
  readonly #rules: SuppressionRules
  readonly #refused: ReadonlySet<string>
  readonly #rung: number
  readonly #draft: LedgersDraft
  readonly #why = new Map<string, number>()
  #isUnpaid = false
  readonly #rows: TableRow[]
  /** The shares that were charged for numbers of this table; see `Payers`. */
  readonly #paid = new Map<string, number>()

  constructor({ plan, reduction, cellRules, groups }: JudgedTable, rules: SuppressionRules, { refused, rung }: Given) {
    this.#plan = plan
    this.#reduction = reduction
    this.#cellRules = cellRules
    this.#rules = rules
    this.#refused = refused
    this.#rung = rung
    this.#draft = new LedgersDraft(rules.ledgers)
    this.#rows = groups.map((group, at) => this.#rowOf(group, at))
  }

  /**
   * Judges all cells. Returns the name of a further cell that must be withheld because a withheld number would follow from
   * it, or a lower rung of digits for the whole table; undefined if neither is needed.
   */
  run(): string | FewerDigits | undefined {
    this.#holdBack()
    this.#classes()
    const cells = this.#rows.flatMap((row, at) => row.cells.map((cell) => ({ row, cell, at })))
    const sized = cells.map((entry) => ({ ...entry, size: entry.cell.basis?.support.size ?? 0 }))
    for (const { row, cell } of sized.sort((a, b) => b.size - a.size || a.at - b.at)) {
      const fewer = this.#tell(row, cell)
      if (fewer !== undefined) return fewer
    }
    return this.#givenAway() ?? this.#countAll() ?? this.#zeros()
  }

  done(): Suppressed {
    for (const row of this.#rows) if (row.cells.every(({ basis }) => basis === null)) row.shown = false
    const { settings, rare } = this.#rules
    const { possible } = rare ?? this.#rules
    return {
      rows: this.#rows,
      groupsWithheld:
        possible === undefined
          ? this.#rows.filter(({ shown }) => !shown).length
          : groupsNotShown(
              this.#rows.filter(({ shown }) => shown).map(({ group }) => group),
              possible
            ),
      ledgers: this.#draft.result(),
      shownCount: (set) => {
        const count = set.rows?.size ?? set.subjects.size
        return settings.roundBase === 1 ? count : (this.#draft.shownOf(countOf(set)) ?? roundCount(count, settings))
      },
      shownWithin: ({ subjects, rows }) => {
        if (settings.roundBase === 1) return 0
        const weight = this.#draft.shownWeight(countOf({ subjects, ...(rows === undefined ? {} : { rows }) })) ?? 1
        return (weight * settings.roundBase) / 2
      },
      why: [...this.#why].map(([text, times]) => `${text}: ${times}`),
      isUnpaid: this.#isUnpaid
    }
  }

  #rowOf({ group, cells }: JudgedGroup, at: number): TableRow {
    const told = cells.map(({ measure, finding }): TableCell => {
      const isRefused = this.#refused.has(nameOf(at, measure))
      if (!finding.ok) this.#note(`${measure.kind}: ${finding.why}`)
      else if (isRefused) this.#note(`${measure.kind}: withheld so that others stay hidden`)
      return {
        measure,
        finding,
        basis: finding.ok && !isRefused ? finding.basis : null,
        isCounted: false,
        rung: this.#rung
      }
    })
    return { group, cells: told, shown: group.support.size >= this.#rules.settings.k }
  }

  /** Withholds groups that hold everyone of their kind: anybody known to be of that kind would be known to be in such a group. */
  #classes(): void {
    const { settings, facts } = this.#rules
    const inOne = settings.zerosAreDisclosive ? everyoneInOne(this.#reduction.groups, this.#plan, facts) : new Set()
    const isPartly = ({ group }: TableRow) =>
      this.#unsaid(group).defining.some((one) => {
        const { of, having } = this.#saidBy(one, group, 'group', group.support)
        return this.#isSet(one) && (of === undefined || this.#lacksFew(one, of, having))
      })
    // People who are in the group whatever their value is do not make a small number of other people larger.
    const hasFew = ({ group }: TableRow) =>
      this.#unsaid(group).defining.some((one) => {
        const isPart = !this.#isSet(one) && alwaysIn(group, one, 'group', this.#parts) !== undefined
        return isPart && this.#saidBy(one, group, 'group', group.support).having.size < settings.k
      })
    const holdsAll = ({ group }: TableRow) =>
      this.#unsaid(group).defining.some((one) => {
        const { of, having } = this.#saidBy(one, group, 'group', group.support)
        // If fewer than k people are outside the group, they are a small cell like any other; the same holds if nobody is
        // outside.
        return !this.#isSet(one) && of !== undefined && of.size > 0 && of.size - having.size < settings.k
      })
    for (const row of this.#rows) {
      const isAll = settings.zerosAreDisclosive && holdsAll(row)
      if (inOne.has(row.group) || isAll) {
        row.shown = false
        this.#note('a group that everyone is in')
      }
      if (hasFew(row)) {
        row.shown = false
        this.#note('fewer than k people are in a group by what others do not know')
      }
      if (isPartly(row)) {
        row.shown = false
        this.#note('few of a group are outside of the analysis set')
      }
      if (!row.shown) for (const cell of row.cells) cell.basis = null
    }
  }

  /**
   * Leaves out people who arrived with a newer epoch until k of them are in a group. Until then, answers are as if nobody
   * had arrived.
   */
  #holdBack(): void {
    for (const { group } of this.#rows) {
      const { possible, defining } = this.#unsaid(group)
      // Leaving somebody out must not disclose a property of that person that others do not know.
      const could = possible === undefined || defining.length === 0 ? [] : possibleIn(group, possible, this.#plan)
      const arrivals = this.#draft.arrivals(could.reduce((all, { people }) => all.or(people), group.support))
      if (arrivals.size > 0 && arrivals.size < this.#k) this.#rules.leftOut?.leavePeople(arrivals)
    }
  }

  #tell(row: TableRow, cell: TableCell): FewerDigits | undefined {
    const { basis, measure } = cell
    if (basis === null) return undefined
    if (this.#weighsFew(row.group, measure, basis)) {
      cell.basis = null
      this.#note(`${measure.kind}: known values weigh few of those who could be in it`)
      return undefined
    }
    const { mark } = this.#draft
    let objection = this.#admit(row.group, measure, basis)
    const fewer = objection?.why === 'information' ? this.#fewerFor(row.group, measure, basis) : undefined
    if (fewer !== undefined) return fewer
    // Coarser bins disclose fewer numbers.
    const isOfNumbers = objection?.why === 'leverage' || (objection?.why === 'information' && measure.kind === 'bins')
    if (isOfNumbers && this.#tellCoarser(row, cell)) return undefined
    if (objection === undefined) {
      objection = this.#auditLevels(row.group, measure, basis) ?? this.#auditWeights(row.group, measure)
      // The numbers of the cell were admitted, but are not disclosed now.
      if (objection !== undefined) for (const [draft, before] of mark) draft.rollBack(before)
      if (objection !== undefined && this.#tellCoarser(row, cell)) return undefined
    }
    if (objection !== undefined) {
      cell.basis = null
      if (objection.why === 'information') this.#isUnpaid = true
      this.#note(`${measure.kind}: ${inWords(objection)}`)
      return undefined
    }
    this.#notePaid(row.group, basis)
    if (basis.counted !== undefined) this.#count(row.group, cell, basis.counted)
    // With `partsMin`, a count of values is disclosed exactly or not at all.
    if (this.#rules.partsMin !== undefined && measure.kind === 'count' && !cell.isCounted) cell.basis = null
    return undefined
  }

  /** Admits the numbers of a cell, leaving people out if that helps. Returns the remaining objection. */
  #admit(group: ReducedGroup, measure: Measure, basis: CellBasis): Objection | undefined {
    const { leftOut } = this.#rules
    const { defining } = this.#unsaid(group)
    const entries = this.#entriesOf(group, measure, basis)
    const objection = this.#draft.tell(entries, this.#k)
    // If unknown variables define the group, nobody is left out: a statement that people were left out would disclose
    // whether somebody is in the group.
    if (objection === undefined || leftOut === undefined || defining.length > 0) return objection
    const trial = { draft: this.#draft, rowSets: this.#cellRules.rowSets, k: this.#k }
    return leftOut.fit(measure, entries, objection, trial)
  }

  /**
   * The next rung of digits on which a cell is admitted that lacks information about its variables on the present rung. The
   * whole answer is then released on that rung: a choice of rung per number would itself disclose something. Undefined if no
   * rung admits the cell.
   */
  #fewerFor(group: ReducedGroup, measure: Measure, basis: CellBasis): FewerDigits | undefined {
    const { inFullDigits = false, partsMin } = this.#rules
    if (inFullDigits || partsMin !== undefined || !basis.numbers.some(({ kind }) => kind === 'sum')) return undefined
    for (let rung = this.#rung + 1; rung <= RUNG_MAX; rung++) {
      const { mark } = this.#draft
      const objection = this.#draft.tell(this.#entriesOf(group, measure, basis, rung), this.#k)
      for (const [draft, before] of mark) draft.rollBack(before)
      if (objection?.why !== 'information') return { rung }
    }
    return undefined
  }

  /**
   * Checks whether somebody who knows the values of a variable could recognise in a sum of that variable who is in the
   * group; see known.ts.
   */
  #weighsFew(group: ReducedGroup, measure: Measure, { support }: CellBasis): boolean {
    const { known, facts } = this.#rules
    const { possible } = this.#unsaid(group)
    const variables = variablesOf(measure)
    const isOther = (variable: VariableRef) => facts(variable).identifying
    const could = possible === undefined || possible.unknown.length === 0 ? [] : possibleIn(group, possible, this.#plan)
    const isPair = variables.length === 2 && !variables.every(isOther)
    return variables.filter(isOther).some((variable) => {
      const powers = powersIn(measure)
      if (powers === 0 || (could.length === 0 && !isPair)) return false
      const values = known?.get(variable)?.values
      // A check that cannot judge refuses.
      if (values === undefined) return true
      const isEven = (people: SubjectSet, own: Power) => isSpreadOver(people, values, { k: this.#k, powers: own })
      return could.some(({ people }) => !isEven(people, powers)) || (isPair && !isEven(support, 1))
    })
  }

  /** Judges a quantile, or shared bins, again with coarser bins. Returns false if no coarser bins may be shown by themselves. */
  #tellCoarser(row: TableRow, cell: TableCell): boolean {
    if (cell.basis?.bins === undefined) return false
    const coarser = judgeCoarser(row.group, cell.measure, cell.basis.bins, this.#cellRules)
    if (!coarser?.ok) return false
    cell.basis = coarser.basis
    this.#tell(row, cell)
    return true
  }

  /**
   * Checks whether a count makes somebody's level certain, for the measured variable and for variables that define the
   * group. Returns the objection.
   */
  #auditLevels(group: ReducedGroup, measure: Measure, basis: CellBasis): Objection | undefined {
    const { numbers, support } = basis
    const { facts, settings } = this.#rules
    if (!settings.zerosAreDisclosive) return undefined
    const { defining } = this.#unsaid(group)
    const counts = defining.flatMap((one) => {
      if (this.#isSet(one)) return []
      const { of, having, rows } = this.#saidBy(one, group, partOf(measure), support)
      const said = [levelOf(group, one.variable, this.#plan), one.level]
      const level = said.filter((part) => part !== undefined && part !== '').join('&')
      if (of === undefined) return []
      const { variable } = one
      const all = this.#inRows(of, variable, rows)
      const those = this.#inRows(having, variable, rows)
      return [{ variable, level, of: all, having: those, byCell: this.#byCell(group, measure, { of: all, variable }) }]
    })
    const [of, ...others] = numbers
    for (const { level, of: having } of others) {
      if (level === undefined || of === undefined || facts(level.variable).identifying) continue
      const { variable, name } = level
      const rows = of.of.rows ?? group.columns.get(variable)?.rowSet
      const all = this.#inRows(of.of.subjects, variable, rows)
      const byCell = this.#byCell(group, measure, { of: all, variable, named: name })
      const those = this.#inRows(having.subjects, variable, having.rows ?? rows)
      counts.push({ variable, level: name, of: all, having: those, byCell })
    }
    const lacking = defining.flatMap((one) => {
      const { variable, level = '' } = one
      if (!level.includes('"is null"')) return []
      const { having, rows } = this.#saidBy(one, group, partOf(measure), support)
      const all = wholeOf(group, one, partOf(measure), this.#parts)
      const of = all && this.#inRows(all.subjects, variable, all.rows)
      const name = { variable: havingValue(facts(variable).own), level, levels: 2 }
      return of === undefined ? [] : [{ ...name, of, having: this.#inRows(having, variable, rows), byCell: undefined }]
    })
    const named = counts.map(({ variable, ...count }) => {
      const { own, cells = Number.POSITIVE_INFINITY } = facts(variable)
      return { variable: own, levels: cells, ...count }
    })
    const { mark } = this.#draft
    for (const { name, set } of [...this.#wholeSums(group, basis), ...this.#couldMeet(group)]) {
      if (this.#draft.tellWholeSum(name, set, this.#k)) continue
      for (const [draft, before] of mark) draft.rollBack(before)
      return { why: 'certain', variable: name }
    }
    for (const { variable, level, levels, ...count } of [
      ...named,
      ...lacking,
      ...this.#saidTogether(group, measure, basis)
    ]) {
      const size = count.of.subjects.size
      const isFew = 'isPart' in count && size > 0 && size - count.having.subjects.size < this.#k
      if (!isFew && this.#draft.tellLevel({ variable, level, levels }, count, this.#k)) continue
      for (const [draft, before] of mark) draft.rollBack(before)
      return { why: 'certain', variable }
    }
    return undefined
  }

  /** Checks whether sums in which people have different weights would together rest on few people; see weighing.ts. */
  #auditWeights(group: ReducedGroup, measure: Measure): Objection | undefined {
    const { facts, settings, weights = new Map() } = this.#rules
    if (settings.synthetic) return undefined
    const named = [...variablesOf(measure), ...this.#unsaid(group).defining.map(({ variable }) => variable)]
    const unknown = [...new Set(named)].filter((variable) => !facts(variable).identifying)
    const families = [
      ...unknown.map((variable) => {
        const isOfRows = this.#isOfRows(variable)
        return { variable: facts(variable).own, sums: sumsOf(facts(variable), weights, isOfRows) }
      }),
      ...this.#namesAsked(group).map((name) => ({ variable: name, sums: sumsOver(name, weights) }))
    ]
    const found = families.find(({ sums }) => this.#draft.weighsFew(sums, this.#k))
    return found && { why: 'weight', variable: found.variable }
  }

  /** The names under which everybody is recorded who could be in a group that others do not know. */
  #namesAsked(group: ReducedGroup): string[] {
    const { possible } = this.#unsaid(group)
    if (possible === undefined || possible.unknown.length === 0) return []
    return conditionsAsked(possible)
  }

  /** The known numbers that a measure sums over people whom others do not know, each with everybody who could be among these people. */
  #weighedBy(group: ReducedGroup, measure: Measure) {
    const { facts, weights } = this.#rules
    const { possible } = this.#unsaid(group)
    if (possible === undefined || possible.unknown.length === 0 || powersIn(measure) === 0) return []
    const owns = variablesOf(measure).flatMap((variable) => {
      const { own, identifying } = facts(variable)
      return identifying && weights?.get(own)?.by === 'subject' ? [own] : []
    })
    const names = conditionsAsked(possible)
    return possibleIn(group, possible, this.#plan).flatMap(({ people }) =>
      names.flatMap((name) => owns.map((own) => ({ name, own, people })))
    )
  }

  /** The people whom a count includes for each cell of a variable; see `countedAt`. Undefined if the cells do not decide who is counted. */
  #byCell(
    group: ReducedGroup,
    measure: Measure,
    { of, variable, named }: { of: SolvedSet; variable: VariableRef; named?: string }
  ) {
    const { facts } = this.#rules
    const { own, declared } = facts(variable)
    const one = this.#unsaid(group).defining.find((other) => facts(other.variable).own === own)
    const asked = { one, part: partOf(measure), parts: this.#parts }
    // A key can be the same variable under another name.
    const key = this.#plan.groupBy.find((other) => facts(other.variable).own === own)?.variable ?? variable
    const label = levelOf(group, key, this.#plan)
    const atKey = countedAt(group, { of, named: label, declared: facts(key).declared }, asked)
    if (named === undefined) return atKey
    const said = countedAt(group, { of, named, declared }, asked)
    return atKey && said?.map((people, cell) => (atKey[cell] === undefined ? undefined : people))
  }

  /**
   * The exact sums that the digits of a mean show, because the values are whole multiples of a step; only for values that others do not
   * know. Each sum has the name of the summed quantity and the set, known to others, over which it was asked. If others do not know who is
   * in the group, the sum is listed for every set of people who could be in it.
   */
  #wholeSums(group: ReducedGroup, { numbers }: CellBasis): { name: string; set: SolvedSet }[] {
    const { facts, madeWithout } = this.#rules
    const { possible, defining } = this.#unsaid(group)
    const out = madeWithout?.people
    return numbers.flatMap(({ kind, quantity, variables: [variable], of }) => {
      if (kind !== 'sum' || variable === undefined || quantity !== facts(variable).own || facts(variable).identifying)
        return []
      if (!this.#showsSum(group, variable)) return []
      if (defining.length === 0) return [{ name: quantity, set: of }]
      const could = possible === undefined ? [] : possibleIn(group, possible, this.#plan)
      const [one, ...others] = defining
      const whole = one && others.length === 0 ? wholeOf(group, one, variable, this.#parts)?.rows : undefined
      // The sum may be over any of the sets, so it counts as a sum over each.
      return could.map(({ people }) => {
        const set = out === undefined ? people : people.without(out)
        return { name: quantity, set: this.#inRows(set, variable, whole ?? of.rows) }
      })
    })
  }

  /** People with those of the given rows that are theirs, if a variable has its values in rows. */
  #inRows(subjects: SubjectSet, variable: VariableRef, rows: SubjectSet | undefined): SolvedSet {
    const items = this.#cellRules.rowSets?.items
    if (items === undefined || rows === undefined || !this.#isOfRows(variable)) return { subjects }
    return { subjects, rows: rows.and(rowsOfSubjects(items, subjects)) }
  }

  #isOfRows(variable: VariableRef): boolean {
    const table = this.#cellRules.rowSets?.items.table
    return table !== undefined && variable.startsWith(`${table}.`)
  }

  /** Whether the digits of a mean leave no more than a few sums of its values. */
  #showsSum(group: ReducedGroup, variable: VariableRef): boolean {
    const { facts, settings } = this.#rules
    const { step, factor } = facts(variable)
    const column = group.columns.get(variable)
    if (column === undefined || step === 0) return false
    if (settings.precision === 'exact') return true
    const sd = sdOf({ n: column.rows, decimals: column.decimals, sum: column.sum, sumSquares: column.sumSquares })
    return (
      stepFor(standardError.mean(sd ?? 0, column.rows), this.#rung) * column.rows < SUMS_SHOWN * step * Math.abs(factor)
    )
  }

  /**
   * Treats conditions on several unknown variables as one joint level: the people who have it, and the people who could have it. The same
   * is audited among the people who are known to have a measured value, there also for a single unknown variable.
   */
  #saidTogether(group: ReducedGroup, measure: Measure, { support, bins }: CellBasis) {
    const { facts } = this.#rules
    const { possible, defining } = this.#unsaid(group)
    if (possible === undefined || possible.unknown.length === 0) return []
    const said = (of: SubjectSet, having: SubjectSet) => ({
      variable: possible.unknown.join('&'),
      level: checksumOfSet(having).toString(),
      levels: Number.POSITIVE_INFINITY,
      of: { subjects: of },
      having: { subjects: having }
    })
    const partsOf = (people: SubjectSet, having: SubjectSet) =>
      this.#knownParts(measure, people, bins).map((of) => ({ ...said(of, of.and(having)), isPart: true }))
    if (possible.unknown.length === 1) {
      // This is audited over the people who have a value, as for the whole group; see `#saidBy`.
      return defining.flatMap((one) => {
        if (facts(one.variable).own !== possible.unknown[0]) return []
        const { of, having } = this.#saidBy(one, group, partOf(measure), support)
        const parts = of === undefined ? [] : partsOf(of, having)
        return this.#isSet(one)
          ? parts.filter((part) => this.#lacksFew(one, part.of.subjects, part.having.subjects))
          : parts
      })
    }
    const [one, ...others] = possibleIn(group, possible, this.#plan)
    // If there are several sets, some people are in the group whatever their unknown values are, and others cannot tell who.
    if (one === undefined || others.length > 0) return []
    return [said(one.people, support), ...partsOf(one.people, support)]
  }

  /**
   * The people who could meet conditions on several unknown variables, of which some people are in the group in any case: a set for each
   * combination of outcomes. The number of people could be that of any of the sets, as a sum could be over any of them.
   */
  #couldMeet(group: ReducedGroup): { name: string; set: SolvedSet }[] {
    const { possible } = this.#unsaid(group)
    if (possible === undefined || possible.unknown.length < 2) return []
    const sets = possibleIn(group, possible, this.#plan)
    const name = possible.unknown.join('&')
    return sets.length < 2 ? [] : sets.map(({ people }) => ({ name, set: { subjects: people } }))
  }

  #isSet({ variable }: Defining): boolean {
    return this.#rules.facts(variable).isSet === true
  }

  /**
   * Whether fewer than k people of a group are outside an analysis set, and so lack values or were left out of the set. For
   * real people, a group with nobody outside counts as too few if somebody is outside elsewhere: the list of complete groups
   * would show who lacks a value.
   */
  #lacksFew({ leavesNobody = false }: Defining, of: SubjectSet, having: SubjectSet): boolean {
    const lacking = of.without(having).size
    const mayBeNobody = leavesNobody || this.#rules.settings.synthetic || gramIn(this.#plan) !== undefined
    return lacking < this.#k && (lacking > 0 || !mayBeNobody)
  }

  /** For each value of a known variable that the measure counts: the people of the given set who have that value. */
  #knownParts(measure: Measure, people: SubjectSet, bins: CellBasis['bins']): SubjectSet[] {
    return variablesOf(measure).flatMap((variable) => {
      const known = this.#rules.facts(variable).identifying ? this.#rules.known?.get(variable) : undefined
      if (known === undefined) return []
      return conditionsOf(measure, known, bins).map((isIt) => having(people, known.values, isIt))
    })
  }

  /**
   * The people for whom a defining variable decides whether they are in a part of a group (`of`), and those of them who are
   * in it (`having`).
   */
  #saidBy(one: Defining, group: ReducedGroup, part: string, support: SubjectSet) {
    const always = alwaysIn(group, one, part, this.#parts)
    const having = always === undefined ? support : support.without(always.subjects)
    const valued = valuedOf(group, one, part, this.#parts)
    // If a member has no value, the conditions ask for missing values, and the count is over everybody.
    const isOfValues = valued !== undefined && having.without(valued.subjects).size === 0
    const of = isOfValues ? valued : wholeOf(group, one, part, this.#parts)
    return { of: of?.subjects, having, rows: of?.rows }
  }

  /**
   * Decides whether the number of values may be disclosed exactly. It may if nobody in the catalog lacks a value, or if at
   * least k people of the group lack one and the ledgers admit the number. It may not if nobody in the group lacks a value
   * but others do: over many groups, the list of complete groups would show who lacks a value.
   */
  #count(group: ReducedGroup, cell: TableCell, counted: SolvedSet): void {
    const { measure } = cell
    const { complete, settings } = this.#rules
    const [all, having] = counted.rows ? [group.rows, counted.rows.size] : [group.support.size, counted.subjects.size]
    const missing = all - having - this.#leftOutOf(group, measure, counted)
    const isComplete = settings.synthetic || variablesOf(measure).every((variable) => complete?.has(variable))
    if (missing < this.#k && (missing > 0 || !isComplete)) {
      cell.fewLackOf = all
      return
    }
    const number = countOf(counted)
    // The counts of levels among these people were audited with the cell, which has the same support.
    cell.isCounted =
      (isComplete || this.#tellHaving(group, measure, counted)) &&
      this.#draft.tell(this.#entriesOf(group, measure, { numbers: [number] }), this.#k) === undefined
    if (!cell.isCounted && missing < this.#k) cell.fewLackOf = all
  }

  /** Audits how many people, or rows, of a group have a value, as if having one were a level, for each variable that could be missing. */
  #tellHaving({ support, rowSet }: ReducedGroup, measure: Measure, having: SolvedSet): boolean {
    const variables = variablesOf(measure)
    const own = variables.map((variable) => this.#rules.facts(variable).own).sort()
    const level = own.length === 1 ? 'value' : own.join('&')
    const isInRows = having.rows !== undefined && rowSet !== undefined
    const of = isInRows ? { subjects: support, rows: rowSet } : { subjects: support }
    const isOfRows = isInRows && rowSet.size !== support.size
    const isSure = (variable: VariableRef) => this.#rules.complete?.has(variable) === true
    return variables
      .filter((variable) => !isSure(variable))
      .every((variable) => {
        const name = { variable: havingValue(this.#rules.facts(variable).own), level, levels: 2 }
        return this.#draft.tellLevel(name, { of, having, isOfRows }, this.#k)
      })
  }

  /** The number of people, or rows, of a group that were left out of only one measure. They do not lack a value. */
  #leftOutOf(group: ReducedGroup, measure: Measure, counted: SolvedSet): number {
    const out = this.#rules.madeWithout && leftOutOf(this.#rules.madeWithout, measure)
    if (out === undefined) return 0
    const { subjects, rows } = this.#wholeGroup(group)
    const { items } = this.#reduction
    if (counted.rows === undefined) return subjects.and(out).size
    return rows === undefined || items === undefined ? group.rows : rows.and(rowsOfSubjects(items, out)).size
  }

  /** The facts that others do not know about a group. */
  #unsaid(group: Pick<ReducedGroup, 'key'>): Unsaid {
    return unsaidOf(group, this.#plan, this.#rules)
  }

  get #k(): number {
    return Math.max(this.#rules.settings.k, this.#rules.partsMin ?? 0)
  }

  get #parts() {
    return { plan: this.#plan, reduction: this.#reduction, rowSets: this.#cellRules.rowSets }
  }

  /**
   * The ledger entries of a cell: first the sets of people over which the cell is asked (see defining.ts and possible.ts),
   * then its numbers.
   */
  #entriesOf(
    group: ReducedGroup,
    measure: Measure,
    { numbers, bins }: Pick<CellBasis, 'numbers' | 'bins'>,
    rung = this.#rung
  ): Entry[] {
    const { defining } = this.#unsaid(group)
    const asked = defining.flatMap((one) => {
      const of = wholeOf(group, one, partOf(measure), this.#parts)
      return of === undefined ? [] : [{ variable: one.variable, of }]
    })
    // Whether and which people have a value concerns everybody over whom the number is asked, both with conditions on the
    // variable and with shares or sums of it.
    const whom = [
      ...variablesOf(measure).map((variable) => {
        return { variable, of: this.#wholeGroup(group), isOfUnknown: defining.length > 0 }
      }),
      ...defining.flatMap((one) => {
        const of = wholeOf(group, one, 'group', this.#parts)
        if (of === undefined) return []
        const said = { variable: one.variable, of, isOfUnknown: defining.length > 1 }
        // The trace of a part that was withheld holds sets of people only; see trace.ts.
        const isOfRows = said.isOfUnknown && of.rows !== undefined
        return isOfRows ? [said, { ...said, of: { subjects: of.subjects } }] : [said]
      })
    ]
    const out = this.#rules.madeWithout && leftOutOf(this.#rules.madeWithout, measure)
    return [
      // These entries come first, because an objection to them depends on nobody's values.
      ...this.#couldBe(group, measure, bins).map(({ name, people }) => ({
        number: askedOver(name, { subjects: out === undefined ? people : people.without(out) }),
        about: [],
        aboutPeople: []
      })),
      ...this.#weighed(group, measure, out).map((number) => ({ number, about: [], aboutPeople: [] })),
      ...whom.map(({ variable, of, isOfUnknown }) => ({
        number: askedOver(this.#rules.facts(variable).own, this.#without(of, out)),
        isOfUnknown,
        about: [],
        aboutPeople: []
      })),
      ...numbers.map((number) => ({
        ...this.#entryOf(number, asked, { ofSums: rung, group }),
        ...this.#hiddenOf(number, { group, measure, whole: numbers[0]?.of })
      }))
    ]
  }

  /** Everybody who could be in the group as far as others can tell, with the names under which these sets are recorded. */
  #couldBe(group: ReducedGroup, measure: Measure, bins: CellBasis['bins']): { name: string; people: SubjectSet }[] {
    const { facts, madeWithout } = this.#rules
    const { possible } = this.#unsaid(group)
    if (possible === undefined) return []
    const unknown = variablesOf(measure).filter((variable) => !facts(variable).identifying)
    const measured = [...new Set(unknown.map((variable) => facts(variable).own))]
    return possibleIn(group, possible, this.#plan).flatMap((set) =>
      setsAsked(possible, set, measured).flatMap(({ name, people }) => {
        const left = madeWithout?.people === undefined ? people : people.without(madeWithout.people)
        const parts = possible.unknown.length === 0 ? [] : this.#knownParts(measure, left, bins)
        return [left, ...parts].map((part) => ({ name, people: part }))
      })
    )
  }

  /** Entries that record over whom known numbers were summed. */
  #weighed(group: ReducedGroup, measure: Measure, out: SubjectSet | undefined): CellNumber[] {
    const { madeWithout, settings } = this.#rules
    if (settings.synthetic) return []
    const lefts = [madeWithout?.people, out].flatMap((left) => left ?? [])
    return this.#weighedBy(group, measure).flatMap(({ name, own, people }) => {
      const asked = lefts.reduce((all, left) => all.without(left), people)
      const powers = ([1, 2, 3, 4] as const).slice(0, powersIn(measure))
      return powers.map((power) => weighedOver(name, own, { power, people: asked }))
    })
  }

  #without(set: SolvedSet, out: SubjectSet | undefined): SolvedSet {
    if (out === undefined) return set
    const subjects = set.subjects.without(out)
    const { items } = this.#reduction
    return set.rows && items ? { subjects, rows: set.rows.without(rowsOfSubjects(items, out)) } : { subjects }
  }

  #wholeGroup({ support, rowSet }: ReducedGroup): SolvedSet {
    const { rowSets } = this.#parts
    return rowSets === undefined || rowSet === undefined ? { subjects: support } : rowSets.solved(rowSet)
  }

  /** `asked` holds everybody who could be in the set, for each variable that defines the set. */
  #entryOf(
    number: CellNumber,
    asked: readonly { variable: VariableRef; of: SolvedSet }[],
    { ofSums, group }: { ofSums: number; group: ReducedGroup }
  ): Entry {
    const rung = number.kind === 'count' ? 0 : ofSums
    const { facts, settings } = this.#rules
    const items = number.of.rows?.size ?? number.of.subjects.size
    const own = number.variables.map(facts)
    const bits = number.kind === 'count' ? bitsOfCount(items) : bitsOfSum(own, items, settings, rung)
    const aboutOf = (variable: VariableRef) => {
      const named = facts(variable)
      const one = named.charged ?? named
      const isFree = one.identifying || one.isSet === true
      return isFree ? [] : [{ variable: one.own, bits, bitsMax: bitsMaxOf(one, settings) }]
    }
    const about = number.variables.flatMap(aboutOf)
    const rounds = number.quantity === ONE && settings.roundBase > 1
    return {
      number,
      rung,
      isRounded: number.kind === 'sum' && settings.precision === 'statistical',
      payers: this.#payersOf(number.quantity, group),
      about,
      // The number is about the values and about who is in the set: somebody who knows one of these for everybody learns the
      // other.
      aboutPeople: asked.flatMap(({ variable, of: { subjects: people } }) => {
        const isOfKnown = number.kind === 'sum' && own.every(({ identifying }) => identifying)
        const most = isOfKnown
          ? bitsMaxOfWhich(number.of.subjects.size, people.size, settings)
          : Number.POSITIVE_INFINITY
        return aboutOf(variable).map((one) => ({ ...one, bitsMax: Math.min(one.bitsMax, most), people }))
      }),
      shown: rounds ? roundCount(items, settings) : undefined
    }
  }

  /**
   * Whether others do not know who is in the set of a number. For a count, also the known sets around it: the people who
   * could be in the set, without those who lack a value, and the people who are in the set in any case. `whole` holds the
   * people of the first number of the cell; the people with a level are a part of them.
   */
  #hiddenOf(
    { kind, level, of: { rows } }: CellNumber,
    { group, measure, whole }: { group: ReducedGroup; measure: Measure; whole: SolvedSet | undefined }
  ): Pick<Entry, 'isOfUnknown' | 'unknown' | 'within'> {
    const { complete, facts, settings } = this.#rules
    const { defining, possible } = this.#unsaid(group)
    if (kind === 'sum') return { isOfUnknown: defining.length > 0 }
    const chargedTo = (variable: VariableRef) => (facts(variable).charged ?? facts(variable)).own
    const unsaid = possible?.unknown ?? []
    if (level !== undefined && !facts(level.variable).identifying) {
      const unknown = [...new Set([chargedTo(level.variable), ...unsaid])]
      return { isOfUnknown: true, unknown, within: whole === undefined ? [] : [whole] }
    }
    const isIncomplete = variablesOf(measure).some((variable) => complete?.has(variable) !== true)
    const mayLack = !settings.synthetic && rows === undefined && isIncomplete
    const [one, ...others] = defining
    const lacked = mayLack ? variablesOf(measure).map((variable) => `having ${chargedTo(variable)}`) : []
    const unknown = [...unsaid, ...lacked]
    if (one === undefined || mayLack) return { isOfUnknown: one !== undefined || mayLack, unknown }
    // Who is outside of an analysis set lacks a value.
    if (others.length === 0 && this.#isSet(one)) return { isOfUnknown: true, unknown }
    // The people who are in the set in any case can be subtracted.
    const always = defining.flatMap((each) => alwaysIn(group, each, partOf(measure), this.#parts)?.subjects ?? [])
    const could = (possible === undefined ? [] : possibleIn(group, possible, this.#plan)).map(({ people }) => people)
    const { of } = this.#saidBy(one, group, partOf(measure), group.support)
    const all = others.length === 0 ? of : could.reduce((union, people) => union.or(people), group.support)
    return {
      isOfUnknown: true,
      unknown,
      within: [...(all === undefined ? [] : [all]), ...always].map((subjects) => ({ subjects }))
    }
  }

  /**
   * Everybody who could be among the people of a number, as far as others can tell: all people who could be in its group,
   * whether or not they have a value or the counted level.
   */
  #payersOf(quantity: string, { key, support }: ReducedGroup): Payers | undefined {
    const { possible, defining } = this.#unsaid({ key })
    const about = Math.max(1, support.size)
    if (defining.length === 0) return { people: support, about, paid: 0 }
    const [first, ...others] = possible === undefined ? [] : possibleIn({ key }, possible, this.#plan)
    if (first === undefined) return undefined
    const people = others.reduce((all, one) => all.or(one.people), first.people)
    return { people, about, paid: this.#paid.get(this.#paidFor(quantity, { key })) ?? 0 }
  }

  /**
   * The name of a quantity that groups of a table share if they differ only by keys that others do not know: everybody is in
   * only one of these groups.
   */
  #paidFor(quantity: string, { key }: Pick<ReducedGroup, 'key'>): string {
    const { facts } = this.#rules
    const known = this.#plan.groupBy.flatMap(({ variable }, at) =>
      facts(variable).identifying ? [key[at] ?? null] : []
    )
    return JSON.stringify([quantity, known])
  }

  #notePaid(group: ReducedGroup, { numbers }: CellBasis): void {
    for (const { quantity, level } of numbers) {
      const payers = this.#payersOf(quantity, group)
      if (payers !== undefined && level === undefined)
        this.#paid.set(this.#paidFor(quantity, group), Math.max(payers.paid, 1 / payers.about))
    }
  }

  /**
   * Looks for a sum that was withheld for dominance and follows from shown numbers. The smallest shown cell of its column
   * must then be withheld.
   */
  #givenAway(): string | undefined {
    for (const { cells } of this.#rows) {
      for (const { measure, finding } of cells) {
        if (finding.ok || !finding.isDominated) continue
        const isTold = finding.numbers.some((number) => number.kind === 'sum' && this.#draft.isWithin(number))
        const smallest = isTold ? this.#smallestOf(measure) : undefined
        if (smallest !== undefined) return smallest
      }
    }
    return undefined
  }

  /**
   * Records the number of people of all groups together, which anybody who knows the study knows. Groups about which others
   * know less are excluded. If a withheld count would follow from this number, the smallest shown count must be withheld as
   * well.
   */
  #countAll(): string | undefined {
    const { settings, rare } = this.#rules
    const counting = this.#plan.measures.find(isCounting)
    const rows = this.#rows.filter(({ group }) => rare === undefined || this.#unsaid(group) !== rare)
    if (rows.length < 2 || counting === undefined) return undefined
    const counted = ({ support, columns }: ReducedGroup) =>
      counting.kind === 'bins' ? (columns.get(counting.variable)?.support ?? support) : support
    const subjects = rows.map(({ group }) => counted(group)).reduce((all, one) => all.or(one))
    const shown = settings.roundBase === 1 ? undefined : roundCount(subjects.size, settings)
    const ofNobody = { about: [], aboutPeople: [] }
    const entries: Entry[] = [
      ...this.#couldBeInAll(counting).map((number) => ({ number, ...ofNobody })),
      { number: countOf({ subjects }), ...ofNobody, shown }
    ]
    return this.#draft.tell(entries, this.#k)?.why === 'leverage' ? this.#smallestOf(counting) : undefined
  }

  /** The people who could be in any group, including empty groups; see `#couldBe`. */
  #couldBeInAll(counting: Measure): CellNumber[] {
    const { possible, madeWithout } = this.#rules
    if (possible === undefined) return []
    const keys = this.#plan.groupBy.map(({ variable }) => variable)
    return possible.sets.flatMap((set) => {
      // The levels of a key are separate groups.
      if (set.row !== undefined && keys.includes(set.row.variable)) return []
      return setsAsked(possible, set, variablesOf(counting)).map(({ name, people }) =>
        askedOver(name, { subjects: madeWithout?.people === undefined ? people : people.without(madeWithout.people) })
      )
    })
  }

  /**
   * Treats a level that nobody has like any other small cell. If all other counts of a line are shown, the level's count
   * follows from them, so the smallest of these counts must be withheld.
   */
  #zeros(): string | undefined {
    const { facts, settings } = this.#rules
    const counting = this.#plan.measures.find(isCounting)
    if (!settings.zerosAreDisclosive || counting === undefined) return undefined
    for (const [at, { variable }] of this.#plan.groupBy.entries()) {
      const { identifying, cells = 0 } = facts(variable)
      if (identifying) continue
      const lines = Map.groupBy(
        this.#rows.map((row, place) => ({ row, place })).filter(({ row }) => row.group.key[at] !== null),
        ({ row }) => JSON.stringify(row.group.key.filter((_, i) => i !== at))
      )
      for (const line of lines.values()) {
        const shown = line.flatMap(({ row, place }) => {
          const size = row.cells.find(({ measure }) => measure === counting)?.basis?.support.size
          return size === undefined ? [] : [{ place, size }]
        })
        const [first, ...others] = shown
        if (first === undefined || shown.length < line.length || line.length >= cells) continue
        return nameOf(others.reduce((a, b) => (b.size < a.size ? b : a), first).place, counting)
      }
    }
    return undefined
  }

  #smallestOf(measure: Measure): string | undefined {
    const shown = this.#rows.flatMap(({ cells }, at) => {
      const size = cells.find((cell) => cell.measure === measure)?.basis?.support.size
      return size === undefined ? [] : [{ at, size }]
    })
    const [first, ...others] = shown
    if (first === undefined) return undefined
    return nameOf(others.reduce((a, b) => (b.size < a.size ? b : a), first).at, measure)
  }

  #note(text: string): void {
    this.#why.set(text, (this.#why.get(text) ?? 0) + 1)
  }
}

function nameOf(at: number, { name }: Measure): string {
  return `${at} ${name}`
}

/**
 * The part of a group that a measure is about: the whole group, the people who have a value, or the people who have both or
 * all values.
 */
function partOf(measure: Measure): string {
  if (measure.kind === 'gram') return measure.name
  if ('variables' in measure) return pairKey(...measure.variables) as `${VariableRef} ${VariableRef}`
  return 'variable' in measure ? measure.variable : 'group'
}

/** The level of a variable in the key of a group; undefined if the variable is not a key. */
function levelOf({ key }: ReducedGroup, variable: VariableRef, { groupBy }: Plan): string | undefined {
  const labels = groupBy.flatMap((one, at) => (one.variable === variable ? [key[at] ?? null] : []))
  return labels.length === 0 ? undefined : levelName(labels)
}

function inWords(objection: Objection): string {
  if (objection.why === 'information') return `the information budget of ${objection.variable} is used up`
  if (objection.why === 'certain') return `it would make somebody’s ${objection.variable} certain`
  if (objection.why === 'weight') return `few people would weigh most in sums with or over ${objection.variable}`
  if (objection.why === 'unsure') return 'too close to earlier releases to be judged'
  const { inside, outside } = objection.apart
  return `combined with earlier answers it would single out few people (${inside.length} inside, ${outside.length} outside)`
}

/** The name under which it is audited who has a value of a variable, whatever statistic or condition discloses how many. */
function havingValue(own: VariableRef): string {
  return `having ${own}`
}
