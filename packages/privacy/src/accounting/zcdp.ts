/** Zero-concentrated differential privacy (zCDP): conversion of ρ to (ε, δ). */

/** Enough bisections to reach two neighbouring doubles from any interval. */
const HALVINGS = 1100

/** The smallest δ for which ρ-zCDP is (ε, δ)-private: Canonne, Kamath & Steinke 2020, proposition 7, with the optimal α. */
export function deltaOf(rho: number, epsilon: number): number {
  if (rho === 0) return 0
  // The derivative of the exponent in α, (2α - 1)ρ - ε + ln(1 - 1/α), is increasing, so its zero can be found by bisection.
  const best = lastBelow(
    1,
    (epsilon + 1) / (2 * rho) + 2,
    (alpha) => (2 * alpha - 1) * rho - epsilon + Math.log1p(-1 / alpha) < 0
  )
  const alpha = Math.max(best, 1 + Number.EPSILON)
  const exponent = (alpha - 1) * (alpha * rho - epsilon) + alpha * Math.log1p(-1 / alpha)
  return Math.min(1, Math.exp(exponent) / (alpha - 1))
}

/** The smallest ε for which ρ-zCDP is (ε, δ)-private. */
export function epsilonOf(rho: number, delta: number): number {
  const simple = rho + 2 * Math.sqrt(rho * Math.log(1 / delta))
  return lastBelow(0, simple, (epsilon) => deltaOf(rho, epsilon) > delta)
}

/**
 * Finds by bisection the largest value at which a condition holds. The condition must be true up to some point and false
 * beyond it.
 */
function lastBelow(low: number, high: number, holds: (at: number) => boolean): number {
  let [from, to] = [low, high]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = from + (to - from) / 2
    if (middle === from || middle === to) break
    if (holds(middle)) from = middle
    else to = middle
  }
  return from
}
