/**
 * Proposal of a lattice, found greedily: variables are added in the order of how often requests use them, each as fine as possible while
 * every base cell is empty or has enough people. The proposal reads data and is for the steward: writing it into the configuration
 * publishes that its cells are empty or large enough.
 */
import type { Filter, SubjectSet, VariableDescriptor } from '@stimnet/protocol'
import type { Catalog } from './catalog.ts'
import { LATTICE_MAX } from '../catalog/catalog-config.ts'
import { domainOf, pointText } from '../index/domain.ts'
import { latticeCells } from '../index/lattice.ts'

/** Variables that requests use most often, in this order. All others follow in the order of declaration. */
const ASKED_FIRST: readonly RegExp[] = [
  /^(sex|gender)$/i,
  /^age/i,
  /arm|treatment|group/i,
  /diagnos|subtype|disease/i,
  /site|centre|center/i
]

/** Maximum number of breakpoints in the search, which tries to leave out each breakpoint. If there are more, some are dropped first. */
const CUTS_TRIED_MAX = 24

/** A variable of a proposed lattice: a whole category, or a number or date with its breakpoints. */
export interface ProposedVariable {
  readonly variable: string
  /** The breakpoints as written in the configuration; undefined for a category. */
  readonly breakpoints?: readonly (number | string)[]
  /** Number of declared breakpoints that were dropped. */
  readonly dropped: number
}

/** A proposed lattice for a catalog. */
export interface LatticeProposal {
  readonly variables: readonly ProposedVariable[]
  /** Number of base cells that are not empty. */
  readonly cells: number
  /** Variables that could be in a lattice but would make a cell too small. */
  readonly leftOut: readonly string[]
}

interface Candidate {
  readonly ref: string
  readonly variable: VariableDescriptor
  /**
   * The cell of each subject. Subjects with a missing value have the number of cells, and subjects without a row have that number plus one.
   */
  readonly cellOf: Uint16Array
}

/** Proposes a lattice. `subjectsMin` is the smallest number of people in a base cell. Throws NODE_ERROR. */
export async function proposeLattice(
  catalog: Catalog,
  { subjectsMin }: { subjectsMin: number }
): Promise<LatticeProposal> {
  const candidates = await Promise.all(candidatesOf(catalog).map((candidate) => withCells(catalog, candidate)))
  // Either few variables with many breakpoints, or more variables with few breakpoints, depending on which gives more cells.
  const fine = chosenBy(finestCuts, candidates, subjectsMin)
  const broad = refined(chosenBy(oneCut, candidates, subjectsMin), subjectsMin)
  const [best, cells] = [fine, broad]
    .map((chosen) => [chosen, new Set(cellsOf(chosen, catalog.subjects)).size] as const)
    .reduce((a, b) => (b[1] > a[1] ? b : a))
  return {
    variables: best.map(({ candidate, cuts }) => asWritten(candidate, cuts)),
    cells,
    leftOut: candidates.filter((one) => !best.some(({ candidate }) => candidate === one)).map(({ ref }) => ref)
  }
}

interface Chosen {
  readonly candidate: Candidate
  readonly cuts: readonly number[]
}

/** Finds breakpoints of a candidate that make no cell too small when combined with `cells`; undefined if there are none. */
type CutsOf = (candidate: Candidate, cells: Uint32Array, subjectsMin: number) => readonly number[] | undefined

function chosenBy(cutsOf: CutsOf, candidates: readonly Candidate[], subjectsMin: number): Chosen[] {
  const chosen: Chosen[] = []
  let cells: Uint32Array = new Uint32Array(candidates[0]?.cellOf.length ?? 0)
  for (const candidate of candidates) {
    const cuts = chosen.length < LATTICE_MAX ? cutsOf(candidate, cells, subjectsMin) : undefined
    if (cuts === undefined) continue
    cells = product(cells, groupsOf(candidate, cuts))
    chosen.push({ candidate, cuts })
  }
  return chosen
}

/** Makes each variable in turn as fine as the others allow. */
function refined(coarse: readonly Chosen[], subjectsMin: number): Chosen[] {
  const chosen = [...coarse]
  for (const [at, { candidate }] of coarse.entries()) {
    const others = chosen.filter((_, other) => other !== at)
    const cuts = finestCuts(candidate, cellsOf(others, candidate.cellOf.length), subjectsMin)
    if (cuts !== undefined) chosen[at] = { candidate, cuts }
  }
  return chosen
}

function cellsOf(chosen: readonly Chosen[], subjects: number): Uint32Array {
  return chosen.reduce<Uint32Array>(
    (cells, { candidate, cuts }) => product(cells, groupsOf(candidate, cuts)),
    new Uint32Array(subjects)
  )
}

function candidatesOf({ descriptor }: Catalog): { ref: string; variable: VariableDescriptor }[] {
  const found = descriptor.tables
    .filter(({ oneRowPerSubject }) => oneRowPerSubject)
    .flatMap(({ name, variables }) => variables.map((variable) => ({ ref: `${name}.${variable.name}`, variable })))
    .filter(({ variable }) => (domainOf(variable)?.cells ?? 0) > 1)
  const rank = ({ variable }: { variable: VariableDescriptor }) => {
    const at = ASKED_FIRST.findIndex((pattern) => pattern.test(variable.name))
    return at < 0 ? ASKED_FIRST.length : at
  }
  return found.sort((a, b) => rank(a) - rank(b))
}

