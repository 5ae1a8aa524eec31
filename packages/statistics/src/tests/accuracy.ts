/** How far numbers that were rounded for privacy can be from the ones that they stand for. */
import type { DisclosureCard, MomentsPart } from '@stimnet/protocol'

/** Half-widths: a number is at most so far from its exact one. */
export interface Accuracy {
  /** Of a count, and of n. */
  readonly count: number
  readonly mean: number
  /** Of the sum of squared deviations. */
  readonly deviations: number
}

/** Nothing was rounded. */
export const EXACT: Accuracy = { count: 0, mean: 0, deviations: 0 }

/** The accuracy of each cell of one column; undefined moments: a count. */
export type AccuracyOf = (
  card: Pick<DisclosureCard, 'round_base'>,
  column: readonly MomentsPart[]
) => (moments?: MomentsPart) => Accuracy

/** Digits that rules with rounded counts leave of a mean or spread; every preset's. */
const DIGITS = 4
/** Digits of a quotient of two doubles that are the number's own. */
const OWN_DIGITS = 12

/**
 * What the parts say, or, of older results, the card implies. With rounded counts a mean keeps four digits, and no more than the steps between the means that
 * each count in question can have: the variable's own step is at most what the finest cell shows.
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

/** As the part itself says; what it says nothing of was not rounded. */
function accuracyOfPart(moments: MomentsPart | undefined, base: number): Accuracy {
  const ofCount = base > 1 ? base / 2 : 0
  if (moments?.accuracy === undefined) return { count: ofCount, mean: 0, deviations: 0 }
  const { n = ofCount, sum = 0, deviations = 0 } = moments.accuracy
  return { count: n, mean: sum / moments.n, deviations }
}

/** Of a number rounded to digits, or to the power of ten that is no finer than `spacing`. */
function halfWidth(value: number, spacing: number): number {
  const digits = value === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - DIGITS)
  return Math.max(digits, 10 ** Math.ceil(Math.log10(spacing) - 1e-9)) / 2
}

function meanOf({ n, sum }: MomentsPart): number {
  return Number((sum / n).toPrecision(OWN_DIGITS))
}

/** Decimal places that a number is written with. */
function decimalsOf(value: number): number {
  const [digits = '', power = '0'] = String(value).split('e')
  return (digits.split('.')[1]?.length ?? 0) - Number(power)
}
