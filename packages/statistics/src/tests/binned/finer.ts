/** Notes on the institutions' own time grids if the common grid is coarser. */
import { counted } from '@stimnet/protocol'

/** The numbers of intervals of one site, by curve or by stratum; undefined where the site has no people or no grid. */
export interface OwnGrids {
  readonly site: string
  readonly sizes: readonly (number | undefined)[]
}

/**
 * A sentence about the institutions' own grids; empty if none is finer than the common grid. `common` holds the numbers of
 * intervals of the common grid, for the same groups or strata.
 */
export function finerNote(own: readonly OwnGrids[], common: readonly number[]): string {
  const isFiner = own.some(({ sizes }) => sizes.some((size = 0, at) => size > (common[at] ?? size)))
  if (own.length < 2 || !isFiner) return ''
  const each = own.map(({ site, sizes }) => `${site} ${intervalsOf(sizes.filter((size) => size !== undefined))}`)
  return `Institutions have more by themselves: ${each.join(', ')}. Ask the finer ones alone (--peers).`
}

/** A text such as "1 interval" or "2 to 4 intervals". */
export function intervalsOf(sizes: readonly number[]): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  return least === most ? counted(most, 'interval') : `${least} to ${counted(most, 'interval')}`
}
