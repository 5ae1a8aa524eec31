/** The lattice: base cells fixed by the steward, of which every cohort of a small catalog is made. */
import {
  type CatalogDescriptor,
  type Filter,
  isComparison,
  resolveVariable,
  type VariableDescriptor
} from '@stimnet/protocol'
import { chosenCells, domainOf } from './domain.ts'

/** The lattice's own cells of one variable: neighbouring bins between its cut points put together. */
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

/** Whether every comparison of a resolved filter is over a lattice variable and cuts it only where the lattice does. */
export function onLattice(filter: Filter, descriptor: CatalogDescriptor): boolean {
  if (!isComparison(filter)) {
    const inner = 'all' in filter ? filter.all : 'any' in filter ? filter.any : [filter.not]
    return inner.every((part) => onLattice(part, descriptor))
  }
  const { ref, variable } = resolveVariable(descriptor, filter.column)
  const lattice = descriptor.lattice.find((candidate) => candidate.variable === ref)
  if (!lattice) return false
  const chosen = chosenCells(filter, ref, variable)
  if (chosen.missing) return true
  return latticeCells(variable, lattice.breakpoints).every((group) => {
    const having = group.filter((cell) => chosen.cells.has(cell)).length
    return having === 0 || having === group.length
  })
}
