/** The error of a number due to noise that 19 of 20 answers do not exceed: a quantile of a sum of discrete noise terms. */

/** Laplace: probability proportional to exp(-|x|/scale). Gaussian: to exp(-x²/2σ²). Both over the whole numbers. */
export type NoiseKind = 'discrete-laplace' | 'discrete-gaussian'

/** One noise term, in the unit of the number that it affects. The noise is a whole multiple of `step`. */
export interface NoiseTerm {
  /** Standard deviation; for Gaussian noise its σ. */
  readonly sd: number
  readonly step: number
}

/**
 * Number of steps of the grid in one standard deviation. A noise term with at most this many steps of its own is its own grid,
 * and nothing is rounded.
 */
const STEPS_IN_SD = 512
/**
 * A noise term whose step is at most this part of the total standard deviation is treated as a term on the grid, because its
 * steps have no visible effect.
 */
const FINE_STEP = 1 / 32
/**
 * The period of the transform, in standard deviations. A probability of less than one in ten billion lies beyond half of the
 * period.
 */
const PERIOD_IN_SD = 28
/**
 * The inverse transform ends where the transform of the noise terms on the grid is below this. The rest changes no probability by
 * a millionth.
 */
const TRANSFORM_LEAST = 1e-5
/** Maximum number of cached results. The rows of a table often have the same noise terms. */
const KNOWN_MAX = 512
const known = new Map<string, number>()

/**
 * The smallest distance from zero within which the sum of independent noises lies with at least the given
 * probability. Exact if all noises have one step that is not too fine; otherwise larger by a few hundredths of the
 * standard deviation, but never smaller.
 */
export function noiseWithin(kind: NoiseKind, terms: readonly NoiseTerm[], probability = 0.95): number {
  const total = Math.hypot(...terms.map(({ sd }) => sd))
  if (!(total > 0) || !Number.isFinite(total)) return total
  const felt = terms.filter(({ sd }) => sd > total * 1e-6)
  const key = JSON.stringify([kind, probability, felt.map(({ sd, step }) => [sd, step]).sort(bySize)])
  const found = known.get(key) ?? quantileOn(gridOf(kind, felt, total), probability)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, found)
  return found
}

function bySize([a = 0, b = 0]: readonly number[], [c = 0, d = 0]: readonly number[]): number {
  return a - c || b - d
}

/** A sum of noise terms on the multiples of `width`. `margin` is the largest error due to rounding to this grid. */
interface Grid {
  readonly width: number
  readonly margin: number
  /** Standard deviation of the sum, in steps. */
  readonly sd: number
  /** The transform of the sum, E[cos(θK)]. */
  readonly transform: (angle: number) => number
  /** The transform of only the noise terms on the grid. It decreases, and the other terms never make the product larger. */
  readonly bound: (angle: number) => number
}

function gridOf(kind: NoiseKind, terms: readonly NoiseTerm[], total: number): Grid {
  const [first = 1, ...others] = terms.map(({ step }) => step)
  const isOne = others.every((step) => Math.abs(step - first) <= 1e-9 * first)
  if (isOne && total <= STEPS_IN_SD * first) {
    const parts = terms.map(({ sd }) => ({ sd: sd / first, steps: 1 }))
    const transform = transformOf(kind, parts)
    return { width: first, margin: 0, sd: total / first, transform, bound: transform }
  }
  const width = total / STEPS_IN_SD
  const isFine = ({ step }: NoiseTerm) => step <= total * FINE_STEP
  // Coarser steps are rounded up to the grid.
  const parts = terms.map((term) =>
    isFine(term)
      ? { sd: term.sd / width, steps: 1 }
      : { sd: term.sd / term.step, steps: Math.ceil(term.step / width - 1e-9) }
  )
  const hidden = Math.max(0, ...terms.filter(isFine).map(({ step }) => step))
  const [fine, coarse] = [parts.filter(({ steps }) => steps === 1), parts.filter(({ steps }) => steps > 1)]
  const [bound, rest] = [transformOf(kind, fine), transformOf(kind, coarse)]
  return {
    width,
    margin: width + hidden / 2,
    sd: STEPS_IN_SD,
    bound,
    transform: (angle) => bound(angle) * rest(angle)
  }
}

interface Part {
  /** Standard deviation, in the steps of the noise itself. */
  readonly sd: number
  readonly steps: number
}

/** The transform of a sum is the product of the transforms. Equal parts are computed once and raised to their number. */
function transformOf(kind: NoiseKind, parts: readonly Part[]): (angle: number) => number {
  const alike = new Map<string, { part: Part; many: number }>()
  for (const part of parts) {
    const key = `${part.sd} ${part.steps}`
    alike.set(key, { part, many: (alike.get(key)?.many ?? 0) + 1 })
  }
  const of = kind === 'discrete-laplace' ? laplaceTransform : gaussianTransform
  const factors = [...alike.values()].map(({ part, many }) => ({ one: of(part.sd), steps: part.steps, many }))
  return (angle) => factors.reduce((product, { one, steps, many }) => product * one(angle * steps) ** many, 1)
}

function laplaceTransform(sd: number): (angle: number) => number {
  // The variance is 2p/(1-p)², with p = exp(-1/scale).
  const variance = sd ** 2
  const p = variance / (variance + 1 + Math.sqrt(2 * variance + 1))
  return (angle) => (1 - p) ** 2 / (1 - 2 * p * Math.cos(angle) + p ** 2)
}

function gaussianTransform(sigma: number): (angle: number) => number {
  const weights = (at: (k: number) => number, last: number) =>
    Array.from({ length: 2 * last + 1 }, (_, i) => at(i - last)).reduce((a, b) => a + b, 0)
  if (sigma < 1) {
    const weight = (x: number) => Math.exp(-(x ** 2) / (2 * sigma ** 2))
    const all = weights(weight, 9)
    return (angle) => weights((x) => weight(x) * Math.cos(angle * x), 9) / all
  }
  // By Poisson's summation this is the sum of the continuous transform over all angles that differ by whole turns. From σ = 2
  // on, the nearest of them gives the sum to eight digits.
  const TURN = 2 * Math.PI
  const weight = (angle: number) => Math.exp(-((sigma * angle) ** 2) / 2)
  const all = weights((k) => weight(TURN * k), 2)
  return (angle) => {
    const turned = angle - TURN * Math.round(angle / TURN)
    return sigma >= 2 ? weight(turned) : weights((k) => weight(turned + TURN * k), 2) / all
  }
}

function quantileOn({ width, margin, sd, transform, bound }: Grid, probability: number): number {
  const half = Math.ceil((PERIOD_IN_SD * Math.max(sd, 1)) / 2)
  const weights: number[] = []
  for (let k = 1; k <= half; k++) {
    const angle = (Math.PI * k) / half
    if (bound(angle) < TRANSFORM_LEAST) break
    weights.push(((k < half ? 2 : 1) * transform(angle)) / Math.sin(angle / 2))
  }
  // P(|K| ≤ m): the inverse transform, summed over -m … m (Dirichlet's kernel).
  const within = (m: number) => {
    const turn = ((m + 0.5) * Math.PI) / half
    return weights.reduce((sum, weight, k) => sum + weight * Math.sin((k + 1) * turn), 2 * m + 1) / (2 * half)
  }
  let [low, high] = [0, half - 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (within(middle) >= probability - 1e-9) high = middle
    else low = middle + 1
  }
  return low * width + margin
}
