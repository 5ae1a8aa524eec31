/** Vectors for models with noise: sums of several sites, each with a noise of its own. */
import { type GramPart, randomUnit, seededRandom, type SiteEffects, type VariableRef } from '@stimnet/protocol'
import { cellsOfSums, columnsOfModel, formulaOf, sumsOfModel } from '@stimnet/statistics'

interface Made {
  readonly formula: readonly (readonly string[])[]
  readonly site: SiteEffects
  readonly intercept?: boolean
  readonly mechanism?: 'discrete-laplace' | 'discrete-gaussian'
  /** Half of the range of the noise of a count. */
  readonly noise?: number
  readonly people?: number
  readonly event?: string
  /** Nobody has the last level of the arm. */
  readonly isRare?: boolean
}

const FACTORS = [
  { variable: 'arm', levels: ['a', 'b', 'c'] },
  { variable: 'fell', levels: ['no', 'yes'] },
  { variable: 'sex', levels: ['female', 'male'] }
] as const

const LINEAR = [['age'], ['arm'], ['sex'], ['age', 'sex']]
const TABLE = [['arm'], ['sex']]

const CASES: Readonly<Record<string, Made>> = {
  'with noise, all rows as one sample': { formula: LINEAR, site: 'none' },
  'with noise, the institution as a factor': { formula: LINEAR, site: 'fixed', mechanism: 'discrete-laplace' },
  'with noise, combined': { formula: [['age'], ['sex']], site: 'meta' },
  'with noise, no intercept': { formula: [['age'], ['sex']], site: 'none', intercept: false },
  'with noise, a level that nobody has': { formula: LINEAR, site: 'none', isRare: true },
  'with noise, nothing left': { formula: LINEAR, site: 'none', people: 12, noise: 60 },
  'with noise, logistic': { formula: TABLE, site: 'none', event: 'yes' },
  'with noise, logistic, the institution as a factor': {
    ...{ formula: TABLE, site: 'fixed', event: 'yes', mechanism: 'discrete-laplace' }
  },
  'with noise, logistic, combined': { formula: [['sex']], site: 'meta', event: 'yes' },
  'with noise, logistic, a level that nobody has': { formula: TABLE, site: 'none', event: 'yes', isRare: true }
}

/** Each case with its parts by site. */
export function noisyCases(): readonly { readonly name: string; readonly sites: { site: string; gram: GramPart }[] }[] {
  return Object.entries(CASES).map(([name, made]) => ({
    name,
    sites: ['a', 'b', 'c'].map((word, i) => ({ site: `site-${word}`, gram: partOf(made, i) }))
  }))
}

function partOf(made: Made, at: number): GramPart {
  const { formula, site, intercept = true, mechanism = 'discrete-gaussian', noise = 9, people = 900, event } = made
  const random = seededRandom(70 + at)
  const outcome = event === undefined ? 'y' : 'fell'
  const used = [...formula.flat(), outcome]
  const measure = {
    ...({ kind: 'gram', name: 'n', outcome: outcome as VariableRef, site } as const),
    terms: [...(intercept ? [[]] : []), ...(formula as (readonly VariableRef[])[])],
    factors: FACTORS.filter(({ variable }) => used.includes(variable)).map(({ variable, levels }) => ({
      ...{ variable: variable as VariableRef, levels }
    })),
    ...(event === undefined ? {} : { fit: { family: 'binomial', event } as const })
  }
  // Institutions sum about points of their own.
  const bounds: Readonly<Record<string, { centre: number; width: number }>> = {
    ...{ age: { centre: 60 - at, width: 40 }, y: { centre: 0, width: 30 + at } }
  }
  const rows = Array.from({ length: people }, () => rowOf(random, made.isRare === true))
  const sums = sumsOfModel(measure).map(({ numbers, by }) => {
    const unit = numbers.reduce((product, one) => product * (bounds[one]?.width ?? 1), 1)
    const values = cellsOfSums({ by }).map((levels) => {
      const own = rows.filter((row) => by.every(({ variable }, i) => row[variable] === levels[i]))
      const sum = own.reduce((all, row) => {
        return all + numbers.reduce((product, one) => product * (Number(row[one]) - (bounds[one]?.centre ?? 0)), 1)
      }, 0)
      return sum + Math.round(2 * noise * (randomUnit(random) - 0.5)) * unit
    })
    return { numbers: [...numbers], by: by.map(({ variable }) => variable), sd: (noise / 2) * unit, values }
  })
  const counted = sums.find(({ numbers, by }) => numbers.length === 0 && (event !== undefined || by.length === 0))
  const numbers = [...new Set(sums.flatMap((one) => one.numbers))]
  return {
    ...{ formula: formulaOf(measure), outcome, intercept, site, upper: [] },
    factors: measure.factors.map(({ variable, levels }) => ({ name: variable, levels: [...levels] })),
    columns: columnsOfModel(measure).map(({ name }) => ({ name, decimals: 0 })),
    n: (counted?.values ?? []).reduce((sum, value) => sum + value, 0),
    ...(event === undefined ? {} : { fit: { family: 'binomial', event } as const }),
    noisy: {
      mechanism,
      variables: numbers.map((name) => ({ name, ...(bounds[name] ?? { centre: 0, width: 1 }), step: 0.5 })),
      sums
    }
  }
}

/** Whole numbers, so that their sums are exact. */
function rowOf(random: ReturnType<typeof seededRandom>, isRare: boolean): Readonly<Record<string, number | string>> {
  const age = 25 + Math.floor(randomUnit(random) * 70)
  const arm = ['a', 'b', isRare ? 'b' : 'c'][Math.floor(randomUnit(random) * 3)] ?? 'a'
  const sex = randomUnit(random) < 0.4 ? 'male' : 'female'
  const y = Math.round(
    (age - 60) / 6 + (arm === 'b' ? 4 : 0) + (sex === 'male' ? 3 : 0) + 20 * (randomUnit(random) - 0.5)
  )
  const fell = randomUnit(random) < (sex === 'male' ? 0.5 : 0.3) + (arm === 'b' ? 0.1 : 0) ? 'yes' : 'no'
  return { age, arm, sex, y, fell }
}
