/**
 * Enforcement of a script's declared contract: exactly the declared outputs are released, with the names, kinds, lengths and
 * order of the signed request. The script supplies only numbers; everything else that leaves comes from the request or the
 * node. This bounds how much can be disclosed. It does not guarantee that the code computed what it declares, or computed it
 * over all people: the node cannot check this.
 */
import { countDeclared, type OutputDeclaration, STATBARN_CLASS, type TypedValue } from '@stimnet/protocol'
import {
  bitsOfContract,
  DECADES_EACH_WAY,
  DF_DIGITS,
  digitsOf,
  ERROR_DIGITS,
  errorDigitsOf,
  P_MIN
} from './contract-bits.ts'
import { closeCounts } from './contract-counts.ts'
import { roundCount, toDigits } from '../judge/precision.ts'
import { readScriptJson, type ScriptValue } from './script-tokens.ts'
import type { PrivacySettings } from '../rules/settings.ts'

/** The inputs against which typed outputs are checked. */
export interface TypedContext {
  readonly outputs: readonly OutputDeclaration[]
  /** Number of distinct subjects of the cohort, as counted by the node. This number is the n of every output. */
  readonly subjects: number
  readonly settings: Pick<
    PrivacySettings,
    'k' | 'roundBase' | 'significantDigits' | 'spreadSubjectsMin' | 'zerosAreDisclosive' | 'scriptBitsMax'
  >
}

/** The declared outputs that may be released, or the reason why none may. */
export type JudgedTyped =
  | {
      readonly ok: true
      readonly outputs: readonly TypedValue[]
      /** Number of values that are null because they were withheld. */
      readonly withheld: number
      readonly bits: number
    }
  | { readonly ok: false; readonly why: string }

/** Maximum nesting of a result: {"stimnet_outputs": {name: {"terms": {term: {"se": 1}}}}}. */
const DEPTH_MAX = 5
/** Minimum degrees of freedom. With fewer degrees of freedom, a model or a test describes single people. */
const DF_MIN = 10
/** Minimum number of subjects per term of a model. */
const SUBJECTS_PER_TERM_MIN = 3
/** Tolerance for the difference of two doubles between 0 and 1, per subject. */
const SLACK = 1e-9

class Refusal extends Error {}

function refuse(why: string): never {
  throw new Refusal(why)
}

/** Checks the result of a script with a declared contract. Any departure from the contract refuses the whole result. */
export function judgeTyped(result: string, context: TypedContext): JudgedTyped {
  const { outputs, settings, subjects } = context
  // The contract fixes the size, so a longer result is not read.
  const leavesMax = outputs.reduce((sum, output) => sum + leavesOf(output), 0)
  const reading = readScriptJson(result, { depthMax: DEPTH_MAX, leavesMax })
  if (!reading.ok) return reading
  const bits = bitsOfContract(outputs, { ...settings, subjects })
  if (bits > settings.scriptBitsMax) return { ok: false, why: 'more bits than one script may disclose' }
  try {
    const [document = refuse('not the declared outputs')] = valuesOf(reading.value, ['stimnet_outputs'])
    const written = valuesOf(document, namesOf(outputs))
    const read = outputs.map((output, i) => readNamed(output, written[i] ?? refuse('an output is missing'), context))
    const counted = closeCounts(read, { subjects, k: settings.k })
    const closed = counted.map((value, i) =>
      rounded(ofCount(value, outputs[i], { outputs, counted, settings }), settings)
    )
    const withheld = closed.reduce((sum, value) => sum + numbersOf(value).filter((n) => n === null).length, 0)
    return { ok: true, outputs: closed, withheld, bits }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.message }
    throw error
  }
}

const namesOf = (outputs: readonly OutputDeclaration[]): string[] => outputs.map(({ name }) => name)

/** Number of JSON leaves of an output: its kind, and the numbers of its entries. */
function leavesOf({ kind, categories, edges, terms }: OutputDeclaration): number {
  const entries = { table: categories.length, histogram: edges.length - 1, curve: edges.length, test: 3 }
  if (kind === 'coefficients') return 1 + 2 * terms.length
  return 1 + (kind in entries ? entries[kind as keyof typeof entries] : 1)
}

/** The values of an object that has exactly these keys, in this order. */
function valuesOf(value: ScriptValue, keys: readonly string[]): ScriptValue[] {
  if (value.kind !== 'object' || value.members.length !== keys.length) return refuse('not the declared fields')
  return value.members.map(([key, inner], i) => (key === keys[i] ? inner : refuse('a field that is not declared here')))
}

/**
 * Like `valuesOf`, for keys in any order. The order of named entries carries no information, because entries are released in
 * the order of the contract.
 */
function keyed(value: ScriptValue, keys: readonly string[]): ScriptValue[] {
  if (value.kind !== 'object' || value.members.length !== keys.length)
    return refuse('not the declared entries, each with its name')
  const members = new Map(value.members)
  return keys.map((key) => members.get(key) ?? refuse('a declared entry is missing'))
}

