/** Accuracy of numbers that were rounded for privacy: their largest distance from the exact numbers. */
import type { DisclosureCard, MomentsPart } from '@stimnet/protocol'

/** The largest distance of each number from the exact number. */
export interface Accuracy {
  /** The distance for a count, and for n. */
  readonly count: number
  readonly mean: number
  /** The distance for the sum of squared deviations. */
  readonly deviations: number
}

/** The accuracy if nothing was rounded. */
export const EXACT: Accuracy = { count: 0, mean: 0, deviations: 0 }

/** The accuracy of each cell of one column. A cell without moments is a count. */
export type AccuracyOf = (
  card: Pick<DisclosureCard, 'round_base'>,
  column: readonly MomentsPart[]
) => (moments?: MomentsPart) => Accuracy

/** Significant digits of a mean or spread in every preset with rounded counts. */
const DIGITS = 4
/** Number of digits of a quotient of two doubles that are free of rounding errors. */
const OWN_DIGITS = 12

/**
 * The accuracy that the parts state or, for older results, that the card implies. With rounded counts, a mean has four digits,
 * and its step is not finer than the distance between the means that each possible count allows. The step of the variable is at
 * most that of the finest cell.
 */
export const accuracyOfCard: AccuracyOf = ({ round_base: base }, column) => {
  if (column.some(({ accuracy }) => accuracy !== undefined)) return (moments) => accuracyOfPart(moments, base)
  if (base <= 1) return () => EXACT
  const fewest = ({ n }: MomentsPart) => Math.max(1, n - base)
  const step = Math.min(...column.map((moments) => 10 ** -decimalsOf(meanOf(moments)) * fewest(moments)))
  return (moments) => {
    if (moments === undefined) return { count: base / 2, mean: 0, deviations: 0 }
    const n = fewest(moments)
    const variance = (moments.deviations ?? 0) / Math.max(1, moments.n - 1)
    return {
      count: base / 2,
      mean: halfWidth(meanOf(moments), step / n),
      deviations: halfWidth(variance, step ** 2 / (n * Math.max(1, n - 1))) * Math.max(1, moments.n - 1)
    }
  }
}

/** The accuracy that a part states. A number without a stated accuracy was not rounded. */
function accuracyOfPart(moments: MomentsPart | undefined, base: number): Accuracy {
  const ofCount = base > 1 ? base / 2 : 0
  if (moments?.accuracy === undefined) return { count: ofCount, mean: 0, deviations: 0 }
  const { n = ofCount, sum = 0, deviations = 0 } = moments.accuracy
  return { count: n, mean: sum / moments.n, deviations }
}

/** Half of the rounding step: that of the number's digits, or the power of ten that is at least `spacing`, whichever is larger. */
function halfWidth(value: number, spacing: number): number {
  const digits = value === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - DIGITS)
  return Math.max(digits, 10 ** Math.ceil(Math.log10(spacing) - 1e-9)) / 2
}

function meanOf({ n, sum }: MomentsPart): number {
  return Number((sum / n).toPrecision(OWN_DIGITS))
}

/** Number of decimal places with which a number is written. */
function decimalsOf(value: number): number {
  const [digits = '', power = '0'] = String(value).split('e')
  return (digits.split('.')[1]?.length ?? 0) - Number(power)
}
