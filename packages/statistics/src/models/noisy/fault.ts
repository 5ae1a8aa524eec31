/** Models that have a form with noise, judged from the question alone. */
import type { GramMeasure } from '@stimnet/protocol'

/** The reason why a model is not fitted with noise, and the alternatives; undefined if it is fitted. */
export function noisyFault({ fit, random, site, terms, factors }: GramMeasure): string | undefined {
  const family = fit?.family
  if (random !== undefined)
    return 'A random intercept of each person has no form with noise: P2 takes one row of each person. Leave (1 | subject) out.'
  if (site === 'random') return 'site: random has no form with noise: take none, fixed or meta.'
  if (family === undefined) return undefined
  if (family !== 'binomial')
    return `${FAMILY_WORDS[family]} has no form with noise: P2 has linear regressions, and logistic ones of categories.`
  const number = terms.flat().find((variable) => !factors.some((one) => one.variable === variable))
  return number === undefined ? undefined : numberReason(number)
}

const FAMILY_WORDS = {
  poisson: 'A Poisson model',
  cox: 'A Cox model',
  components: 'A principal component analysis',
  combat: 'A harmonisation'
} as const

function numberReason(number: string): string {
  return (
    `${number} is a number, and with noise (P2) a logistic model has categories alone: no interval from noisy sums of a number would hold. ` +
    'Use groups of it, such as age groups, or a linear regression.'
  )
}