function numberOf(value: ScriptValue): number {
  return value.kind === 'number' ? value.value : refuse('something that is no number')
}

function listOf(value: ScriptValue, length: number): number[] {
  if (value.kind !== 'array' || value.items.length !== length)
    return refuse(`not a list of ${length} numbers, as declared`)
  return value.items.map(numberOf)
}

const FIELDS: Readonly<Record<OutputDeclaration['kind'], readonly string[]>> = {
  count: ['value'],
  table: ['counts'],
  histogram: ['counts'],
  sum: ['value'],
  mean: ['value'],
  proportion: ['value'],
  quantile: ['value'],
  sd: ['value'],
  coefficients: ['terms'],
  test: ['statistic', 'df', 'p'],
  curve: ['values']
}

/** The words that `release` writes into a result in addition to the script's own words. */
export const CONTRACT_WORDS: readonly string[] = [
  ...new Set(['kind', 'estimate', 'se', ...Object.keys(FIELDS), ...Object.values(FIELDS).flat()])
]

/** Reads an output. If it is refused, the error names it. */
function readNamed(output: OutputDeclaration, written: ScriptValue, context: TypedContext): TypedValue {
  try {
    return readOutput(output, written, context)
  } catch (error) {
    if (error instanceof Refusal) return refuse(`${JSON.stringify(output.name)}: ${error.message}`)
    throw error
  }
}

function readOutput(output: OutputDeclaration, written: ScriptValue, context: TypedContext): TypedValue {
  const [kind, ...fields] = keyed(written, ['kind', ...FIELDS[output.kind]])
  if (kind?.kind !== 'string' || kind.value !== output.kind) refuse('an output of another kind than declared')
  const [first = refuse('a field is missing')] = fields
  const { subjects: n } = context
  const common = { name: output.name, unit: output.unit, class: STATBARN_CLASS[output.kind], n }
  switch (output.kind) {
    case 'count':
      return { ...common, kind: output.kind, value: asCount(numberOf(first), n) }
    case 'table': {
      const counts = keyed(first, output.categories).map((count) => asCount(numberOf(count), n))
      return { ...common, kind: output.kind, categories: output.categories, counts: parts(counts, n) }
    }
    case 'histogram': {
      const counts = listOf(first, output.edges.length - 1).map((count) => asCount(count, n))
      return { ...common, kind: output.kind, edges: output.edges, counts: parts(counts, n) }
    }
    case 'coefficients':
      return { ...common, kind: output.kind, terms: readTerms(output, first, context) }
    case 'test':
      return { ...common, kind: output.kind, ...readTest(output, fields.map(numberOf), context) }
    case 'curve':
      return { ...common, kind: output.kind, edges: output.edges, values: readCurve(output, first, context) }
    default:
      return { ...common, kind: output.kind, value: readScalar(output, numberOf(first), context) }
  }
}

/** Checks that a number is a whole number of people, at most n. */
function asCount(value: number, n: number): number {
  return Number.isSafeInteger(value) && value >= 0 && value <= n ? value : refuse('a count beyond the cohort')
}

function parts(counts: readonly number[], n: number): number[] {
  if (counts.reduce((sum, count) => sum + count, 0) > n) refuse('more people in the parts than in the whole')
  return [...counts]
}

function readScalar(output: OutputDeclaration, value: number, context: TypedContext): number | null {
  const { subjects: n, settings } = context
  const digits = digitsOf(output, settings)
  if (output.kind === 'quantile') return output.edges.includes(value) ? value : refuse('a quantile off its grid')
  if (output.kind === 'proportion') {
    if (value < 0 || value > 1) refuse('a proportion beyond 0 to 1')
    return isFewOf(value, n, settings) ? null : toDigits(roundedShare(value, n, settings), digits)
  }
  if (value < Number(output.lower) || value > Number(output.upper)) refuse('a number beyond its declared bounds')
  if (output.kind === 'sd') {
    if (value < 0) refuse('a standard deviation below zero')
    const few = n - 1 < DF_MIN || n < settings.spreadSubjectsMin
    if (few || (value === 0 && settings.zerosAreDisclosive)) return null
  }
  return toDigits(tiny(value), digits)
}

/**
 * Whether the people with a share of n, or the people without it, are fewer than k. An empty cell counts only if zeros
 * disclose.
 */
function isFewOf(share: number, n: number, { k, zerosAreDisclosive }: TypedContext['settings']): boolean {
  if (share === 0 || share === 1) return zerosAreDisclosive
  return Math.min(share, 1 - share) * n < k - SLACK * n
}

/** If counts are rounded, a share is computed from rounded counts: the digits of 52 of 150 would disclose the 52. */
function roundedShare(share: number, n: number, settings: TypedContext['settings']): number {
  if (settings.roundBase === 1) return share
  return Math.min(1, roundCount(share * n, settings) / roundCount(n, settings))
}

