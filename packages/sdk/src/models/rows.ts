/** The numbers of a fitted model as rows: all coefficients, or one coefficient by institution. */
import { type ModelResult, StimnetError } from '@stimnet/protocol'

/** One coefficient of a model. Its numbers are null for a term that is collinear with earlier terms. */
export interface CoefficientRow {
  /** A column of the design, such as `age`, `sex[male]` or `site[Coastal Medical Centre]`. */
  readonly term: string
  readonly estimate: number | null
  readonly error: number | null
  /** For a model with noise: the standard deviation due to the noise alone, which is part of `error`. */
  readonly noise?: number
  /** t. */
  readonly statistic: number | null
  readonly p: number | null
  /** Ends of the 95 % interval. */
  readonly low: number | null
  readonly high: number | null
  /** Only for a model of counts: the odds ratio or rate ratio, with its 95 % interval. */
  readonly ratio?: { readonly estimate: number; readonly low: number; readonly high: number }
  /** Only for `site: meta`: the heterogeneity of the coefficient between institutions. */
  readonly between?: Between
}

/** Heterogeneity of a coefficient between institutions. */
export interface Between {
  readonly tau2: number
  readonly i2: number
  readonly q: number
  readonly qP: number
  /** 95 % prediction interval for another institution; only with three or more institutions. */
  readonly predicted?: readonly [low: number, high: number]
}

/** One line of a forest plot: the coefficient at one institution, or the pooled one. */
export interface ForestRow {
  /** PeerId of the institution; null for the pooled row. */
  readonly site: string | null
  readonly institution: string
  readonly n: number
  readonly estimate: number | null
  readonly error: number | null
  readonly low: number | null
  readonly high: number | null
  readonly isPooled: boolean
  /**
   * Whether the coefficient means at this institution what its name says. Otherwise it is not combined, and must not be drawn beside
   * the others.
   */
  readonly isComparable: boolean
}

/** Returns the name of an institution by its PeerId. */
export type NameOf = (site: string) => string

type Coefficient = ModelResult['coefficients'][number]

/** The coefficients of a model, with institutions' names instead of PeerIds. */
export function coefficientRows(
  { coefficients, sites }: Pick<ModelResult, 'coefficients' | 'sites'>,
  nameOf: NameOf
): CoefficientRow[] {
  return coefficients.map((one) => rowOf(one, termName(one.term, { sites, nameOf })))
}

function rowOf(one: Coefficient, term: string): CoefficientRow {
  const { estimate, error, noise, statistic, p, interval, ratio, between } = one
  const [low = null, high = null] = interval ?? []
  const { tau2 = 0, i2 = 0, q = 0, q_p: qP = 1, prediction } = between ?? {}
  const [from, to] = prediction ?? []
  const predicted = from === undefined || to === undefined ? {} : { predicted: [from, to] as const }
  return {
    term,
    estimate,
    error,
    ...(noise === undefined ? {} : { noise }),
    statistic,
    p,
    low,
    high,
    ...(ratio === undefined
      ? {}
      : { ratio: { estimate: ratio.estimate, low: ratio.interval[0] ?? 0, high: ratio.interval[1] ?? 0 } }),
    ...(between === undefined ? {} : { between: { tau2, i2, q, qP, ...predicted } })
  }
}

/** The name of a term. In the term of an institution, the PeerId is replaced by the institution's name. */
export function termName(
  term: string,
  { sites = [], nameOf }: { readonly sites?: ModelResult['sites'] | undefined; readonly nameOf: NameOf }
): string {
  const id = /^site\[(.*)\]$/.exec(term)?.[1]
  return id !== undefined && sites.some(({ site }) => site === id) ? `site[${nameOf(id)}]` : term
}

/** The terms for which every institution has a coefficient: all terms except those of the institutions themselves. */
export function comparedTerms({ coefficients, sites }: ModelResult): string[] {
  const own = sites?.[0]?.coefficients ?? coefficients
  return own.map(({ term }) => term)
}

/**
 * A coefficient at each institution, then the pooled one; only one row for a model of one institution. Throws PARAMETER_INVALID for
 * a term that the model does not have.
 */
export function forestRows(model: ModelResult, term: string, nameOf: NameOf): ForestRow[] {
  const known = comparedTerms(model)
  if (!known.includes(term)) {
    const reason = `The model has no term ${JSON.stringify(term.slice(0, 80))}. It has: ${known.join(', ')}.`
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  const of = (fit: { readonly n: number; readonly coefficients: readonly Coefficient[] }) => {
    const own = fit.coefficients.find((one) => one.term === term)
    const { estimate = null, error = null, interval, not_comparable: isOther } = own ?? {}
    const [low = null, high = null] = interval ?? []
    return { n: fit.n, estimate, error, low, high, isComparable: isOther !== true }
  }
  return [
    ...(model.sites ?? []).map((one) => ({
      site: one.site,
      institution: nameOf(one.site),
      ...of(one),
      isPooled: false
    })),
    { site: null, institution: 'Pooled', ...of(model), isPooled: true }
  ]
}

/**
 * Number of columns whose sums of products each institution released, and number of such sums. The columns include the outcome; for
 * principal components, the constant 1.
 */
export function releasedBy(model: ModelResult): { readonly columns: number; readonly sums: number } {
  const { components, harmonised } = model
  // For a harmonisation: covariates and features. For components: variables and the constant that counts people.
  const columns =
    harmonised === undefined
      ? (components?.[0]?.loadings.length ?? comparedTerms(model).length) + 1
      : (harmonised[0]?.coefficients.length ?? 0) + harmonised.length
  return { columns, sums: (columns * (columns + 1)) / 2 }
}
