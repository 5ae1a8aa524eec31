/**
 * The weight of single people in a round of a Cox model. It does not follow from a person's own row: where few are still at risk, each
 * of them weighs much. So it is measured by what the information matrix would be without that person.
 *
 * Each event adds the covariance V of the columns among those at risk, weighted by their hazards. Without a person who has the share w
 * there and the distance d from the mean, it is V/(1-w) - w/(1-w)² ddᵀ. So a person adds at most w/(1-w)² ddᵀ, and never more than V, and
 * takes away at most w/(1-w) V; a person with the event also adds V once. With respect to the whole matrix M, the trace of M⁻¹ times these
 * bounds the share of every combination of the columns. The larger one of what a person adds and takes away must be at most 1/k.
 */
import { centred, latestFirst, type OwnRound, type SeenUntil, type Steps, upperAt } from '@stimnet/statistics'
import { INVERSE_ERROR_MAX, inverted } from './inverse.ts'

/** Share of a person among those at risk above which each of these is measured alone. */
const SHARE_MAX = 0.25
/** Maximum number of people measured alone, over all events, for each person of the model. A round that takes longer is refused. */
const ALONE_MAX = 64
/** Number of rows between two steps. */
const ROWS_EACH = 4096

/** Whether somebody weighs more than one in k, or it cannot be decided. */
export function* hazardWeighsTooMuch(
  { columns, outcome, time }: SeenUntil,
  { information, weights }: Pick<OwnRound, 'information' | 'weights'>,
  { k, kept }: { readonly k: number; readonly kept: readonly number[] }
): Steps<boolean> {
  const form = inverseOf(information, columns.length, kept)
  if (form === undefined) return true
  const used = centred(kept.map((at) => columns[at] ?? new Float64Array()))
  const order = latestFirst(time)
  const own = yield* alone({ used, outcome, time, order, weights, form })
  if (own === undefined) return true
  // Everybody was at risk at the events up to their time, so the events are walked from the first one.
  const sums = new Sums(kept.length)
  const row = new Float64Array(kept.length)
  let event = own.events.length - 1
  for (let at = order.length - 1; at >= 0; at--) {
    if (at % ROWS_EACH === 0) yield
    const person = order[at] as number
    for (; event >= 0 && (own.events[event] as EventAt).time <= (time[person] as number); event--)
      sums.add(own.events[event] as EventAt)
    for (let i = 0; i < row.length; i++) row[i] = used[i]?.[person] ?? 0
    const weight = weights[person] as number
    const adds = weight * sums.squares(row, form) + (own.adds[person] as number)
    const takes = weight * sums.traces + (own.takes[person] as number)
    if (!(Math.max(adds, takes) * (1 + INVERSE_ERROR_MAX) * k <= 1)) return true
  }
  return false
}

/** An event time at which nobody's share is large: `factor` and `trace` are those of one unit of weight. */
interface EventAt {
  readonly time: number
  /** The number of events over the weight at risk, for squares. */
  readonly factor: number
  readonly trace: number
  /** The mean of those at risk, times the inverse; and its square. */
  readonly mean: Float64Array
  readonly square: number
}

interface Walk {
  readonly used: readonly Float64Array[]
  readonly outcome: Float64Array
  readonly time: Float64Array
  readonly order: Uint32Array
  readonly weights: Float64Array
  /** The inverse of the information matrix. */
  readonly form: readonly (readonly number[])[]
}

/**
 * The events at which nobody's share is large, the latest first, and what each person adds and takes away at the others, and by an event of
 * their own. Undefined if that takes too long.
 */
function* alone({
  used,
  outcome,
  time,
  order,
  weights,
  form
}: Walk): Steps<
  { readonly events: readonly EventAt[]; readonly adds: Float64Array; readonly takes: Float64Array } | undefined
