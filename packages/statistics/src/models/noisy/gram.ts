/** The Gram matrix of a model from the noisy sums of its sites: each entry is a combination of sums, whose noise is known. */
import type { GramMeasure, GramPart, NoisyModel } from '@stimnet/protocol'
import { columnsOfModel, type DesignColumn, entryOf, measureIn } from '../design.ts'
import { cellsOfSums, orderIn, sortedBy, sumsOfModel } from './sums.ts'

/**
 * One released sum, or several sums of different sites at the same entries, with the indices of these entries in the upper triangle of the
 * matrix.
 */
export interface NoisySum {
  readonly value: number
  readonly variance: number
  /** The sum of the squared variances of its noise terms. */
  readonly fourth: number
  readonly places: readonly { readonly i: number; readonly j: number; readonly weight: number }[]
}

/** A column of a noisy matrix. Its numbers are distances from a centre, in units in which none is above 1. */
export interface NoisyColumn {
  readonly name: string
  /** For a column with a number, its unit and its centre; otherwise 1 and 0. */
  readonly unit: number
  readonly centre: number
  /** Whether the column has a number. */
  readonly hasNumber: boolean
  /** The index of the column with the same levels and without a number, to which the centre belongs. */
  readonly beside?: number
  /** The number of levels that a person must have to be in the column. */
  readonly levels: number
}

/** A Gram matrix with noise. With an intercept, numbers are distances from the middle of their bounds; otherwise from zero. */
export interface NoisyGram {
  /** The columns of the design, the outcome last. */
  readonly columns: readonly NoisyColumn[]
  readonly intercept: boolean
  /** The noisy number of people. */
  readonly n: number
  readonly sums: readonly NoisySum[]
  /** Excess kurtosis of the noise: 3 for Laplace noise, 0 for Gaussian noise. */
  readonly kurtosis: number
}

/** A site with the part that it released. */
export interface NoisySite {
  readonly site: string
  readonly gram: GramPart & { readonly noisy: NoisyModel }
}

/** The matrix of all rows together. `fixed`: with a column for each site except the first, after the intercept. Throws RangeError. */
export function noisyGramOf(sites: readonly NoisySite[], { fixed = false } = {}): NoisyGram {
  const [first] = sites
  if (first === undefined) throw new RangeError('a model of no site')
  const measure = measureIn(first.gram)
  const design = columnsOfModel(measure)
  const { intercept } = first.gram
  const scaleOf = scalesIn(sites, intercept)
  const others = fixed ? sites.slice(1) : []
  const placeOf = (column: number) => (column === 0 || others.length === 0 ? column : column + others.length)
  const named = design.map((column): NoisyColumn => {
    const { name, number, levels } = column
    const alone = design.findIndex((one) => one.number === undefined && isSameLevels(one, column))
    return {
      name,
      hasNumber: number !== undefined,
      ...(number === undefined ? { unit: 1, centre: 0 } : scaleOf(number)),
      ...(number === undefined || alone < 0 ? {} : { beside: placeOf(alone) }),
      levels: levels.size
    }
  })
  const ofSites = others.map(
    ({ site }): NoisyColumn => ({
      name: `site[${site}]`,
      hasNumber: false,
      unit: 1,
      centre: 0,
      levels: 1
    })
  )
  const sums = sites.flatMap(({ gram }, at) => {
    const own = fixed && at > 0 ? at : undefined
    return sumsOf(gram.noisy, { measure, design, scaleOf, placeOf, own })
  })
  return {
    columns: [...named.slice(0, 1), ...ofSites, ...named.slice(1)],
    intercept,
    n: sites.reduce((sum, { gram }) => sum + gram.n, 0),
    sums: together(sums),
    kurtosis: first.gram.noisy.mechanism === 'discrete-laplace' ? 3 : 0
  }
}

/** Joins sums at the same entries, such as those of sites with the same bounds. Sums at no entry are dropped. */
function together(sums: readonly NoisySum[]): NoisySum[] {
  const found = new Map<string, NoisySum>()
  for (const one of sums) {
    const key = JSON.stringify(one.places)
    const { value = 0, variance = 0, fourth = 0 } = found.get(key) ?? {}
    found.set(key, {
      value: value + one.value,
      variance: variance + one.variance,
      fourth: fourth + one.fourth,
      places: one.places
    })
  }
  return [...found.values()]
}

interface Scale {
  readonly unit: number
  readonly centre: number
}

