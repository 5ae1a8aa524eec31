/** Answers of sites to classical tests, and comparisons with R if it is installed. */
import { spawnSync } from 'node:child_process'
import type { Output, OutputColumn, OutputPart, PlanTest, TableOutput, TestResult } from '@stimnet/protocol'
import { randomUnit, seededRandom } from '@stimnet/protocol'
import { pool, poolCells, testsOfOutput } from '@stimnet/statistics'
import { exactPairs, exactSums, momentsOf, near, pairMomentsOf, table } from '../fixtures.ts'

/** One row of an answer: the labels of its keys and its parts by column; null for a withheld part. */
export interface Row {
  readonly keys: readonly (string | null)[]
  readonly parts: Readonly<Record<string, OutputPart | null>>
}

interface Answer {
  readonly columns: readonly OutputColumn[]
  readonly rows: readonly Row[]
  readonly tests: readonly PlanTest[]
  readonly withheldGroups?: number
  /** The base to which counts are rounded. */
  readonly base?: number
}

/** The answer of one site, as its node would give it. */
export function answer({ columns, rows, tests, withheldGroups = 0, base = 1 }: Answer): Output {
  const measures = columns.filter(({ role }) => role === 'measure')
  const output = table(
    [...columns],
    rows.map(({ keys, parts }) => {
      const given = Object.entries(parts).flatMap(([name, part]) => (part === null ? [] : [[name, part] as const]))
      const values = measures.map((column) => {
        const part = parts[column.name]
        return part == null ? null : poolCells(column, [part])
      })
      return { values: [...keys, ...values], parts: Object.fromEntries(given) }
    }),
    { groups: withheldGroups, cells: 0 }
  ) as TableOutput
  const whole: TableOutput = {
    ...output,
    disclosure: { ...output.disclosure, round_base: base }
  }
  return { ...whole, tests: testsOfOutput(tests, whole) }
}

/** The first pooled test of some answers. */
export function pooledTest(...outputs: readonly Output[]): TestResult {
  const [found] = pool(outputs.map((output, i) => ({ site: `s${i}`, output }))).tests ?? []
  if (found === undefined) throw new Error('No test was made.')
  return found
}

export const numbersPart = (values: readonly number[], decimals: number): OutputPart => ({
  moments: momentsOf(exactSums(values, decimals))
})

export const pairsPart = (
  pairs: readonly (readonly [number, number])[],
  decimals: readonly [number, number]
): OutputPart => ({ moments: pairMomentsOf(exactPairs(pairs, decimals)) })

/** Items dealt to sites in turn, so that each site gets the same number. */
export const dealt = <T>(items: readonly T[], sites: number): T[][] =>
  Array.from({ length: sites }, (_, site) => items.filter((_item, i) => i % sites === site))

/** A sequence of numbers from 0 to 1 that is determined by a seed. */
export function chances(seed: number): () => number {
  const source = seededRandom(seed)
  return () => randomUnit(source)
}

/** False if R is installed; otherwise the reason why tests that need R are skipped. */
export const withoutR = spawnSync('Rscript', ['--version']).status === 0 ? false : 'no R here'

/** False if R and its package metafor are installed; otherwise the reason why tests that need them are skipped. */
export const withoutMetafor =
  withoutR === false && spawnSync('Rscript', ['-e', 'library(metafor)']).status === 0 ? false : 'no R with metafor here'

/** The numbers that an R program prints with `cat(c(…))`. */
export function numbersOfR(program: string): number[] {
  // R truncates long programs on its command line.
  const { stdout, stderr, status } = spawnSync('Rscript', ['--vanilla', '-'], {
    ...{ encoding: 'utf8', input: `options(digits = 15)\n${program}` }
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim().split(/\s+/).map(Number)
}

/** R's vector of some numbers. */
export const inR = (values: readonly number[]): string => `c(${values.join(', ')})`

/** The reason why two lists of numbers differ in their first eight digits; empty if they do not differ. */
export function apart(found: readonly (number | null | undefined)[], expected: readonly number[]): string {
  const wrong = expected.flatMap((value, i) =>
    near(found[i], value) || found[i] === value ? [] : [`${i}: ${found[i]}, not ${value}`]
  )
  return found.length === expected.length ? wrong.join('; ') : `${found.length} numbers, not ${expected.length}`
}
