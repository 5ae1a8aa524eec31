/** The institutions behind a bar, where bars are not all over the same ones. */

/** The institutions behind a number, by name or PeerId, of how many that answered. */
export interface Behind {
  readonly sites: readonly string[]
  readonly of: number
}

/** "2 of 3" where not all institutions are behind a number; else empty. */
export function fewerInWords({ sites, of }: Behind): string {
  return sites.length === 0 || sites.length >= of ? '' : `${sites.length} of ${of}`
}

/** The name of a bar for a pooled value. */
export function pooledName(behind: Behind): string {
  const fewer = fewerInWords(behind)
  return fewer === '' ? 'Pooled' : `Pooled, ${fewer}`
}

/** Whether numbers are over different institutions, so that they cannot be compared with each other. */
export function isMixed(all: readonly Behind[]): boolean {
  const kinds = all.flatMap(({ sites }) => (sites.length === 0 ? [] : [[...sites].sort().join(' ')]))
  return new Set(kinds).size > 1
}

/** What a reader of mixed bars must know. */
export const MIXED =
  'Not every bar is over the same institutions: one over fewer says how many. Bars over different institutions differ by who is in them too.'
