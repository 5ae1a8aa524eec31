/** The disclosure rules by the names that people use for them. */

const RULES: Readonly<Record<string, string>> = {
  k: 'Smallest group',
  spans: 'Compared with everything disclosed before',
  informationShareMax: 'Most of a value that answers may tell',
  shapeSubjectsMin: 'People behind a skewness or kurtosis',
  precision: 'Digits of means and spreads',
  zerosAreDisclosive: 'Shares of nobody and of everybody withheld',
  largestShareMax: 'Most that one person may make up of a sum',
  dominanceShareMax: 'Most that two people may make up of a sum',
  dominanceRemainderMin: 'Least that all others make up beside the largest',
  spreadSubjectsMin: 'People behind a spread or a correlation',
  roundBase: 'Rounding of counts',
  significantDigits: 'Significant digits',
  scriptBitsMax: 'Bits that one script may tell',
  scriptBitsScopeMax: 'Bits that all scripts together may tell',
  scope: 'Whose answers are held against each other',
  refusalBitsMax: 'Bits that refusals may tell one requester'
}

/** One of a newer peer keeps its own name. */
export function ruleInWords(rule: string): string {
  return Object.hasOwn(RULES, rule) ? (RULES[rule] ?? rule) : rule
}
