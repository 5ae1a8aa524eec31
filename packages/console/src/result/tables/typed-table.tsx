/** The declared outputs of a script: pooled, and by institution in columns. */
import { Scroll } from '../../parts/scroll.tsx'
import { TableHead } from '../../parts/table.tsx'
import type { Output, PooledTyped } from '@stimnet/protocol'
import { Badge } from '../../parts/badge.tsx'
import { Histogram } from '../../plots/histogram.tsx'
import { cell } from '../../words/number.ts'
import { typedCells, typedRows } from './typed-rows.ts'

interface Named {
  readonly name: string
  readonly output: Output | null
}

/** One table per output. */
export function TypedTables({ outputs, named }: { outputs: readonly PooledTyped[]; named: readonly Named[] }) {
  return outputs.map((pooled, at) => <TypedTable key={pooled.output.name} pooled={pooled} at={at} named={named} />)
}

function TypedTable({ pooled, at, named }: { pooled: PooledTyped; at: number; named: readonly Named[] }) {
  const { output, method } = pooled
  const parts = named.flatMap(({ name, output: own }) => {
    const same = own?.kind === 'typed' ? own.outputs[at] : undefined
    return same ? [{ name, rows: typedRows(same) }] : []
  })
  const pools = method !== 'none'
  const rows = typedRows(output)
  const cells = typedCells(pooled, at, named)
  return (
    <Scroll label={output.name}>
      <table className="result">
        <caption>
          {output.name} {output.unit && <span className="soft">{output.unit}</span>}{' '}
          <Badge>{pools ? `pooled: ${method}` : 'does not pool'}</Badge>
        </caption>
        <TableHead
          heads={[
            output.kind,
            ...(pools ? [{ number: 'Pooled' }] : []),
            ...parts.map(({ name }) => ({ number: name }))
          ]}
        />
        <tbody>
          {rows.map(({ label, value }, i) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {pools && <td className="number">{cell(value)}</td>}
              {parts.map((part) => (
                <td key={part.name} className="number">
                  {cell(part.rows[i]?.value ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {output.kind === 'histogram' && pools && (
        <Histogram
          title={output.name}
          bins={cells.map(({ row, pooled: many, behind }) => ({ label: row, many: many ?? null, behind }))}
        />
      )}
    </Scroll>
  )
}