async function withCells(
  catalog: Catalog,
  { ref, variable }: { ref: string; variable: VariableDescriptor }
): Promise<Candidate> {
  const cells = domainOf(variable)?.cells ?? 0
  const cellOf = new Uint16Array(catalog.subjects).fill(cells + 1)
  for (const subject of await catalog.cohort({ column: ref, op: 'is null', values: [] })) cellOf[subject] = cells
  for (let cell = 0; cell < cells; cell++) {
    for (const subject of await inCell(catalog, ref, variable, cell)) cellOf[subject] = cell
  }
  return { ref, variable, cellOf }
}

function inCell(catalog: Catalog, ref: string, variable: VariableDescriptor, cell: number): Promise<SubjectSet> {
  if (variable.type === 'category') {
    return catalog.cohort({ column: ref, op: '=', values: [variable.levels[cell] ?? ''] })
  }
  const [from, to] = [variable.breakpoints[cell - 1], variable.breakpoints[cell]]
  const cut = (op: '>=' | '<', point: number): Filter => {
    const value = variable.type === 'date' ? pointText(variable, point) : point
    return { column: ref, op, values: [value] }
  }
  const parts = [...(from === undefined ? [] : [cut('>=', from)]), ...(to === undefined ? [] : [cut('<', to)])]
  return catalog.cohort({ all: parts })
}

/**
 * The largest set of breakpoints that makes no cell too small, found by dropping breakpoints one by one; undefined if even a single
 * breakpoint does.
 */
function finestCuts(candidate: Candidate, cells: Uint32Array, subjectsMin: number): readonly number[] | undefined {
  const { variable } = candidate
  const tooFew = (cuts: readonly number[]) => inSmallCells(product(cells, groupsOf(candidate, cuts)), subjectsMin)
  if (variable.type === 'category') return tooFew([]) === 0 ? [] : undefined
  let cuts = thinned(variable.breakpoints)
  while (cuts.length > 0 && tooFew(cuts) > 0) {
    const coarser = cuts.map((_, at) => cuts.filter((_, other) => other !== at))
    cuts = coarser.reduce((best, next) => (tooFew(next) < tooFew(best) ? next : best))
  }
  return cuts.length > 0 ? cuts : undefined
}

/** The breakpoint that divides the people most evenly. */
function oneCut(candidate: Candidate, cells: Uint32Array, subjectsMin: number): readonly number[] | undefined {
  const { variable } = candidate
  if (variable.type === 'category') return finestCuts(candidate, cells, subjectsMin)
  const fitting = variable.breakpoints.filter(
    (cut) => inSmallCells(product(cells, groupsOf(candidate, [cut])), subjectsMin) === 0
  )
  const apart = (cut: number) => {
    const below = groupsOf(candidate, [cut]).filter((group) => group === 0).length
    return Math.abs(2 * below - candidate.cellOf.length)
  }
  const [first, ...others] = fitting
  return first === undefined ? undefined : [others.reduce((a, b) => (apart(b) < apart(a) ? b : a), first)]
}

function thinned(points: readonly number[]): readonly number[] {
  const step = Math.ceil(points.length / CUTS_TRIED_MAX)
  return points.filter((_, at) => at % step === 0)
}

/** The lattice cell of each subject for one variable. */
function groupsOf({ variable, cellOf }: Candidate, cuts: readonly number[]): Uint16Array {
  const groups = latticeCells(variable, cuts)
  const cells = domainOf(variable)?.cells ?? 0
  const groupOf = new Uint16Array(cells + 2)
  for (const missing of [cells, cells + 1]) groupOf[missing] = groups.length + missing - cells
  for (const [group, members] of groups.entries()) for (const cell of members) groupOf[cell] = group
  return cellOf.map((cell) => groupOf[cell] ?? groups.length)
}

/** The combined cells of `cells` and `groups`, with consecutive numbers. */
function product(cells: Uint32Array, groups: Uint16Array): Uint32Array {
  const names = new Map<number, number>()
  return cells.map((cell, subject) => {
    const pair = cell * 65_536 + (groups[subject] ?? 0)
    const name = names.get(pair) ?? names.size
    names.set(pair, name)
    return name
  })
}

/** The number of people in cells with fewer than `subjectsMin` people. */
function inSmallCells(cells: Uint32Array, subjectsMin: number): number {
  const sizes = new Map<number, number>()
  for (const cell of cells) sizes.set(cell, (sizes.get(cell) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, size) => sum + (size < subjectsMin ? size : 0), 0)
}

function asWritten({ ref, variable }: Candidate, cuts: readonly number[]): ProposedVariable {
  if (variable.type === 'category') return { variable: ref, dropped: 0 }
  const breakpoints = cuts.map((point) => (variable.type === 'date' ? pointText(variable, point) : point))
  return { variable: ref, breakpoints, dropped: variable.breakpoints.length - cuts.length }
}
