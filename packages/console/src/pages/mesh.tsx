/** The first page: the institutions of the mesh, the state of this peer, and the next steps. */
import { useState } from 'react'
import type { Node } from '@stimnet/sdk'
import { useLoaded } from '../load.ts'
import { MeshMap } from '../map/mesh-map.tsx'
import { trafficOf } from '../map/traffic.ts'
import { Checks } from '../parts/monitor/checks.tsx'
import { FirstSteps } from '../parts/frame/first-steps.tsx'
import { Happenings } from '../parts/monitor/happenings.tsx'
import { Nodes } from '../parts/monitor/nodes.tsx'
import { Panel } from '../parts/panel.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Title } from '../parts/frame/title.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { holds } from '../session/account.ts'
import { useAccount, useSession } from '../session/session.tsx'
import { plural, tensInWords } from '../words/number.ts'
import { span } from '../words/time.ts'

const LOOK_MS = 2_000
const RECENT = 20

/** Reloads every two seconds while the tab is visible. */
export function MeshPage() {
  const { client } = useSession()
  const account = useAccount()
  const asks = holds(account, 'researcher')
  const [paused, setPaused] = useState(false)
  const mesh = useLoaded(
    async (signal) => {
      const [health, nodes, broadcasts] = await Promise.all([
        client.health({ signal }),
        client.nodes({ signal }),
        asks ? client.listBroadcasts({ limit: RECENT, toOne: true, signal }) : []
      ])
      return { health, nodes, broadcasts }
    },
    [client, asks],
    paused ? {} : { everyMs: LOOK_MS }
  )
  return (
    <>
      <Title
        lead="The institutions connected with this one, and the jobs that are running."
        actions={
          <button type="button" className="quiet" aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? 'Watch live' : 'Pause'}
          </button>
        }
      >
        Mesh
      </Title>
      <Waiting of={mesh} doing="Reading the mesh">
        {({ health, nodes, broadcasts }) => (
          <>
            <dl className="facts">
              <Fact name="Institution" value={health.institution} />
              <Fact name="Connected" value={plural(connectedOf(nodes, health.peer_id), 'institution')} />
              <Fact
                name="Jobs here"
                value={`${tensInWords(health.active_jobs)} active, ${tensInWords(health.total_jobs)} in total`}
              />
              <Fact name="Up for" value={span(health.uptime)} />
              <Fact name="Version" value={health.version} />
            </dl>
            <section className="panel map-panel" aria-label="Map">
              <Scroll label="Map">
                <MeshMap nodes={nodes} home={health.peer_id} traffic={trafficOf(broadcasts)} />
              </Scroll>
            </section>
            <FirstSteps account={account} asked={broadcasts.length} others={connectedOf(nodes, health.peer_id)} />
            <Panel title="Institutions">
              <Nodes nodes={nodes} home={health.peer_id} traffic={trafficOf(broadcasts)} />
            </Panel>
          </>
        )}
      </Waiting>
      <Checks />
      {holds(account, 'steward', 'auditor', 'operator') && <Happenings />}
    </>
  )
}

/** The number of connected institutions besides this one. `/health`, which anybody can read, rounds that number down to tens. */
function connectedOf(nodes: readonly Node[], home: string): number {
  return nodes.filter(({ is_active, peer_id }) => is_active && peer_id !== home).length
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
