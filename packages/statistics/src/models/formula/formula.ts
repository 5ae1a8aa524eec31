/** The formula of a model, such as `y ~ age + sex + age:sex`: a syntax for terms. Nothing in it is executed. */
import { invalid } from '../../measures.ts'
import { failAt, failWith } from './formula-fault.ts'

/** A name in a formula, with its position; the first character has position 1. */
export interface FormulaName {
  readonly text: string
  readonly at: number
}

/** A parsed formula: the outcome, and the terms with `*` expanded. Names are not resolved yet. */
export interface Formula {
  readonly outcome: FormulaName
  readonly intercept: boolean
  /** Each term is the product of its names. */
  readonly terms: readonly (readonly FormulaName[])[]
  /** The groups of random intercepts: `subject` of `(1 | subject)`. */
  readonly random: readonly FormulaRandom[]
}

/** A group of `(1 | group)`, or of `(1 + slope | group)`. */
export interface FormulaRandom extends FormulaName {
  /** Also of `(slope | group)`. */
  readonly slope?: FormulaName
  /** `(1 + slope || group)`: the slope of a group does not correlate with its intercept. */
  readonly isUncorrelated?: true
}

/** Maximum number of characters of a formula. */
const FORMULA_CHARACTERS_MAX = 1_000
/** Maximum number of terms before equal terms are merged: `a*b*c*d*e*f*g` has 127. */
const TERMS_WRITTEN_MAX = 128
/** Maximum number of variables joined by `*`: each additional variable doubles the number of terms. */
const CROSSED_MAX = 4

interface Token {
  readonly kind: 'name' | 'number' | 'sign'
  readonly text: string
  readonly at: number
}

const TOKEN = /\s*(?:(?<name>[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)?)|(?<number>\d+)|(?<sign>[~+:*()|-]))/uy

/**
 * Reads a formula: names, `+`, `:` (product), `*` (both and their product), `- 1` for no intercept, `(1 | group)` for a random intercept,
 * and `(1 + time | group)` for a random slope with it. Throws PARAMETER_INVALID with the position of the first part that it cannot read.
 */
export function parseFormula(text: string): Formula {
  if (text.length > FORMULA_CHARACTERS_MAX) invalid(`A formula has at most ${FORMULA_CHARACTERS_MAX} characters.`)
  const tokens = tokensOf(text)
  const [outcome, tilde] = tokens
  const end = endOf(tokens)
  if (outcome?.kind !== 'name') failWith(placeOf(outcome) ?? end, 'A formula begins with the outcome: y ~ a + b.')
  if (tilde?.text === '(') failAt(tilde, BRACKETS)
  if (tilde?.text !== '~')
    failWith(placeOf(tilde) ?? end, `After the outcome ${outcome.text} there must be ~, as in ${outcome.text} ~ a + b.`)
  let intercept = true
  const terms: FormulaName[][] = []
  const random: FormulaRandom[] = []
  let at = 2
  for (let sign = '+'; ; ) {
    const [first] = tokens.slice(at)
    if (first === undefined)
      failWith(end, `The formula ends after ${JSON.stringify(tokens[at - 1]?.text ?? '')}: a term is missing.`)
    if (first.kind === 'number') {
      if (first.text !== '1') failAt(first, 'the only number in a formula is 1: "- 1" leaves the intercept out')
      intercept = sign === '+'
      at += 1
    } else if (first.text === '(' && sign === '+') {
      const read = randomFrom(tokens, at)
      random.push(read.random)
      at = read.next
    } else {
      if (sign === '-') failAt(first, 'only 1 can be taken away: "- 1" leaves the intercept out')
      const read = crossingFrom(tokens, at)
      terms.push(...read.terms)
      at = read.next
    }
    if (terms.length > TERMS_WRITTEN_MAX) invalid(`A formula has at most ${TERMS_WRITTEN_MAX} terms.`)
    const next = tokens[at]
    if (next === undefined) return { outcome: nameOf(outcome), intercept, terms, random }
    if (next.text !== '+' && next.text !== '-') failAt(next, next.text === '(' ? BRACKETS : 'expected +, - 1, : or *')
    sign = next.text
    at += 1
  }
}

const BRACKETS =
  'a formula has no functions and no brackets, but for (1 | subject), (1 + time | subject) and (1 | site); a transformed variable must be a variable of the catalog: ask the institutions to add one, or take the variable as it is'

