/**
 * The ordinary questions that a Gram matrix answers: means, variances and covariances of its numbers, in the groups of its
 * categories. Each entry of the matrix is one sum of one of these answers. So the matrix is judged as these questions, one after
 * the other, and is released only if each of them would be answered in full: it tells, and is charged, no less than they are.
 */
import type { GramMeasure, GroupKey, Measure, Plan, VariableRef } from '@stimnet/protocol'
import { columnsOfModel, entryOf, gramIn } from '@stimnet/statistics'

/** As many measures as a query may have. */
const MEASURES_MAX = 32

/** The sums that are needed in the groups of some categories. */
interface Needed {
  readonly by: readonly VariableRef[]
  readonly means: Set<VariableRef>
  readonly squares: Set<VariableRef>
  readonly products: Map<string, readonly [VariableRef, VariableRef]>
}

/** The questions behind a plan with a Gram matrix; none for other plans. Looks at no data. */
export function questionsIn(plan: Plan): readonly Plan[] {
  const measure = gramIn(plan)
  if (measure === undefined) return []
  if (isOfCounts(measure)) return [countsAsked(measure, plan)]
  return [...neededBy(measure).values()].flatMap((needed) => plansOf(needed, plan))
}

/** Whether a model is fitted from a table of counts, not from a Gram matrix. */
export function isOfCounts({ fit }: GramMeasure): boolean {
  return fit?.family === 'binomial' || fit?.family === 'poisson'
}

/** The categories of a model of counts, in order of their names. */
export function covariatesOf({ terms }: GramMeasure): readonly VariableRef[] {
  return [...new Set(terms.flat())].sort()
}

/** The table of a model of counts: people by all categories and by the outcome; or the mean of the outcome by all categories. */
function countsAsked(measure: GramMeasure, { tables, where }: Plan): Plan {
  const isEvents = measure.fit?.family === 'binomial'
  const keys = [...covariatesOf(measure), ...(isEvents ? [measure.outcome] : [])]
  const mean: Measure = { kind: 'mean', name: 'mean_0', variable: measure.outcome }
  return {
    tables,
    groupBy: keys.map((variable, i): GroupKey => ({ name: `by_${i}`, variable })),
    measures: [{ kind: 'subjects', name: 'people' }, ...(isEvents ? [] : [mean])],
    ...(where === undefined ? {} : { where })
  }
}

function neededBy(measure: GramMeasure): Map<string, Needed> {
  const columns = columnsOfModel(measure)
  const found = new Map<string, Needed>()
  for (const [i, one] of columns.entries()) {
    for (const other of columns.slice(i)) {
      const entry = entryOf(one, other)
      if (entry === undefined) continue
      const by = [...entry.levels.keys()].sort()
      const needed = found.get(by.join()) ?? { by, means: new Set(), squares: new Set(), products: new Map() }
      found.set(by.join(), needed)
      const [x, y] = entry.numbers
      if (x === undefined) continue
      if (y === undefined) needed.means.add(x)
      else if (x === y) needed.squares.add(x)
      else needed.products.set(`${x} ${y}`, [x, y])
    }
  }
  return found
}

function plansOf({ by, means, squares, products }: Needed, { tables, where }: Plan): Plan[] {
  const groupBy = by.map((variable, i): GroupKey => ({ name: `by_${i}`, variable }))
  const measures: Measure[] = [
    ...[...means].map((variable, i): Measure => ({ kind: 'mean', name: `mean_${i}`, variable })),
    ...[...squares].map((variable, i): Measure => ({ kind: 'variance', name: `variance_${i}`, variable })),
    ...[...products.values()].map(
      (variables, i): Measure => ({ kind: 'covariance', name: `covariance_${i}`, variables })
    )
  ]
  const found: Plan[] = []
  for (let from = 0; from === 0 || from < measures.length; from += MEASURES_MAX - 1) {
    const own = measures.slice(from, from + MEASURES_MAX - 1)
    found.push({
      tables,
      groupBy,
      measures: [{ kind: 'subjects', name: 'people' }, ...own],
      ...(where === undefined ? {} : { where })
    })
  }
  return found
}
