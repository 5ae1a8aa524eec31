/** Reads a whole number from a text field: without correction while typing, within bounds afterwards. */

/** The number; undefined if the text is not a whole number within the bounds, also while it is being typed. */
export function wholeIn(text: string, { least, most }: { least: number; most: number }): number | undefined {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined
  return value !== undefined && value >= least && value <= most ? value : undefined
}

/** The nearest number within the bounds; undefined if the text is not a number. */
export function nearestWhole(text: string, { least, most }: { least: number; most: number }): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'))
  return Number.isNaN(value) ? undefined : Math.min(most, Math.max(least, Math.round(value)))
}
