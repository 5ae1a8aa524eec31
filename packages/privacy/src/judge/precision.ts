/** To what a number is told: counts to the preset's base, the rest to its digits and, by default, to a tenth of its standard error. */
import type { PrivacySettings } from '../rules/settings.ts'

/** Digits beyond a tenth of the standard error are about the people, not about those whom they stand for. */
const ERROR_PARTS = 10

/** To the nearest multiple of the preset's base; halves go up. Always after suppression: before it, two would be five and pass. */
export function roundCount(count: number, { roundBase }: Pick<PrivacySettings, 'roundBase'>): number {
  return toNearest(count, roundBase)
}

/** To the nearest multiple; halves go up. */
export function toNearest(count: number, base: number): number {
  return Math.floor(count / base + 0.5) * base
}

/** To so many significant digits; -0 becomes 0. */
export function toDigits(value: number, digits: number): number {
  return Number(value.toPrecision(digits)) + 0
}

/** A number and half of the step that it was rounded to. */
export interface Rounded {
  readonly value: number
  /** What was told lies within this of what it would be exactly. */
  readonly within: number
}

/** The largest of 1, 2 and 5 times a power of ten that is no more than a tenth of the standard error. */
export function stepFor(standardError: number): number {
  const wanted = standardError / ERROR_PARTS
  if (!(wanted > 0) || !Number.isFinite(wanted)) return 0
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = [5, 2, 1].find((each) => each * power <= wanted * (1 + 1e-12)) ?? 1
  return Number((factor * power).toPrecision(3))
}

/**
 * To a multiple of a step; a step of 0 leaves it as it is. Where the preset has significant digits, these are a step as
 * well, and the coarser one holds: rounded twice it would not be the nearest.
 */
export function roundTo(
  value: number,
  step: number,
  { significantDigits }: Pick<PrivacySettings, 'significantDigits'>
): Rounded {
  const size = Math.abs(value)
  const digits =
    significantDigits >= 17 || size === 0 ? 0 : 10 ** (Math.floor(Math.log10(size)) + 1 - significantDigits)
  const coarser = Math.max(step, digits)
  if (coarser === 0) return { value: value + 0, within: 0 }
  return { value: Number((Math.round(value / coarser) * coarser).toPrecision(15)) + 0, within: coarser / 2 }
}

/** How spread out the estimates are that groups of this size would give; after a spread that is rounded already. */
export const standardError = {
  mean: (sd: number, n: number): number => sd / Math.sqrt(n),
  /** Of a normal distribution, as the next three are. */
  sd: (sd: number, n: number): number => sd / Math.sqrt(2 * Math.max(1, n - 1)),
  skewness: (n: number): number => Math.sqrt(6 / n),
  kurtosis: (n: number): number => Math.sqrt(24 / n),
  /** Of a correlation; never so small that the digits of one near 1 are about single people. */
  correlation: (r: number, n: number): number => Math.max(1 - r * r, 2 / n) / Math.sqrt(Math.max(1, n - 1))
}
