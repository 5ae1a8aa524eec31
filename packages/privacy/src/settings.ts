/** The rules in force: a preset, and what an institution's file tightens. */
import { canonicalBytes, LIMITS, StimnetError, sha256Hex } from '@stimnet/protocol'
import { type DisclosureRules, isPreset, PRESETS } from './presets.ts'

/** The rules in force. */
export interface PrivacySettings extends DisclosureRules {
  readonly preset: string
}

/** What a configuration chooses. */
export interface SettingsChoice {
  readonly preset: string
  readonly overrides?: Partial<DisclosureRules>
  /** No k below this, whatever preset or file say. */
  readonly kMin?: number
}

/**
 * Of preset and override the stricter one holds, rule by rule: an override can tighten, never loosen. k is never below
 * `kMin` nor `LIMITS.cohortSizeFloor`. Throws CONFIG_INVALID for an unknown preset or a number out of its range.
 */
export function effectiveSettings({ preset, overrides = {}, kMin = 0 }: SettingsChoice): PrivacySettings {
  if (!isPreset(preset)) {
    throw new StimnetError(
      'CONFIG_INVALID',
      `privacy.preset: there is none of that name, but ${Object.keys(PRESETS).join(', ')}`
    )
  }
  const base: DisclosureRules = PRESETS[preset]
  const file = { ...base, ...definedOnly(overrides) }
  checkRanges(file)
  return Object.freeze({
    preset,
    k: Math.max(base.k, file.k, kMin, LIMITS.cohortSizeFloor),
    zerosAreDisclosive: base.zerosAreDisclosive || file.zerosAreDisclosive,
    dominanceShareMax: Math.min(base.dominanceShareMax, file.dominanceShareMax),
    dominanceRemainderMin: Math.max(base.dominanceRemainderMin, file.dominanceRemainderMin),
    spreadSubjectsMin: Math.max(base.spreadSubjectsMin, file.spreadSubjectsMin),
    roundBase: Math.max(base.roundBase, file.roundBase),
    significantDigits: Math.min(base.significantDigits, file.significantDigits),
    scriptBitsMax: Math.min(base.scriptBitsMax, file.scriptBitsMax)
  })
}

/** SHA-256, hexadecimal, over the canonical JSON of the rules in force: it goes into every card. */
export function policyHash(settings: PrivacySettings): Promise<string> {
  return sha256Hex(canonicalBytes(settings))
}

function definedOnly(overrides: Partial<DisclosureRules>): Partial<DisclosureRules> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
}

function checkRanges(rules: DisclosureRules): void {
  const integer = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most
  const share = (value: number) => value > 0 && value <= 1
  const sound: Readonly<Record<keyof DisclosureRules, boolean>> = {
    k: integer(rules.k, 1, 1e9),
    zerosAreDisclosive: typeof rules.zerosAreDisclosive === 'boolean',
    dominanceShareMax: share(rules.dominanceShareMax),
    dominanceRemainderMin: share(rules.dominanceRemainderMin),
    spreadSubjectsMin: integer(rules.spreadSubjectsMin, 2, 1e9),
    roundBase: integer(rules.roundBase, 1, 1e6),
    significantDigits: integer(rules.significantDigits, 1, 17),
    scriptBitsMax: integer(rules.scriptBitsMax, 0, 1e6)
  }
  const wrong = Object.entries(sound).find(([, fits]) => !fits)
  if (wrong) throw new StimnetError('CONFIG_INVALID', `privacy.${wrong[0]}: out of its range`)
}
