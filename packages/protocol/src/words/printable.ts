/** Words of others, such as names and reasons of institutions, as text that cannot control a terminal. */

/** Text of one line with control characters, and what changes the direction of text or breaks a line, replaced. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
}

/** The same of a text of several lines, whose line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable)
}
