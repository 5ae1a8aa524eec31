/** Fitted models as text for a terminal: the coefficients as a table, then the fit in one line, then each institution's own. */
import { measured, printable, tableOf } from '@stimnet/machine'
import type { ModelResult } from '@stimnet/protocol'
import type { Broadcast } from '@stimnet/sdk'

type Coefficient = ModelResult['coefficients'][number]

const SITE_WORDS: Readonly<Record<ModelResult['site'], string>> = {
  none: 'all institutions as one sample',
  fixed: 'with the institution as a factor',
  meta: 'one fit per institution, combined by random effects'
}

/** The lines of the models; empty where none was asked for. */
export function modelLines({ pooled, parts }: Broadcast): string[] {
  const nameOf = (site: string) => parts.find(({ peer_id }) => peer_id === site)?.node_id ?? site
  const named = (term: string) => term.replace(/^site\[(.*)\]$/, (_, site: string) => `site[${nameOf(site)}]`)
  return (pooled?.models ?? []).flatMap((model) => [
    `\n${nameOfModel(model)}, ${printable(model.formula)}: ${SITE_WORDS[model.site]}\n`,
    model.kind === 'pca' ? componentTable(model) : coefficientTable(model, named),
    `${fitInWords(model)}${model.note === '' ? '' : ` ${printable(model.note)}`}\n`,
    ...siteLines(model, nameOf)
  ])
}

function nameOfModel({ kind, family, event }: ModelResult): string {
  if (kind === 'regression') return 'Linear regression'
  if (kind === 'pca') return 'Principal components'
  return family === 'binomial' ? `Logistic regression of ${printable(event ?? '')}` : 'Poisson regression'
}

function coefficientTable(
  { kind, family, site, coefficients, df }: ModelResult,
  named: (term: string) => string
): string {
  const isOfCounts = kind === 'glm'
  const ratio = family === 'binomial' ? 'odds ratio' : 'rate ratio'
  const statistic = df === null || (isOfCounts && site !== 'meta') ? 'z' : 't'
  return tableOf(
    [
      'term',
      'estimate',
      'std. error',
      statistic,
      'p',
      '95 % from',
      'to',
      ...(isOfCounts ? [ratio, '95 % from', 'to'] : [])
    ],
    coefficients.map((one) => [named(one.term), ...numbersOf(one), ...(isOfCounts ? ratioOf(one) : [])])
  )
}

function ratioOf({ ratio }: Coefficient): (number | null)[] {
  return ratio === undefined ? [null, null, null] : [ratio.estimate, ...ratio.interval]
}

/** A column for each component; first how much of the variance it has, then the loadings. */
function componentTable({ components = [] }: ModelResult): string {
  const terms = components[0]?.loadings.map(({ term }) => term) ?? []
  const line = (name: string, of: (one: (typeof components)[number]) => number | null) => [name, ...components.map(of)]
  return tableOf(
    ['', ...components.map((_, i) => `PC${i + 1}`)],
    [
      line('standard deviation', ({ sd }) => sd),
      line('proportion of variance', ({ proportion }) => proportion),
      line('cumulative', ({ cumulative }) => cumulative),
      ...terms.map((term, i) => line(printable(term), ({ loadings }) => loadings[i]?.loading ?? null))
    ]
  )
}

function numbersOf({ estimate, error, statistic, p, interval }: Coefficient): (string | number | null)[] {
  return [estimate, error, statistic, p === null ? null : Number(p.toPrecision(3)), ...(interval ?? [null, null])]
}

function fitInWords({ n, df, sigma, r2, aic, log_likelihood: likelihood, ...rest }: ModelResult): string {
  const { deviance = null, deviance_df: freedoms = null, null_deviance: nothing = null, dispersion = null, code } = rest
  const said = [
    `n = ${n}`,
    ...(df === null ? [] : [`df = ${df}`]),
    ...(sigma === null ? [] : [`sigma = ${measured(sigma)}`]),
    ...(r2 === null ? [] : [`R² = ${measured(r2)}`]),
    ...(likelihood === null ? [] : [`log-likelihood = ${measured(likelihood)}`]),
    ...(aic === null ? [] : [`AIC = ${measured(aic)}`]),
    ...(deviance === null ? [] : [`deviance = ${measured(deviance)}${freedoms === null ? '' : ` on ${freedoms}`}`]),
    ...(nothing === null ? [] : [`null deviance = ${measured(nothing)}`]),
    ...(dispersion === null ? [] : [`dispersion = ${measured(dispersion)}`]),
    ...(code === undefined ? [] : [code])
  ]
  return `${said.join(', ')}.`
}

function siteLines({ sites = [] }: ModelResult, nameOf: (site: string) => string): string[] {
  if (sites.length < 2) return []
  const [first] = sites
  const terms = first?.coefficients.map(({ term }) => term) ?? []
  if (terms.length === 0) return []
  const rows = sites.map(({ site, n, coefficients }) => [
    printable(nameOf(site)),
    n,
    ...coefficients.map(({ estimate }) => estimate)
  ])
  return ['\nEach institution by itself\n', tableOf(['institution', 'n', ...terms], rows)]
}
