/** Detection of characters that make a text look different from what it is. Such a text is refused before anybody reads it. */
import { z } from 'zod'

/**
 * Control characters except TAB and LF; a CR without a following LF, which ends a line for Python but not for a person who
 * reads it; line and paragraph separators; characters that change the direction of writing (https://trojansource.codes).
 */
const MISLEADING = /\r(?!\n)|(?![\t\n\r])\p{Cc}|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u
/** In a text of one line, every control character counts. */
const MISLEADING_IN_LINE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** The first misleading character of a text. */
export interface Misleading {
  /** From 1. */
  readonly line: number
  /** `U+000D`. */
  readonly codePoint: string
  /** Its place in the text, from 0. */
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

/** Schema of a text for people in one line. */
export function plainLine(charactersMax: number): z.ZodString {
  return z.string().max(charactersMax).superRefine(refusing(MISLEADING_IN_LINE))
}

/** A quotation mark would end the name for whoever reads it within a sentence. */
const QUOTATION_MARK = /["\u00ab\u00bb\u201c-\u201f\u2039\u203a\u275d\u275e\u300c-\u300f\u301d-\u301f\uff02]/u
const WITHOUT_QUOTATION_MARKS = 'A name has no quotation marks, since it would seem to end at them: leave them out.'
/** Characters without a shape, except the two joiners, which some scripts need. */
const INVISIBLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]

/**
 * Schema of the name of an institution or a federation that others are asked to confirm: one line without quotation marks and
 * invisible characters, without words of two alphabets that look alike, and with a letter or digit in it.
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
 * The forms of a name for comparison: its letters and digits, as they are and with Latin letters in place of the Cyrillic and Greek
 * ones that look like them. Two names that share a form are one name for a reader.
 */
export function looksOf(name: string): string[] {
  return [folded(name), folded(asLatin(name))]
}

/** A name without letter case, accents, punctuation, white space and what is invisible, in Unicode's compatibility form. */
function folded(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}|[\u0300-\u036f]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
  const spoken = letters.replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim()
  // A name of signs only, which older charters may have, is compared by its signs.
  return spoken === '' ? letters.trim() : spoken
}

// Of Unicode's confusables (UTS 39), the letters of two alphabets that European names are written in.
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

/** Schema of a text for people in any number of lines. */
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
