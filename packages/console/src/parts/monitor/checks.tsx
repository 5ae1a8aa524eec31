/** Whether this peer can take requests: what it looked at, and what to do where something is wrong. */
import { useLoaded } from '../../load.ts'
import { useSession } from '../../session/session.tsx'
import { Badge } from '../badge.tsx'
import { Panel } from '../panel.tsx'
import { Waiting } from '../waiting.tsx'

const LOOK_MS = 10_000

/** In the peer's own words. */
export function Checks() {
  const { client } = useSession()
  const readiness = useLoaded((signal) => client.readiness({ signal }), [client], { everyMs: LOOK_MS })
  return (
    <Panel title="This peer">
      <Waiting of={readiness} doing="Reading how the peer is">
        {({ ready, checks }) => (
          <>
            <p>
              <Badge tone={ready ? 'good' : 'bad'}>{ready ? 'ready' : 'not ready'}</Badge>{' '}
              {ready ? 'It takes requests.' : 'It takes no requests until this is put right.'}
            </p>
            <dl className="pairs">
              {checks.map(({ name, ok, detail }) => (
                <div key={name}>
                  <dt>
                    {name} {!ok && <Badge tone="bad">wrong</Badge>}
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
