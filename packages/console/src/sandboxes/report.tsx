/** The report of the latest self-test: a line per engine and every attack. */
import type { SandboxFindings, SandboxReport } from '@stimnet/sdk'
import { useId, useState } from 'react'
import { Notice } from '../parts/notice.tsx'
import { count } from '../words/number.ts'
import { moment, span } from '../words/time.ts'
import { AttacksTable } from './attacks-table.tsx'
import { OUTCOMES, shownOf, sumOf } from './findings.ts'

/** The report of one self-test. */
export function Report({ report }: { report: SandboxReport }) {
  const { started_by: by, started_at: startedAt, ended_at: endedAt, version, engines } = report
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000
  const [notContained, setNotContained] = useState(true)
  const id = useId()
  return (
    <>
      {engines.map((engine) => (
        <Notice key={engine.grade} tone={engine.clean ? 'good' : 'bad'} live>
          {sumOf(engine)}
        </Notice>
      ))}
      <p className="soft">
        Started by {by}, ended {moment(endedAt)} after {span(seconds)}; StimNet {version}.
      </p>
      <details>
        <summary>What the outcomes mean</summary>
        <dl>
          {Object.values(OUTCOMES).map(({ word, meaning }) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </details>
      <div className="choice">
        <input
          id={id}
          type="checkbox"
          checked={notContained}
          onChange={(event) => setNotContained(event.target.checked)}
        />
        <label htmlFor={id}>Only attacks that were not contained</label>
      </div>
      {engines
        .filter(({ here }) => here)
        .map((engine) => (
          <Findings key={engine.grade} engine={engine} notContained={notContained} />
        ))}
    </>
  )
}

function Findings({ engine, notContained }: { engine: SandboxFindings; notContained: boolean }) {
  const shown = shownOf(engine.attacks, { notContained })
  return (
    <>
      <p role="status" className="soft">
        {count(shown.length)} of {count(engine.attacks.length)} attacks on {engine.grade} shown.
      </p>
      {shown.length > 0 && <AttacksTable grade={engine.grade} attacks={shown} />}
    </>
  )
}
