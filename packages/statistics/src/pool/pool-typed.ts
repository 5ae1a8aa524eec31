/**
 * Pooling of declared script outputs over the sites: counts and sums are added, and other kinds are pooled by their own rule, if
 * any.
 */
import {
  countDeclared,
  type OutputDeclaration,
  type PooledTyped,
  type PoolingMethod,
  type TypedOutput,
  type TypedValue
} from '@stimnet/protocol'
import { exactSum } from '../moments.ts'
import { alike, shapeOfTyped, tieNote } from './answers.ts'

/** The outputs that one site released under the contract of the request. */
export interface SiteOutputs {
  readonly site: string
  readonly typed: TypedOutput
}

/** The outputs over all sites, with notes for the reader. */
export interface PooledOutputs {
  readonly outputs: PooledTyped[]
  readonly sites: string[]
  /** Sites whose outputs differ from those of the others, or contradict themselves. */
  readonly left: string[]
  readonly notes: string[]
}

type Of<K extends TypedValue['kind']> = Extract<TypedValue, { kind: K }>
type Scalar = Of<'count' | 'sum' | 'mean' | 'proportion' | 'quantile' | 'sd'>

const METHODS: Readonly<Record<TypedValue['kind'], PoolingMethod>> = {
  count: 'added',
  table: 'added',
  histogram: 'added',
  sum: 'added',
  mean: 'weighted by its count',
  proportion: 'weighted by its count',
  coefficients: 'fixed effect, inverse variance',
  quantile: 'none',
  sd: 'none',
  test: 'none',
  curve: 'none'
}

/**
 * Pools the outputs of the sites. `contract` is the declaration of the request: it names the count by which a mean or proportion
 * is weighted. Without such a count, means and proportions are not pooled, because the cohort is not the group that they are
 * about. The order of the sites has practically no effect, because rounding errors of sums are compensated (`exactSum`).
 */
export function poolTyped(sites: readonly SiteOutputs[], contract: readonly OutputDeclaration[]): PooledOutputs {
  const { agreed, left, isTied } = sameOutputs(sites)
  const [first] = agreed
  const outputs = (first?.typed.outputs ?? []).map((_, i) => poolOutput(agreed, i, contract))
  const notes = [...(isTied ? [tieNote(left, 'outputs')] : []), ...notesOf(agreed, outputs)]
  return { outputs, sites: agreed.map(({ site }) => site), left, notes }
}

/** The sites with the most common list of outputs, as for `alike`; sites that contradict themselves are excluded. */
function sameOutputs(sites: readonly SiteOutputs[]): {
  agreed: readonly SiteOutputs[]
  left: string[]
  isTied: boolean
} {
  const { agreed, isTied } = alike(sites.filter(isSound), ({ typed }) => shapeOfTyped(typed))
  return { agreed, isTied, left: sites.filter((entry) => !agreed.includes(entry)).map(({ site }) => site) }
}

/**
 * Whether the outputs of a site are consistent: as many numbers as labels, no count below zero, and standard errors above zero.
 */
function isSound({ typed }: SiteOutputs): boolean {
  return typed.outputs.every((value) => {
    if (!(value.n >= 0)) return false
    if (value.kind === 'table') return isCounts(value.counts, value.categories.length)
    if (value.kind === 'histogram') return isCounts(value.counts, value.edges.length - 1)
    if (value.kind === 'curve') return value.values.length === value.edges.length
    if (value.kind === 'coefficients') return value.terms.every(({ se }) => se === null || se > 0)
    return value.kind !== 'count' || isCounts([value.value], 1)
  })
}

function isCounts(counts: readonly (number | null)[], length: number): boolean {
  return counts.length === length && counts.every((count) => count === null || count >= 0)
}

/** One output of one site, with the number of people in its count, if the contract names a count. */
interface Part {
  readonly site: string
  readonly value: TypedValue
  readonly of: number | undefined
}

function poolOutput(sites: readonly SiteOutputs[], at: number, contract: readonly OutputDeclaration[]): PooledTyped {
  const all = sites.flatMap(({ site, typed }): Part[] => {
    const value = typed.outputs[at]
    return value ? [{ site, value, of: countOf(typed, value, contract) }] : []
  })
  const kind = all[0]?.value.kind ?? 'test'
  const isShare = kind === 'mean' || kind === 'proportion'
  const name = all[0]?.value.name
  const isDeclared = contract.some((output) => output.name === name && countDeclared(contract, output) !== undefined)
  const method = isShare && !isDeclared ? 'none' : METHODS[kind]
  const parts = all.filter(({ value, of }) => method !== 'none' && !isWithheld(value) && (!isShare || of !== undefined))
  const output = { ...pooledValue(all, parts), n: exactSum(all.map(({ value }) => value.n)) }
  const of = isShare && method !== 'none' ? { of: exactSum(parts.map((part) => part.of ?? 0)) } : {}
  return { output: { ...output, ...of }, method, sites: parts.map(({ site }) => site) }
}

