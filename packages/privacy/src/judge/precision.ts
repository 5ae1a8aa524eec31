/**
 * Rounding of released numbers: counts to the preset's base, other numbers to its significant digits and, by
 * default, to a tenth of their standard error.
 */
import type { ReducedColumn, VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../rules/settings.ts'
import type { Defining } from './defining.ts'
import type { FactsOf } from './facts.ts'

/**
 * The ladder of digits: for each rung, the number of parts into which the standard error is divided for rounding. Digits
 * beyond a tenth are about the people in the data, not about the population that they represent. Numbers about a variable
 * about which much was disclosed go down a rung.
 */
const ERROR_PARTS: readonly number[] = [10, 2, 1]

/** The last rung. */
export const RUNG_MAX = ERROR_PARTS.length - 1

/** The number of parts of a standard error to which a number on a rung is rounded. */
export function partsOf(rung: number): number {
  return ERROR_PARTS[rung] ?? 1
}

/**
 * Rounds to the nearest multiple of the preset's base; halves are rounded up. Use this function only after suppression:
 * before suppression, a count of three would become five and pass.
 */
export function roundCount(count: number, { roundBase }: Pick<PrivacySettings, 'roundBase'>): number {
  return toNearest(count, roundBase)
}

/** Rounds to the nearest multiple of `base`; halves are rounded up. */
export function toNearest(count: number, base: number): number {
  return Math.floor(count / base + 0.5) * base
}

/** Rounds to a number of significant digits; -0 becomes 0. */
export function toDigits(value: number, digits: number): number {
  return Number(value.toPrecision(digits)) + 0
}

/** A rounded number and half of its rounding step. */
export interface Rounded {
  readonly value: number
  /** The largest distance between `value` and the exact number. */
  readonly within: number
}

/**
 * The largest of 1, 2 and 5 times a power of ten that is at most a tenth of the standard error (on a lower rung, a larger
 * part of it); 0 for a standard error of zero.
 */
export function stepFor(standardError: number, rung = 0): number {
  const wanted = standardError / partsOf(rung)
  if (!(wanted > 0) || !Number.isFinite(wanted)) return 0
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = [5, 2, 1].find((each) => each * power <= wanted * (1 + 1e-12)) ?? 1
  return Number((factor * power).toPrecision(3))
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least `wanted`. */
export function stepAbove(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = [1, 2, 5].find((each) => each * power >= wanted * (1 - 1e-12)) ?? 10
  return Number((factor * power).toPrecision(3))
}

/**
 * Rounds to a multiple of `step`; a step of 0 does not round. The significant digits of the preset also define a step. The
 * coarser of both steps applies, because rounding twice would not give the nearest multiple.
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

/**
 * Rounds to full digits first, and then to the digits of a rung. So a number in fewer digits follows from the same number in
 * full digits, and discloses nothing in addition. No step is finer than `finest`.
 */
export function roundOnRung(
  value: number,
  error: number,
  { rung, finest = 0 }: { rung: number; finest?: number },
  settings: Pick<PrivacySettings, 'significantDigits'>
): Rounded {
  const full = roundTo(value, Math.max(finest, stepFor(error)), settings)
  if (rung === 0) return full
  const fewer = roundTo(full.value, Math.max(finest, stepFor(error, rung)), settings)
  return { value: fewer.value, within: full.within + fewer.within }
}

/** Standard errors of estimates from n values, given a standard deviation that is already rounded. */
export const standardError = {
  mean: (sd: number, n: number): number => sd / Math.sqrt(n),
  /** This formula and the next two assume a normal distribution. */
  sd: (sd: number, n: number): number => sd / Math.sqrt(2 * Math.max(1, n - 1)),
  skewness: (n: number): number => Math.sqrt(6 / n),
  kurtosis: (n: number): number => Math.sqrt(24 / n),
  /** The lower limit ensures that the digits of a correlation near 1 do not depend on single people. */
  correlation: (r: number, n: number): number => Math.max(1 - r * r, 2 / n) / Math.sqrt(Math.max(1, n - 1))
}

/**
 * Whether exact digits of a sum would disclose single people. The ledgers bound what sums disclose as linear combinations,
 * but whole numbers disclose more. Somebody who knows everybody's age can solve the exact sum of the ages of the people with
 * an event to find out who they are. If all ages except one are whole years, the exact sum of age times score discloses the
 * score of that one person, modulo the rest.
 *
 * True if numbers that others know are summed over people that they do not know, or together with values that they do not
 * know. `levels` are the categories of the groups over which sums are formed in addition. No data are read.
 */
export function digitsTell(numbers: readonly VariableRef[], { defining, facts, levels = [] }: Summed): boolean {
  const isKnown = (variable: VariableRef) => facts(variable).identifying
  return numbers.some(isKnown) && (defining.length > 0 || ![...numbers, ...levels].every(isKnown))
}

/** The context of a summation. */
interface Summed {
  /** Variables that define who is in the sum and that others do not know; see `Defining`. */
  readonly defining: readonly Defining[]
  readonly facts: FactsOf
  readonly levels?: readonly VariableRef[]
}

/**
 * The minimum share of people who must have a usual value. Rare other values are ignored: in most groups nobody has them, so
 * the sums do not lie closer together.
 */
const USUAL_SHARE = 0.9

/**
 * The spacing of the values of a numeric variable: doses of 50 and 100 mg are 50 apart, whatever decimals are declared. If
 * the number of values is hidden, the possible sums for each number of values are spaced like the values, and the digits of
 * a sum must not disclose the number of values.
 *
 * The result is the greatest distance of which all distances between usual values are multiples, in the unit of the request.
 * A value is usual if at least k people have it. Undefined for a variable with more than a few values or with only one, and
 * if fewer than nine in ten people have a usual value.
 */
export function spacingOf(
  { levels, support }: Pick<ReducedColumn, 'levels' | 'support'>,
  k: number
): number | undefined {
  const usual = [...(levels ?? [])].filter(([, people]) => people.size >= k)
  const having = usual.reduce((sum, [, people]) => sum + people.size, 0)
  if (usual.length < 2 || having < USUAL_SHARE * support.size) return undefined
  const decimals = Math.max(...usual.map(([name]) => /\.(\d+)$/.exec(name)?.[1]?.length ?? 0))
  const [first = 0n, ...others] = usual.map(([name]) => BigInt(Math.round(Number(name) * 10 ** decimals)))
  const common = others.map((value) => value - first).reduce(greatestDivisor, 0n)
  return Number(common < 0n ? -common : common) / 10 ** decimals
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b)
}

/** The facts in which the step of each variable is at least its spacing. */
export function withSpacing(facts: FactsOf, spacing: ReadonlyMap<VariableRef, number> = new Map()): FactsOf {
  return (variable) => {
    const known = facts(variable)
    const apart = spacing.get(variable)
    if (apart === undefined) return known
    // Facts are in the unit of the site.
    return { ...known, step: Math.max(known.step, Math.abs(apart / known.factor)) }
  }
}
