/** The released part of a model: its Gram matrix, its table of counts, one round of it, or its sums with noise. */
import type { GramMeasure, GramPart, NoisyModel } from '@stimnet/protocol'
import { columnsFitted, formulaOf, hasIntercept, namesIn, upperOf } from '@stimnet/statistics'
import type { Released, SumsOfSize } from './judged.ts'

/** The part of an answer from which a model is fitted and pooled. */
export function gramPartOf(
  measure: GramMeasure,
  { released, people }: { readonly released: Released | { readonly noisy: NoisyModel }; readonly people: number }
): GramPart {
  const name = namesIn(measure)
  const decimals = 'matrix' in released ? released.decimals : []
  const fit = fitOf(measure)
  return {
    formula: formulaOf(measure),
    outcome: name(measure.outcome),
    factors: measure.factors.map(({ variable, levels }) => ({ name: name(variable), levels })),
    columns: columnsFitted(measure).map((column, i) => ({ name: column.name, decimals: decimals[i] ?? 0 })),
    intercept: hasIntercept(measure) && measure.fit?.family !== 'cox',
    n: 'matrix' in released && released.sizes !== undefined ? rowsIn(released.sizes.kept) : people,
    upper: 'matrix' in released ? upperOf(released.matrix) : [],
    site: measure.site,
    ...(measure.meta === undefined ? {} : { meta: measure.meta }),
    ...('matrix' in released && released.sizes !== undefined ? { clusters: clustersOf(measure, released.sizes) } : {}),
    ...(fit === undefined ? {} : { fit }),
    ...('noisy' in released ? { noisy: released.noisy } : {}),
    ...('round' in released ? { round: released.round } : {}),
    ...('table' in released
      ? {
          table: {
            by: released.table.by.map(name),
            terms: measure.terms.map((term) => term.map(name)),
            cells: released.table.cells.map(({ levels, n, sum }) => ({ levels, n, sum: String(sum) }))
          }
        }
      : {})
  }
}

/** The fit without the round, which is stated in the part. */
function fitOf(measure: GramMeasure): GramPart['fit'] {
  const { fit } = measure
  if (fit?.family === 'cox') return { family: fit.family, event: fit.event, time: namesIn(measure)(fit.time) }
  if (fit?.family === 'binomial') return { family: fit.family, event: fit.event }
  return fit?.family === 'poisson' ? { family: fit.family } : fit
}

function rowsIn(kept: readonly SumsOfSize[]): number {
  return kept.reduce((sum, { size, people }) => sum + size * people, 0)
}

function clustersOf(
  measure: GramMeasure,
  { leftOut, kept, rows }: { readonly leftOut: number; readonly kept: readonly SumsOfSize[]; readonly rows?: number }
): GramPart['clusters'] {
  const { slope, likelihood } = measure.random ?? {}
  const sizes = kept.map(({ size, visits, people, within, totals }) => ({
    size,
    people,
    ...(visits === undefined ? {} : { visits: [...visits] }),
    within: upperOf(within),
    totals: upperOf(totals)
  }))
  return {
    left_out: leftOut,
    ...(rows === undefined ? {} : { rows }),
    ...(slope === undefined ? {} : { time: namesIn(measure)(slope.variable), correlated: slope.correlated }),
    ...(likelihood === undefined ? {} : { likelihood }),
    sizes
  }
}
