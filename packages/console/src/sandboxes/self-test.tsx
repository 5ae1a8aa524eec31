/** The self-test: its button, its progress and the latest report. */
import type { Sandboxes } from '@stimnet/sdk'
import { useState } from 'react'
import { Empty } from '../parts/empty.tsx'
import { Notice } from '../parts/notice.tsx'
import { Panel } from '../parts/panel.tsx'
import { Problem } from '../parts/problem.tsx'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { moment, span } from '../words/time.ts'
import { Report } from './report.tsx'

type SelfTest = Sandboxes['self_test']

/** Stewards and operators can start it; auditors can read it. */
export function SelfTestPanel({ test, changed }: { test: SelfTest; changed: () => void }) {
  const { running, failed_at: failedAt, report } = test
  return (
    <Panel
      title="Self-test"
      hint="Runs hostile programs in sandboxes like those of jobs, one at a time, beside the jobs. They see no patient data. It takes some minutes of processor time."
      aside={<Start test={test} changed={changed} />}
    >
      <p role="status">
        {running ? `A self-test is running. ${running.started_by} started it at ${moment(running.started_at)}.` : ''}
      </p>
      {running && <Progress running={running} />}
      {failedAt !== null && !running && (
        <Notice tone="bad">The self-test itself failed at {moment(failedAt)}. The peer’s log says why.</Notice>
      )}
      {report ? (
        <Report report={report} />
      ) : (
        <Empty title="No self-test has finished yet">The isolation on this machine has not been tested.</Empty>
      )}
    </Panel>
  )
}

function Start({ test, changed }: { test: SelfTest; changed: () => void }) {
  const { client } = useSession()
  const account = useAccount()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  if (!holds(account, 'steward', 'operator')) return <p className="soft">A steward or an operator starts it.</p>
  const start = async () => {
    setBusy(true)
    setError(undefined)
    await client.testSandboxes().then(changed, setError)
    setBusy(false)
  }
  const waits = test.running === null && test.next_in_ms > 0
  return (
    <div className="stack">
      <button type="button" className="primary" disabled={busy || waits || test.running !== null} onClick={start}>
        {test.running ? 'Running …' : 'Start the self-test'}
      </button>
      {waits && <p className="hint">Possible again in {span(Math.max(1, test.next_in_ms / 1_000))}.</p>}
      {error !== undefined && <Problem error={error} doing="Starting the self-test" />}
    </div>
  )
}

function Progress({ running }: { running: NonNullable<SelfTest['running']> }) {
  const { grade, done, of, failing } = running
  return (
    <div className="stack">
      <progress max={of} value={done} aria-label="Attacks tried" />
      <p className="soft">
        {grade === '' ? 'Opening the sandbox' : `${grade}: ${done} of ${of} attacks tried`}
        {failing > 0 && `, ${failing} of them got further than its grade permits`}.
      </p>
    </div>
  )
}
