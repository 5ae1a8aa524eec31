/** Finds invisible characters in a text, so that they can be shown by their code points. */
import { codePointOf } from '@stimnet/protocol'

/** A run of visible text, or one invisible character by its code point. */
export interface SeenPart {
  readonly text: string
  readonly isUnseen: boolean
}

/** Control and format characters, characters without a glyph, and lone surrogates. TAB and LF are laid out as usual. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

/** The parts in order; an invisible character is replaced by its code point, such as `U+200B`. */
export function seenParts(text: string): SeenPart[] {
  const parts: SeenPart[] = []
  let at = 0
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (index > at) parts.push({ text: text.slice(at, index), isUnseen: false })
    parts.push({ text: codePointOf(character), isUnseen: true })
    at = index + character.length
  }
  if (at < text.length) parts.push({ text: text.slice(at), isUnseen: false })
  return parts
}
