/** Vectors for models: Gram matrices from several sites, and the regression fitted to them. */
import { type GramPart, randomUnit, seededRandom, type SiteEffects } from '@stimnet/protocol'
import { fitModel, upperOf } from '@stimnet/statistics'
import { glmCases } from './glm.ts'
import { noisyCases } from './noisy.ts'
import { SLOPE_CASES, visitsGram } from './visits.ts'

/** The settings from which the people of a site are generated. */
interface SiteMade {
  readonly seed: number
  readonly people: number
  /** Decimals of x at this site. */
  readonly decimals?: number
  /** The level that everybody of this site has. */
  readonly only?: 'female' | 'male'
}

const SITES: Readonly<Record<string, SiteMade>> = {
  a: { seed: 1, people: 40 },
  b: { seed: 2, people: 25, decimals: 2 },
  c: { seed: 3, people: 60 },
  'one level': { seed: 4, people: 30, only: 'female' },
  few: { seed: 5, people: 4 },
  'no reference': { seed: 6, people: 35, only: 'male' }
}

const CASES: readonly (readonly [name: string, effects: SiteEffects, ...sites: string[]])[] = [
  ['all rows as one sample, in two units', 'none', 'a', 'b', 'c'],
  ['the institution as a factor', 'fixed', 'a', 'b', 'c'],
  ['one fit each, combined', 'meta', 'a', 'b', 'c'],
  ['a random intercept of each institution', 'random', 'a', 'b', 'c'],
  ['a term that one institution cannot estimate', 'meta', 'a', 'one level', 'c'],
  ['an institution without the reference level, combined', 'meta', 'a', 'no reference', 'c'],
  ['one institution with the reference level is none to combine', 'meta', 'a', 'no reference', 'no reference'],
  ['a term that nobody can estimate', 'none', 'one level'],
  ['one institution alone has nothing to combine', 'meta', 'a'],
  ['as many people as columns: no error is left', 'none', 'few'],
  ['no intercept', 'none', 'a', 'c']
]

/** Other methods of combining the sites. */
const COMBINED: readonly NonNullable<GramPart['meta']>[] = [
  { method: 'dl', interval: 'wald' },
  { method: 'pm', interval: 'hartung_knapp' },
  { method: 'reml', interval: 'wald' },
  { method: 'fixed', interval: 'wald' }
]

/** Cases with a random intercept per person. Each person has one to three rows. */
const CASES_OF_PEOPLE: typeof CASES = [
  ['a random intercept of each person', 'none', 'a', 'b', 'c'],
  ['a random intercept of each person, the institution as a factor', 'fixed', 'a', 'b', 'c'],
  ['a random intercept of each person, combined', 'meta', 'a', 'b', 'c'],
  ['a random intercept of each person, an institution without the reference level', 'meta', 'a', 'no reference', 'c'],
  ['a random intercept of each person, and the rows that were left out', 'none', 'a', 'c']
]

/** The contents of models.json. */
export function modelVectors() {
  return {
    about: 'Gram matrices by site, and what `fitModel` makes of them, numbers to a relative 1e-9.',
    cases: [...CASES, ...CASES_OF_PEOPLE]
      .map((one) => {
        const [name, effects, ...named] = one
        const isOfPeople = CASES_OF_PEOPLE.includes(one)
        const sites = named.map((word, i) => {
          const made = SITES[word]
          if (made === undefined) throw new RangeError(word)
          const gram = gramOf(made, effects, { intercept: name !== 'no intercept', isOfPeople })
          return { site: `site-${'abc'[i]}`, gram: name.endsWith('left out') ? withRows(gram) : gram }
        })
        return { name, sites, model: rounded(fitModel(sites)) }
      })
      .concat(COMBINED.map(combinedBy))
      .concat(SLOPE_CASES.map(slopeCase))
      .concat(noisyCases().map(({ name, sites }) => ({ name, sites, model: rounded(fitModel(sites)) })))
      .concat(glmCases().map(({ name, sites }) => ({ name, sites: [...sites], model: rounded(fitModel(sites)) })))
  }
}

function slopeCase(one: (typeof SLOPE_CASES)[number]) {
  const sites = [
    { seed: 11, people: 60, decimals: 1 },
    { seed: 12, people: 45, decimals: 2 },
    { seed: 13, people: 80, decimals: 1 }
  ].map((made, i) => ({ site: `site-${'abc'[i]}`, gram: visitsGram(one, made) }))
  return { name: one.name, sites, model: rounded(fitModel(sites)) }
}

