/** The institutions whose data a bar is computed from, for plots whose bars are not all over the same institutions. */

/** The institutions whose data a number is computed from, by name or PeerId, and how many institutions answered. */
export interface Behind {
  readonly sites: readonly string[]
  readonly of: number
}

/** "2 of 3" if a number does not include all institutions; otherwise empty. */
export function fewerInWords({ sites, of }: Behind): string {
  return sites.length === 0 || sites.length >= of ? '' : `${sites.length} of ${of}`
}

/** The label of the bar for a pooled value. */
export function pooledName(behind: Behind): string {
  const fewer = fewerInWords(behind)
  return fewer === '' ? 'Pooled' : `Pooled, ${fewer}`
}

/** Whether numbers are over different sets of institutions and so cannot be compared with each other. */
export function isMixed(all: readonly Behind[]): boolean {
  const kinds = all.flatMap(({ sites }) => (sites.length === 0 ? [] : [[...sites].sort().join(' ')]))
  return new Set(kinds).size > 1
}

/** The warning shown if some bars are computed from other institutions than the rest. */
export const MIXED =
  'Not all bars cover the same institutions; a bar over fewer institutions states how many. Such bars also differ in the people that they cover.'
