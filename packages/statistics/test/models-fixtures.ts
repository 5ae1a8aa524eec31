/** Models over made-up or published rows, and comparisons with R. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GramMeasure, GramPart, ModelResult, SiteEffects, VariableRef } from '@stimnet/protocol'
import { columnsOfModel, formulaOf, hasIntercept, namesIn, planOfStatistic, timesIn, upperOf } from '../src/index.ts'

export { uniform } from '../../../test/chance.ts'

export type ModelRow = Readonly<Record<string, number | string>>

/** The declarations of a catalog with one table: decimals of numeric variables, levels of categories. */
export type Declared = Readonly<Record<string, number | readonly string[]>>

/** The description of a catalog with one such table. Whole numbers are counts from 0. */
export function descriptorOf(declared: Declared, isOnce = true): Parameters<typeof planOfStatistic>[1] {
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
  const descriptor = { name: 'study', tables: [{ name: 't', oneRowPerSubject: isOnce, variables }] }
  return descriptor as unknown as Parameters<typeof planOfStatistic>[1]
}

/** The measure of a formula over such a table, in which a person has several rows. */
export function measureOfRows(
  formula: string,
  declared: Declared,
  { site = 'none', likelihood }: { readonly site?: SiteEffects; readonly likelihood?: string } = {}
): GramMeasure {
  const given = likelihood === undefined ? {} : { likelihood }
  const call = { name: 'regression', variables: [], by: [], arguments: { formula, site, ...given } }
  const [measure] = planOfStatistic(call, descriptorOf(declared, false)).measures
  if (measure?.kind !== 'gram') throw new TypeError('no model')
  return measure
}

/** The measure of a formula over such a table. */
export function measureOf(formula: string, declared: Declared, site: SiteEffects = 'none'): GramMeasure {
  const call = { name: 'regression', variables: [], by: [], arguments: { formula, site } }
  const [measure] = planOfStatistic(call, descriptorOf(declared)).measures
  if (measure?.kind !== 'gram') throw new TypeError('no model')
  return measure
}

const short = (variable: VariableRef) => variable.slice(2)

function decimalsOf(measure: GramMeasure, declared: Declared): number[] {
  return columnsOfModel(measure).map(
    ({ number, time }) =>
      (number === undefined ? 0 : Number(declared[short(number)])) +
      (time === undefined ? 0 : timesIn(measure).decimals)
  )
}

/** The columns of each row, in whole numbers. */
function valuesIn(measure: GramMeasure, rows: readonly ModelRow[], declared: Declared): bigint[][] {
  return rows.map((row) =>
    columnsOfModel(measure).map(({ number, levels, time }) => {
      if ([...levels].some(([variable, level]) => String(row[short(variable)]) !== level)) return 0n
      const times = time === undefined ? undefined : timesIn(measure)
      const weight = times ? (times.units[times.levels.indexOf(String(row[short(times.variable)]))] ?? 0n) : 1n
      if (number === undefined) return weight
      return weight * BigInt(Math.round(Number(row[short(number)]) * 10 ** Number(declared[short(number)])))
    })
  )
}

