/** One record of the log, which opens to show its details and its proof. */
import type { AuditRecord } from '@stimnet/sdk'
import { useState } from 'react'
import { short } from '../words/id.ts'
import { moment } from '../words/time.ts'
import { Prove } from './prove.tsx'

const COLUMNS = 6

/** The details may contain text from other peers and requesters, so they are shown as text only. */
export function RecordRow({ record }: { record: AuditRecord }) {
  const [open, setOpen] = useState(false)
  const { sequence, at, kind, actor, job_id: job, code } = record
  return (
    <>
      <tr>
        <th scope="row" className="number">
          {sequence}
        </th>
        <td>{moment(at)}</td>
        <td>
          {kind} {code !== '' && <span className="code">{code}</span>}
        </td>
        <td>
          <code>{short(actor)}</code>
        </td>
        <td>
          <code title={job}>{short(job)}</code>
        </td>
        <td className="number">
          <button
            type="button"
            className="quiet"
            aria-expanded={open}
            aria-label={`${open ? 'Close' : 'Open'} record ${sequence}`}
            onClick={() => setOpen(!open)}
          >
            {open ? 'Close' : 'Open'}
          </button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={COLUMNS}>
            <dl className="pairs">
              {Object.entries(record.detail).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
                  </dd>
                </div>
              ))}
            </dl>
            <Prove sequence={sequence} />
          </td>
        </tr>
      )}
    </>
  )
}