/**
 * Applies the declared count of a mean or proportion. The value is withheld if that count is withheld or below k. A proportion
 * is also withheld if it is about fewer than k of the counted people, or about all but fewer than k.
 */
function ofCount(
  value: TypedValue,
  output: OutputDeclaration | undefined,
  {
    outputs,
    counted,
    settings
  }: {
    readonly outputs: readonly OutputDeclaration[]
    readonly counted: readonly TypedValue[]
    readonly settings: TypedContext['settings']
  }
): TypedValue {
  if (output?.of === undefined || (value.kind !== 'mean' && value.kind !== 'proportion')) return value
  const at = countDeclared(outputs, output)
  const declared = at && counted[at.output]
  const count =
    declared?.kind === 'count'
      ? declared.value
      : declared?.kind === 'table' && at?.entry !== undefined
        ? (declared.counts[at.entry] ?? null)
        : null
  if (count === null || count < settings.k) return { ...value, value: null }
  const isFew = value.kind === 'proportion' && value.value !== null && isFewOf(value.value, count, settings)
  return isFew ? { ...value, value: null } : value
}

function tiny(value: number): number {
  return Math.abs(value) < 10 ** -DECADES_EACH_WAY ? 0 : value
}

/** A number without declared bounds. */
function free(value: number, digits: number): number {
  if (Math.abs(value) >= 10 ** DECADES_EACH_WAY) refuse('a number beyond the range')
  return toDigits(tiny(value), digits)
}

/** Refuses a model with too many terms or too few degrees of freedom, because it would describe single people. */
function readTerms(output: OutputDeclaration, value: ScriptValue, { subjects, settings }: TypedContext) {
  const { terms } = output
  if (terms.length * SUBJECTS_PER_TERM_MIN > subjects) refuse('more terms than a third of the subjects')
  if (subjects - terms.length < DF_MIN) refuse('too few degrees of freedom for this model')
  const digits = digitsOf(output, settings)
  return keyed(value, terms).map((entry, i) => {
    const [estimate = 0, se = 0] = keyed(entry, ['estimate', 'se']).map(numberOf)
    if (se < 0) refuse('a standard error below zero')
    const term = terms[i] ?? ''
    const shown = { estimate: free(estimate, digits), se: free(se, errorDigitsOf(digits)) }
    // A standard error of zero means an exact fit.
    return shown.se === 0 ? { term, estimate: null, se: null } : { term, ...shown }
  })
}

function readTest(output: OutputDeclaration, [statistic = 0, df = 0, p = 0]: readonly number[], context: TypedContext) {
  const { subjects, settings } = context
  if (df < 0 || df > subjects) refuse('degrees of freedom beyond the cohort')
  if (p < 0 || p > 1) refuse('a p beyond 0 to 1')
  const shown = {
    statistic: free(statistic, digitsOf(output, settings)),
    df: toDigits(df, DF_DIGITS),
    p: Math.max(P_MIN, toDigits(p, ERROR_DIGITS))
  }
  return df < DF_MIN ? { statistic: null, df: null, p: null } : shown
}

/**
 * Reads a curve that rises from 0 or falls from 1. A point whose step is fewer than k people is withheld, and its step is
 * joined to the next.
 */
function readCurve(output: OutputDeclaration, written: ScriptValue, { subjects: n, settings }: TypedContext) {
  const values = listOf(written, output.edges.length)
  if (values.some((value) => value < 0 || value > 1)) refuse('a point of a curve beyond 0 to 1')
  const rises = (values.at(-1) ?? 0) > (values[0] ?? 0) || values.every((value) => value === 0)
  const isOrdered = (a: number, b: number) => (rises ? a <= b : a >= b)
  if (values.some((value, i) => i > 0 && !isOrdered(values[i - 1] ?? value, value))) refuse('a curve that turns')
  const isFew = (step: number) => step > 0 && step * n < settings.k - SLACK * n
  const [start, end] = rises ? [0, 1] : [1, 0]
  let last = start
  return values.map((value) => {
    if (isFew(Math.abs(value - last)) || isFew(Math.abs(end - value))) return null
    last = value
    return toDigits(roundedShare(value, n, settings), digitsOf(output, settings))
  })
}

function rounded(value: TypedValue, settings: TypedContext['settings']): TypedValue {
  const count = (number: number | null) => (number === null ? null : roundCount(number, settings))
  const n = roundCount(value.n, settings)
  if (value.kind === 'count') return { ...value, n, value: count(value.value) }
  if (value.kind === 'table' || value.kind === 'histogram') return { ...value, n, counts: value.counts.map(count) }
  return { ...value, n }
}

function numbersOf(value: TypedValue): readonly (number | null)[] {
  if ('value' in value) return [value.value]
  if ('counts' in value) return value.counts
  if ('values' in value) return value.values
  if ('terms' in value) return value.terms.flatMap(({ estimate, se }) => [estimate, se])
  return [value.statistic, value.df, value.p]
}
