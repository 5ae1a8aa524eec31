/** Presets: named sets of disclosure rules, each with its source. See settings.ts for what a configuration file may change. */

/** The rules of disclosure control. All rules are public, and every disclosure card has their hash. */
export interface DisclosureRules {
  /** Minimum number of distinct subjects behind every released number. */
  readonly k: number
  /** Whether "nobody" and "everybody" disclose something about each person: shares of 0 and 1, and values that do not vary. */
  readonly zerosAreDisclosive: boolean
  /** A sum is withheld if its largest contributor alone exceeds this share of the sum. 1 never withholds. */
  readonly largestShareMax: number
  /** A sum is withheld if its two largest contributors make up this share of the sum, or more. */
  readonly dominanceShareMax: number
  /** A sum is withheld if the remainder without its two largest contributors is less than this share of the largest. */
  readonly dominanceRemainderMin: number
  /** Minimum number of subjects behind a variance, standard deviation, covariance or correlation. */
  readonly spreadSubjectsMin: number
  /** Minimum number of subjects behind a skewness or kurtosis. */
  readonly shapeSubjectsMin: number
  /** The share of the information in a variable's value that may be disclosed about each person. */
  readonly informationShareMax: number
  /** Counts are rounded to the nearest multiple of this number, after suppression. 1 rounds nothing. */
  readonly roundBase: number
  /** Significant digits of means, spreads and correlations. 17 keeps every digit of a double. */
  readonly significantDigits: number
  /** Maximum number of bits that one script may disclose. */
  readonly scriptBitsMax: number
  /** Maximum number of bits that all scripts of one ledger scope may disclose together. */
  readonly scriptBitsScopeMax: number
}

const DEFAULT: DisclosureRules = {
  k: 5,
  zerosAreDisclosive: true,
  largestShareMax: 1,
  dominanceShareMax: 0.9,
  dominanceRemainderMin: 0.1,
  spreadSubjectsMin: 10,
  shapeSubjectsMin: 100,
  informationShareMax: 0.5,
  roundBase: 1,
  significantDigits: 17,
  scriptBitsMax: 256,
  scriptBitsScopeMax: 2048
}

/** The presets by name. */
export const PRESETS = {
  default: DEFAULT,
  // Counts of at most seven are redacted, and other counts are rounded to the nearest five. The digits of an exact mean
  // disclose its n (3.58333 is 43/12), so rounded counts need rounded means.
  opensafely: { ...DEFAULT, k: 8, roundBase: 5, significantDigits: 4 },
  // Three is the threshold of the package itself, for tables and subsets.
  'datashield-like': { ...DEFAULT, k: 3, zerosAreDisclosive: false },
  // Counts from one to ten are hidden; zero is allowed.
  cms: { ...DEFAULT, k: 11, zerosAreDisclosive: false, spreadSubjectsMin: 11 },
  'nhs-hes': { ...DEFAULT, k: 8, zerosAreDisclosive: false, roundBase: 5, significantDigits: 4 },
  'ons-srs': { ...DEFAULT, k: 10, roundBase: 5, significantDigits: 4, largestShareMax: 0.4375 },
  // Ten degrees of freedom are required: a correlation of n pairs has n - 2.
  'acro-sacro': { ...DEFAULT, k: 10, roundBase: 5, significantDigits: 4, spreadSubjectsMin: 12 }
} as const satisfies Readonly<Record<string, DisclosureRules>>

/** The name of a preset. */
export type PresetName = keyof typeof PRESETS

/** The source of a preset's numbers, and the differences between the preset and its source. */
export interface PresetSource {
  readonly title: string
  readonly source: string
  /** The date of the version of the source that was used, in ISO 8601, as precisely as the source states it. */
  readonly dated: string
  /** Requirements of the source that the preset does not implement, or implements differently. */
  readonly differs: readonly string[]
}

/** The sources by preset. */
export const PRESET_SOURCES: Readonly<Record<PresetName, PresetSource>> = {
  default: {
    title: 'StimNet’s own',
    source: 'Threshold 5; dominance, p% and degrees of freedom as in ACRO’s default.yaml',
    dated: '2026',
    differs: []
  },
  opensafely: {
    title: 'OpenSAFELY: redact counts of seven or fewer, round the others to five',
    source: 'opensafely/documentation, docs/outputs/sdc.md and docs/outputs/output-checking.md',
    dated: '2026',
    differs: [
      'Rounds to the nearest five; the other permitted way, midpoint-6, is not offered.',
      'No person checks each output: the node applies the rules, and keeps ledgers of releases, which the source does not have.'
    ]
  },
  'datashield-like': {
    title: 'DataSHIELD: thresholds of its client-side defaults',
    source: 'datashield/dsBase, tests/testthat/disclosure/set_disclosure_settings.R (nfilter.tab, nfilter.subset: 3)',
    dated: '2026',
    differs: [
      'A table with a small cell is not refused as a whole: the cell is withheld, and so are cells from which it could be computed.',
      'The limits for models and text (nfilter.glm, nfilter.string) are not used: there are no such outputs.'
    ]
  },
  cms: {
    title: 'CMS cell size suppression: one to ten are hidden, zero may be shown',
    source: 'ResDAC, CMS cell size suppression policy',
    dated: '2024-01-26',
    differs: [
      'Complementary suppression and ledgers of releases keep withheld cells from being derived; across catalogs nothing does.'
    ]
  },
  'nhs-hes': {
    title: 'NHS England, Hospital Episode Statistics: one to seven are hidden, others rounded to five',
    source: 'HES disclosure control methodology (reasons); numbers from a copy by a third party',
    dated: '2018-10',
    differs: ['Applies to every table; the source exempts national totals and complex models.']
  },
  'ons-srs': {
    title: 'ONS Secure Research Service: threshold of ten, dominance of one contributor',
    source: 'CeLSIUS (ten); dominance, more than 43.75 % by one, from course notes by a third party',
    dated: '2026',
    differs: [
      'The dominance number was not confirmed by its original source.',
      'Counts are rounded to five; the source allows five or ten.'
    ]
  },
  'acro-sacro': {
    title: 'ACRO / SACRO: threshold of ten, ten degrees of freedom',
    source: 'AI-SDC/ACRO, acro/default.yaml',
    dated: '2026',
    differs: ['Graphics need not be blocked by their file type: only numbers can be released.']
  }
}

/** Whether there is a preset of that name. */
export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name)
}
