/** A number with its noun. */

/** `1 founder`, `3 founders`. `more`: the plural if it is not formed by adding s: `counted(2, 'person', 'people')`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`
}
