/** The optional lattice of a catalog: base cells of which every cohort of the catalog is made. */
import type { VariableDescriptor } from '@stimnet/protocol'
import { domainOf } from './domain.ts'

/** The cells of one variable in the lattice. Bins between two breakpoints of the lattice are joined. */
export function latticeCells(variable: VariableDescriptor, cuts: readonly number[]): readonly (readonly number[])[] {
  const all = Array.from({ length: domainOf(variable)?.cells ?? 0 }, (_, i) => i)
  if (variable.type === 'category') return all.map((cell) => [cell])
  const groups: number[][] = [[]]
  for (const cell of all) {
    const from = variable.breakpoints[cell - 1]
    if (from !== undefined && cuts.includes(from)) groups.push([])
    groups.at(-1)?.push(cell)
  }
  return groups
}
