/**
 * Log partial likelihoods of Cox's proportional hazards, over the people of one institution, with Breslow's method for ties. The
 * baseline hazard is that of the institution alone, so that sums over institutions are those of coxph(Surv(t, e) ~ … + strata(site)).
 */
import type { Steps } from './compensated.ts'
import { upperAt } from './information.ts'
import { type Evaluated, maximumFrom, solvedIn } from './newton.ts'

/** The people of a Cox model: the values of each column, who had the event (1, otherwise 0), and until when each was seen. */
export interface SeenUntil {
  readonly family: 'cox'
  readonly columns: readonly Float64Array[]
  readonly outcome: Float64Array
  readonly time: Float64Array
}

/** Number of rows between two steps. */
const ROWS_EACH = 4096

/** The gradient, information matrix and deviance at some estimates. The deviance is -2 times the log partial likelihood. */
export function* hazardsAt(observed: SeenUntil, estimates: readonly number[]): Steps<Evaluated> {
  const { outcome, time } = observed
  const order = latestFirst(time)
  const columns = centred(observed.columns)
  const predictors = predicted(columns, estimates)
  const most = predictors.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const weights = predictors.map((one) => Math.exp(one - most))
  const size = columns.length
  const atRisk = new AtRisk(columns)
  const score = new Float64Array(size)
  const information = new Float64Array((size * (size + 1)) / 2)
  let deviance = 0
  for (let from = 0; from < order.length; ) {
    const at = time[order[from] as number] as number
    let deaths = 0
    let next = from
    for (; next < order.length && time[order[next] as number] === at; next++) {
      const row = order[next] as number
      atRisk.add(row, weights[row] as number)
      if (next % ROWS_EACH === 0) yield
      if (outcome[row] !== 1) continue
      deaths += 1
      deviance -= 2 * ((predictors[row] as number) - most)
      for (let i = 0; i < size; i++) score[i] = (score[i] as number) + (columns[i]?.[row] as number)
    }
    if (deaths > 0) {
      deviance += 2 * deaths * Math.log(atRisk.sum)
      atRisk.addTo({ score, information, deaths })
    }
    from = next
  }
  return { score, information, deviance, weights, predictors }
}

/** The maximum; undefined if there is no finite one, because of separation, or no event. */
export function* maximumOfHazards(observed: SeenUntil): Steps<number[] | undefined> {
  const zeros = observed.columns.map(() => 0)
  const first = yield* hazardsAt(observed, zeros)
  const kept = solvedIn(first.information, Array.from(first.score))?.kept
  if (kept === undefined || kept.length === 0) return undefined
  return yield* maximumFrom({ kept, estimates: zeros }, (estimates) => hazardsAt(observed, estimates))
}

/** The weighted sums over the people who are still at risk. */
class AtRisk {
  readonly #columns: readonly Float64Array[]
  readonly #means: Float64Array
  readonly #products: Float64Array
  sum = 0

  constructor(columns: readonly Float64Array[]) {
    this.#columns = columns
    this.#means = new Float64Array(columns.length)
    this.#products = new Float64Array((columns.length * (columns.length + 1)) / 2)
  }

  add(row: number, weight: number): void {
    const size = this.#means.length
    this.sum += weight
    for (let i = 0; i < size; i++) {
      const own = weight * (this.#columns[i]?.[row] as number)
      this.#means[i] = (this.#means[i] as number) + own
      for (let j = i, at = upperAt(size, i, i); j < size; j++, at++)
        this.#products[at] = (this.#products[at] as number) + own * (this.#columns[j]?.[row] as number)
    }
  }

  /** Subtracts the means from the gradient, and adds the covariances to the information matrix, once for each event. */
  addTo({ score, information, deaths }: { score: Float64Array; information: Float64Array; deaths: number }): void {
    const size = this.#means.length
    for (let i = 0; i < size; i++) {
      const mean = (this.#means[i] as number) / this.sum
      score[i] = (score[i] as number) - deaths * mean
      for (let j = i, at = upperAt(size, i, i); j < size; j++, at++) {
        const product = (this.#products[at] as number) / this.sum
        information[at] =
          (information[at] as number) + deaths * (product - (mean * (this.#means[j] as number)) / this.sum)
      }
    }
  }
}

const ORDERS = new WeakMap<Float64Array, Uint32Array>()

/** The rows by their time, the latest first, which nobody may change. */
export function latestFirst(time: Float64Array): Uint32Array {
  const found =
    ORDERS.get(time) ??
    Uint32Array.from(time, (_, row) => row).sort((a, b) => (time[b] as number) - (time[a] as number) || a - b)
  ORDERS.set(time, found)
  return found
}

/** Columns less their means: the likelihood is the same, and covariances among the people at risk lose no digits. */
export function centred(columns: readonly Float64Array[]): readonly Float64Array[] {
  return columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length)
    return column.map((value) => value - mean)
  })
}

function predicted(columns: readonly Float64Array[], estimates: readonly number[]): Float64Array {
  const found = new Float64Array(columns[0]?.length ?? 0)
  for (const [i, column] of columns.entries())
    for (let row = 0; row < found.length; row++)
      found[row] = (found[row] as number) + (estimates[i] ?? 0) * (column[row] as number)
  return found
}
