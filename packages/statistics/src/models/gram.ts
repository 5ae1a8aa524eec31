/** Gram matrices of several sites: reading them, and adding them in common units. */
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

/** The symmetric matrix with the given upper triangle, row by row. */
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

/** The upper triangle of a matrix as text, row by row. */
export function upperOf(matrix: IntegerMatrix): string[] {
  return matrix.flatMap((row, i) => row.slice(i).map(String))
}

/**
 * Whether a part can be a Gram matrix: as many sums as the columns need, a whole number of people that, with an intercept, equals
 * its first sum, and a matrix that can contain squares and products of real columns. A dishonest site may send any other part.
 */
export function isGram(part: GramPart): boolean {
  const { columns, intercept, n, upper, site } = part
  // The site as a factor replaces the intercept; as a random effect it needs the totals in the intercept's row.
  if ((site === 'fixed' || site === 'random') && !intercept) return false
  const size = columns.length
  if (size < 2 || upper.length !== (size * (size + 1)) / 2) return false
  if (!Number.isSafeInteger(n) || n <= 0 || (intercept && upper[0] !== String(n))) return false
  return isOfSquares(gramOf(part).matrix)
}

/**
 * The properties that the parts of one model have in common: the columns, categories with the same levels in the same order, and
 * the fit.
 */
export function modelKey(part: GramPart): string {
  const { formula, outcome, columns, intercept, factors, site, fit, table, clusters, meta, round, noisy } = part
  const design = [formula, outcome, columns.map(({ name }) => name), intercept, factors, site]
  const counted = [fit ?? null, table?.by ?? null, table?.terms ?? null]
  const people = clusters && [clusters.time ?? null, clusters.correlated ?? null, clusters.likelihood ?? null]
  // Sums of two rounds, or at different estimates, cannot be added.
  const of = round && [round.fit, round.round, round.answers, round.round === 0 ? [] : round.estimates]
  // Numbers with noise and exact ones, or two kinds of noise, are answers to different questions.
  const noise = noisy?.mechanism ?? null
  return JSON.stringify([...design, ...counted, people ?? null, meta ?? null, of ?? null, noise])
}

/** The matrices in common units: for each column, the finest unit of any site. */
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
 * The Gram matrix with the site as a factor: a column for each site except the first, after the intercept. The sums of a site's
 * column with any column are those of the site's own intercept.
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
