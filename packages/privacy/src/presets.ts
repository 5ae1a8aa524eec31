/** Named sets of disclosure rules, as data. Sources in privacy.md, section I; what a file may change is in settings.ts. */

/** The rules of disclosure control, all of them public and hashed into every card. */
export interface DisclosureRules {
  /** Smallest number of distinct subjects behind anything released. */
  readonly k: number
  /** Whether "nobody" and "everybody" say something about each one: shares of 0 and 1, values that do not vary. */
  readonly zerosAreDisclosive: boolean
  /** A sum is withheld when its two largest contributors make up this share of it, or more. */
  readonly dominanceShareMax: number
  /** A sum is withheld when all but its two largest contributors are less than this share of the largest. */
  readonly dominanceRemainderMin: number
  /** Smallest number of subjects behind a variance, standard deviation, covariance or correlation. */
  readonly spreadSubjectsMin: number
  /** Counts are rounded to the nearest multiple, after suppression. 1 rounds nothing. */
  readonly roundBase: number
  /** Significant digits of means, spreads and correlations. 17 is every digit of a double. */
  readonly significantDigits: number
  /** Most bits that one script may tell. */
  readonly scriptBitsMax: number
}

const DEFAULT: DisclosureRules = {
  k: 5,
  zerosAreDisclosive: true,
  dominanceShareMax: 0.9,
  dominanceRemainderMin: 0.1,
  spreadSubjectsMin: 10,
  roundBase: 1,
  significantDigits: 17,
  scriptBitsMax: 256
}

/** The presets by name. */
export const PRESETS = {
  default: DEFAULT,
  // Counts of at most seven are redacted, the rest goes to the nearest five. The digits of an exact mean give its n away
  // (3.58333 is 43/12), so that rounded counts need rounded means.
  opensafely: { ...DEFAULT, k: 8, roundBase: 5, significantDigits: 4 },
  // Three is the package's own threshold for tables and subsets.
  'datashield-like': { ...DEFAULT, k: 3, zerosAreDisclosive: false },
  // One to ten are hidden, zero is allowed.
  cms: { ...DEFAULT, k: 11, zerosAreDisclosive: false, spreadSubjectsMin: 11 },
  'nhs-hes': { ...DEFAULT, k: 8, zerosAreDisclosive: false, roundBase: 5, significantDigits: 4 },
  'ons-srs': { ...DEFAULT, k: 10, roundBase: 5, significantDigits: 4 },
  'acro-sacro': { ...DEFAULT, k: 10, roundBase: 5, significantDigits: 4, spreadSubjectsMin: 12 }
} as const satisfies Readonly<Record<string, DisclosureRules>>

/** The name of a preset. */
export type PresetName = keyof typeof PRESETS

/** Whether there is a preset of that name. */
export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name)
}
