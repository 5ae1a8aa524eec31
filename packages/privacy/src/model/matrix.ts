/** The Gram matrix, assembled only from the sums of the answers to its questions. */
import {
  type GramMeasure,
  type Measure,
  type Plan,
  pairKey,
  type ReducedGroup,
  type Reduction,
  type VariableRef
} from '@stimnet/protocol'
import {
  columnsOfModel,
  type DesignColumn,
  type EntrySum,
  entryOf,
  type IntegerMatrix,
  timeIn,
  timesIn
} from '@stimnet/statistics'
import { covariatesOf } from './questions.ts'

/** A question with its reduction. */
export interface Answered {
  readonly plan: Plan
  readonly reduction: Reduction
}

/** The Gram matrix; undefined if the answers lack one of its sums, which a release must not overlook. */
export function matrixFrom(measure: GramMeasure, answers: readonly Answered[]): IntegerMatrix | undefined {
  return matrixOver(columnsOfModel(measure), answers)
}

/** The same over other columns. */
export function matrixOver(columns: readonly DesignColumn[], answers: readonly Answered[]): IntegerMatrix | undefined {
  const rows = columns.map((one) =>
    columns.map((other) => {
      const entry = entryOf(one, other)
      return entry === undefined ? 0n : sumIn(entry, answers)
    })
  )
  return rows.some((row) => row.includes(undefined)) ? undefined : (rows as IntegerMatrix)
}

function sumIn({ numbers, levels }: EntrySum, answers: readonly Answered[]): bigint | undefined {
  const by = [...levels.keys()].sort()
  for (const { plan, reduction } of answers) {
    if (plan.groupBy.map(({ variable }) => variable).join() !== by.join()) continue
    if (!plan.measures.some((one) => discloses(one, numbers))) continue
    const group = reduction.groups.find(({ key }) => by.every((variable, i) => key[i] === levels.get(variable)))
    // Nobody has these levels.
    if (group === undefined) return 0n
    const sum = sumOfGroup(group, numbers)
    if (sum !== undefined) return sum
  }
  return undefined
}

/** Whether an answer with this measure discloses the sum. Judging the answer does not judge a sum that the answer does not ask for. */
function discloses(measure: Measure, [x, y]: readonly VariableRef[]): boolean {
  if (x === undefined) return measure.kind === 'subjects'
  if (y === undefined) return measure.kind === 'mean' && measure.variable === x
  if (x === y) return measure.kind === 'variance' && measure.variable === x
  return measure.kind === 'covariance' && measure.variables[0] === x && measure.variables[1] === y
}

function sumOfGroup(group: ReducedGroup, [x, y]: readonly VariableRef[]): bigint | undefined {
  if (x === undefined) return BigInt(group.rows)
  if (y === undefined) return group.columns.get(x)?.sum
  return x === y ? group.columns.get(x)?.sumSquares : group.pairs.get(pairKey(x, y))?.sumXY
}

/** The table of a model of counts, from the answer to its only question; undefined if the answer lacks a required sum. */
export function tableFrom(measure: GramMeasure, [answer]: readonly Answered[]): CountTable | undefined {
  if (answer === undefined) return undefined
  const by = covariatesOf(measure)
  const { fit } = measure
  const found = new Map<string, { levels: readonly string[]; n: number; sum: bigint }>()
  for (const group of answer.reduction.groups) {
    const levels = group.key.slice(0, by.length)
    if (group.key.includes(null)) return undefined
    const before = found.get(JSON.stringify(levels)) ?? { levels: levels as string[], n: 0, sum: 0n }
    const isEvent = fit?.family === 'binomial' && group.key[by.length] === fit.event
    const sum = fit?.family === 'poisson' ? group.columns.get(measure.outcome)?.sum : isEvent ? BigInt(group.rows) : 0n
    if (sum === undefined) return undefined
    found.set(JSON.stringify(levels), { ...before, n: before.n + group.rows, sum: before.sum + sum })
  }
  return { by, cells: [...found.values()] }
}

/**
 * The number of people by the levels of `by` (`n`), and the number of them who have the event, or the sum of their outcomes
 * (`sum`).
 */
export interface CountTable {
  readonly by: readonly VariableRef[]
  readonly cells: readonly { readonly levels: readonly string[]; readonly n: number; readonly sum: bigint }[]
}

/** The decimals of each column of the matrix; undefined if the answers lack a variable. */
export function decimalsIn(measure: GramMeasure, answers: readonly Answered[]): readonly number[] | undefined {
  const of = (variable: VariableRef) => {
    for (const { reduction } of answers) {
      for (const { columns } of reduction.groups) {
        const column = columns.get(variable)
        if (column !== undefined) return column.decimals
      }
    }
    return undefined
  }
  const ofTime = timeIn(measure) === undefined ? 0 : timesIn(measure).decimals
  const found = columnsOfModel(measure).map(({ number, time }) => {
    const own = number === undefined ? 0 : of(number)
    return own === undefined || time === undefined ? own : own + ofTime
  })
  return found.includes(undefined) ? undefined : (found as number[])
}
