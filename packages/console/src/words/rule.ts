/** Names of the disclosure rules for people. */

const RULES: Readonly<Record<string, string>> = {
  k: 'Smallest group',
  spans: 'Compared with everything disclosed before',
  informationShareMax: 'Share of the information about a value that may be released',
  shapeSubjectsMin: 'People behind a skewness or kurtosis',
  precision: 'Digits of means and spreads',
  zerosAreDisclosive: 'Shares of nobody and of everybody withheld',
  largestShareMax: 'Largest share of one person in a sum',
  dominanceShareMax: 'Largest share of two people in a sum',
  dominanceRemainderMin: 'Smallest share of all others compared with the largest',
  spreadSubjectsMin: 'People behind a spread or a correlation',
  roundBase: 'Rounding of counts',
  significantDigits: 'Significant digits',
  scriptBitsMax: 'Bits that one script may release',
  scriptBitsScopeMax: 'Bits that all scripts together may release',
  scope: 'Whose answers are compared with each other',
  refusalBitsMax: 'Bits that refusals may disclose to one requester'
}

/** The name of a rule; an unknown rule of a newer peer keeps its id. */
export function ruleInWords(rule: string): string {
  return Object.hasOwn(RULES, rule) ? (RULES[rule] ?? rule) : rule
}
