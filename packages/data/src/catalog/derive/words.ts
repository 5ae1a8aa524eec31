/** A derivation in words, for the public description of its variable. */
import type { DeriveRule } from './rule.ts'

/** Maximum length of the description, in characters. */
const CHARACTERS_MAX = 200
const TAKEN = {
  first: 'the first',
  last: 'the last',
  mean: 'the mean',
  minimum: 'the smallest',
  maximum: 'the largest'
}

/** The description of a derivation, at most 200 characters. It contains names of variables and levels of categories. */
export function derivationWords(rule: DeriveRule): string {
  const words = `${ruleWords(rule)}${takenWords(rule)}`
  return words.length > CHARACTERS_MAX ? `${words.slice(0, CHARACTERS_MAX - 1)}…` : words
}

function ruleWords(rule: DeriveRule): string {
  switch (rule.rule) {
    case 'change':
      return `change of ${rule.of} from ${rule.from} to ${rule.to} of ${rule.by}`
    case 'at':
      return `${rule.of} at ${rule.level} of ${rule.by}`
    case 'first':
    case 'last':
      return `${rule.rule} ${rule.of} by ${rule.by}`
    case 'mean':
    case 'minimum':
    case 'maximum':
      return `${rule.rule} of ${rule.of} over the rows of a subject`
    case 'count':
      return `number of values of ${rule.of} in the rows of a subject`
    case 'bands':
      return `bands of ${rule.of}, cut at ${rule.cuts.join(', ')}`
    case 'recode':
      return `${rule.of} in other levels`
    case 'sum':
      return `sum of ${completeWords(rule)}${rule.of.join(', ')}`
    case 'ratio':
      return `${rule.of[0]} divided by ${rule.of[1]}`
    case 'difference':
      return `${rule.of[0]} less ${rule.of[1]}`
    case 'log':
      return `${rule.base === 10 ? 'logarithm to base 10' : 'natural logarithm'} of ${rule.of}`
    case 'zscore':
      return `(${rule.of} - ${rule.centre}) / ${rule.scale}`
  }
}

function completeWords({ of, complete = of.length }: Extract<DeriveRule, { rule: 'sum' }>): string {
  return complete === of.length ? '' : `at least ${complete} of ${of.length} items: `
}

function takenWords(rule: DeriveRule): string {
  if (!('take' in rule) || rule.take === undefined) return ''
  return `; of several rows ${TAKEN[rule.take]}${rule.order === undefined ? '' : ` by ${rule.order}`}`
}
