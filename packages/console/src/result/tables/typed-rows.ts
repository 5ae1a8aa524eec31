/** The declared outputs of a script as rows of a table: each number with its name. */
import type { Output, PooledTyped, TypedValue } from '@stimnet/protocol'
import { measured } from '../../words/number.ts'
import type { CellParts } from '../../plots/site-bars.tsx'

/** One number of an output; null if it was withheld. */
export interface TypedRow {
  readonly label: string
  readonly value: number | null
}

/** The rows in the order of the declaration. */
export function typedRows(output: TypedValue): TypedRow[] {
  switch (output.kind) {
    case 'table':
      return output.categories.map((label, at) => ({ label, value: output.counts[at] ?? null }))
    case 'histogram':
      return output.counts.map((value, at) => ({ label: between(output.edges, at), value }))
    case 'curve':
      return output.values.map((value, at) => ({ label: `at ${measured(output.edges[at] ?? 0)}`, value }))
    case 'coefficients':
      return output.terms.flatMap(({ term, estimate, se }) => [
        { label: term, value: estimate },
        { label: `${term}, standard error`, value: se }
      ])
    case 'test':
      return [
        { label: 'statistic', value: output.statistic },
        { label: 'df', value: output.df },
        { label: 'p', value: output.p }
      ]
    default:
      return [{ label: output.kind, value: output.value }]
  }
}

interface Named {
  readonly name: string
  readonly output: Output | null
}

/** The numbers of an output with those of each institution, for a bar chart; empty for tests and coefficients, which bars do not suit. */
export function typedCells({ output, method }: PooledTyped, at: number, named: readonly Named[]): CellParts[] {
  if (output.kind === 'test' || output.kind === 'coefficients') return []
  const parts = named.flatMap(({ name, output: own }) => {
    const same = own?.kind === 'typed' ? own.outputs[at] : undefined
    return same ? [{ name, rows: typedRows(same) }] : []
  })
  return typedRows(output).map(({ label, value }, i) => {
    const sites = parts.map(({ name, rows }) => ({ name, value: rows[i]?.value ?? null }))
    const behind = sites.flatMap((site) => (site.value === null ? [] : [site.name]))
    return {
      row: label,
      pooled: method === 'none' ? undefined : value,
      sites,
      behind: { sites: behind, of: sites.length }
    }
  })
}

function between(edges: readonly number[], at: number): string {
  return `${measured(edges[at] ?? 0)} to ${measured(edges[at + 1] ?? 0)}`
}
