/** Models over made-up or published rows, and comparisons with R. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GramMeasure, GramPart, ModelResult, SiteEffects, VariableRef } from '@stimnet/protocol'
import { columnsOfModel, formulaOf, hasIntercept, namesIn, planOfStatistic, upperOf } from '../src/index.ts'

export type ModelRow = Readonly<Record<string, number | string>>

/** The declarations of a catalog with one table: decimals of numeric variables, levels of categories. */
export type Declared = Readonly<Record<string, number | readonly string[]>>

/** The description of a catalog with one such table. Whole numbers are counts from 0. */
export function descriptorOf(declared: Declared): Parameters<typeof planOfStatistic>[1] {
  const variables = Object.entries(declared).map(([name, one]) => ({
    ...{
      name,
      unit: '',
      description: '',
      breakpoints: [],
      minimum: 0,
      maximum: 0,
      bounded: one === 0,
      identifying: false,
      derivation: ''
    },
    ...(typeof one === 'number'
      ? { type: one === 0 ? 'integer' : 'number', levels: [] }
      : { type: 'category', levels: [...one] })
  }))
  const descriptor = { name: 'study', tables: [{ name: 't', oneRowPerSubject: true, variables }] }
  return descriptor as unknown as Parameters<typeof planOfStatistic>[1]
}

/** The measure of a formula over such a table. */
export function measureOf(formula: string, declared: Declared, site: SiteEffects = 'none'): GramMeasure {
  const call = { name: 'regression', variables: [], by: [], arguments: { formula, site } }
  const [measure] = planOfStatistic(call, descriptorOf(declared)).measures
  if (measure?.kind !== 'gram') throw new TypeError('no model')
  return measure
}

/** The Gram matrix of rows, by its definition. */
export function partOf(measure: GramMeasure, rows: readonly ModelRow[], declared: Declared): GramPart {
  const columns = columnsOfModel(measure)
  const short = (variable: VariableRef) => variable.slice(2)
  const decimals = columns.map(({ number }) => (number === undefined ? 0 : Number(declared[short(number)])))
  const values = rows.map((row) =>
    columns.map(({ number, levels }, i) => {
      if ([...levels].some(([variable, level]) => String(row[short(variable)]) !== level)) return 0n
      if (number === undefined) return 1n
      return BigInt(Math.round(Number(row[short(number)]) * 10 ** (decimals[i] ?? 0)))
    })
  )
  const matrix = columns.map((_, i) =>
    columns.map((_, j) => values.reduce((sum, row) => sum + (row[i] ?? 0n) * (row[j] ?? 0n), 0n))
  )
  const name = namesIn(measure)
  return {
    formula: formulaOf(measure),
    outcome: name(measure.outcome),
    factors: measure.factors.map(({ variable, levels }) => ({ name: name(variable), levels })),
    columns: columns.map((column, i) => ({ name: column.name, decimals: decimals[i] ?? 0 })),
    intercept: hasIntercept(measure),
    n: rows.length,
    upper: upperOf(matrix),
    site: measure.site
  }
}

/** The sums over rows, with the sums over the rows of each person. The column `person` identifies the person. */
export function partOfPeople(
  measure: GramMeasure,
  rows: readonly ModelRow[],
  { person, declared }: { readonly person: string; readonly declared: Declared }
): GramPart {
  const whole = partOf(measure, rows, declared)
  const width = whole.columns.length
  const sizes = new Map<number, { people: number; within: bigint[]; totals: bigint[] }>()
  for (const own of Map.groupBy(rows, (row) => row[person]).values()) {
    const before = sizes.get(own.length)
    const within = partOf(measure, own, declared).upper.map(BigInt)
    // The first row of a person's own matrix has the totals, because the first column is 1.
    const sums = within.slice(0, width)
    const totals = sums.flatMap((sum, i) => sums.slice(i).map((other) => sum * other))
    sizes.set(own.length, {
      people: (before?.people ?? 0) + 1,
      within: within.map((value, i) => value + (before?.within[i] ?? 0n)),
      totals: totals.map((value, i) => value + (before?.totals[i] ?? 0n))
    })
  }
  const listed = [...sizes].map(([size, { people, within, totals }]) => ({
    ...{ size, people },
    ...{ within: within.map(String), totals: totals.map(String) }
  }))
  return { ...whole, clusters: { left_out: 0, sizes: listed } }
}

