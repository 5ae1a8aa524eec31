/** The true answers to questions of a study, computed from its files, and the released numbers that are not true. */
import type { Job } from '@stimnet/sdk'
import type { Question, Row } from './study.ts'

/**
 * A released mean may be off by half a step. A step is a tenth of the standard error, or, where the number of values is given to
 * the nearest k, twice the distance of two possible sums over the number of values at most.
 */
const STANDARD_ERRORS_MAX = 0.25
/** The same of an answer that says that it is in fewer digits: half a step of a whole standard error, by way of a tenth. */
const STANDARD_ERRORS_MAX_IN_FEWER_DIGITS = 0.65
/** Fewest values for which that holds: integers with a standard deviation of one. */
const VALUES_MIN = 20

/** The numbers of each group, over the values that are there. */
export function truthOf(of: {
  readonly people: readonly Row[]
  readonly rows: readonly Row[]
  readonly key: string
  readonly name: string
  readonly group: string | undefined
}): NonNullable<Question['truth']> {
  const { people, rows, key, name, group } = of
  const groups = new Map(people.map((row) => [row[key], group === undefined ? '' : String(row[group] ?? '')]))
  const values = new Map<string, number[]>()
  for (const row of rows) {
    const own = groups.get(row[key] ?? null)
    const value = row[name]
    if (own !== undefined && typeof value === 'number') values.set(own, [...(values.get(own) ?? []), value])
  }
  return new Map([...values].map(([own, all]) => [own, numbersOf(all)]))
}

function numbersOf(values: readonly number[]): { n: number; mean: number; sd: number } {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  return { n, mean, sd }
}

/**
 * The means in an answer that are further from the truth than their rounding allows, in words. Answers that say that people were
 * left out are not compared.
 */
export function untruths(question: Question, job: Job | null): readonly string[] {
  const { truth, says } = question
  if (truth === undefined || job?.status !== 'completed') return []
  if ((job.warnings ?? []).some((warning) => warning.includes('left out of'))) return []
  const inFewer = (job.warnings ?? []).some((warning) => warning.includes('of their standard error'))
  const most = inFewer ? STANDARD_ERRORS_MAX_IN_FEWER_DIGITS : STANDARD_ERRORS_MAX
  return (job.result_data?.rows ?? []).flatMap((row) => {
    const group = Object.entries(row).find(([column]) => !['n', 'mean', 'sd'].includes(column))?.[1] ?? ''
    const real = truth.get(String(group))
    const { mean } = row
    if (real === undefined || typeof mean !== 'number' || real.n < VALUES_MIN) return []
    const far = Math.abs(mean - real.mean) / (real.sd / Math.sqrt(real.n))
    return far <= most ? [] : [`${says} ${group}: ${mean} in place of ${real.mean} (${real.n} values)`]
  })
}
