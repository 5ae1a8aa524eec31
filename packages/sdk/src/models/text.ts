/** A fitted model as text: a table of coefficients, the fit in one line, each institution's own fit, and the released numbers. */
import { type ModelResult, printable, withNames } from '@stimnet/protocol'
import { measured, tableOf } from '../text-table.ts'
import { modelTitle, RATIO_WORDS, SITE_WORDS } from './families.ts'
import { type CoefficientRow, coefficientRows, comparedTerms, type NameOf, releasedBy } from './rows.ts'

/** The text of a model, in several lines. */
export function modelText(model: ModelResult, nameOf: NameOf): string {
  // A fit of one institution alone has no treatment of institutions.
  const how = model.sites === undefined ? '' : `: ${SITE_WORDS[model.site]}`
  const table = model.kind === 'pca' ? componentTable : model.kind === 'combat' ? harmonisedTables : coefficientTable
  const note = model.note === '' ? '' : ` ${printable(noteInWords(model, nameOf))}`
  return [
    `${printable(modelTitle(model))}, ${printable(model.formula)}${how}\n`,
    table(model, nameOf),
    `${fitInWords(model)}${note}\n`,
    ...(model.random === undefined ? [] : [`${randomInWords(model)}\n`]),
    ...siteTable(model, nameOf),
    `\n${releasedInWords(model)}\n`
  ].join('')
}

/** The note about a fit, with institutions' names instead of PeerIds. */
export function noteInWords({ note, sites = [] }: ModelResult, nameOf: NameOf): string {
  return withNames(note, Object.fromEntries(sites.map(({ site }) => [site, nameOf(site)])))
}

function coefficientTable(model: ModelResult, nameOf: NameOf): string {
  const rows = coefficientRows(model, nameOf)
  const isCombined = rows.some(({ between }) => between !== undefined)
  const isPredicted = rows.some(({ between }) => between?.predicted !== undefined)
  const isOfCounts = model.kind === 'glm'
  const isNoisy = rows.some(({ noise }) => noise !== undefined)
  const statistic = model.df === null || (isOfCounts && model.site !== 'meta') ? 'z' : 't'
  const ratio = RATIO_WORDS[model.family ?? 'poisson']
  return tableOf(
    [
      ...['term', 'estimate', 'std. error', statistic, 'p', '95 % from', 'to'],
      ...(isNoisy ? ['error by noise'] : []),
      ...(isOfCounts ? [ratio, '95 % from', 'to'] : []),
      ...(isCombined ? ['τ²', 'I² %', 'Q', 'p of Q'] : []),
      ...(isPredicted ? ['a further one from', 'to'] : [])
    ],
    rows.map((row) => [
      row.term,
      ...numbersOf(row),
      ...(isNoisy ? [row.noise ?? null] : []),
      ...(isOfCounts ? ratioOf(row) : []),
      ...(isCombined ? betweenOf(row) : []),
      ...(isPredicted ? (row.between?.predicted ?? [null, null]) : [])
    ])
  )
}

function ratioOf({ ratio }: CoefficientRow): (number | null)[] {
  return ratio === undefined ? [null, null, null] : [ratio.estimate, ratio.low, ratio.high]
}

/** A column per component: its share of the variance, then the loadings. */
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

