/**
 * The only way in which names and paths get into generated queries. Values of a request never do: they become numbers of cells.
 */

/** A name in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in single quotes, for the few places that take no parameter. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
