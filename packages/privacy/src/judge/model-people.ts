/** Primary judgement of the people of a model: how many they are, and how many of the group they leave. */
import { type GramMeasure, type ReducedGroup, variablesOf } from '@stimnet/protocol'
import { columnsOfModel } from '@stimnet/statistics'
import { type CellFinding, type CellRules, judged, rowsBehind, withheld } from './basis.ts'
import { countOf } from './numbers.ts'

/** Judges the people who have a value of every variable. The numbers of the model are those of its questions: see questions.ts. */
export function judgeModelCell(group: ReducedGroup, measure: GramMeasure, rules: CellRules): CellFinding {
  const rows = group.grams?.get(measure.name)
  if (rows === undefined) return withheld('the reduction lacks the people of the model')
  const behind = rowsBehind(rows, rules, variablesOf(measure))
  if (!behind.ok) return withheld(behind.why)
  const { support } = rows
  if (group.rows !== group.support.size || rows.rows !== support.size)
    return withheld('several rows of a person: filter to one, such as one visit')
  const { k } = rules.settings
  const columns = columnsOfModel(measure).length - 1
  if (support.size < fewestFor(columns, k))
    return withheld(`fewer than ${fewestFor(columns, k)} people for ${columns} columns`)
  const missing = group.support.size - support.size
  if (missing > 0 && missing < k) return withheld('few people lack a value')
  return judged({ support, numbers: [countOf(behind.set)], counted: behind.set }, behind.weights, rules)
}

/** The fewest people of a model with `columns` columns beside its outcome: three for each column, and ten more than columns. */
export function fewestFor(columns: number, k: number): number {
  return Math.max(k, 3 * columns, columns + 10)
}
