/**
 * Pairs of variables with nearly the same content, such as a response and an improvement above a threshold. Each variable has its own
 * ledger, which does not contain what was disclosed about the other variable.
 */
import type { Catalog } from '@stimnet/data'
import type { CatalogDescriptor, Filter, SubjectSet, VariableDescriptor, VariableRef } from '@stimnet/protocol'

/** A variable, and another one that follows from it for nearly everybody. */
export interface SameContent {
  readonly from: VariableRef
  readonly to: VariableRef
}

/** Variables with more cells are not compared: a fine number always predicts others. */
const CELLS_MAX = 20
/**
 * `to` follows from `from` if knowing `from` leaves at most this share of the errors that result from always guessing the most common cell
 * of `to`.
 */
const ERRORS_LEFT_MAX = 0.1

type Described = CatalogDescriptor['tables'][number]

/** Whether the variables of a catalog are to be compared: others know neither, and both can be filtered. */
export function comparedVariables(tables: readonly Pick<Described, 'name' | 'oneRowPerSubject' | 'variables'>[]) {
  return tables.flatMap(({ name, oneRowPerSubject, variables }) =>
    variables.flatMap((variable) => {
      const cells = cellsOf(`${name}.${variable.name}`, variable)
      const isCompared = oneRowPerSubject && !variable.identifying && cells.length > 1 && cells.length <= CELLS_MAX
      return isCompared ? [{ ref: `${name}.${variable.name}` as VariableRef, cells }] : []
    })
  )
}

/** The pairs of variables of which one follows from the other, except where fewer than k people would be guessed wrongly. */
export async function sameContentIn(catalog: Catalog, k: number): Promise<SameContent[]> {
  const compared: { ref: VariableRef; sets: SubjectSet[] }[] = []
  for (const { ref, cells } of comparedVariables(catalog.descriptor.tables)) {
    const sets: SubjectSet[] = []
    for (const cell of cells) sets.push(await catalog.cohort(cell))
    compared.push({ ref, sets })
  }
  return compared.flatMap((one) =>
    compared.flatMap((other) =>
      one !== other && followsFrom(other.sets, one.sets, k) ? [{ from: one.ref, to: other.ref }] : []
    )
  )
}

/** Goodman and Kruskal's lambda, over the people who have both values. */
function followsFrom(to: readonly SubjectSet[], from: readonly SubjectSet[], k: number): boolean {
  const table = from.map((one) => to.map((other) => one.and(other).size))
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const all = sum(table.map(sum))
  const commonest = Math.max(...to.map((_, at) => sum(table.map((line) => line[at] ?? 0))))
  const errors = all - commonest
  const left = all - sum(table.map((line) => Math.max(...line)))
  return errors >= k && left <= ERRORS_LEFT_MAX * errors
}

function cellsOf(column: VariableRef, { type, levels, breakpoints }: VariableDescriptor): Filter[] {
  if (type === 'category') return levels.map((level) => ({ column, op: '=', values: [level] }))
  if ((type !== 'integer' && type !== 'number') || breakpoints.length === 0) return []
  return [undefined, ...breakpoints].map((low, at) => {
    const high = breakpoints[at]
    const bounds: Filter[] = [
      ...(low === undefined ? [] : [{ column, op: '>=', values: [low] } as const]),
      ...(high === undefined ? [] : [{ column, op: '<', values: [high] } as const])
    ]
    return { all: bounds }
  })
}
