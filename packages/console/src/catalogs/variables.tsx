/** The description of a catalog: tables and variables with their declared levels, never rows. */
import { Table } from '../parts/table.tsx'
import type { FoundCatalog } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { missingIn, type SharedVariable, shapeOf, sharedVariables } from '../words/variable.ts'

/** Every variable that any of the institutions has, with the number of institutions that have it. */
export function Variables({ catalogs }: { catalogs: readonly FoundCatalog[] }) {
  const tables = Map.groupBy(sharedVariables(catalogs), ({ table }) => table)
  return [...tables].map(([table, variables]) => (
    <Table
      key={table}
      caption={table}
      heads={['Variable', 'Levels, range or bins', 'Meaning', { number: 'Missing' }, { number: 'Held by' }]}
    >
      {variables.map((one) => (
        <Row key={one.ref} {...one} of={catalogs.length} />
      ))}
    </Table>
  ))
}

function Row({ variable, heldBy, differs, missing, of }: SharedVariable & { of: number }) {
  return (
    <tr>
      <th scope="row">
        <code>{variable.name}</code>
      </th>
      <td>{shapeOf(variable)}</td>
      <td>
        {variable.description} {variable.derivation && <>Derived: {variable.derivation}.</>}{' '}
        {differs && <Badge tone="warn">described differently</Badge>}
      </td>
      <td className="number">{missingIn(missing)}</td>
      <td className="number">
        {heldBy} of {of}
      </td>
    </tr>
  )
}
