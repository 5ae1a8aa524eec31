/** The institutions that hold a catalog, and the terms of each. */
import { Table } from '../parts/table.tsx'
import type { FoundCatalog } from '@stimnet/sdk'
import { count } from '../words/number.ts'
import { wordsOfTerm } from '../words/purpose.ts'
import { day } from '../words/time.ts'

const SCRIPTS: Readonly<Record<string, string>> = {
  auto: 'run without approval',
  review: 'read by stewards first',
  deny: 'not run'
}

/** One row per institution. */
export function Holders({ catalogs }: { catalogs: readonly FoundCatalog[] }) {
  return (
    <Table
      label="Who holds it"
      heads={[
        'Institution',
        { number: 'Subjects, rounded down to tens' },
        { number: 'Smallest group' },
        'Numbers',
        'Scripts',
        'May be used for',
        'As of'
      ]}
    >
      {catalogs.map((one) => (
        <tr key={one.peer_id}>
          <th scope="row">{one.institution || one.node_id}</th>
          <td className="number">{count(one.total_records)}+</td>
          <td className="number">{one.cohort_size_min}</td>
          <td>{one.mode === 'dp' ? 'with noise only' : 'exact, disclosure-controlled'}</td>
          <td>{SCRIPTS[one.scripts] ?? one.scripts}</td>
          <td>{one.data_use.map(wordsOfTerm).join('; ') || 'no restriction stated'}</td>
          <td>{day(one.last_updated)}</td>
        </tr>
      ))}
    </Table>
  )
}
