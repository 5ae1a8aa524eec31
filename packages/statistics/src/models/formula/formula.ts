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
  readonly random: readonly FormulaName[]
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
 * Reads a formula: names, `+`, `:` (product), `*` (both and their product), `- 1` for no intercept, and `(1 | group)` for a
 * random intercept. Throws PARAMETER_INVALID with the position of anything that it cannot read.
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
  const random: FormulaName[] = []
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
      random.push(randomFrom(tokens, at))
      at += 5
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
  'a formula has no functions and no brackets, but for (1 | subject) and (1 | site); a transformed variable must be a variable of the catalog: ask the institutions to add one, or take the variable as it is'

/** The group of `(1 | group)`. */
function randomFrom(tokens: readonly Token[], from: number): FormulaName {
  const [open, one, bar, group, close] = tokens.slice(from, from + 5)
  if (open === undefined || bar?.text !== '|') failAt(open ?? { text: '(', at: from + 1 }, BRACKETS)
  if (one?.text !== '1') {
    const why = 'a random slope is not offered, only a random intercept, such as (1 | subject)'
    failAt(one ?? bar, why)
  }
  if (group?.kind !== 'name') failAt(group ?? bar, 'after | there must be subject or site')
  if (close?.text !== ')') failAt(close ?? group, 'one group alone can be in (1 | group), and ) after it')
  return nameOf(group)
}

/** Terms joined by `*`, each of which consists of names joined by `:`. */
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
