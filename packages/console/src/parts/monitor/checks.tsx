/** Health checks of this peer, with advice where a check fails. */
import { useLoaded } from '../../load.ts'
import { useSession } from '../../session/session.tsx'
import { Badge } from '../badge.tsx'
import { Panel } from '../panel.tsx'
import { Waiting } from '../waiting.tsx'

const LOOK_MS = 10_000

/** The checks, in the wording of the peer. */
export function Checks() {
  const { client } = useSession()
  const readiness = useLoaded((signal) => client.readiness({ signal }), [client], { everyMs: LOOK_MS })
  return (
    <Panel title="This peer">
      <Waiting of={readiness} doing="Reading the state of the peer">
        {({ ready, checks }) => (
          <>
            <p>
              <Badge tone={ready ? 'good' : 'bad'}>{ready ? 'ready' : 'not ready'}</Badge>{' '}
              {ready ? 'It accepts requests.' : 'It accepts no requests until this is corrected.'}
            </p>
            <dl className="pairs">
              {checks.map(({ name, ok, detail }) => (
                <div key={name}>
                  <dt>
                    {name} {!ok && <Badge tone="bad">failed</Badge>}
                  </dt>
                  <dd>{detail}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Waiting>
    </Panel>
  )
}
