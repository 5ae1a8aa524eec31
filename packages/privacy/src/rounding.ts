/** Rounding, always after suppression: before it, a count of two would be shown as zero or five and pass. */
import type { PrivacySettings } from './settings.ts'

/** To the nearest multiple of the preset's base; halves go up. */
export function roundCount(count: number, { roundBase }: Pick<PrivacySettings, 'roundBase'>): number {
  return Math.floor(count / roundBase + 0.5) * roundBase
}

/** To the preset's number of significant digits. */
export function roundDigits(value: number, { significantDigits }: Pick<PrivacySettings, 'significantDigits'>): number {
  return significantDigits >= 17 ? value : toDigits(value, significantDigits)
}

/** To so many significant digits; -0 becomes 0. */
export function toDigits(value: number, digits: number): number {
  return Number(value.toPrecision(digits)) + 0
}

type MomentRounding = Pick<PrivacySettings, 'roundBase' | 'significantDigits'>

/**
 * A mean, as precise as it may be beside a rounded count: to the preset's digits, and where counts are rounded to a power of
 * ten that is no finer than the steps between the means that each count in question can have. Finer digits would fit one
 * count alone. `step`: between two values as kept, 10^-decimals.
 */
export function roundMean(mean: number, rows: number, step: number, settings: MomentRounding): number {
  return toSteps(mean, step / fewest(rows, settings), settings)
}

/** A variance or a covariance likewise. `step`: of the product of two values, of which n(n - 1) times it is a whole number. */
export function roundVariance(variance: number, rows: number, step: number, settings: MomentRounding): number {
  const n = fewest(rows, settings)
  return toSteps(variance, step / (n * Math.max(1, n - 1)), settings)
}

/** What a rounded count can stand for at least. */
function fewest(rows: number, settings: MomentRounding): number {
  return Math.max(1, roundCount(rows, settings) - settings.roundBase)
}

/** Rounded once, by whichever is coarser: digits first and steps after would not be the nearest. */
function toSteps(value: number, spacing: number, settings: MomentRounding): number {
  const digits = roundDigits(value, settings)
  const power = Math.ceil(Math.log10(spacing))
  const isFiner = value === 0 || power <= Math.floor(Math.log10(Math.abs(value))) + 1 - settings.significantDigits
  if (settings.roundBase === 1 || isFiner) return digits
  const unit = 10 ** Math.abs(power)
  return (power < 0 ? Math.round(value * unit) / unit : Math.round(value / unit) * unit) + 0
}