function combinedBy(meta: NonNullable<GramPart['meta']>) {
  const sites = ['a', 'b', 'c'].map((word) => {
    const made = SITES[word]
    if (made === undefined) throw new RangeError(word)
    const gram = gramOf(made, 'meta', { intercept: true, isOfPeople: false })
    return { site: `site-${word}`, gram: { ...gram, meta } }
  })
  return { name: `combined by ${meta.method}, ${meta.interval}`, sites, model: rounded(fitModel(sites)) }
}

/** The value with its numbers rounded to twelve digits: further digits differ between machines. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(12))
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, rounded(own)]))
}

function gramOf(
  { seed, people, decimals = 1, only }: SiteMade,
  site: SiteEffects,
  { intercept, isOfPeople }: { readonly intercept: boolean; readonly isOfPeople: boolean }
): GramPart {
  const random = seededRandom(seed)
  const unit = 10 ** decimals
  let own = 0
  // People have one, two and three rows in turn. The rows of one person share a part of the outcome.
  const ownerOf = (row: number) => Math.floor(row / 6) * 3 + (row % 6 < 1 ? 0 : row % 6 < 3 ? 1 : 2)
  const rows = Array.from({ length: people }, (_, row) => {
    if (isOfPeople && (row === 0 || ownerOf(row) !== ownerOf(row - 1))) own = Math.round(randomUnit(random) * 120)
    const x = Math.round(randomUnit(random) * 80 * unit)
    const male = only === 'male' || (only === undefined && randomUnit(random) < 0.4) ? 1 : 0
    const y = Math.round((x / unit) * 3 + male * 40 + seed * 10 + randomUnit(random) * 90) + own
    const design = intercept ? [1, x, male, x * male] : [x, 1 - male, male, x * male]
    return [...design, y].map(BigInt)
  })
  const names = intercept
    ? ['(Intercept)', 'x', 'sex[male]', 'x:sex[male]', 'y']
    : ['x', 'sex[female]', 'sex[male]', 'x:sex[male]', 'y']
  const matrix = names.map((_, i) =>
    names.map((_, j) => rows.reduce((sum, row) => sum + (row[i] ?? 0n) * (row[j] ?? 0n), 0n))
  )
  return {
    ...{
      formula: `y ~ x + sex + x:sex${intercept ? '' : ' - 1'}${isOfPeople ? ' + (1 | subject)' : ''}`,
      outcome: 'y',
      intercept,
      n: people,
      site
    },
    factors: [{ name: 'sex', levels: ['female', 'male'] }],
    columns: names.map((name) => ({ name, decimals: name.startsWith('x') ? decimals : name === 'y' ? 1 : 0 })),
    upper: upperOf(matrix),
    ...(isOfPeople
      ? { clusters: clustersOf([...Map.groupBy(rows, (row) => ownerOf(rows.indexOf(row))).values()]) }
      : {})
  }
}

/** The matrix with the number of all rows, of which some were left out. */
function withRows(gram: GramPart): GramPart {
  const { clusters, n } = gram
  return clusters === undefined ? gram : { ...gram, clusters: { ...clusters, rows: n + 7 } }
}

function clustersOf(people: readonly (readonly (readonly bigint[])[])[]): GramPart['clusters'] {
  const sizes = [...Map.groupBy(people, ({ length }) => length)].map(([size, own]) => {
    const sums = (of: (person: readonly (readonly bigint[])[], i: number, j: number) => bigint) => {
      const width = own[0]?.[0]?.length ?? 0
      const places = Array.from({ length: width }, (_, i) => i)
      return upperOf(places.map((i) => places.map((j) => own.reduce((sum, person) => sum + of(person, i, j), 0n))))
    }
    const total = (person: readonly (readonly bigint[])[], i: number) =>
      person.reduce((sum, row) => sum + (row[i] ?? 0n), 0n)
    return {
      ...{ size, people: own.length },
      within: sums((person, i, j) => person.reduce((sum, row) => sum + (row[i] ?? 0n) * (row[j] ?? 0n), 0n)),
      totals: sums((person, i, j) => total(person, i) * total(person, j))
    }
  })
  return { left_out: 1, sizes }
}
