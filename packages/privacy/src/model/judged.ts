/**
 * The parts of a model's judgement: its questions, and the conditions that each question and all questions together must
 * meet.
 */
import type { Weights } from '../judge/cells/weighing.ts'
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
  /** `rare`, `known`, `complete` and `weights` are explained at `Aggregate`. */
  readonly rare?: RareGroups | undefined
  readonly known?: KnownValues
  readonly complete?: ReadonlySet<VariableRef>
  readonly weights?: Weights
  /** Facts about variables that the catalog does not have, such as totals of people. */
  readonly variables?: ReadonlyMap<VariableRef, VariableFacts>
}

/** A model with the questions behind it, and the function that judges a table after all earlier disclosures. */
export interface ModelToJudge {
  readonly measure: GramMeasure
  readonly model: JudgedPart
  readonly questions: readonly JudgedPart[]
  /** The answer to `rowsOfEverybody`; see `Aggregate`. */
  readonly everybody?: JudgedPart
  readonly settings: PrivacySettings
  readonly facts: FactsOf
  readonly ledgers: Ledgers
  /** The minimum number of people who may be distinguished from the rest. */
  readonly k: number
  readonly synthetic: boolean
  /** The epoch of the data. */
  readonly epoch: string
  suppress(part: JudgedPart, ledgers: Ledgers): Suppressed
}

/** The released matrix and the ledgers after it, or the reason why nothing is released, for the local audit log only. */
export type ModelJudgement =
  | {
      readonly ok: true
      readonly ledgers: Ledgers
      /** For a model of counts the table, for a model in rounds the numbers of the round, for any other model the matrix. */
      readonly released: Released
      readonly people: number
    }
  | { readonly ok: false; readonly why: string; readonly separated?: true }

/** The released sums from which a model is fitted. */
export type Released =
  | {
      readonly matrix: IntegerMatrix
      readonly decimals: readonly number[]
      /**
       * For a model with a random intercept per person: the sums by number of rows per person (`kept`), how many numbers of
       * rows were left out (`leftOut`), and the number of rows of everybody including those left out (`rows`).
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

/** Minimum number of people for each column disclosed about a cohort. */
const PEOPLE_EACH_COLUMN = 10

/** The reason why too many columns were disclosed about the people of a model; undefined if there are not too many. */
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

/** The judgement that a model is not released. */
export function no(why: string): ModelJudgement {
  return { ok: false, why }
}

/** Whether every group is shown in full with its exact number of people, and no group is withheld or has missing values. */
export function isWhole(judged: Suppressed): boolean {
  return judged.groupsWithheld === 0 && areWhole(judged)
}

/** Whether every group that contains somebody is shown in full. */
export function areWhole({ rows }: Suppressed): boolean {
  if (rows.length === 0) return false
  return rows.every(
    ({ shown, cells, group }) =>
      shown &&
      !group.key.includes(null) &&
      cells.every(({ basis, isCounted }) => basis !== null && (basis.counted === undefined || isCounted))
  )
}

/** Whether at least one but fewer than k people of a group arrived with the newest epoch. Nobody is left out of a model. */
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
