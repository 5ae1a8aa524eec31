/**
 * Made-up cohorts for models, and the same rows for R: five covariates, three categories, and outcomes that are each used for one question.
 */
import { open } from 'node:fs/promises'
import { randomUnit, seededRandom } from '@stimnet/protocol'

export const NUMBERS = ['dose', 'weight', 'duration', 'pressure', 'distance'] as const
const CATEGORIES = { sex: ['female', 'male'], arm: ['control', 'low', 'high'], centre: ['a', 'b', 'c', 'd'] } as const
/** A new outcome for each model, including one for warming up, because a repeated question is answered from the store. */
const OUTCOMES = 4

const outcomeNames = Array.from({ length: OUTCOMES }, (_, i) => `score_${i}`)
const eventNames = Array.from({ length: OUTCOMES }, (_, i) => `event_${i}`)
const columns = [...NUMBERS, ...Object.keys(CATEGORIES), ...outcomeNames, ...eventNames]

/**
 * Writes the rows of one institution as a table, and appends them as doubles, row by row, for R. There, codes of categories begin with 1.
 */
export async function writeCohort(
  file: string,
  { at, people, forR }: { readonly at: number; readonly people: number; readonly forR?: string | undefined }
): Promise<void> {
  const random = seededRandom(100 + at)
  const chance = () => randomUnit(random)
  const rough = () => chance() + chance() + chance() + chance() - 2
  const table = await open(file, 'w')
  const binary = forR === undefined ? undefined : await open(forR, 'a')
  const AT_ONCE = 5_000
  await table.write(`subject_id,${columns.join(',')}\n`)
  for (let from = 0; from < people; from += AT_ONCE) {
    const lines: string[] = []
    const values: number[] = []
    for (let i = from; i < Math.min(people, from + AT_ONCE); i++) {
      const numbers = NUMBERS.map(() => Math.round(1_000 + 200 * rough()))
      const codes = Object.values(CATEGORIES).map((levels) => Math.floor(chance() * levels.length))
      const risk =
        numbers.reduce((sum, value, j) => sum + ((value - 1_000) / 200) * (0.3 - 0.1 * j), 0) + 0.3 * (codes[1] ?? 0)
      const scores = outcomeNames.map(() => Math.round(500 + 40 * risk + 100 * rough() + 3 * at))
      const events = eventNames.map(() => (chance() < 1 / (1 + Math.exp(1 - risk)) ? 1 : 0))
      const levels = Object.values(CATEGORIES).map((all, j) => all[codes[j] ?? 0])
      lines.push(
        [`S${i}`, ...numbers, ...levels, ...scores, ...events.map((one) => (one === 1 ? 'yes' : 'no'))].join(',')
      )
      values.push(...numbers, ...codes.map((one) => one + 1), ...scores, ...events)
    }
    await table.write(`${lines.join('\n')}\n`)
    await binary?.write(new Uint8Array(Float64Array.from(values).buffer))
  }
  await table.close()
  await binary?.close()
}

/** The catalog's configuration. */
export function cohortCatalog(name: string, file: string): object {
  const integer = (column: string) => ({
    name: column,
    type: 'integer',
    minimum: 0,
    maximum: 3_000,
    identifying: false
  })
  const category = (column: string, levels: readonly string[]) => ({ name: column, type: 'category', levels })
  const variables = [
    ...[...NUMBERS, ...outcomeNames].map(integer),
    ...Object.entries(CATEGORIES).map(([column, levels]) => category(column, levels)),
    ...eventNames.map((column) => category(column, ['no', 'yes']))
  ]
  const table = { name: `${name}_rows`, file, one_row_per_subject: true, variables }
  const privacy = { precision: 'exact' }
  return {
    name,
    access_level: 'public',
    subject_key: 'subject_id',
    synthetic: true,
    timing: 'prompt',
    privacy,
    tables: [table]
  }
}

/** The eight terms of a linear model of one outcome. */
export function linearFormula(at: number): string {
  return `score_${at} ~ ${[...NUMBERS, ...Object.keys(CATEGORIES)].join(' + ')}`
}

/** A logistic model with continuous covariates. */
export function logisticFormula(at: number): string {
  return `event_${at} ~ ${NUMBERS.join(' + ')} + arm`
}

/** An R process with the rows in memory. It evaluates each line of its input, which is a call, and returns the seconds that this took. */
export function programOfR(file: string, people: number): string {
  const factors = Object.entries(CATEGORIES).map(
    ([name, levels]) => `d$${name} <- factor(d$${name}, labels = c(${levels.map((one) => `"${one}"`).join(',')}))`
  )
  return `
d <- as.data.frame(matrix(readBin("${file}", "double", ${people * columns.length}), ncol = ${columns.length}, byrow = TRUE))
names(d) <- c(${columns.map((one) => `"${one}"`).join(',')})
${factors.join('\n')}
invisible(gc())
cat("ready\\n")
input <- file("stdin", open = "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  took <- system.time(fit <- eval(parse(text = line)))[["elapsed"]]
  rm(fit); invisible(gc())
  cat(took, "\\n"); flush(stdout())
}
`
}