/** Each feature by institution before and after harmonisation, and its regression on the covariates. */
function harmonisedTables({ harmonised = [] }: ModelResult, nameOf: NameOf): string {
  const head = ['institution', 'n', 'mean before', 'sd before', 'mean', 'sd', 'location', 'shrunk', 'scale', 'shrunk']
  return harmonised
    .flatMap(({ feature, n, mean, sd, sites, coefficients }) => [
      `\n${printable(feature)}\n`,
      tableOf(head, [
        ...sites.map((one) => [
          printable(nameOf(one.site)),
          ...[one.n, one.mean_before, one.sd_before, one.mean, one.sd],
          ...[one.location, one.shrunk_location, one.scale, one.shrunk_scale]
        ]),
        ['Pooled', n, null, null, mean, sd, null, null, null, null]
      ]),
      ...(coefficients.length < 2
        ? []
        : [
            tableOf(
              ['harmonised on', 'estimate', 'std. error', 't', 'p', '95 % from', 'to'],
              coefficients.map(({ term, estimate, error, statistic, p, interval }) => [
                printable(term),
                ...[estimate, error, statistic, p === null ? null : threeDigits(p), ...(interval ?? [null, null])]
              ])
            )
          ])
    ])
    .join('')
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

/** The statistics of the fit in one sentence: people, degrees of freedom, residual spread, likelihood. */
export function fitInWords({ n, df, sigma, r2, aic, log_likelihood: likelihood, ...rest }: ModelResult): string {
  const {
    deviance = null,
    deviance_df: freedoms = null,
    null_deviance: nothing = null,
    dispersion = null,
    code,
    rounds
  } = rest
  const said = [
    `n = ${n}`,
    ...(df === null ? [] : [`df = ${df}`]),
    ...(sigma === null ? [] : [`sigma = ${measured(sigma)}`]),
    ...(r2 === null ? [] : [`R² = ${measured(r2)}`]),
    ...(likelihood === null
      ? []
      : [
          `${rest.kind === 'mixed' && rest.random?.likelihood !== 'ml' ? 'restricted ' : ''}log-likelihood = ${measured(likelihood)}`
        ]),
    ...(aic === null ? [] : [`AIC = ${measured(aic)}`]),
    ...(deviance === null ? [] : [`deviance = ${measured(deviance)}${freedoms === null ? '' : ` on ${freedoms}`}`]),
    ...(nothing === null ? [] : [`null deviance = ${measured(nothing)}`]),
    ...(dispersion === null ? [] : [`dispersion = ${measured(dispersion)}`]),
    ...(rounds === undefined ? [] : [roundsInWords(rounds)]),
    ...(code === undefined ? [] : [code])
  ]
  return `${said.join(', ')}.`
}

/** The last round of a fit in rounds, with its change. */
function roundsInWords({ last, change }: NonNullable<ModelResult['rounds']>): string {
  return change === null ? `round ${last}` : `round ${last}, last change ${measured(change)} standard errors`
}

/** The variances of a random intercept, and of a slope with it, in one sentence; empty where there is none. */
export function randomInWords({ random }: ModelResult): string {
  if (random === undefined) return ''
  const { by, groups, tau2, sigma2, icc, slope } = random
  const whom = by === 'site' ? 'institutions' : 'people'
  const intercept = `variance ${measured(tau2)} (sd ${measured(Math.sqrt(tau2))})`
  const share = icc === undefined ? '' : `; ICC = ${measured(icc)}`
  if (slope === undefined)
    return `Random intercept of ${groups} ${whom}: ${intercept}, within them ${measured(sigma2)}${share}.`
  const { term, tau2: ofSlopes, correlation, correlated } = slope
  const both = correlated
    ? `correlation ${correlation === null ? 'not defined' : measured(correlation)}`
    : 'uncorrelated'
  return (
    `Random intercept of ${groups} ${whom} at ${printable(term)} = 0: ${intercept}; slope of ${printable(term)}: variance ` +
    `${measured(ofSlopes)} (sd ${measured(Math.sqrt(ofSlopes))}), ${both}; within them ${measured(sigma2)}.`
  )
}

function siteTable(model: ModelResult, nameOf: NameOf): string[] {
  const { sites = [] } = model
  if (sites.length < 2 || comparedTerms(model).length === 0) return []
  const rows = sites.map(({ site, n, coefficients }) => [
    printable(nameOf(site)),
    n,
    ...coefficients.map(({ estimate }) => estimate)
  ])
  return ['\nEach institution by itself\n', tableOf(['institution', 'n', ...comparedTerms(model)], rows)]
}

/** The numbers that each institution released, in one sentence. */
export function releasedInWords(model: ModelResult): string {
  if (model.noise !== undefined) {
    const { mechanism, sums } = model.noise
    const what = model.kind === 'glm' ? 'counts of people by outcome and terms' : 'sums of products of its columns'
    const kind = mechanism === 'discrete-laplace' ? 'Laplace' : 'Gaussian'
    return `Released by each institution: ${sums} ${what}, each with ${kind} noise. Errors and intervals hold for people and noise together.`
  }
  if (model.rounds !== undefined) {
    const columns = model.coefficients.length
    const each = columns + (columns * (columns + 1)) / 2 + 1
    return `Released by each institution in each of ${model.rounds.last + 1} rounds: ${each} weighted sums (its estimates or the gradient, the information matrix, the deviance), and the number of people and of events.`
  }
  if (model.kind === 'glm') {
    const what =
      model.family === 'binomial' ? 'people by outcome and terms' : 'people, and of sums of the outcome, by terms'
    return `Released by each institution: the table of ${what} behind the model.`
  }
  if (model.kind === 'combat' && model.harmonised === undefined)
    return 'Released by each institution: the sums of products of its features, its covariates and the number of people.'
  const { columns, sums } = releasedBy(model)
  if (model.random?.slope !== undefined)
    return `Released by each institution, for the people with each set of visits: how many they are, the ${sums} sums of products of ${columns} columns over their rows, and those of their totals and of their totals weighted by ${printable(model.random.slope.term)}.`
  if (model.kind === 'mixed' && model.random?.by !== 'site' && model.site !== 'random')
    return `Released by each institution, for the people with each number of rows: how many they are, the ${sums} sums of products of ${columns} columns over their rows, and the same of their totals.`
  if (model.kind === 'pca')
    return `Released by each institution: the ${sums} sums of products of ${columns - 1} variables and of the constant 1, and so how many people they are, and their means, variances and covariances.`
  return `Released by each institution: the ${sums} sums of products of ${columns} columns, the outcome included, and so their means, variances and covariances.`
}