/** Common centres and units: the middle of all bounds and half of their distance or, without an intercept, zero and the largest value. */
function scalesIn(sites: readonly NoisySite[], intercept: boolean): (name: string) => Scale {
  return (name) => {
    const own = sites.flatMap(({ gram }) => gram.noisy.variables.filter((one) => one.name === name))
    const low = Math.min(...own.map(({ centre, width }) => centre - width))
    const high = Math.max(...own.map(({ centre, width }) => centre + width))
    return intercept
      ? { centre: (low + high) / 2, unit: (high - low) / 2 }
      : { centre: 0, unit: Math.max(Math.abs(low), Math.abs(high)) }
  }
}

function isSameLevels(one: DesignColumn, other: DesignColumn): boolean {
  return (
    one.levels.size === other.levels.size && [...one.levels].every(([key, level]) => other.levels.get(key) === level)
  )
}

interface Placing {
  readonly measure: GramMeasure
  readonly design: readonly DesignColumn[]
  readonly scaleOf: (name: string) => Scale
  /** The place of a column of the design in the matrix. */
  readonly placeOf: (column: number) => number
  /** The index of the column of the site, if there is one. */
  readonly own: number | undefined
}

/** The sums of one site, and their entries in the matrix. */
function sumsOf(noisy: NoisyModel, { measure, design, scaleOf, placeOf, own }: Placing): NoisySum[] {
  const found = new Map<string, { value: number; variance: number; places: Map<string, NoisySum['places'][number]> }>()
  for (const [at, sum] of sumsOfModel(measure).entries()) {
    const drawn = noisy.sums[at]
    const by = sum.by.map(({ variable }) => variable)
    const unit = sum.numbers.reduce((product, name) => product * scaleOf(name).unit, 1)
    for (const [cell, levels] of cellsOfSums(sum).entries()) {
      const value = (drawn?.values[cell] ?? 0) / unit
      const variance = ((drawn?.sd ?? 0) / unit) ** 2
      found.set(keyOf(sum.numbers, by, levels), { value, variance, places: new Map() })
    }
  }
  const order = orderIn(measure)
  // The distance between the centre of the site and the common centre.
  const shiftOf = (name: string) => {
    const { centre, unit } = scaleOf(name)
    return ((noisy.variables.find((one) => one.name === name)?.centre ?? centre) - centre) / unit
  }
  const put = (i: number, j: number, key: string, weight: number) => {
    const places = found.get(key)?.places
    const before = places?.get(`${i} ${j}`)?.weight ?? 0
    places?.set(`${i} ${j}`, { i, j, weight: before + weight })
  }
  for (const [i, one] of design.entries()) {
    for (const [rest, other] of design.slice(i).entries()) {
      const entry = entryOf(one, other)
      if (entry === undefined) continue
      const by = sortedBy(order, [...entry.levels.keys()])
      const levels = by.map((variable) => entry.levels.get(variable) ?? '')
      for (const { numbers, weight } of expanded(sortedBy(order, entry.numbers), shiftOf)) {
        const key = keyOf(numbers, by, levels)
        put(placeOf(i), placeOf(i + rest), key, weight)
        if (own === undefined || i > 0) continue
        // The column of a site is the site's intercept: its sums with any column are those of the intercept.
        if (rest === 0) put(own, own, key, weight)
        put(Math.min(own, placeOf(rest)), Math.max(own, placeOf(rest)), key, weight)
      }
    }
  }
  return [...found.values()].map(({ value, variance, places }) => ({
    value,
    variance,
    fourth: variance ** 2,
    places: [...places.values()]
  }))
}

function keyOf(numbers: readonly string[], by: readonly string[], levels: readonly string[]): string {
  return JSON.stringify([numbers, by, levels])
}

/** Expands a product of distances from common centres into products of distances from the centres of a site. */
function expanded(
  [x, y]: readonly string[],
  shiftOf: (name: string) => number
): { readonly numbers: readonly string[]; readonly weight: number }[] {
  if (x === undefined) return [{ numbers: [], weight: 1 }]
  const c = shiftOf(x)
  if (y === undefined)
    return [
      { numbers: [x], weight: 1 },
      { numbers: [], weight: c }
    ]
  const d = shiftOf(y)
  return [
    { numbers: [x, y], weight: 1 },
    { numbers: [x], weight: d },
    { numbers: [y], weight: c },
    { numbers: [], weight: c * d }
  ]
}
