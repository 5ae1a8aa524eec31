/**
 * A strict reader of the JSON that an untrusted script wrote. `JSON.parse` keeps the last of two equal keys, accepts
 * `__proto__` as a member, and reads numbers that no double can hold. Each of these could pass data around a check.
 */

export type ScriptValue =
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: ScriptValue])[] }
  | { readonly kind: 'array'; readonly items: readonly ScriptValue[] }
  | { readonly kind: 'string'; readonly value: string }
  | {
      readonly kind: 'number'
      readonly value: number /** Whether the number is written without fraction and exponent. */
      readonly whole: boolean
    }
  | { readonly kind: 'word'; readonly value: boolean | null }

/** Limits on the size of a result. */
export interface ReadingBounds {
  /** Maximum nesting of objects and arrays. */
  readonly depthMax: number
  /** Maximum number of numbers, strings, booleans and nulls; an empty object or array counts as one. */
  readonly leavesMax: number
}

/** A parsed result, or the reason why it cannot be read. */
export type Reading = { readonly ok: true; readonly value: ScriptValue } | { readonly ok: false; readonly why: string }

/** Maximum length of the text of a number: a double needs 17 digits; sign, point and exponent need the rest. */
const NUMBER_LENGTH_MAX = 32
const STRING_LENGTH_MAX = 1024

class Refusal extends Error {}

/**
 * Reads the whole text or refuses it; `why` contains no text of the script. The time is linear in the length of the text,
 * and reading stops at the bounds.
 */
export function readScriptJson(text: string, bounds: ReadingBounds): Reading {
  try {
    return { ok: true, value: new Reader(text, bounds).whole() }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.message }
    throw error
  }
}

class Reader {
  readonly #text: string
  readonly #bounds: ReadingBounds
  #at = 0
  #leaves = 0

  constructor(text: string, bounds: ReadingBounds) {
    this.#text = text
    this.#bounds = bounds
  }

  whole(): ScriptValue {
    const value = this.#value(1)
    this.#space()
    if (this.#at < this.#text.length) refuse('text after the value')
    return value
  }

  #value(depth: number): ScriptValue {
    this.#space()
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(depth)
    if (next === '[') return this.#array(depth)
    this.#leaf()
    if (next === '"') return { kind: 'string', value: this.#string() }
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return { kind: 'word', value }
      }
    }
    return this.#number()
  }

  #object(depth: number): ScriptValue {
    this.#open(depth)
    const members: [string, ScriptValue][] = []
    const keys = new Set<string>()
    if (this.#closes('}')) return this.#empty({ kind: 'object', members })
    do {
      this.#space()
      if (this.#text[this.#at] !== '"') refuse('a key that is no text')
      const key = this.#string()
      if (keys.has(key)) refuse('a key that stands twice')
      if (key === '__proto__') refuse('a key that changes objects')
      keys.add(key)
      this.#expect(':')
      members.push([key, this.#value(depth + 1)])
    } while (this.#continues('}'))
    return { kind: 'object', members }
  }

  #array(depth: number): ScriptValue {
    this.#open(depth)
    const items: ScriptValue[] = []
    if (this.#closes(']')) return this.#empty({ kind: 'array', items })
    do {
      items.push(this.#value(depth + 1))
    } while (this.#continues(']'))
    return { kind: 'array', items }
  }

  #empty(value: ScriptValue): ScriptValue {
    this.#leaf()
    return value
  }

  #open(depth: number): void {
    if (depth > this.#bounds.depthMax) refuse('too deep')
    this.#at += 1
  }

  #leaf(): void {
    this.#leaves += 1
    if (this.#leaves > this.#bounds.leavesMax) refuse('too many values')
  }

  #closes(bracket: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== bracket) return false
    this.#at += 1
    return true
  }

  #continues(bracket: string): boolean {
    if (this.#closes(bracket)) return false
    this.#expect(',')
    return true
  }

  #expect(mark: string): void {
    this.#space()
    if (this.#text[this.#at] !== mark) refuse('no JSON')
    this.#at += 1
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1
  }

  #number(): ScriptValue {
    NUMBER.lastIndex = this.#at
    const token = NUMBER.exec(this.#text)?.[0]
    if (token === undefined) return refuse('no JSON')
    if (token.length > NUMBER_LENGTH_MAX) refuse('a number of too many digits')
    this.#at += token.length
    const value = Number(token)
    if (!Number.isFinite(value) || Object.is(value, -0)) refuse('a number that is none')
    const whole = !/[.eE]/.test(token)
    if (whole && !Number.isSafeInteger(value)) refuse('an integer beyond 2^53')
    return { kind: 'number', value, whole }
  }

  #string(): string {
    this.#at += 1
    let read = ''
    for (;;) {
      const next = this.#text[this.#at]
      if (next === undefined || next < ' ') return refuse('a text without end')
      this.#at += 1
      if (next === '"') break
      read += next === '\\' ? this.#escape() : next
      if (read.length > STRING_LENGTH_MAX) refuse('a text that is too long')
    }
    if (!read.isWellFormed()) refuse('a text that is not Unicode')
    return read
  }

  #escape(): string {
    const mark = this.#text[this.#at] ?? ''
    this.#at += 1
    if (mark === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) refuse('no JSON')
      this.#at += 4
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const plain = ESCAPES.get(mark)
    return plain ?? refuse('no JSON')
  }
}

const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null]
]

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t']
])

/** The number syntax of RFC 8259. A letter or digit directly after the number is rejected when the next token is read. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function refuse(why: string): never {
  throw new Refusal(why)
}
