/** A fitted model as text: its coefficients as a table, the fit in one line, each institution's own fit, and what was released. */
import type { ModelResult } from '@stimnet/protocol'
import { measured, printable, tableOf } from '../text-table.ts'
import { MODEL_FAMILIES, SITE_WORDS } from './families.ts'
import { type CoefficientRow, coefficientRows, comparedTerms, type NameOf, releasedBy } from './rows.ts'

/** The text of a model, of several lines. */
export function modelText(model: ModelResult, nameOf: NameOf): string {
  const title = MODEL_FAMILIES.find(({ statistic }) => statistic === model.kind)?.title ?? model.kind
  // A fit of one institution alone says nothing of how institutions are treated.
  const how = model.sites === undefined ? '' : `: ${SITE_WORDS[model.site]}`
  const note = model.note === '' ? '' : ` ${printable(model.note)}`
  return [
    `${title}, ${printable(model.formula)}${how}\n`,
    coefficientTable(model, nameOf),
    `${fitInWords(model)}${note}\n`,
    ...siteTable(model, nameOf),
    `\n${releasedInWords(model)}\n`
  ].join('')
}

function coefficientTable(model: ModelResult, nameOf: NameOf): string {
  const rows = coefficientRows(model, nameOf)
  const isCombined = rows.some(({ between }) => between !== undefined)
  const head = ['term', 'estimate', 'std. error', model.df === null ? 'z' : 't', 'p', '95 % from', 'to']
  return tableOf(
    [...head, ...(isCombined ? ['τ²', 'I² %', 'Q', 'p of Q'] : [])],
    rows.map((row) => [row.term, ...numbersOf(row), ...(isCombined ? betweenOf(row) : [])])
  )
}

function numbersOf({ estimate, error, statistic, p, low, high }: CoefficientRow): (number | null)[] {
  return [estimate, error, statistic, p === null ? null : threeDigits(p), low, high]
}

function betweenOf({ between }: CoefficientRow): (number | null)[] {
  if (between === undefined) return [null, null, null, null]
  return [between.tau2, 100 * between.i2, between.q, threeDigits(between.qP)]
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3))
}

function fitInWords({ n, df, sigma, r2, aic, log_likelihood: likelihood }: ModelResult): string {
  const said = [
    `n = ${n}`,
    ...(df === null ? [] : [`df = ${df}`]),
    ...(sigma === null ? [] : [`sigma = ${measured(sigma)}`]),
    ...(r2 === null ? [] : [`R² = ${measured(r2)}`]),
    ...(likelihood === null ? [] : [`log-likelihood = ${measured(likelihood)}`]),
    ...(aic === null ? [] : [`AIC = ${measured(aic)}`])
  ]
  return `${said.join(', ')}.`
}

function siteTable(model: ModelResult, nameOf: NameOf): string[] {
  const { sites = [] } = model
  if (sites.length < 2) return []
  const rows = sites.map(({ site, n, coefficients }) => [
    printable(nameOf(site)),
    n,
    ...coefficients.map(({ estimate }) => estimate)
  ])
  return ['\nEach institution by itself\n', tableOf(['institution', 'n', ...comparedTerms(model)], rows)]
}

/** What left each institution, in one sentence. */
export function releasedInWords(model: ModelResult): string {
  const { columns, sums } = releasedBy(model)
  return `Released by each institution: the ${sums} sums of products of ${columns} columns, the outcome included, and so their means, variances and covariances.`
}
