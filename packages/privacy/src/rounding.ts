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