> {
  const [adds, takes] = [new Float64Array(order.length), new Float64Array(order.length)]
  const events: EventAt[] = []
  const risk = new Risk(used)
  let measured = 0
  for (let from = 0; from < order.length; ) {
    const at = time[order[from] as number] as number
    const dying: number[] = []
    let next = from
    for (; next < order.length && time[order[next] as number] === at; next++) {
      const person = order[next] as number
      risk.add(person, weights[person] as number)
      if (next % ROWS_EACH === 0) yield
      if (outcome[person] === 1) dying.push(person)
    }
    from = next
    if (dying.length === 0) continue
    const { sum, share } = risk
    if (!(sum > 0)) return undefined
    const { mean, trace } = risk.moments(form)
    for (const person of dying) adds[person] = (adds[person] as number) + trace
    const deaths = dying.length
    const times = product(form, mean)
    if (share <= SHARE_MAX) {
      const factor = deaths / (sum * (1 - share) ** 2)
      events.push({
        time: at,
        factor,
        trace: (deaths * trace) / (sum * (1 - share)),
        mean: times,
        square: dot(mean, times)
      })
      continue
    }
    measured += next
    if (measured > ALONE_MAX * order.length) return undefined
    for (let i = 0; i < next; i++) {
      const person = order[i] as number
      const part = (weights[person] as number) / sum
      const d = Float64Array.from(mean, (value, j) => (used[j]?.[person] ?? 0) - value)
      const square = dot(d, product(form, d))
      const rest = 1 - part
      const lost = rest > 0 ? Math.min(trace, (part * square) / rest ** 2) : trace
      const gained =
        rest > 0 ? Math.min((part * trace) / rest, Math.max(0, trace / rest - (part * square) / rest ** 2)) : 0
      adds[person] = (adds[person] as number) + deaths * lost
      takes[person] = (takes[person] as number) + deaths * gained
    }
  }
  return { events, adds, takes }
}

/** The sums over events so far. */
class Sums {
  readonly #means: Float64Array
  #factors = 0
  #squares = 0
  traces = 0

  constructor(size: number) {
    this.#means = new Float64Array(size)
  }

  add({ factor, trace, mean, square }: EventAt): void {
    this.#factors += factor
    this.#squares += factor * square
    this.traces += trace
    for (let i = 0; i < mean.length; i++) this.#means[i] = (this.#means[i] as number) + factor * (mean[i] as number)
  }

  /** The sum of factors times the squared distances of a row from the means. */
  squares(row: Float64Array, form: Walk['form']): number {
    return this.#factors * dot(row, product(form, row)) - 2 * dot(row, this.#means) + this.#squares
  }
}

/** The people at risk, with their weighted sums. */
class Risk {
  readonly #columns: readonly Float64Array[]
  readonly #means: Float64Array
  readonly #products: Float64Array[]
  #most = 0
  sum = 0

  constructor(columns: readonly Float64Array[]) {
    this.#columns = columns
    this.#means = new Float64Array(columns.length)
    this.#products = columns.map(() => new Float64Array(columns.length))
  }

  add(person: number, weight: number): void {
    this.sum += weight
    this.#most = Math.max(this.#most, weight)
    for (let i = 0; i < this.#means.length; i++) {
      const own = weight * (this.#columns[i]?.[person] ?? 0)
      this.#means[i] = (this.#means[i] as number) + own
      const line = this.#products[i] as Float64Array
      for (let j = 0; j <= i; j++) line[j] = (line[j] as number) + own * (this.#columns[j]?.[person] ?? 0)
    }
  }

  /** The largest share of a person. */
  get share(): number {
    return this.#most / this.sum
  }

  /** The mean, and the trace of the inverse times the covariance. */
  moments(form: Walk['form']): { readonly mean: Float64Array; readonly trace: number } {
    const mean = this.#means.map((value) => value / this.sum)
    let trace = 0
    for (let i = 0; i < mean.length; i++)
      for (let j = 0; j <= i; j++) {
        const covariance = (this.#products[i]?.[j] as number) / this.sum - (mean[i] as number) * (mean[j] as number)
        trace += (i === j ? 1 : 2) * covariance * (form[i]?.[j] ?? 0)
      }
    return { mean, trace: Math.max(0, trace) }
  }
}

function inverseOf(information: Float64Array, size: number, kept: readonly number[]): number[][] | undefined {
  const entry = (i: number, j: number) => information[upperAt(size, Math.min(i, j), Math.max(i, j))] ?? 0
  // Columns are scaled to the same length, so that units do not matter.
  const scale = kept.map((at) => Math.sqrt(entry(at, at)))
  if (kept.length === 0 || scale.some((one) => !(one > 0))) return undefined
  const inverse = inverted(kept.map((i, a) => kept.map((j, b) => entry(i, j) / ((scale[a] ?? 1) * (scale[b] ?? 1)))))
  return inverse?.map((line, a) => line.map((value, b) => value / ((scale[a] ?? 1) * (scale[b] ?? 1))))
}

function product(form: Walk['form'], row: Float64Array): Float64Array {
  return Float64Array.from(form, (line) => line.reduce((sum, value, i) => sum + value * (row[i] as number), 0))
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] as number), 0)
}
