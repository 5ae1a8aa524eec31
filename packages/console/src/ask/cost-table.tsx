/** Charge and expected error, institution by institution and together. */
import { Scroll } from '../parts/scroll.tsx'
import type { PrivacyCost } from '@stimnet/sdk'
import { Badge } from '../parts/badge.tsx'
import { measured } from '../words/number.ts'

/** Nineteen of twenty answers are nearer to the exact one than the error says. */
export function CostTable({ cost }: { cost: PrivacyCost }) {
  const tellsLeft = cost.peers.some(({ left }) => left !== null)
  const columns = cost.peers.find((peer) => peer.cost !== null)?.cost?.columns ?? []
  return (
    <Scroll label="Charge and expected error">
      <table>
        <caption>Charge and expected error; nothing is spent yet</caption>
        <thead>
          <tr>
            <th scope="col">Institution</th>
            <th scope="col" className="number">
              Takes ρ
            </th>
            {tellsLeft && (
              <th scope="col" className="number">
                Left ρ
              </th>
            )}
            {columns.map(({ name }) => (
              <th key={name} scope="col" className="number">
                {name} ±
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cost.peers.map((peer) => (
            <tr key={peer.peer_id}>
              <th scope="row">{peer.institution || peer.node_id}</th>
              {peer.cost === null ? (
                <td colSpan={columns.length + (tellsLeft ? 2 : 1)}>
                  <Badge tone="warn">would refuse</Badge> {peer.reason ?? peer.code}
                </td>
              ) : (
                <>
                  <td className="number">{measured(peer.cost.rho)}</td>
                  {tellsLeft && (
                    <td className="number">
                      <Left peer={peer} />
                    </td>
                  )}
                  {peer.cost.columns.map((column) => (
                    <td key={column.name} className="number">
                      {errorOf(column)}
                    </td>
                  ))}
                </>
              )}
            </tr>
          ))}
        </tbody>
        {cost.pooled.some(({ sd }) => sd !== null) && (
          <tfoot>
            <tr>
              <th scope="row">Together</th>
              <td />
              {tellsLeft && <td />}
              {cost.pooled.map(({ name, sd }) => (
                <td key={name} className="number">
                  {sd === null ? '–' : measured(1.96 * sd)}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </Scroll>
  )
}

/** Others do not tell what is left of theirs; they refuse where it is not enough. */
function Left({ peer: { left, cost } }: { peer: PrivacyCost['peers'][number] }) {
  if (left === null) return '–'
  const rest = Math.min(Number(left.project_rho), Number(left.lifetime_rho))
  return (
    <>
      {measured(rest)} {cost !== null && cost.rho > rest && <Badge tone="bad">too little</Badge>}
    </>
  )
}

function errorOf(column: {
  error_95: number | null
  rank_error_95: number | null
  assumes_rows: number | null
}): string {
  if (column.error_95 !== null) {
    return column.assumes_rows === null
      ? measured(column.error_95)
      : `${measured(column.error_95)} (of ${measured(column.assumes_rows)} rows)`
  }
  return column.rank_error_95 === null ? '–' : `${measured(column.rank_error_95)} ranks`
}