/** A random intercept, `(1 | group)`, alone or with one slope: `(1 + time | group)`, `(time | group)`, and with `||` uncorrelated. */
function randomFrom(tokens: readonly Token[], from: number): { random: FormulaRandom; next: number } {
  const open = tokens[from] ?? { text: '(', at: from + 1 }
  const bar = tokens.findIndex(({ text }, at) => at > from && (text === '|' || text === ')'))
  if (tokens[bar]?.text !== '|') failAt(open, BRACKETS)
  const [first, plus, second, more] = tokens.slice(from + 1, bar)
  const isOne = first?.kind === 'number' && first.text === '1'
  const slope = isOne ? second : first
  if (first === undefined || (!isOne && first.kind !== 'name')) failAt(first ?? open, RANDOM_EFFECTS)
  if (isOne && plus !== undefined && plus.text !== '+') failAt(plus, RANDOM_EFFECTS)
  if (isOne && plus !== undefined && second?.kind !== 'name') failAt(second ?? plus, RANDOM_EFFECTS)
  const other = isOne ? more : plus
  if (other !== undefined) failAt(other, RANDOM_EFFECTS)
  const isUncorrelated = tokens[bar + 1]?.text === '|'
  const at = bar + (isUncorrelated ? 2 : 1)
  const [group, close] = tokens.slice(at, at + 2)
  if (group?.kind !== 'name') failAt(group ?? tokens[at - 1] ?? open, 'after | there must be subject or site')
  if (close?.text !== ')') failAt(close ?? group, 'one group alone can be in (1 | group), and ) after it')
  const random: FormulaRandom = {
    ...nameOf(group),
    ...(slope === undefined ? {} : { slope: nameOf(slope) }),
    ...(slope !== undefined && isUncorrelated ? { isUncorrelated } : {})
  }
  return { random, next: at + 2 }
}

const RANDOM_EFFECTS =
  'before | there is 1 for a random intercept, or 1 + a time of visits for one random slope with it, such as (1 + month | subject); no more random terms are fitted'

/** Terms joined by `*`, each of which is names joined by `:`. */
function crossingFrom(tokens: readonly Token[], from: number): { terms: FormulaName[][]; next: number } {
  const factors: FormulaName[][] = []
  let at = from
  for (;;) {
    const product: FormulaName[] = []
    for (;;) {
      const token = tokens[at]
      if (token?.kind !== 'name') {
        if (token === undefined)
          failWith(
            endOf(tokens),
            `The formula ends after ${JSON.stringify(tokens[at - 1]?.text ?? '')}: a name is missing.`
          )
        failAt(token, token.text === '(' ? BRACKETS : 'expected the name of a variable')
      }
      product.push(nameOf(token))
      at += 1
      if (tokens[at]?.text !== ':') break
      at += 1
    }
    factors.push(product)
    if (tokens[at]?.text !== '*') break
    at += 1
  }
  if (factors.length > CROSSED_MAX) invalid(`At most ${CROSSED_MAX} terms are joined by *.`)
  const terms: FormulaName[][] = []
  for (let chosen = 1; chosen < 2 ** factors.length; chosen++) {
    terms.push(factors.flatMap((factor, i) => (Math.floor(chosen / 2 ** i) % 2 === 1 ? factor : [])))
  }
  return { terms, next: at }
}

function tokensOf(text: string): Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  const end = text.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) {
      const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0)
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
      failAt({ text: character, at: at + 1 }, 'expected a name, +, :, * or - 1')
    }
    const { name, number, sign } = match.groups ?? {}
    const value = name ?? number ?? sign ?? ''
    const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : 'sign'
    found.push({ kind, text: value, at: TOKEN.lastIndex - value.length + 1 })
  }
  return found
}

function nameOf({ text, at }: Token): FormulaName {
  return { text, at }
}

/** The position of a sign or name; undefined past the last one. */
function placeOf(token: Token | undefined): { at: number; length: number } | undefined {
  return token && { at: token.at, length: token.text.length }
}

/** The position after the last sign or name. */
function endOf(tokens: readonly Token[]): { at: number } {
  const last = tokens.at(-1)
  return { at: last === undefined ? 1 : last.at + last.text.length }
}
