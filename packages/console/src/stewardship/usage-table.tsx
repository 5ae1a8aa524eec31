/** Budgets and allowances with the share that is used, most used first. */
import type { Usage } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { Empty } from '../parts/empty.tsx'
import { Table } from '../parts/table.tsx'
import { percent, scopeWords, worstFirst } from './usage.ts'

const NEAR = 0.8

/** One row per budget or allowance and scope. */
export function UsageTable({ lines }: { lines: readonly Usage[] }) {
  if (lines.length === 0) return <Empty title="No catalogs here">Usage is counted for each catalog.</Empty>
  return (
    <Table label="What is used" heads={['Catalog', 'What', 'Whose', { number: 'Used' }, { number: 'Of' }, 'Share']}>
      {worstFirst(lines).map((line) => (
        <tr key={`${line.data_catalog_name} ${line.what} ${line.scope}`}>
          <th scope="row">
            <code>{line.data_catalog_name}</code>
          </th>
          <td>{line.what}</td>
          <td>{scopeWords(line.scope)}</td>
          <td className="number">{line.used}</td>
          <td className="number">{line.max ?? 'no limit'}</td>
          <td>
            <Share line={line} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

function Share({ line: { share, max } }: { line: Usage }) {
  if (max === null) return <span className="soft">–</span>
  if (share >= 1) return <Badge tone="bad">used up</Badge>
  return share >= NEAR ? <Badge tone="warn">{percent(share)}</Badge> : <span>{percent(share)}</span>
}
