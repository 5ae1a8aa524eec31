/** Models that are fitted in rounds, from the released numbers of one round. */
import { type GramPart, isOfRounds, type ModelResult, type ModelRoundPart } from '@stimnet/protocol'
import { pOfNormal, zOfP } from '../../distributions.ts'
import { ERROR_SHARE } from '../../tests/table.ts'
import { NOTHING, sitesShown } from '../combine.ts'
import { type CountFit, combined, testedBy, UNKNOWN_FIT } from '../counts.ts'
import { informationFollows } from './information.ts'
import { isRound, ownErrors, type RoundStep, stepAfter } from './next.ts'

interface SiteRound {
  readonly site: string
  readonly gram: GramPart
}

/**
 * Fits the answers of one round, which must be of one model, as `fitModel` does. After round 0, the available institutions make a
 * fit; for a later round, all institutions of the roster are needed. Throws RangeError if there is no site.
 */
export function fitRounds(sites: readonly SiteRound[]): ModelResult {
  const [first] = sites
  const fit = first?.gram.fit
  if (first === undefined || !isOfRounds(fit)) throw new RangeError('a model of no round')
  const { formula, outcome, site } = first.gram
  const each = sites.flatMap(({ site: name, gram }) =>
    gram.round?.round === 0
      ? [{ site: name, fit: ownFit(gram, gram.round), follows: informationFollows(gram.round) }]
      : []
  )
  const isMeta = site === 'meta' && each.length > 1
  const all = isMeta ? combined(each, { family: fit.family, meta: first.gram.meta }) : pooledFit(sites)
  return {
    kind: 'glm',
    formula,
    outcome,
    site,
    rounds: { last: first.gram.round?.round ?? 0, change: null },
    ...all,
    ...(fit.family === 'poisson' ? {} : { event: fit.event }),
    ...(each.length === 0 ? {} : { sites: sitesShown(each) })
  }
}

/** Whether a part can be a round of its model. */
export function isRoundPart({ fit, round, upper, table, columns, n, intercept, site }: GramPart): boolean {
  if (!isOfRounds(fit) || round === undefined) return false
  if (upper.length > 0 || table !== undefined || site === 'fixed' || !Number.isSafeInteger(n) || n <= 0) return false
  if (!isRound(round, columns.length - 1)) return false
  // In a logistic model nobody weighs more than a quarter, and the number of people with the event is at most the number of
  // people.
  if (fit.family === 'poisson') return true
  // Each event adds a variance to the information matrix, which tells nothing about its size. There is no column of ones.
  if (fit.family === 'cox') return !intercept && BigInt(round.total) <= BigInt(n)
  return BigInt(round.total) <= BigInt(n) && (!intercept || Number(round.information[0]) <= (n / 4) * (1 + 1e-9))
}

/** The fit of one institution to its own people. */
function ownFit({ fit, columns, n }: GramPart, round: ModelRoundPart): CountFit {
  const errors = ownErrors(round)
  const coefficients = coefficientsOf(columns, round.estimates.map(Number), errors)
  const estimated = errors.filter((error) => !Number.isNaN(error)).length
  return {
    family: familyOf(fit),
    coefficients,
    n,
    df: n - estimated,
    ...UNKNOWN_FIT,
    deviance: Number(round.deviance),
    deviance_df: n - estimated,
    note: ''
  }
}

function familyOf(fit: GramPart['fit']): CountFit['family'] {
  return isOfRounds(fit) ? fit.family : 'binomial'
}

function pooledFit(sites: readonly SiteRound[]): CountFit {
  const [first] = sites
  const rounds = sites.flatMap(({ gram: { round } }) => round ?? [])
  const [round] = rounds
  if (first === undefined || round === undefined) throw new RangeError('a model of no round')
  const { fit, columns, intercept } = first.gram
  const n = sites.reduce((sum, { gram }) => sum + gram.n, 0)
  const missing = round.roster.length - sites.length
  if (round.round > 0 && missing > 0) {
    const coefficients = columns.slice(0, -1).map(({ name }) => ({ term: name, ...NOTHING }))
    const note = `Round ${round.round} of a model of ${round.roster.length} institutions: without all of them it says nothing.`
    return { family: familyOf(fit), coefficients, n, df: null, ...UNKNOWN_FIT, note }
  }
  const step = stepAfter(rounds)
  const df = n - step.kept.length
  const deviance = devianceAfter(rounds, step)
  const likelihood = fit?.family !== 'poisson' && deviance !== null ? -deviance / 2 : null
  return {
    family: familyOf(fit),
    n,
    df,
    ...UNKNOWN_FIT,
    coefficients: coefficientsOf(columns, step.estimates.map(Number), step.errors),
    log_likelihood: likelihood,
    aic: likelihood === null ? null : 2 * step.kept.length - 2 * likelihood,
    deviance,
    null_deviance: fit?.family === 'binomial' && intercept ? nullDeviance(n, rounds) : null,
    deviance_df: deviance === null ? null : df,
    rounds: { last: round.round, change: step.change ?? null },
    note: notesOn({ columns, step, round, missing })
  }
}

function coefficientsOf(
  columns: GramPart['columns'],
  estimates: readonly number[],
  errors: readonly number[]
): ModelResult['coefficients'] {
  const reach = zOfP(ERROR_SHARE)
  return columns.slice(0, -1).map(({ name: term }, i) => {
    const [estimate, error] = [estimates[i] ?? 0, errors[i] ?? Number.NaN]
    if (Number.isNaN(error)) return { term, ...NOTHING }
    return testedBy({ term, estimate, error, reach, statistic: estimate / error, p: pOfNormal(estimate / error) })
  })
}

/** The deviance at the estimates of the step: it falls along the gradient, up to the third power of the step's length. */
function devianceAfter(rounds: readonly ModelRoundPart[], { moved }: RoundStep): number | null {
  if (moved === undefined) return rounds.length === 1 ? Number(rounds[0]?.deviance) : null
  const sum = rounds.reduce((all, { deviance }) => all + Number(deviance), 0)
  return rounds.reduce(
    (all, { score }) => all - score.reduce((own, one, i) => own + Number(one) * (moved[i] ?? 0), 0),
    sum
  )
}

/** The deviance of a model with only an intercept. */
function nullDeviance(n: number, rounds: readonly ModelRoundPart[]): number {
  const events = rounds.reduce((sum, { total }) => sum + Number(total), 0)
  const part = (count: number) => (count === 0 ? 0 : count * Math.log(count / n))
  return -2 * (part(events) + part(n - events))
}

function notesOn({
  columns,
  step: { kept },
  round,
  missing
}: {
  readonly columns: GramPart['columns']
  readonly step: RoundStep
  readonly round: ModelRoundPart
  readonly missing: number
}): string {
  const aliased = columns.slice(0, -1).flatMap(({ name }, i) => (kept.includes(i) ? [] : [name]))
  return [
    ...(aliased.length === 0
      ? []
      : [`Not estimated, because they follow from the terms before them: ${aliased.join(', ')}.`]),
    ...(round.round === 0 && round.roster.length > 1
      ? ['From the fits of the institutions by themselves, weighted by what each knows: no round has improved it.']
      : []),
    ...(missing > 0 ? [`${missing} of the ${round.roster.length} institutions of its roster are not in it.`] : [])
  ].join(' ')
}
