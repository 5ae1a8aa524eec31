/** Characters that make a text read otherwise than it is: refused before anybody reads it, by line and code point. */
import { z } from 'zod'

/**
 * Control characters but TAB and LF; a CR that no LF follows, which ends a line for Python and for no reader; line and
 * paragraph separators; what turns the direction of writing (https://trojansource.codes).
 */
const MISLEADING = /\r(?!\n)|(?![\t\n\r])\p{Cc}|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u
/** In what has one line, every control character as well. */
const MISLEADING_IN_LINE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u

/** The first one of a text. */
export interface Misleading {
  /** From 1. */
  readonly line: number
  /** `U+000D`. */
  readonly codePoint: string
  /** Its place in the text, from 0. */
  readonly at: number
}

/** Undefined where every character is what it looks like. */
export function misleadingIn(text: string): Misleading | undefined {
  return firstOf(MISLEADING, text)
}

/** How a character is named that nobody sees: `U+200B`. */
export function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** For people to read, with the same marks for what cannot be shown as the command line makes. */
export function withoutMisleading(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(new RegExp(MISLEADING, 'gu'), '\uFFFD')
}

/** Words for people in one line. */
export function plainLine(charactersMax: number): z.ZodString {
  return z.string().max(charactersMax).superRefine(refusing(MISLEADING_IN_LINE))
}

/** Words for people in any number of lines. */
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
