/** Charge and expected error, per institution and pooled. */
import { Scroll } from '../../parts/scroll.tsx'
import type { PrivacyCost } from '@stimnet/sdk'
import { Badge } from '../../parts/badge.tsx'
import { count, rough } from '../../words/number.ts'
import { leftAt, type PricedPeer, takesTooMuch } from './noise.ts'
import { RefusingRow } from './refusing-row.tsx'

const NOT_TOLD = 'not known'

/** The error is a 95 % bound: 19 of 20 answers are nearer to the exact one. */
export function CostTable({ cost }: { cost: PrivacyCost }) {
  const tellsLeft = cost.peers.some(({ left }) => left !== null)
  const columns = cost.peers.find((peer) => peer.cost !== null)?.cost?.columns ?? []
  return (
    <Scroll label="Charge and expected error">
      <table>
        <caption>Charge and expected error; nothing is spent yet</caption>
        <Head tellsLeft={tellsLeft} columns={columns.map(({ name }) => name)} />
        <tbody>
          {cost.peers.map((peer) =>
            peer.cost === null ? (
              <RefusingRow key={peer.peer_id} peer={peer} columns={columns.length + (tellsLeft ? 2 : 1)} />
            ) : (
              <tr key={peer.peer_id}>
                <th scope="row">{peer.institution || peer.node_id}</th>
                <td className="number">{rough(peer.cost.rho)}</td>
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
              </tr>
            )
          )}
        </tbody>
        {cost.pooled.some(({ error_95: error }) => error !== null) && (
          <tfoot>
            <tr>
              <th scope="row">Together</th>
              <td />
              {tellsLeft && <td />}
              {cost.pooled.map(({ name, error_95: error }) => (
                <td key={name} className="number">
                  {error === null ? NOT_TOLD : `±${rough(error)}`}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </Scroll>
  )
}

function Head({ tellsLeft, columns }: { tellsLeft: boolean; columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        <th scope="col" rowSpan={2}>
          Institution
        </th>
        <th scope="col" rowSpan={2} className="number">
          Charge
        </th>
        {tellsLeft && (
          <th scope="col" rowSpan={2} className="number">
            Your budget left here
          </th>
        )}
        <th scope="colgroup" colSpan={Math.max(1, columns.length)} className="number">
          Error in 19 of 20 answers, at most
        </th>
      </tr>
      <tr>
        {columns.map((name) => (
          <th key={name} scope="col" className="number">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** The remaining budget. Institutions that do not disclose it still refuse a question that exceeds it. */
function Left({ peer }: { peer: PricedPeer }) {
  const left = leftAt(peer)
  if (left === undefined) return <span className="soft">{NOT_TOLD}</span>
  return (
    <>
      {rough(left)} {takesTooMuch(peer) && <Badge tone="bad">too little</Badge>}
    </>
  )
}

function errorOf(column: {
  error_95: number | null
  rank_error_95: number | null
  assumes_rows: number | null
}): string {
  if (column.error_95 !== null) {
    const rows = column.assumes_rows === null ? '' : ` in groups of ${count(column.assumes_rows)}`
    return `±${rough(column.error_95)}${rows}`
  }
  return column.rank_error_95 === null ? NOT_TOLD : `±${rough(column.rank_error_95)} ranks`
}
