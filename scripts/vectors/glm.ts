/** Vectors for logistic, Poisson and Cox models: tables of counts, and rounds, from several sites. */
import { type GramPart, randomUnit, seededRandom } from '@stimnet/protocol'
import { type Observed, ownRound, type SeenUntil, stepAfter } from '@stimnet/statistics'

type Family = 'binomial' | 'poisson'
type RoundFamily = Family | 'cox'
interface Case {
  readonly name: string
  readonly sites: readonly { readonly site: string; readonly gram: GramPart }[]
}

const PEERS = ['12D3KooWa', '12D3KooWb', '12D3KooWc']
const ARMS = ['none', 'low', 'high']
const SEXES = ['f', 'm']

interface Person {
  readonly sex: string
  readonly arm: string
  readonly dose: number
  readonly y: number
}

/** The arm in which a site has nobody, by the index of the site. */
type Without = Readonly<Record<number, string>>

function peopleOf(site: number, family: Family): Person[] {
  const random = seededRandom(70 + site)
  const chance = () => randomUnit(random)
  return Array.from({ length: 60 + 15 * site }, () => {
    const sex = SEXES[chance() < 0.45 ? 0 : 1] ?? ''
    const arm = ARMS[Math.floor(chance() * 3)] ?? ''
    const dose = Math.round(chance() * 80) / 8
    const risk = 1 / (1 + Math.exp(0.6 - 0.15 * dose + (arm === 'high' ? 0.8 : 0) - 0.2 * site))
    const y = family === 'binomial' ? (chance() < risk ? 1 : 0) : Math.floor(chance() * 5 * risk)
    return { sex, arm, dose, y }
  })
}

function peopleIn(site: number, family: Family, without: Without): Person[] {
  return peopleOf(site, family).filter(({ arm }) => arm !== without[site])
}

const FITS: Readonly<Record<RoundFamily, GramPart['fit']>> = {
  cox: { family: 'cox', event: 'yes', time: 'days' },
  binomial: { family: 'binomial', event: 'yes' },
  poisson: { family: 'poisson' }
}
const columnsNamed = (...names: string[]) => names.map((name) => ({ name, decimals: 0 }))
const ARM = { name: 'arm', levels: ARMS }
const SEX = { name: 'sex', levels: SEXES }

function tableOf(
  people: readonly Person[],
  {
    family,
    site,
    isSeparated = false,
    isCrossed = false
  }: {
    readonly family: Family
    readonly site: GramPart['site']
    readonly isSeparated?: boolean
    readonly isCrossed?: boolean
  }
): GramPart {
  const cells = ARMS.flatMap((arm) =>
    SEXES.flatMap((sex) => {
      const own = people.filter((one) => one.arm === arm && one.sex === sex)
      const sum = isSeparated && sex === 'm' ? own.length : own.reduce((all, { y }) => all + y, 0)
      return own.length === 0 ? [] : [{ levels: [arm, sex], n: own.length, sum: String(sum) }]
    })
  )
  return {
    formula: `y ~ arm + sex${isCrossed ? ' + arm:sex' : ''}`,
    outcome: 'y',
    site,
    intercept: true,
    n: people.length,
    upper: [],
    fit: FITS[family],
    factors: [ARM, SEX],
    columns: columnsNamed(
      '(Intercept)',
      'arm[low]',
      'arm[high]',
      'sex[m]',
      ...(isCrossed ? ['arm[low]:sex[m]', 'arm[high]:sex[m]'] : []),
      'y'
    ),
    table: { by: ['arm', 'sex'], terms: [[], ['arm'], ['sex'], ...(isCrossed ? [['arm', 'sex']] : [])], cells }
  }
}

function observedIn(people: readonly Person[], family: RoundFamily): Observed | SeenUntil {
  const column = (of: (one: Person) => number) => Float64Array.from(people, of)
  if (family === 'cox') {
    const { columns, outcome } = observedIn(people, 'binomial')
    // Tied times, in an order that follows from nothing else.
    return { family, columns: columns.slice(1), outcome, time: Float64Array.from(people, (_, i) => (i * 37) % 29) }
  }
  return {
    family,
    columns: [
      column(() => 1),
      column(({ arm }) => (arm === 'low' ? 1 : 0)),
      column(({ arm }) => (arm === 'high' ? 1 : 0)),
      column(({ dose }) => dose)
    ],
    outcome: column(({ y }) => y)
  }
}

