/** The sandboxes of this peer: their isolation, their limits, and the latest self-test. */
import { useEffect, useState } from 'react'
import { useLoaded } from '../load.ts'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { Engines } from '../sandboxes/engines.tsx'
import { OtherEngines } from '../sandboxes/others.tsx'
import { SelfTestPanel } from '../sandboxes/self-test.tsx'
import { useSession } from '../session/session.tsx'

const EVERY_MS = 30_000
const WHILE_RUNNING_MS = 2_000

/** Shown to stewards, auditors and operators. */
export function SandboxesPage() {
  const { client } = useSession()
  const [runs, setRuns] = useState(false)
  const everyMs = runs ? WHILE_RUNNING_MS : EVERY_MS
  const sandboxes = useLoaded((signal) => client.sandboxes({ signal }), [client], { everyMs })
  const running = sandboxes.value?.self_test.running ?? null
  useEffect(() => setRuns(running !== null), [running])
  return (
    <>
      <Title lead="Where scripts run at this institution, and what isolates them from the machine.">Sandboxes</Title>
      <Waiting of={sandboxes} doing="Reading the sandboxes">
        {({ engines, others, configured, self_test: test }) => (
          <>
            <Engines engines={engines} />
            {(test.possible || test.report) && <SelfTestPanel test={test} changed={sandboxes.reload} />}
            {others.length > 0 && <OtherEngines others={others} configured={configured} />}
          </>
        )}
      </Waiting>
    </>
  )
}
