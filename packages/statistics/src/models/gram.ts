/** Gram matrices of several sites: reading them, and adding them up in common units. */
import type { GramPart } from '@stimnet/protocol'
import { type IntegerMatrix, isOfSquares } from './solve.ts'

/** A Gram matrix in whole numbers. */
export interface Gram extends Pick<GramPart, 'columns' | 'intercept' | 'n' | 'formula' | 'outcome'> {
  readonly matrix: IntegerMatrix
}

/** The full matrix of a part. */
export function gramOf({ upper, ...part }: GramPart): Gram {
  return { ...part, matrix: matrixOf(upper, part.columns.length) }
}

/** A symmetric matrix of some columns from its upper triangle row by row. */
export function matrixOf(upper: readonly string[], size: number): IntegerMatrix {
  const matrix = Array.from({ length: size }, () => Array.from({ length: size }, () => 0n))
  let at = 0
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = BigInt(upper[at++] ?? '0')
      ;(matrix[i] as bigint[])[j] = value
      ;(matrix[j] as bigint[])[i] = value
    }
  }
  return matrix
}

/** The upper triangle of a matrix row by row, as text. */
export function upperOf(matrix: IntegerMatrix): string[] {
  return matrix.flatMap((row, i) => row.slice(i).map(String))
}

/**
 * Whether a part can be a Gram matrix: as many sums as columns need, people in whole numbers and, with an intercept, as many as its
 * first sum; and a matrix of squares and products of real columns, which a site that lies may not send.
 */
export function isGram(part: GramPart): boolean {
  const { columns, intercept, n, upper, site } = part
  // The site as a factor takes the place of the intercept; as a random effect it needs the totals beside it.
  if ((site === 'fixed' || site === 'random') && !intercept) return false
  const size = columns.length
  if (size < 2 || upper.length !== (size * (size + 1)) / 2) return false
  if (!Number.isSafeInteger(n) || n <= 0 || (intercept && upper[0] !== String(n))) return false
  return isOfSquares(gramOf(part).matrix)
}

/** What the parts of one model have alike: the columns, categories with the same levels in the same order, and what is fitted. */
export function modelKey(part: GramPart): string {
  const { formula, outcome, columns, intercept, factors, site, fit, table, clusters, meta, round } = part
  const design = [formula, outcome, columns.map(({ name }) => name), intercept, factors, site]
  const counted = [fit ?? null, table?.by ?? null, table?.terms ?? null]
  const people = clusters && [clusters.time ?? null, clusters.correlated ?? null, clusters.likelihood ?? null]
  // Sums of two rounds, or at different estimates, do not add up.
  const of = round && [round.fit, round.round, round.answers, round.round === 0 ? [] : round.estimates]
  return JSON.stringify([...design, ...counted, people ?? null, meta ?? null, of ?? null])
}

/** The matrices in common units: each column in the finest that a site has. */
export function inCommonUnits(grams: readonly Gram[]): Gram[] {
  const [first] = grams
  if (first === undefined) return []
  const columns = first.columns.map(({ name }, i) => ({
    name,
    decimals: Math.max(...grams.map((gram) => gram.columns[i]?.decimals ?? 0))
  }))
  return grams.map((gram) => {
    const scale = columns.map(({ decimals }, i) => 10n ** BigInt(decimals - (gram.columns[i]?.decimals ?? 0)))
    const matrix = gram.matrix.map((row, i) => row.map((value, j) => value * (scale[i] ?? 1n) * (scale[j] ?? 1n)))
    return { ...gram, columns, matrix }
  })
}

/** The Gram matrix of all rows together: the sum of matrices in common units. */
export function addGrams(grams: readonly Gram[]): Gram | undefined {
  const scaled = inCommonUnits(grams)
  const [first] = scaled
  if (first === undefined) return undefined
  const n = scaled.reduce((sum, one) => sum + one.n, 0)
  const matrix = first.matrix.map((row, i) =>
    row.map((_, j) => scaled.reduce((sum, one) => sum + (one.matrix[i]?.[j] ?? 0n), 0n))
  )
  return { ...first, n, matrix }
}

/**
 * The Gram matrix with the site as a factor: a column for each site but the first, after the intercept. In it the sums of a site
 * with any column are those of its own intercept.
 */
export function withSiteColumns(sites: readonly { readonly site: string; readonly gram: Gram }[]): Gram | undefined {
  const grams = inCommonUnits(sites.map(({ gram }) => gram))
  const sum = addGrams(grams)
  if (sum === undefined || !sum.intercept) return undefined
  const own = grams.slice(1)
  const lineOf = (gram: Gram, at: number) => [
    gram.matrix[0]?.[0] ?? 0n,
    ...own.map((_, i) => (i === at ? (gram.matrix[0]?.[0] ?? 0n) : 0n)),
    ...(gram.matrix[0] ?? []).slice(1)
  ]
  const lines = own.map(lineOf)
  const matrix = sum.matrix.map((row, i) => [
    row[0] ?? 0n,
    ...lines.map((line) => (i === 0 ? line[0] : line[own.length + i]) ?? 0n),
    ...row.slice(1)
  ])
  return {
    ...sum,
    columns: [
      ...sum.columns.slice(0, 1),
      ...sites.slice(1).map(({ site }) => ({ name: `site[${site}]`, decimals: 0 })),
      ...sum.columns.slice(1)
    ],
    matrix: [...matrix.slice(0, 1), ...lines, ...matrix.slice(1)]
  }
}