/** Whether R is installed. */
export const HAS_R = spawnSync('Rscript', ['--version']).status === 0

/** The numbers of a fit as R prints them. */
export interface FitOfR {
  readonly coefficients: Readonly<Record<string, readonly (number | null)[]>>
  readonly sigma: number
  readonly r2: number
  readonly adjusted: number
  readonly likelihood: number
  readonly aic: number
  readonly df: number
}

/** `lm(formula, rows)` in R, with `more` commands on the data frame `d` before it. */
export function lmOf(formula: string, rows: readonly ModelRow[], declared: Declared, more = ''): FitOfR {
  const folder = mkdtempSync(join(tmpdir(), 'stimnet-r-'))
  try {
    const names = Object.keys(rows[0] ?? {})
    const lines = rows.map((row) => names.map((name) => row[name]).join(','))
    writeFileSync(join(folder, 'd.csv'), `${[names.join(','), ...lines].join('\n')}\n`)
    const factors = Object.entries(declared).flatMap(([name, one]) =>
      typeof one === 'number'
        ? []
        : [`d$${name} <- factor(d$${name}, levels = c(${one.map((l) => `"${l}"`).join(',')}))`]
    )
    const script = `
options(digits = 17); d <- read.csv("${join(folder, 'd.csv')}", stringsAsFactors = FALSE)
${factors.join('\n')}
${more}
f <- lm(${formula}, d, tol = 1e-12); s <- summary(f); i <- confint(f); b <- coef(f)
show <- function(x) cat(ifelse(is.na(x), "NA", sprintf("%.17g", x)), "")
for (n in names(b)) { cat("C", n, ""); show(b[[n]])
  if (n %in% rownames(s$coefficients)) { for (j in 2:4) show(s$coefficients[n, j]) } else cat("NA NA NA ")
  show(i[n, 1]); show(i[n, 2]); cat("\\n") }
cat("S "); for (x in c(sigma(f), s$r.squared, s$adj.r.squared, logLik(f), AIC(f), f$df.residual)) show(x); cat("\\n")`
    const { stdout, stderr, status } = spawnSync('Rscript', ['-'], { input: script, encoding: 'utf8' })
    if (status !== 0) throw new Error(`R failed: ${stderr}`)
    const read = (text: string) => (text === 'NA' ? null : Number(text))
    const words = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' '))
    const found = words
      .filter(([kind]) => kind === 'C')
      .map(([, name = '', ...rest]) => [inOrder(name), rest.map(read)] as const)
    const [sigma, r2, adjusted, likelihood, aic, df] = (words.find(([kind]) => kind === 'S') ?? []).slice(1).map(Number)
    return { coefficients: Object.fromEntries(found), sigma, r2, adjusted, likelihood, aic, df } as FitOfR
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The coefficients with R's names, such as `sexmale` for `sex[male]`. */
export function inWordsOfR({ coefficients }: Pick<ModelResult, 'coefficients'>): Record<string, (number | null)[]> {
  return Object.fromEntries(
    coefficients.map(({ term, estimate, error, statistic, p, interval }) => [
      inOrder(term.replaceAll(/\[(.*?)\]/g, '$1')),
      [estimate, error, statistic, p, ...(interval ?? [null, null])]
    ])
  )
}

/** The parts of a product in sorted order; R gives them in the order of the formula. */
function inOrder(term: string): string {
  return term.split(':').sort().join(':')
}

/** A seeded source of numbers from 0 to 1. */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 4) / 2 ** 28
  }
}
