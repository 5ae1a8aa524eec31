/** A cursor over a list of tokens, with the few operations that a parser needs. */
import { refuseAt, type Token, tokenize } from './tokens.ts'

/** A position in the tokens of a query. */
export class Cursor {
  readonly #query: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(query: string) {
    this.#query = query
    this.#tokens = tokenize(query)
  }

  get token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.#query.length }
  }

  get following(): Token {
    return this.#tokens[this.#next + 1] ?? { kind: 'end', text: '', at: this.#query.length }
  }

  take(): Token {
    const token = this.token
    this.#next++
    return token
  }

  /** The current token in upper case if it is a bare word, else empty. Quoted names are never keywords. */
  get keyword(): string {
    return this.token.kind === 'word' ? this.token.text.toUpperCase() : ''
  }

  isSign(sign: string): boolean {
    return this.token.kind === 'sign' && this.token.text === sign
  }

  /** Advances if the current token is one of the keywords. Returns whether it is. */
  tryKeyword(...words: string[]): boolean {
    if (!words.includes(this.keyword)) return false
    this.#next++
    return true
  }

  trySign(sign: string): boolean {
    if (!this.isSign(sign)) return false
    this.#next++
    return true
  }

  expectKeyword(word: string): void {
    if (!this.tryKeyword(word)) this.refuse(`Expected ${word}, found ${this.shown}.`)
  }

  expectSign(sign: string, hint = ''): void {
    if (!this.trySign(sign)) this.refuse(`Expected "${sign}", found ${this.shown}.${hint}`)
  }

  /** The current token for use in an error message, quoted and limited in length. */
  get shown(): string {
    const { kind, text } = this.token
    if (kind === 'end') return 'the end of the query'
    return kind === 'text' ? `the text ${JSON.stringify(text.slice(0, 40))}` : JSON.stringify(text.slice(0, 40))
  }

  /** Throws SQL_NOT_SUPPORTED at the current token, or at another position. */
  refuse(why: string, at = this.token.at): never {
    return refuseAt(this.#query, at, why)
  }
}
