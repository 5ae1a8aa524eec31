/** How finely each institution gave its times, where the grid that they have in common is coarser. */
import { counted } from '@stimnet/protocol'

/** The numbers of intervals of one site: of each curve, or of each stratum; undefined where it has nobody or no grid. */
export interface OwnGrids {
  readonly site: string
  readonly sizes: readonly (number | undefined)[]
}

/**
 * The sentence about the institutions' own grids; empty where none is finer than the common one. `common`: its numbers of intervals, of
 * the same groups or strata.
 */
export function finerNote(own: readonly OwnGrids[], common: readonly number[]): string {
  const isFiner = own.some(({ sizes }) => sizes.some((size = 0, at) => size > (common[at] ?? size)))
  if (own.length < 2 || !isFiner) return ''
  const each = own.map(({ site, sizes }) => `${site} ${intervalsOf(sizes.filter((size) => size !== undefined))}`)
  return `Institutions have more by themselves: ${each.join(', ')}. Ask the finer ones alone (--peers).`
}

/** "1 interval", "2 to 4 intervals". */
export function intervalsOf(sizes: readonly number[]): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  return least === most ? counted(most, 'interval') : `${least} to ${counted(most, 'interval')}`
}