/** The Gram matrix of rows, by its definition. */
export function partOf(measure: GramMeasure, rows: readonly ModelRow[], declared: Declared): GramPart {
  const columns = columnsOfModel(measure)
  const decimals = decimalsOf(measure, declared)
  const values = valuesIn(measure, rows, declared)
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

/** The same by the visits of each person, for a model with a random slope; `time` is a category with its times as levels. */
export function partOfVisits(
  measure: GramMeasure,
  rows: readonly ModelRow[],
  { person, time, declared }: { readonly person: string; readonly time: string; readonly declared: Declared }
): GramPart {
  const levels = declared[time]
  if (typeof levels !== 'object') throw new TypeError('a time without levels')
  const { units } = timesIn(measure)
  const whole = partOf(measure, rows, declared)
  const kinds = Map.groupBy(Map.groupBy(rows, (row) => row[person]).values(), (own) =>
    own
      .map((row) => levels.indexOf(String(row[time])))
      .sort((a, b) => a - b)
      .join()
  )
  const sizes = [...kinds].map(([visits, people]) => {
    const alike = people.map((own) => {
      const values = valuesIn(measure, own, declared)
      const width = values[0]?.length ?? 0
      const times = own.map((row) => units[levels.indexOf(String(row[time]))] ?? 0n)
      const sums = [0, 1].flatMap((power) =>
        Array.from({ length: width }, (_, i) =>
          values.reduce((sum, row, at) => sum + (row[i] ?? 0n) * (times[at] ?? 0n) ** BigInt(power), 0n)
        )
      )
      return { within: partOf(measure, own, declared).upper.map(BigInt), totals: sums }
    })
    const added = (list: readonly (readonly bigint[])[]) =>
      (list[0] ?? []).map((_, i) => String(list.reduce((sum, own) => sum + (own[i] ?? 0n), 0n)))
    return {
      ...{ size: visits.split(',').length, people: people.length, visits: visits.split(',').map(Number) },
      within: added(alike.map(({ within }) => within)),
      totals: added(alike.map(({ totals }) => totals.flatMap((a, i) => totals.slice(i).map((b) => a * b))))
    }
  })
  const { correlated = true } = measure.random?.slope ?? {}
  const { likelihood } = measure.random ?? {}
  return {
    ...whole,
    clusters: { left_out: 0, time, correlated, ...(likelihood === undefined ? {} : { likelihood }), sizes }
  }
}

/** The sums of rows with those over the rows of each person, who are told apart by the column `person`. */
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

/** sleepstudy of lme4: the reaction times of each person on ten days. */
export const SLEEP: ModelRow[] = `
249.5600 258.7047 250.8006 321.4398 356.8519 414.6901 382.2038 290.1486 430.5853 466.3535
222.7339 205.2658 202.9778 204.7070 207.7161 215.9618 213.6303 217.7272 224.2957 237.3142
199.0539 194.3322 234.3200 232.8416 229.3074 220.4579 235.4208 255.7511 261.0125 247.5153
321.5426 300.4002 283.8565 285.1330 285.7973 297.5855 280.2396 318.2613 305.3495 354.0487
287.6079 285.0000 301.8206 320.1153 316.2773 293.3187 290.0750 334.8177 293.7469 371.5811
234.8606 242.8118 272.9613 309.7688 317.4629 309.9976 454.1619 346.8311 330.3003 253.8644
283.8424 289.5550 276.7693 299.8097 297.1710 338.1665 332.0265 348.8399 333.3600 362.0428
265.4731 276.2012 243.3647 254.6723 279.0244 284.1912 305.5248 331.5229 335.7469 377.2990
241.6083 273.9472 254.4907 270.8021 251.4519 254.6362 245.4523 235.3110 235.7541 237.2466
312.3666 313.8058 291.6112 346.1222 365.7324 391.8385 404.2601 416.6923 455.8643 458.9167
236.1032 230.3167 238.9256 254.9220 250.7103 269.7744 281.5648 308.1020 336.2806 351.6451
256.2968 243.4543 256.2046 255.5271 268.9165 329.7247 379.4445 362.9184 394.4872 389.0527
250.5265 300.0576 269.8939 280.5891 271.8274 304.6336 287.7466 266.5955 321.5418 347.5655
221.6771 298.1939 326.8785 346.8555 348.7402 352.8287 354.4266 360.4326 375.6406 388.5417
271.9235 268.4369 257.2424 277.6566 314.8222 317.2135 298.1353 348.1229 340.2800 366.5131
225.2640 234.5235 238.9008 240.4730 267.5373 344.1937 281.1481 347.5855 365.1630 372.2288
269.8804 272.4428 277.8989 281.7895 279.1705 284.5120 259.2658 304.6306 350.7807 369.4692
269.4117 273.4740 297.5968 310.6316 287.1726 329.6076 334.4818 343.2199 369.1417 364.1236`
  .trim()
  .split('\n')
  .flatMap((line, person) => line.split(' ').map((value, days) => ({ person, days, reaction: Number(value) })))

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

/** Relative tolerance, as promised in docs/models.md: R's own optimizer stops at about this precision. */
export const CLOSE = 1e-6

export function assertClose(found: number | null | undefined, wanted: number, what: string, close = CLOSE) {
  assert.ok(typeof found === 'number', `${what} is missing`)
  assert.ok(Math.abs(found - wanted) <= close * Math.max(Math.abs(wanted), 1e-3), `${what}: ${found}, not ${wanted}`)
}
