/** The values that a script released, by institution in columns. Undeclared values of scripts are not pooled. */
import { Scroll } from '../../parts/scroll.tsx'
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
    <Scroll label="Values of each institution">
      <table className="result">
        <caption>Values of each institution</caption>
        <thead>
          <tr>
            <th scope="col">Value</th>
            {released.map(({ name }) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
    </Scroll>
  )
}

function told(value: string | number | boolean | null): string {
  return typeof value === 'boolean' ? String(value) : cell(value)
}
