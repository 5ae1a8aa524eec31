/**
 * Rounding of released numbers: counts to the preset's base, other numbers to its significant digits and, by
 * default, to a tenth of their standard error.
 */
import type { ReducedColumn, VariableRef } from '@stimnet/protocol'
import type { PrivacySettings } from '../rules/settings.ts'
import type { Defining } from './defining.ts'
import type { FactsOf } from './facts.ts'

/**
 * The rungs of a ladder of digits: into how many parts of its standard error a number is rounded. Digits beyond a tenth are about the
 * people in the data, not about the population that they stand for. Numbers about a variable of which much was told go down a rung.
 */
const ERROR_PARTS: readonly number[] = [10, 2, 1]

/** The last rung. */
export const RUNG_MAX = ERROR_PARTS.length - 1

/** Into how many parts of its standard error a number on a rung is rounded. */
export function partsOf(rung: number): number {
  return ERROR_PARTS[rung] ?? 1
}

/**
 * Rounds to the nearest multiple of the preset's base; halves go up. Only use it after suppression: before it, a
 * count of three would become five and pass.
 */
export function roundCount(count: number, { roundBase }: Pick<PrivacySettings, 'roundBase'>): number {
  return toNearest(count, roundBase)
}

/** Rounds to the nearest multiple of `base`; halves go up. */
export function toNearest(count: number, base: number): number {
  return Math.floor(count / base + 0.5) * base
}

/** Rounds to a number of significant digits; -0 becomes 0. */
export function toDigits(value: number, digits: number): number {
  return Number(value.toPrecision(digits)) + 0
}

/** A number and half of the step that it was rounded to. */
export interface Rounded {
  readonly value: number
  /** The largest distance between `value` and the exact number. */
  readonly within: number
}

/**
 * The largest of 1, 2 and 5 times a power of ten that is at most a tenth of the standard error, or what stands for a tenth on a lower
 * rung; 0 for a standard error of zero.
 */
export function stepFor(standardError: number, rung = 0): number {
  const wanted = standardError / partsOf(rung)
  if (!(wanted > 0) || !Number.isFinite(wanted)) return 0
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = [5, 2, 1].find((each) => each * power <= wanted * (1 + 1e-12)) ?? 1
  return Number((factor * power).toPrecision(3))
}

/** The smallest of 1, 2 and 5 times a power of ten that is no less than what is wanted. */
export function stepAbove(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  const factor = [1, 2, 5].find((each) => each * power >= wanted * (1 - 1e-12)) ?? 10
  return Number((factor * power).toPrecision(3))
}

/**
 * Rounds to a multiple of `step`; a step of 0 does not round. The significant digits of the preset are a step as well, and the
 * coarser of both applies, because rounding twice would not give the nearest multiple.
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
 * Rounds to the digits of a rung, by way of full digits: so a number in fewer digits follows from the same number in full ones, and
 * says nothing beside it. No step is finer than `finest`.
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
  /** For a normal distribution, as are the next three. */
  sd: (sd: number, n: number): number => sd / Math.sqrt(2 * Math.max(1, n - 1)),
  skewness: (n: number): number => Math.sqrt(6 / n),
  kurtosis: (n: number): number => Math.sqrt(24 / n),
  /** Has a lower limit, so that the digits of a correlation near 1 are not about single people. */
  correlation: (r: number, n: number): number => Math.max(1 - r * r, 2 / n) / Math.sqrt(Math.max(1, n - 1))
}

/**
 * Exact digits that tell of single people. The ledgers bound what sums say as combinations of sums; whole numbers say more. Somebody
 * who knows everybody's age solves the exact sum of the ages of those with an event for who they are; and if all ages but one are
 * whole years, the exact sum of age times score says what the score of that one is, modulo the rest.
 *
 * Whether numbers that others know are summed over people, or with values, that they do not know. `levels` are the categories whose
 * groups are summed over besides. Looks at no data.
 */
export function digitsTell(numbers: readonly VariableRef[], { defining, facts, levels = [] }: Summed): boolean {
  const isKnown = (variable: VariableRef) => facts(variable).identifying
  return numbers.some(isKnown) && (defining.length > 0 || ![...numbers, ...levels].every(isKnown))
}

/** What numbers are summed over. */
interface Summed {
  /** See `Defining`: variables that others do not know. */
  readonly defining: readonly Defining[]
  readonly facts: FactsOf
  readonly levels?: readonly VariableRef[]
}

/** A rare other value does not make sums of the usual ones lie closer: in most groups nobody has it. */
const USUAL_SHARE = 0.9

/**
 * The spacing of the values of a number: doses of 50 and 100 mg lie 50 apart, whatever decimals are declared. Where the number of
 * values is hidden, the sums that one number of values allows lie as far apart as the values, and digits must not tell them apart.
 *
 * It is the greatest distance of which all distances between usual values are multiples, in the unit of the request: of the values that at
 * least k people each have, if nine in ten people have one of them. Undefined for a variable of more than a few values, and of one.
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

/** The facts with the step of a variable of few values no finer than its spacing. */
export function withSpacing(facts: FactsOf, spacing: ReadonlyMap<VariableRef, number> = new Map()): FactsOf {
  return (variable) => {
    const known = facts(variable)
    const apart = spacing.get(variable)
    if (apart === undefined) return known
    // Facts are in the unit of the site.
    return { ...known, step: Math.max(known.step, Math.abs(apart / known.factor)) }
  }
}