/** The parts that the sites release in the last of several rounds. */
function roundsOf(
  family: RoundFamily,
  { site, last, without = {} }: { readonly site: GramPart['site']; readonly last: number; readonly without?: Without }
): GramPart[] {
  const all = PEERS.map((_, i) => observedIn(peopleIn(i, family === 'cox' ? 'binomial' : family, without), family))
  let estimates: readonly string[] | undefined
  for (let round = 0; ; round++) {
    const made = all.map((observed): GramPart => {
      const own = ownRound(observed, estimates)
      if (own === undefined) throw new RangeError('a vector without estimates')
      return {
        formula: 'y ~ arm + dose',
        outcome: 'y',
        site,
        intercept: family !== 'cox',
        n: observed.outcome.length,
        upper: [],
        fit: FITS[family],
        factors: [ARM],
        columns: columnsNamed(...(family === 'cox' ? [] : ['(Intercept)']), 'arm[low]', 'arm[high]', 'dose', 'y'),
        round: {
          fit: 'f'.repeat(64),
          roster: PEERS,
          round,
          answers: round === 0 ? '' : 'a'.repeat(64),
          epochs: round === 0 ? [] : PEERS.map(() => 'e'),
          total: String(observed.outcome.reduce((sum, y) => sum + y, 0)),
          ...own.sums
        }
      }
    })
    if (round === last) return made
    estimates = stepAfter(made.flatMap((one) => one.round ?? [])).estimates
  }
}

/** Vectors of logistic, Poisson and Cox models, named after what each demonstrates. */
export function glmCases(): readonly Case[] {
  const tables = (
    name: string,
    family: Family,
    site: GramPart['site'],
    {
      without = {},
      ...more
    }: { readonly isSeparated?: boolean; readonly isCrossed?: boolean; readonly without?: Without } = {}
  ): Case => ({
    name,
    sites: PEERS.slice(0, more.isCrossed ? 2 : 3).map((peer, i) => ({
      site: peer,
      gram: tableOf(peopleIn(i, family, without), { family, site, ...more })
    }))
  })
  const rounds = (
    name: string,
    family: RoundFamily,
    of: { readonly site: GramPart['site']; readonly last: number; readonly without?: Without },
    some = PEERS
  ): Case => ({
    name,
    sites: roundsOf(family, of).flatMap((gram, i) =>
      some.includes(PEERS[i] ?? '') ? [{ site: PEERS[i] ?? '', gram }] : []
    )
  })
  return [
    tables('a logistic model of categories', 'binomial', 'none'),
    tables('a logistic model of categories, the institution as a factor', 'binomial', 'fixed'),
    tables('a logistic model of categories, combined', 'binomial', 'meta'),
    tables('a logistic model of categories, an institution without the reference level', 'binomial', 'meta', {
      without: { 2: 'none' }
    }),
    tables('a Poisson model of categories', 'poisson', 'none'),
    tables('a logistic model of categories with their product', 'binomial', 'fixed', { isCrossed: true }),
    tables('a logistic model of categories that separates', 'binomial', 'none', { isSeparated: true }),
    rounds('round 0 of a logistic model', 'binomial', { site: 'none', last: 0 }),
    rounds('round 0 of a logistic model, combined', 'binomial', { site: 'meta', last: 0 }),
    rounds('round 0 of a logistic model, an institution without the reference level', 'binomial', {
      site: 'meta',
      last: 0,
      without: { 2: 'none' }
    }),
    rounds('round 1 of a logistic model', 'binomial', { site: 'none', last: 1 }),
    rounds('round 2 of a logistic model', 'binomial', { site: 'none', last: 2 }),
    rounds('round 3 of a logistic model', 'binomial', { site: 'none', last: 3 }),
    rounds('round 2 of a Poisson model', 'poisson', { site: 'none', last: 2 }),
    rounds('round 0 of a Cox model, combined', 'cox', { site: 'meta', last: 0 }),
    rounds('round 2 of a Cox model', 'cox', { site: 'none', last: 2 }),
    rounds(
      'round 1 of a logistic model that one institution did not answer',
      'binomial',
      { site: 'none', last: 1 },
      PEERS.slice(1)
    )
  ]
}
