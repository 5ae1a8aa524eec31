/** Fixtures: public data sets of R, and the tables with which a site without suppression would answer. */
import type { MomentsPart, Output, OutputColumn, OutputRow, TableOutput } from '@stimnet/protocol'
import {
  crossDeviationsOf,
  deviationsOf,
  type ExactPairSums,
  type ExactPowers,
  higherDeviationsOf,
  sidesOf,
  sumOf,
  valueOfMoments
} from '@stimnet/statistics'

const numbers = (text: string) => text.trim().split(/\s+/).map(Number)

const MPG =
  numbers(`21.0 21.0 22.8 21.4 18.7 18.1 14.3 24.4 22.8 19.2 17.8 16.4 17.3 15.2 10.4 10.4 14.7 32.4 30.4 33.9 21.5 15.5
  15.2 13.3 19.2 27.3 26.0 30.4 15.8 19.7 15.0 21.4`)
const CYL = numbers('6 6 4 6 8 6 8 4 4 6 6 8 8 8 8 8 8 4 4 4 4 8 8 8 8 4 4 4 8 6 8 4')
const WT =
  numbers(`2.620 2.875 2.320 3.215 3.440 3.460 3.570 3.190 3.150 3.440 3.440 4.070 3.730 3.780 5.250 5.424 5.345 2.200
  1.615 1.835 2.465 3.520 3.435 3.840 3.845 1.935 2.140 1.513 3.170 2.770 3.570 2.780`)
const GEAR = numbers('4 4 4 3 3 3 3 4 4 4 4 3 3 3 3 3 3 4 4 4 3 3 3 3 3 4 5 5 5 5 5 4')

export const MTCARS = MPG.map((mpg, i) => ({ mpg, cyl: String(CYL[i]), wt: WT[i] ?? 0, gear: String(GEAR[i]) }))

const SETOSA =
  numbers(`5.1 4.9 4.7 4.6 5.0 5.4 4.6 5.0 4.4 4.9 5.4 4.8 4.8 4.3 5.8 5.7 5.4 5.1 5.7 5.1 5.4 5.1 4.6 5.1 4.8 5.0 5.0 5.2
  5.2 4.7 4.8 5.4 5.2 5.5 4.9 5.0 5.5 4.9 4.4 5.1 5.0 4.5 4.4 5.0 5.1 4.8 5.1 4.6 5.3 5.0`)
const VERSICOLOR =
  numbers(`7.0 6.4 6.9 5.5 6.5 5.7 6.3 4.9 6.6 5.2 5.0 5.9 6.0 6.1 5.6 6.7 5.6 5.8 6.2 5.6 5.9 6.1 6.3 6.1 6.4 6.6 6.8
  6.7 6.0 5.7 5.5 5.5 5.8 6.0 5.4 6.0 6.7 6.3 5.6 5.5 5.5 6.1 5.8 5.0 5.6 5.7 5.7 6.2 5.1 5.7`)
const VIRGINICA =
  numbers(`6.3 5.8 7.1 6.3 6.5 7.6 4.9 7.3 6.7 7.2 6.5 6.4 6.8 5.7 5.8 6.4 6.5 7.7 7.7 6.0 6.9 5.6 7.7 6.3 6.7 7.2 6.2
  6.1 6.4 7.2 7.4 7.9 6.4 6.3 6.1 7.7 6.3 6.4 6.0 6.9 6.7 6.9 5.8 6.8 6.7 6.7 6.3 6.5 6.2 5.9`)

export const IRIS = [
  ...SETOSA.map((length) => ({ species: 'setosa', length })),
  ...VERSICOLOR.map((length) => ({ species: 'versicolor', length })),
  ...VIRGINICA.map((length) => ({ species: 'virginica', length }))
]

const scaled = (value: number, decimals: number) => BigInt(Math.round(value * 10 ** decimals))

export function exactSums(values: readonly number[], decimals: number): ExactPowers {
  const integers = values.map((value) => scaled(value, decimals))
  return {
    n: values.length,
    decimals,
    sum: integers.reduce((a, b) => a + b, 0n),
    sumSquares: integers.reduce((a, b) => a + b * b, 0n),
    cubes: integers.reduce((a, b) => a + b ** 3n, 0n),
    fourths: integers.reduce((a, b) => a + b ** 4n, 0n)
  }
}

export function exactPairs(
  pairs: readonly (readonly [number, number])[],
  decimals: readonly [number, number]
): ExactPairSums {
  const x = exactSums(
    pairs.map((pair) => pair[0]),
    decimals[0]
  )
  const y = exactSums(
    pairs.map((pair) => pair[1]),
    decimals[1]
  )
  const sumXY = pairs.reduce((sum, [a, b]) => sum + scaled(a, decimals[0]) * scaled(b, decimals[1]), 0n)
  return { n: x.n, decimals, sumX: x.sum, sumY: y.sum, sumXX: x.sumSquares, sumYY: y.sumSquares, sumXY }
}

export function momentsOf(sums: ExactPowers): MomentsPart {
  return { n: sums.n, sum: sumOf(sums), deviations: deviationsOf(sums) ?? 0, ...higherDeviationsOf(sums) }
}

export function pairMomentsOf(sums: ExactPairSums): MomentsPart {
  const { x, y } = sidesOf(sums)
  const second = { sum: sumOf(y), deviations: deviationsOf(y) ?? 0, cross: crossDeviationsOf(sums) ?? 0 }
  return { n: x.n, sum: sumOf(x), deviations: deviationsOf(x) ?? 0, second }
}

export const column = (name: string, kind: string, more: Partial<OutputColumn> = {}): OutputColumn => ({
  name,
  role: kind === 'key' ? 'key' : 'measure',
  kind,
  variables: [],
  ...more
})

export function table(
  columns: OutputColumn[],
  rows: OutputRow[],
  withheld: TableOutput['withheld'] = { groups: 0, cells: 0 }
): Output {
  return {
    kind: 'table',
    columns,
    rows,
    withheld,
    disclosure: {
      level: 'P1',
      claim: '',
      preset: 'default',
      policy_hash: '',
      k: 5,
      round_base: 1,
      epoch: '',
      cohort_hash: '',
      subjects: null,
      suppressed_cells: 0,
      bits: null,
      code_hash: '',
      image: ''
    }
  }
}

/** A row with one measure made of moments, under a key. */
export function momentsRow(kind: string, name: string, key: readonly string[], moments: MomentsPart): OutputRow {
  return { values: [...key, valueOfMoments(kind, moments)], parts: { [name]: { moments } } }
}

export function splitBy<T>(items: readonly T[], sites: readonly number[], count: number): T[][] {
  return Array.from({ length: count }, (_, site) => items.filter((_item, i) => sites[i] === site))
}

export function near(actual: unknown, expected: number, relative = 1e-8): boolean {
  return typeof actual === 'number' && Math.abs(actual - expected) <= relative * Math.abs(expected)
}
