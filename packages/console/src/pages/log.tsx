/** The audit log: its checkpoint, its records, and a proof of each record. */
import { Scroll } from '../parts/scroll.tsx'
import { useState } from 'react'
import { CheckpointPanel } from '../log/checkpoint.tsx'
import { RecordRow } from '../log/record-row.tsx'
import { type LogReading, useLog } from '../log/records.ts'
import { kindsOf, matching } from '../log/search.ts'
import { Empty } from '../parts/empty.tsx'
import { Field } from '../parts/field.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { count, plural } from '../words/number.ts'

/** Updates itself when new records are written. */
export function LogPage() {
  const log = useLog()
  return (
    <>
      <Title lead="Every request, decision, run, release and refusal at this institution’s peer.">Audit log</Title>
      <CheckpointPanel />
      <Panel title="Records">
        <Waiting of={log.newest} doing="Reading the log">
          {() => <Records log={log} />}
        </Waiting>
      </Panel>
    </>
  )
}

function RecordTable({ records }: { records: LogReading['records'] }) {
  return (
    <Scroll label="Records">
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              Record
            </th>
            <th scope="col">When</th>
            <th scope="col">Kind</th>
            <th scope="col">By</th>
            <th scope="col">Job</th>
            <th scope="col">
              <span className="hidden">Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <RecordRow key={record.sequence} record={record} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Records({ log }: { log: LogReading }) {
  const [text, setText] = useState('')
  const [kind, setKind] = useState('')
  const { records, isWhole, busy, error, older } = log
  const found = matching(records, text, kind)
  return (
    <>
      <search className="row">
        <Field label="Search" hint="Keys, jobs, codes or hashes. A record matches if it contains every word.">
          {(field) => <input {...field} type="search" value={text} onChange={(e) => setText(e.target.value)} />}
        </Field>
        <Field label="Kind">
          {(field) => (
            <select {...field} value={kind} onChange={(e) => setKind(e.target.value)}>
              <option value="">all</option>
              {kindsOf(records).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
      </search>
      <p role="status" className="soft">
        {count(found.length)} of {plural(records.length, 'record')} read{isWhole ? ' (the whole log)' : ' so far'}.
      </p>
      {found.length === 0 ? (
        <Empty title="No record matches">{isWhole ? 'The whole log was searched.' : 'Load older records below.'}</Empty>
      ) : (
        <RecordTable records={found} />
      )}
      {error !== undefined && <Problem error={error} doing="Loading older records" />}
      {!isWhole && (
        <button type="button" disabled={busy} onClick={older}>
          {busy ? 'Loading …' : 'Load older records'}
        </button>
      )}
    </>
  )
}
