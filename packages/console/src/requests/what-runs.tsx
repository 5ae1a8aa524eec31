/** The table that describes exactly what would run. */
import type { AnalysisRequest } from '@stimnet/sdk'
import type { ReactNode } from 'react'
import { useLoaded } from '../load.ts'
import { Seen } from '../parts/seen.tsx'
import { useSession } from '../session/session.tsx'
import { short } from '../words/id.ts'
import { type Row, rowsOf } from './rows.ts'

/** Institutions appear by PeerId until the mesh has returned their names. */
export function WhatRuns({ request }: { request: AnalysisRequest }) {
  const { client } = useSession()
  const nodes = useLoaded((signal) => client.nodes({ signal }), [client])
  const institutionOf = (peerId: string) => {
    const found = nodes.value?.find(({ peer_id }) => peer_id === peerId)?.institution
    return found ? `${found} (${short(peerId)})` : short(peerId)
  }
  return (
    <dl className="pairs">
      {rowsOf(request, institutionOf).map((row) => (
        <div key={row.name} className={row.isWide ? 'whole' : ''}>
          <dt>{row.name}</dt>
          <dd>
            <Said row={row} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Said({ row: { said, isCode } }: { row: Row }) {
  const one = (line: string): ReactNode => {
    const seen = <Seen>{line}</Seen>
    return isCode ? <code>{seen}</code> : seen
  }
  if (said.length === 1) return one(said[0] ?? '')
  return (
    <ul>
      {said.map((line) => (
        <li key={line}>{one(line)}</li>
      ))}
    </ul>
  )
}
