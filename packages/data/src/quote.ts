/**
 * The only functions that write names and paths into generated queries. Values of a request are never written into them: they become cell
 * numbers.
 */

/** A name in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in single quotes, for the few places where SQL allows no parameter. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
