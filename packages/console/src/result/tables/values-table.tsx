/** The values that a script released, by institution in columns. Undeclared values of scripts are not pooled. */
import { Table } from '../../parts/table.tsx'
import type { Output } from '@stimnet/protocol'
import { cell } from '../../words/number.ts'
import { leavesOf, pathsOf } from './values.ts'

/** The institutions that released values. */
export function ValuesTable({
  named
}: {
  named: readonly { readonly name: string; readonly output: Output | null }[]
}) {
  const released = named.flatMap(({ name, output }) =>
    output?.kind === 'values' ? [{ name, leaves: leavesOf(output.values) }] : []
  )
  if (released.length === 0) return null
  return (
    <Table
      caption="Values of each institution"
      result
      heads={['Value', ...released.map(({ name }) => ({ number: name }))]}
    >
      {pathsOf(released.map(({ leaves }) => leaves)).map((path) => (
        <tr key={path}>
          <th scope="row">{path}</th>
          {released.map(({ name, leaves }) => (
            <td key={name} className="number">
              {told(leaves.find((leaf) => leaf.path === path)?.value ?? null)}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  )
}

function told(value: string | number | boolean | null): string {
  return typeof value === 'boolean' ? String(value) : cell(value)
}
