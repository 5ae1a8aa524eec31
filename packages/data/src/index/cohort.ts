/** Cohorts, computed by Boolean algebra on the subject index alone, without reading rows. */
import { type CatalogDescriptor, type Filter, resolveVariable, SubjectSet, setIn } from '@stimnet/protocol'
import type { CatalogView } from '../catalog/mapped.ts'
import { chosenCells } from './domain.ts'
import { latticeCells } from './lattice.ts'
import type { SetName, SubjectIndex } from './subject-index.ts'

/** The index of one epoch. */
export interface EpochIndex {
  readonly index: SubjectIndex
  readonly epoch: string
  readonly subjects: number
  readonly descriptor: CatalogDescriptor
  /** The name of a variable and its cells in the index. Defined if the description is a view with other names. */
  readonly indexed?: CatalogView['indexed']
  /** Corrects a stored set of a variable. Defined if the view lacks values or rows of the snapshot. */
  readonly corrected?: (ref: string, name: SetName, set: SubjectSet) => Promise<SubjectSet>
  /** The people of an analysis set, by its id. */
  readonly peopleOf?: (set: string) => Promise<SubjectSet>
}

/** The subjects who satisfy a resolved filter. Without a filter: all subjects. */
export async function cohortOf(filter: Filter | undefined, at: EpochIndex): Promise<SubjectSet> {
  if (filter === undefined) return SubjectSet.everyone(at.subjects)
  if ('not' in filter) return (await cohortOf(filter.not, at)).complement()
  if ('all' in filter) return joined(filter.all, at, (a, b) => a.and(b))
  if ('any' in filter) return joined(filter.any, at, (a, b) => a.or(b))
  const set = setIn(filter.column)
  if (set !== undefined && at.peopleOf !== undefined) return at.peopleOf(set)
  const { ref, variable } = resolveVariable(at.descriptor, filter.column)
  const chosen = chosenCells(filter, ref, variable)
  const own = at.indexed?.(ref, chosen.missing ? new Set() : chosen.cells) ?? {
    ref,
    cells: chosen.missing ? [] : chosen.cells
  }
  return union(at, own.ref, chosen.missing ? ['missing'] : own.cells)
}

async function joined(
  filters: readonly Filter[],
  at: EpochIndex,
  join: (a: SubjectSet, b: SubjectSet) => SubjectSet
): Promise<SubjectSet> {
  const sets = await Promise.all(filters.map((filter) => cohortOf(filter, at)))
  return sets.reduce(join)
}

async function union(at: EpochIndex, ref: string, names: Iterable<SetName>): Promise<SubjectSet> {
  let found = SubjectSet.none(at.subjects)
  for (const name of names) {
    const set = await at.index.set(at.epoch, at.subjects, ref, name)
    found = found.or((await at.corrected?.(ref, name, set)) ?? set)
  }
  return found
}

/**
 * The partition that the levels and bins of the lattice generate, without empty cells. A subject with several rows can have several levels
 * of a variable. The cells are the atoms of the generated algebra, so each subject is in exactly one cell.
 */
export async function baseCellsOf(at: EpochIndex): Promise<readonly SubjectSet[]> {
  if (at.descriptor.lattice.length === 0) return []
  let labels = new Uint32Array(at.subjects)
  let count = Math.min(1, at.subjects)
  for (const { variable: ref, breakpoints } of at.descriptor.lattice) {
    const { variable } = resolveVariable(at.descriptor, ref)
    const groups: SetName[][] = [...latticeCells(variable, breakpoints).map((group) => [...group]), ['missing']]
    for (const names of groups) {
      const refined = refine(labels, await union(at, ref, names))
      labels = refined.labels
      count = refined.count
    }
  }
  const cells = Array.from({ length: count }, () => SubjectSet.none(at.subjects))
  for (const [subject, label] of labels.entries()) cells[label]?.add(subject)
  return cells
}

/** Splits each label by membership in a set. The new labels are consecutive. */
function refine(labels: Uint32Array, set: SubjectSet): { labels: Uint32Array<ArrayBuffer>; count: number } {
  const renamed = new Map<number, number>()
  const next = new Uint32Array(labels.length)
  for (const [subject, label] of labels.entries()) {
    const split = label * 2 + (set.has(subject) ? 1 : 0)
    let name = renamed.get(split)
    if (name === undefined) {
      name = renamed.size
      renamed.set(split, name)
    }
    next[subject] = name
  }
  return { labels: next, count: renamed.size }
}
