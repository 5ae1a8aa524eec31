/** The synthetic data of the red team: three institutions, generated from a seed, with the target person or without. */
import { type RandomSource, randomUnit, seededRandom } from '@stimnet/protocol'

/** The institutions, by size: 400 subjects with a lattice, 10,000 without one, 60 with a lattice. */
export const SITES = ['small', 'large', 'tiny'] as const
/** One of SITES. */
export type SiteName = (typeof SITES)[number]

/** Number of subjects at each institution, including the target. */
export const SUBJECTS: Readonly<Record<SiteName, number>> = { small: 400, large: 10_000, tiny: 60 }

/** A row of `people`. */
export interface Person {
  readonly id: string
  readonly age: number
  readonly sex: 'female' | 'male'
  readonly diagnosis: string
  readonly postcode: string
  readonly clinic: string
  readonly weight: number
  readonly cost: number
  readonly flag: number
  readonly balance: number
}

/** A row of `visits`. */
export interface Visit {
  readonly id: string
  readonly visit: string
  readonly score: number
  readonly change: number
  readonly response: string
}

/** One institution's data. */
export interface SiteData {
  readonly people: readonly Person[]
  readonly visits: readonly Visit[]
}

/** The target of all attacks: the only person with that combination of age band, diagnosis and postcode, at each site. */
export const TARGET: Person = {
  id: 'target',
  age: 85,
  sex: 'female',
  diagnosis: 'rare',
  postcode: 'P9',
  clinic: 'A',
  weight: 61.5,
  cost: 777,
  flag: 1,
  balance: -137
}

/** A condition that only the target fits. */
export const TARGET_ALONE = "age >= 80 AND diagnosis = 'rare' AND postcode = 'P9'"

const POSTCODES = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9']
const CLINICS = ['A', 'B', 'C', 'D']
const VISITS = ['m0', 'm6', 'm12']

/** Number of subjects with a rare diagnosis at the large site: one fewer than k. */
const RARE_DIAGNOSIS_SUBJECTS = 4
/** Number of rows of the subject with most rows. Only these rows have the response `odd`. */
const HEAVY_ROWS = 50

/** The data of a site, which are always the same. `target` adds one subject and changes nothing else. */
export function siteData(site: SiteName, options: { target: boolean }): SiteData {
  const dice = diceOf(seededRandom(700 + SITES.indexOf(site)))
  const others = Array.from({ length: SUBJECTS[site] - 1 }, (_, i) => ordinary(site, i, dice))
  const people = options.target ? [...others, TARGET] : others
  const visits = others.slice(0, VISITORS_MAX).flatMap((person, i) => visitsOf(person, i === HEAVY_AT, dice))
  return { people, visits: options.target ? [...visits, ...TARGET_VISITS] : visits }
}

const TARGET_VISITS: readonly Visit[] = VISITS.map((visit, i) => ({
  id: TARGET.id,
  visit,
  score: 90 + i,
  change: -i,
  response: 'no'
}))

const HEAVY_AT = 17
/** Most subjects with visits: enough for attacks by rows, but few, because the large site's files are read many times. */
const VISITORS_MAX = 1_500
/** Two people who are patients of both the small and the large site. */
const SHARED = ['shared-1', 'shared-2']

/** The clinic of a subject. The large site also has clinic Q, whose costs one patient dominates, and clinic S with even costs. */
const clinicOf = (site: SiteName, i: number): string => {
  if (site !== 'large') return CLINICS[i % 4] ?? 'A'
  if (i >= 100 && i < 112) return 'Q'
  if (i >= 200 && i < 260) return 'S'
  return CLINICS[i % 4] ?? 'A'
}

function costOf(clinic: string, i: number, dice: Dice): number {
  if (clinic === 'Q') return i === 100 ? 10_000 : 5
  // Costs similar to that of the dominating patient of Q, so that nobody dominates S.
  if (clinic === 'S') return dice.integer(5_000, 15_000)
  return dice.integer(100, 900)
}

function ordinary(site: SiteName, i: number, dice: Dice): Person {
  const clinic = clinicOf(site, i)
  const age = dice.integer(20, 88)
  // Nobody with the rare diagnosis and an age from 80 on lives in P9, so that the target is alone there.
  const diagnosis = diagnosisOf(site, i, dice)
  const postcode = POSTCODES[dice.integer(0, diagnosis === 'rare' && age >= 80 ? 8 : 9)] ?? 'P1'
  return {
    id: site !== 'tiny' && i < 2 ? (SHARED[i] ?? '') : `${site}-${i}`,
    age,
    sex: i % 2 === 0 ? 'female' : 'male',
    diagnosis,
    postcode,
    clinic,
    weight: dice.integer(450, 1200) / 10,
    cost: costOf(clinic, i, dice),
    flag: flagOf(clinic, dice),
    balance: clinic === 'S' ? (i === 200 ? -900 : 0) : dice.integer(-500, 500)
  }
}