/**
 * The declared count of an output, if it was released, is at least k and is not larger than the number that the node counted;
 * otherwise undefined.
 */
function countOf(
  { outputs, disclosure }: TypedOutput,
  { name, n }: TypedValue,
  contract: readonly OutputDeclaration[]
): number | undefined {
  const declared = contract.find((output) => output.name === name)
  const place = declared && countDeclared(contract, declared)
  const value = place && outputs[place.output]
  if (value === undefined || value.name !== declared?.of) return undefined
  const count = value.kind === 'count' ? value.value : 'counts' in value ? value.counts[place?.entry ?? -1] : undefined
  return typeof count === 'number' && count > 0 && count >= disclosure.k && count <= n ? count : undefined
}

function isWithheld(value: TypedValue): boolean {
  if ('value' in value) return value.value === null
  if ('counts' in value) return value.counts.every((count) => count === null)
  return value.kind === 'coefficients' && value.terms.every(({ se }) => se === null)
}

/** The pooled value of `parts`. All of them have one shape, which `sameOutputs` has checked. */
function pooledValue(all: readonly Part[], parts: readonly Part[]): TypedValue {
  const first = all[0]?.value
  const values = parts.map(({ value }) => value)
  switch (first?.kind) {
    case 'count':
    case 'sum':
      return { ...first, value: added(scalars(values).map(({ value }) => value)) }
    case 'mean':
    case 'proportion':
      return { ...first, value: weighted(parts) }
    case 'quantile':
    case 'sd':
      return { ...first, value: null }
    case 'table':
    case 'histogram':
      return { ...first, counts: first.counts.map((_, i) => added(countsAt(values, i))) }
    case 'coefficients':
      return { ...first, terms: first.terms.map(({ term }, i) => ({ term, ...fixedEffect(termsAt(values, i)) })) }
    case 'test':
      return { ...first, statistic: null, df: null, p: null }
    case 'curve':
      return { ...first, values: first.values.map(() => null) }
    default:
      throw new TypeError('an output of no site')
  }
}

const scalars = (values: readonly TypedValue[]): Scalar[] => values.filter((value): value is Scalar => 'value' in value)
const countsAt = (values: readonly TypedValue[], at: number) =>
  values.flatMap((value) => ('counts' in value ? [value.counts[at] ?? null] : []))
const termsAt = (values: readonly TypedValue[], at: number) =>
  values.flatMap((value) => (value.kind === 'coefficients' && value.terms[at] ? [value.terms[at]] : []))

/** The sum of the numbers that are shown; null if none is shown. */
function added(numbers: readonly (number | null)[]): number | null {
  const shown = numbers.filter((number) => number !== null)
  return shown.length === 0 ? null : exactSum(shown)
}

function weighted(parts: readonly Part[]): number | null {
  const shown = parts.flatMap(({ of = 0, value }) =>
    'value' in value && value.value !== null ? [{ of, value: value.value }] : []
  )
  const all = exactSum(shown.map(({ of }) => of))
  return all > 0 ? exactSum(shown.map(({ of, value }) => of * value)) / all : null
}

function fixedEffect(parts: readonly { estimate: number | null; se: number | null }[]): {
  estimate: number | null
  se: number | null
} {
  const shown = parts.flatMap(({ estimate, se }) => (estimate === null || se === null ? [] : [{ estimate, se }]))
  const weight = exactSum(shown.map(({ se }) => se ** -2))
  if (!(weight > 0)) return { estimate: null, se: null }
  const estimate = exactSum(shown.map((part) => part.estimate * part.se ** -2)) / weight
  return { estimate, se: weight ** -0.5 }
}

function notesOf(sites: readonly SiteOutputs[], outputs: readonly PooledTyped[]): string[] {
  const notes = sites
    .filter(({ typed }) => typed.withheld.values > 0)
    .map(({ site, typed }) => `${site} withheld ${typed.withheld.values} value(s): those are pooled without it.`)
  const named = (method: PoolingMethod) =>
    outputs.filter((pooled) => pooled.method === method).map(({ output }) => output.name)
  for (const { output, method, sites: behind } of outputs) {
    if (method !== 'weighted by its count' || behind.length === sites.length) continue
    const others = sites.map(({ site }) => site).filter((site) => !behind.includes(site))
    notes.push(`${output.name}: without ${others.join(', ')}, which withheld it or its count.`)
  }
  const models = named('fixed effect, inverse variance')
  if (models.length > 0) notes.push(`${models.join(', ')}: a fixed-effect meta-analysis of the sites’ estimates.`)
  const uncounted = outputs.filter(({ output, method }) => method === 'none' && METHODS[output.kind] !== 'none')
  const names = uncounted.map(({ output }) => output.name)
  if (names.length > 0) {
    notes.push(
      `${names.join(', ')}: shown site by site. A mean or proportion pools where the contract says in \`of\` ` +
        'which count it is of.'
    )
  }
  const apart = named('none').filter((name) => !names.includes(name))
  if (apart.length > 0) notes.push(`${apart.join(', ')}: shown site by site; this kind does not pool.`)
  return notes
}
