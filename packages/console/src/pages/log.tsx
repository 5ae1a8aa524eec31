/** The audit log: its checkpoint, its records, and a proof of each record. */
import { Table } from '../parts/table.tsx'
import { useState } from 'react'
import { CheckpointPanel } from '../log/checkpoint.tsx'
import { RecordRow } from '../log/record-row.tsx'
import { type LogReading, useLog } from '../log/records.ts'
import { kindsOf, matching } from '../log/search.ts'
import { Empty } from '../parts/empty.tsx'
import { Field, Select } from '../parts/field.tsx'
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
    <Table label="Records" heads={[{ number: 'Record' }, 'When', 'Kind', 'By', 'Job', { hidden: 'Details' }]}>
      {records.map((record) => (
        <RecordRow key={record.sequence} record={record} />
      ))}
    </Table>
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
        <Select label="Kind" none="all" options={kindsOf(records)} value={kind} choose={setKind} />
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