/** A flag that everybody at clinic Q has and nobody at clinic S: a disguised indicator of the clinic. */
function flagOf(clinic: string, dice: Dice): number {
  if (clinic === 'Q') return 1
  return clinic !== 'S' && dice.integer(0, 5) === 0 ? 1 : 0
}

function diagnosisOf(site: SiteName, i: number, dice: Dice): string {
  const roll = dice.integer(0, 100)
  if (site === 'large' && i >= 300 && i < 300 + RARE_DIAGNOSIS_SUBJECTS) return 'Z'
  if (roll < 60) return 'common'
  return roll < 92 ? 'other' : 'rare'
}

function visitsOf(person: Person, heavy: boolean, dice: Dice): Visit[] {
  const ordinaryVisits = VISITS.map((visit) => ({
    id: person.id,
    visit,
    score: dice.integer(0, 101),
    change: dice.integer(-40, 41),
    response: dice.integer(0, 2) === 0 ? 'yes' : 'no'
  }))
  if (!heavy) return ordinaryVisits
  const many = Array.from({ length: HEAVY_ROWS }, () => ({
    id: person.id,
    visit: 'm12',
    score: 99,
    change: 40,
    response: 'odd'
  }))
  return [...ordinaryVisits, ...many]
}

interface Dice {
  /** A whole number from `from` (included) to `to` (excluded). */
  integer(from: number, to: number): number
}

function diceOf(source: RandomSource): Dice {
  return { integer: (from, to) => from + Math.floor(randomUnit(source) * (to - from)) }
}

/** The data as CSV files. */
export function csvOf({ people, visits }: SiteData): { people: string; visits: string } {
  return { people: csv(PEOPLE_COLUMNS, people), visits: csv(VISIT_COLUMNS, visits) }
}

const PEOPLE_COLUMNS = ['id', 'age', 'sex', 'diagnosis', 'postcode', 'clinic', 'weight', 'cost', 'flag', 'balance']
const VISIT_COLUMNS = ['id', 'visit', 'score', 'change', 'response']

function csv<T extends object>(columns: readonly string[], rows: readonly T[]): string {
  const line = (row: T) => columns.map((column) => String((row as Record<string, unknown>)[column])).join(',')
  return `${[columns.join(','), ...rows.map(line)].join('\n')}\n`
}

/** A steward's description of a catalog over these files. `more` is merged into it. */
export function catalogOf(site: SiteName, name: string, files: { people: string; visits: string }, more: object) {
  return {
    name,
    title: 'Red team',
    data_type: 'clinical',
    access_level: 'restricted',
    subject_key: 'id',
    tables: [
      { name: 'people', file: files.people, one_row_per_subject: true, variables: PEOPLE_VARIABLES },
      { name: 'visits', file: files.visits, variables: VISIT_VARIABLES }
    ],
    ...(site === 'large'
      ? {}
      : { lattice: [{ variable: 'people.sex' }, { variable: 'people.age', breakpoints: [60] }] }),
    ...more
  }
}

const PEOPLE_VARIABLES = [
  { name: 'age', type: 'integer', breakpoints: [20, 30, 40, 50, 60, 70, 80, 90], minimum: 18, maximum: 110 },
  { name: 'sex', type: 'category', levels: ['female', 'male'] },
  { name: 'diagnosis', type: 'category', levels: ['common', 'other', 'rare', 'Z', 'unseen'] },
  { name: 'postcode', type: 'category', levels: POSTCODES },
  { name: 'clinic', type: 'category', levels: [...CLINICS, 'Q', 'S'] },
  { name: 'weight', type: 'number', decimals: 1, minimum: 30, maximum: 250 },
  { name: 'cost', type: 'integer' },
  { name: 'flag', type: 'integer', minimum: 0, maximum: 1 },
  { name: 'balance', type: 'integer', minimum: -1000, maximum: 1000 }
]
const VISIT_VARIABLES = [
  { name: 'visit', type: 'category', levels: VISITS },
  { name: 'score', type: 'integer', minimum: 0, maximum: 100 },
  { name: 'change', type: 'integer', minimum: -100, maximum: 100 },
  { name: 'response', type: 'category', levels: ['yes', 'no', 'odd'] }
]
