/** The rules in force: a preset, which the files of an institution and of a catalog may tighten. */
import { canonicalBytes, LIMITS, StimnetError, sha256Hex } from '@stimnet/protocol'
import { type DisclosureRules, isPreset, PRESETS } from './presets.ts'

/**
 * The requesters who share a ledger, and so count as having received the same answers: all requesters, or those of one
 * affiliation or project.
 */
export type LedgerScope = 'global' | 'affiliation' | 'project'

/** The rules in force. */
export interface PrivacySettings extends DisclosureRules {
  readonly preset: string
  readonly scope: LedgerScope
  /** Whether numbers are released with every digit, or rounded to a tenth of their standard error. */
  readonly precision: Precision
  /**
   * Maximum bits that refusals and withheld, left-out, rounded or joined parts may disclose to one requester in thirty days.
   * When they are used up, new questions are refused.
   */
  readonly refusalBitsMax: number
}

/** The precision of the numbers that a catalog releases. */
export type Precision = 'statistical' | 'exact'

/** The privacy settings that a configuration chooses. */
export interface SettingsChoice {
  readonly preset: string
  readonly overrides?: Overrides
  /** Minimum k, whatever preset or file state. */
  readonly kMin?: number
  /** Default global. */
  readonly scope?: LedgerScope
  /** Default statistical. */
  readonly precision?: Precision
  /** Default 200. */
  readonly refusalBitsMax?: number
}

/** Rules that a configuration file tightens. */
export type Overrides = { readonly [Rule in keyof DisclosureRules]?: DisclosureRules[Rule] | undefined }

/**
 * The default of `refusalBitsMax`. Each refusal, each withheld cell and each sentence that people were left out discloses
 * one bit about data. 200 bits in a month do not interrupt ordinary work, and are far fewer than would describe the people
 * of even a small study.
 */
export const REFUSAL_BITS_MAX_DEFAULT = 200

/** The window in which refusals are counted, in ms: thirty days. */
export const REFUSALS_WINDOW_MS = 30 * 24 * 3_600_000

/** For each rule, chooses the stricter of two values. */
const STRICTER: { readonly [Rule in keyof DisclosureRules]: Stricter<DisclosureRules[Rule]> } = {
  k: Math.max,
  zerosAreDisclosive: (a, b) => a || b,
  largestShareMax: Math.min,
  dominanceShareMax: Math.min,
  dominanceRemainderMin: Math.max,
  spreadSubjectsMin: Math.max,
  shapeSubjectsMin: Math.max,
  informationShareMax: Math.min,
  roundBase: Math.max,
  significantDigits: Math.min,
  scriptBitsMax: Math.min,
  scriptBitsScopeMax: Math.min
}

type Stricter<V> = (a: V, b: V) => V

/** The names of all rules, in the order of their explanations. */
export const RULES = Object.keys(STRICTER) as readonly (keyof DisclosureRules)[]

/**
 * The rules in force under a choice. For each rule the stricter of preset and override applies: an override can tighten a
 * rule, but never loosen it. k is never below `kMin` or `LIMITS.cohortSizeFloor`. Throws CONFIG_INVALID for an unknown
 * preset or a number out of its range.
 */
export function effectiveSettings(choice: SettingsChoice): PrivacySettings {
  const { preset, overrides = {}, kMin = 0, scope = 'global', precision = 'statistical' } = choice
  const { refusalBitsMax = REFUSAL_BITS_MAX_DEFAULT } = choice
  if (!isPreset(preset)) {
    throw new StimnetError(
      'CONFIG_INVALID',
      `privacy.preset: no preset has that name; there are ${Object.keys(PRESETS).join(', ')}`
    )
  }
  const base: DisclosureRules = PRESETS[preset]
  const file = { ...base, ...definedOnly(overrides) }
  checkRanges(file)
  if (!isWhole(refusalBitsMax, 0, 1e6)) outOfRange('refusalBitsMax')
  const floor = { ...base, k: Math.max(kMin, LIMITS.cohortSizeFloor) }
  return Object.freeze({ ...stricter(stricter(base, file), floor), preset, scope, precision, refusalBitsMax })
}

/**
 * Combines two sets of rules: for each rule the stricter value applies. Preset, scope, precision and `refusalBitsMax` are
 * taken from `second`.
 */
export function both(first: PrivacySettings, second: PrivacySettings): PrivacySettings {
  return Object.freeze({ ...second, ...stricter(first, second) })
}

/** The names of the rules that `other` alone would loosen compared with `base`. */
export function laxerThan(base: DisclosureRules, other: DisclosureRules): (keyof DisclosureRules)[] {
  return RULES.filter((rule) => stricter(base, other)[rule] !== other[rule])
}

function stricter(a: DisclosureRules, b: DisclosureRules): DisclosureRules {
  const of = <Rule extends keyof DisclosureRules>(rule: Rule) => [rule, STRICTER[rule](a[rule], b[rule])] as const
  return Object.fromEntries(RULES.map(of)) as unknown as DisclosureRules
}

/** SHA-256, hexadecimal, of the canonical JSON of the rules in force. Every card contains this hash. */
export function policyHash(settings: PrivacySettings): Promise<string> {
  return sha256Hex(canonicalBytes(settings))
}

function definedOnly(overrides: Overrides): Partial<DisclosureRules> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function checkRanges(rules: DisclosureRules): void {
  const share = (value: number) => value > 0 && value <= 1
  const sound: Readonly<Record<keyof DisclosureRules, boolean>> = {
    k: isWhole(rules.k, 1, 1e9),
    zerosAreDisclosive: typeof rules.zerosAreDisclosive === 'boolean',
    largestShareMax: share(rules.largestShareMax),
    dominanceShareMax: share(rules.dominanceShareMax),
    dominanceRemainderMin: share(rules.dominanceRemainderMin),
    spreadSubjectsMin: isWhole(rules.spreadSubjectsMin, 2, 1e9),
    shapeSubjectsMin: isWhole(rules.shapeSubjectsMin, 3, 1e9),
    informationShareMax: share(rules.informationShareMax),
    roundBase: isWhole(rules.roundBase, 1, 1e6),
    significantDigits: isWhole(rules.significantDigits, 1, 17),
    scriptBitsMax: isWhole(rules.scriptBitsMax, 0, 1e6),
    scriptBitsScopeMax: isWhole(rules.scriptBitsScopeMax, 0, 1e9)
  }
  const wrong = Object.entries(sound).find(([, fits]) => !fits)
  if (wrong) outOfRange(wrong[0])
}

function outOfRange(rule: string): never {
  throw new StimnetError('CONFIG_INVALID', `privacy.${rule}: the value is out of range`)
}
