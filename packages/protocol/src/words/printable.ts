/** Makes texts from others, such as names and reasons of institutions, safe to print on a terminal. */

/** A one-line text in which control characters, line breaks and characters that change the direction of writing are replaced. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
}

/** A text of several lines with the same replacements as `printable`, except that line breaks and tabs are kept. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable)
}
