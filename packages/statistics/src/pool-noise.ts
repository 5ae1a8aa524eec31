/** How much noise a pooled number carries: that of its parts together, since each institution draws its own. */
import type { OutputColumn } from '@stimnet/protocol'
import type { Cell } from './pool-cell.ts'

/** Standard deviation; null where a part says none, or the column's noise does not simply add. */
export function pooledNoise({ kind }: OutputColumn, cells: readonly Cell[]): number | null {
  const terms = cells.map((cell) => termOf(kind, cell))
  if (terms.length === 0 || terms.some((term) => term === null)) return null
  const known = terms.filter((term) => term !== null)
  const weight = known.reduce((sum, term) => sum + term.weight, 0)
  const adds = known.every((term) => term.adds)
  const sd = Math.hypot(...known.map((term) => (adds ? 1 : term.weight) * term.sd))
  return adds ? sd : weight > 0 ? sd / weight : null
}

interface Term {
  readonly sd: number
  /** By what a part counts in a mean or share. */
  readonly weight: number
  readonly adds: boolean
}

function termOf(kind: string, cell: Cell): Term | null {
  if (!('sd' in cell) || cell.sd === undefined) return null
  if ('add' in cell) return { sd: cell.sd, weight: 1, adds: true }
  if ('share' in cell) return { sd: cell.sd, weight: cell.share.of, adds: false }
  return kind === 'mean' && 'moments' in cell ? { sd: cell.sd, weight: cell.moments.n, adds: false } : null
}
