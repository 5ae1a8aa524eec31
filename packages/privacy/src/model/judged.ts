/** What a judgement of a model is made of: its questions, and what must hold of each of them and of all together. */
import type { GramMeasure, ModelRoundPart, Plan, ReducedRows, VariableRef } from '@stimnet/protocol'
import type { IntegerMatrix } from '@stimnet/statistics'
import type { FactsOf, VariableFacts } from '../judge/facts.ts'
import type { KnownValues } from '../judge/known.ts'
import type { Suppressed } from '../judge/suppress.ts'
import type { RareGroups, Unsaid } from '../judge/unsaid.ts'
import { type Ledgers, LedgersDraft } from '../ledgers.ts'
import type { PrivacySettings } from '../rules/settings.ts'
import type { Answered, CountTable } from './matrix.ts'
import { columnsTold } from './width.ts'

/** A table that is judged like any other: the model itself, or one of its questions. */
export interface JudgedPart extends Answered, Unsaid {
  /** As in `Aggregate`. */
  readonly rare?: RareGroups | undefined
  readonly known?: KnownValues
  readonly complete?: ReadonlySet<VariableRef>
  /** Facts about variables that the catalog does not have: totals of people. */
  readonly variables?: ReadonlyMap<VariableRef, VariableFacts>
}

/** A model with the questions behind it, and how a table is judged after what was told before it. */
export interface ModelToJudge {
  readonly measure: GramMeasure
  readonly model: JudgedPart
  readonly questions: readonly JudgedPart[]
  /** As in `Aggregate`. */
  readonly everybody?: JudgedPart
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  readonly ledgers: Ledgers
  /** The least number of people that may be told apart. */
  readonly k: number
  readonly synthetic: boolean
  /** Of the data. */
  readonly epoch: string
  suppress(part: JudgedPart, ledgers: Ledgers): Suppressed
}

/** The matrix and the ledgers after it; or why nothing of it is released, for the local audit log only. */
export type ModelJudgement =
  | {
      readonly ok: true
      readonly ledgers: Ledgers
      /** Of a model of counts the table, of one in rounds the numbers of the round, of any other the matrix. */
      readonly released: Released
      readonly people: number
    }
  | { readonly ok: false; readonly why: string; readonly separated?: true }

/** What of a model is released: the sums that it is fitted from. */
export type Released =
  | {
      readonly matrix: IntegerMatrix
      readonly decimals: readonly number[]
      /**
       * Of a model with an intercept of each person: the sums by the number of rows, how many such numbers were left out, and the rows of
       * everybody with these.
       */
      readonly sizes?: { readonly leftOut: number; readonly kept: readonly SumsOfSize[]; readonly rows?: number }
    }
  | { readonly table: CountTable }
  | { readonly round: ModelRoundPart }

/** The sums over the people with one number of rows, or one set of visits: of their rows, and of their totals. */
export interface SumsOfSize {
  readonly size: number
  /** As in `PeopleOfSize`. */
  readonly visits?: readonly number[]
  readonly people: number
  readonly within: IntegerMatrix
  readonly totals: IntegerMatrix
}

/** How many people there must be for each column told about a cohort. */
const PEOPLE_EACH_COLUMN = 10

/** Why the columns told of the people of a model are too many; undefined if they are not. */
export function widthOf({
  ledgers,
  rows
}: {
  readonly ledgers: Ledgers
  readonly rows: ReducedRows
}): string | undefined {
  const width =
    columnsTold(ledgers.subjects, rows.support) +
    (ledgers.rows === undefined || rows.rowSet === undefined ? 0 : columnsTold(ledgers.rows.ledger, rows.rowSet))
  return width * PEOPLE_EACH_COLUMN > rows.support.size
    ? `width: with it, ${width} columns about ${rows.support.size} people would be told; at most one for ${PEOPLE_EACH_COLUMN} people`
    : undefined
}

/** A model that is not released. */
export function no(why: string): ModelJudgement {
  return { ok: false, why }
}

/** Whether every group is shown in full, with its exact number of people, and none is withheld or of missing values. */
export function isWhole(judged: Suppressed): boolean {
  return judged.groupsWithheld === 0 && areWhole(judged)
}

/** Whether every group that somebody is in is shown in full. */
export function areWhole({ rows }: Suppressed): boolean {
  if (rows.length === 0) return false
  return rows.every(
    ({ shown, cells, group }) =>
      shown &&
      !group.key.includes(null) &&
      cells.every(({ basis, isCounted }) => basis !== null && (basis.counted === undefined || isCounted))
  )
}

/** Whether some but fewer than k people of a group arrived with the newest epoch. Nobody is left out of a model. */
export function arrivalsAlone({ reduction }: JudgedPart, ledgers: Ledgers, k: number): boolean {
  const draft = new LedgersDraft(ledgers)
  return reduction.groups.some(({ support }) => {
    const arrived = draft.arrivals(support).size
    return arrived > 0 && arrived < k
  })
}

/** A question in words, for the local audit log. */
export function nameOf({ groupBy, measures }: Plan): string {
  const by = groupBy.map(({ variable }) => variable).join(', ')
  return `${measures
    .map(({ kind }) => kind)
    .filter((kind, i, all) => all.indexOf(kind) === i)
    .join(', ')}${by === '' ? '' : ` by ${by}`}`
}
