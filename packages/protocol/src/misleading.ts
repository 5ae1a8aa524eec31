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
