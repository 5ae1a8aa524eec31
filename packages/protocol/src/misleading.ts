/** Detection of characters that make a text look different from its content. Such a text is refused before anybody reads it. */
import { z } from 'zod'

/**
 * Control characters except TAB and LF; a CR without a following LF, which ends a line for Python but not for a person who reads it;
 * line and paragraph separators; characters that change the direction of writing (https://trojansource.codes).
 */
const MISLEADING = /\r(?!\n)|(?![\t\n\r])\p{Cc}|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u
/** Misleading characters in a text of one line, where every control character counts. */
const MISLEADING_IN_LINE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** The first misleading character of a text. */
export interface Misleading {
  /** Line number, from 1. */
  readonly line: number
  /** Code point such as `U+000D`. */
  readonly codePoint: string
  /** Index in the text, from 0. */
  readonly at: number
}

/** The first misleading character of a text; undefined if there is none. */
export function misleadingIn(text: string): Misleading | undefined {
  return firstOf(MISLEADING, text)
}

/** The code point of a character, such as `U+200B`: a visible name for an invisible character. */
export function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** A text for people to read: each misleading character becomes U+FFFD, as on the command line, and CR LF becomes LF. */
export function withoutMisleading(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(new RegExp(MISLEADING, 'gu'), '\uFFFD')
}

/** Schema of a text for people that has one line. */
export function plainLine(charactersMax: number): z.ZodString {
  return z.string().max(charactersMax).superRefine(refusing(MISLEADING_IN_LINE))
}

/** A quotation mark in a name would seem to end the name when it is quoted in a sentence. */
const QUOTATION_MARK = /["\u00ab\u00bb\u201c-\u201f\u2039\u203a\u275d\u275e\u300c-\u300f\u301d-\u301f\uff02]/u
const WITHOUT_QUOTATION_MARKS = 'A name has no quotation marks, since it would seem to end at them: leave them out.'
/** Invisible characters, except the two joiners, which some scripts need. */
const INVISIBLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]

/**
 * Schema of the name of an institution or a federation that others are asked to confirm: one line with at least one letter or digit,
 * without quotation marks, invisible characters, or words that mix letters of similar-looking alphabets.
 */
export function plainName(charactersMax: number): z.ZodType<string> {
  return plainLine(charactersMax)
    .refine((text) => !QUOTATION_MARK.test(text), WITHOUT_QUOTATION_MARKS)
    .superRefine(refusing(INVISIBLE))
    .refine((text) => /[\p{L}\p{N}]/u.test(text), 'A name has a letter or a digit.')
    .refine((text) => !isOfTwoAlphabets(text), 'A word of the name mixes Latin, Greek or Cyrillic letters.')
}

function isOfTwoAlphabets(text: string): boolean {
  const words = text.normalize('NFKC').match(/[\p{L}\p{M}]+/gu) ?? []
  return words.some((word) => ALPHABETS.filter((alphabet) => alphabet.test(word)).length > 1)
}

/**
 * The forms of a name for comparison: its letters and digits as they are, and with Latin letters in place of similar-looking
 * Cyrillic and Greek letters. Two names that share a form look the same to a reader.
 */
export function looksOf(name: string): string[] {
  return [folded(name), folded(asLatin(name))]
}

/** A name without letter case, accents, punctuation, white space and invisible characters, in Unicode's compatibility form. */
function folded(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}|[\u0300-\u036f]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
  const spoken = letters.replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim()
  // A name without letters and digits, which older charters may contain, is compared by its other characters.
  return spoken === '' ? letters.trim() : spoken
}

// The part of Unicode's confusables (UTS 39) in the alphabets that European names use.
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['АВЕЅІЈКМНОРСТУХԌԚԜҮӀЗ', 'ABESIJKMHOPCTYXGQWYI3'],
    ['авеѕіјкмнорстухһԁԛԝүӏзɡ', 'abesijkmhopctyxhdqwyl3g'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ', 'ABEZHIKMNOPTYXCj'],
    ['αβεικνορτυχϲ', 'abeikvoptuxc'],
    ['ıɑ', 'ia']
  ].flatMap(([from = '', to = '']) => [...from].map((letter, at) => [letter, to[at] ?? letter] as const))
)

function asLatin(name: string): string {
  return [...name.normalize('NFD')].map((letter) => LOOKALIKES.get(letter) ?? letter).join('')
}

/** Schema of a text for people that may have several lines. */
export function plainText(charactersMax: number): z.ZodString {
  return z.string().max(charactersMax).superRefine(refusing(MISLEADING))
}

function refusing(pattern: RegExp) {
  return (text: string, context: z.RefinementCtx) => {
    const found = firstOf(pattern, text)
    if (found === undefined) return
    const message = `The character ${found.codePoint} in line ${found.line} makes it read otherwise than it is.`
    context.addIssue({ code: 'custom', message })
  }
}

function firstOf(pattern: RegExp, text: string): Misleading | undefined {
  const found = pattern.exec(text)
  if (!found) return undefined
  const line = text.slice(0, found.index).split('\n').length
  return { line, codePoint: codePointOf(found[0]), at: found.index }
}
