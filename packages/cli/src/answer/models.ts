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
    `\nLinear regression, ${printable(model.formula)}: ${SITE_WORDS[model.site]}\n`,
    tableOf(
      ['term', 'estimate', 'std. error', model.df === null ? 'z' : 't', 'p', '95 % from', 'to'],
      model.coefficients.map((one) => [named(one.term), ...numbersOf(one)])
    ),
    `${fitInWords(model)}${model.note === '' ? '' : ` ${printable(model.note)}`}\n`,
    ...siteLines(model, nameOf)
  ])
}

function numbersOf({ estimate, error, statistic, p, interval }: Coefficient): (string | number | null)[] {
  return [estimate, error, statistic, p === null ? null : Number(p.toPrecision(3)), ...(interval ?? [null, null])]
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

function siteLines({ sites = [] }: ModelResult, nameOf: (site: string) => string): string[] {
  if (sites.length < 2) return []
  const [first] = sites
  const terms = first?.coefficients.map(({ term }) => term) ?? []
  const rows = sites.map(({ site, n, coefficients }) => [
    printable(nameOf(site)),
    n,
    ...coefficients.map(({ estimate }) => estimate)
  ])
  return ['\nEach institution by itself\n', tableOf(['institution', 'n', ...terms], rows)]
}
