/** Power sums of a variable over a group, computed from its disclosed moments. */
import type { Group } from './groups.ts'
import type { Near } from './multisets.ts'
import { FROM, LEFT_OUT_MAX, numberOf, type Oracle, type ToldRow } from './oracle.ts'
import type { Population } from './population.ts'

/** Disclosed sums of the change in a group. */
export interface SumsTold {
  readonly members: readonly number[]
  /** Sums of the first, second and further powers, as far as they were disclosed. */
  readonly sums: readonly Near[]
  /** Sum of age times change. */
  readonly product: Near | null
}

/** Statistics to ask for in each group, in addition to its mean. */
export interface Asked {
  readonly moments: boolean
  readonly covariance: boolean
}

/** Names of the columns of mean, variance, skewness and kurtosis. */
export const MOMENT_COLUMNS = ['mean', 'v', 's', 'q'] as const

/** The text of the question. A condition on the change itself, such as `is not null`, would be refused if few people lack it. */
function changeQuestion({ where }: Group, { moments, covariance }: Asked): string {
  const numbers = [
    'COUNT(change) AS n',
    'AVG(change) AS mean',
    ...(moments
      ? ['VARIANCE(change) AS v', 'SKEWNESS(change) AS s', 'KURTOSIS(change) AS q']
      : ['STDDEV(change) AS sd']),
    ...(covariance ? ['COVAR_SAMP(age, change) AS c'] : [])
  ]
  return `SELECT ${numbers.join(', ')} ${FROM}${where === '' ? '' : ` AND ${where}`}`
}

/** Asks about each group in turn, until the refusals are exhausted. */
export async function askSums(
  oracle: Oracle,
  population: Population,
  options: { groups: readonly Group[]; asked: Asked; more?: Readonly<Record<string, unknown>>; factor?: number }
): Promise<SumsTold[]> {
  const rows: { group: Group; row: ToldRow | undefined; digits: number; absent: number }[] = []
  for (const group of options.groups) {
    if (oracle.exhausted) break
    const told = await oracle.sql(changeQuestion(group, options.asked), options.more)
    if (told !== null)
      rows.push({ group, row: told[0], digits: oracle.digits, absent: oracle.leftOut ? LEFT_OUT_MAX : 0 })
  }
  // The answers are evaluated at the end, when the rounding rule is known.
  for (const { group, row, digits, absent } of rows) {
    if (digits > 0 || absent > 0) continue
    const [mean, variance] = [numberOf(row, 'mean'), varianceOf(row)]
    if (mean !== null && variance > 0) oracle.observe(mean, Math.sqrt(variance / group.members.length))
  }
  return rows.flatMap(({ group, row, digits, absent }) => {
    const sums = sumsOf(oracle, row, { group, population, digits, absent, factor: options.factor ?? 1 })
    return sums === null ? [] : [sums]
  })
}

function varianceOf(row: ToldRow | undefined): number {
  return numberOf(row, 'v') ?? (numberOf(row, 'sd') ?? 0) ** 2
}

interface Context {
  readonly group: Group
  readonly population: Population
  /** Factor from the variable's unit to the unit of the answers. */
  readonly factor: number
  /** The digits that are withheld from the answer; see `SentAnswer`. */
  readonly digits: number
  /** Most people of the group who may have been left out of the answer. */
  readonly absent: number
}

/** The power sums that follow from a row of moments; null if there is not even a mean. */
function sumsOf(
  oracle: Oracle,
  row: ToldRow | undefined,
  { group, population, factor, digits, absent }: Context
): SumsTold | null {
  const { members } = group
  const n = members.length
  const mean = numberOf(row, 'mean')
  if (mean === null || n === 0) return null
  const variance = varianceOf(row)
  const spread = Math.sqrt(Math.max(0, variance))
  const moments = MOMENT_COLUMNS.map((column) => numberOf(row, column))
  const errors = [spread / Math.sqrt(n), (variance * Math.SQRT2) / Math.sqrt(n), Math.sqrt(6 / n), Math.sqrt(24 / n)]
  const depth = moments.indexOf(null)
  const known = moments.slice(0, depth < 0 ? moments.length : depth).map((value) => value ?? 0)
  const halves = known.map((value, i) =>
    oracle.halfStep({ column: MOMENT_COLUMNS[i] ?? '', value, standardError: errors[i] ?? 0, digits })
  )
  // Few values are further from the mean than that.
  const largest = Math.abs(mean) + 4 * spread
  const sums = known.map((_, power) => {
    const of = (values: readonly number[]) => powerSum(values, n, power + 1) / factor ** (power + 1)
    const value = of(known)
    // Moves each disclosed number in turn to the end of its interval, and adds up the effects.
    const tolerance = known.reduce((sum, told, i) => {
      const moved = known.map((each, j) => (j === i ? told + (halves[i] ?? 0) : each))
      return sum + Math.abs(of(moved) - value)
    }, 0)
    const ofAbsent = absent * (largest / factor) ** (power + 1)
    return { value, tolerance: tolerance + ofAbsent + Math.abs(value) * 1e-11 }
  })
  const covariance = numberOf(row, 'c')
  const ages = members.map((i) => population.people[i]?.age ?? 0)
  const ageSum = ages.reduce((sum, age) => sum + age, 0)
  const ageSpread = Math.sqrt(ages.reduce((sum, age) => sum + (age - ageSum / n) ** 2, 0) / Math.max(1, n - 1))
  const half =
    covariance === null
      ? 0
      : oracle.halfStep({ column: 'c', value: covariance, standardError: (spread * ageSpread) / Math.sqrt(n), digits })
  const product =
    covariance === null
      ? null
      : {
          value: (covariance * (n - 1) + ageSum * mean) / factor,
          tolerance:
            (half * (n - 1) + Math.abs(ageSum) * (halves[0] ?? 0) + absent * largest * Math.max(...ages)) / factor +
            1e-6
        }
  return { members, sums, product }
}

/** The sum of a power of n values with this mean, sample variance, skewness and kurtosis. */
export function powerSum(
  [mean = 0, variance = 0, skewness = 0, kurtosis = 0]: readonly number[],
  n: number,
  power: number
): number {
  const m2 = (variance * (n - 1)) / n
  if (power === 1) return n * mean
  if (power === 2) return n * (m2 + mean ** 2)
  const m3 = skewness * m2 ** 1.5
  if (power === 3) return n * (m3 + 3 * mean * m2 + mean ** 3)
  return n * (kurtosis * m2 ** 2 + 4 * mean * m3 + 6 * mean ** 2 * m2 + mean ** 4)
}
