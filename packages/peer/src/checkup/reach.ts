/** Check of the ways in which others reach this peer: directly, or through relays. */
import type { Status } from '@stimnet/api'
import type { LoadedConfig } from '../config/config.ts'
import { readWayOut, type WayOutSettings } from '../config/way-out.ts'
import type { Permits } from '../federation/permits.ts'
import { type Finding, messageOf, namer } from './finding.ts'
import { look, type Self } from './neighbours.ts'

/** The parts of a running peer's state that are used here. */
export interface RunningState {
  readonly reach: Status['reach']
  /** How far the clocks of its neighbours are ahead of this machine's clock, ms. */
  readonly clockOffsetsMs: readonly number[]
}

/** The way in which connections leave this network; with a finding if the files for it cannot be used. */
export async function wayOutOf(loaded: LoadedConfig): Promise<{ wayOut: WayOutSettings; findings: Finding[] }> {
  try {
    return { wayOut: await readWayOut(loaded), findings: [] }
  } catch (error) {
    return { wayOut: {}, findings: [namer('reach').fix(messageOf(error))] }
  }
}

/** The state that a running peer reports; otherwise whether each relay answers. */
export async function reachFindings(
  { mesh }: LoadedConfig['config'],
  permits: Permits,
  self: Self,
  running: Status['reach'] | undefined
): Promise<Finding[]> {
  if (running) return runningFindings(running)
  const looked = await Promise.all(mesh.relays.map((address) => look('relays', address, permits, self)))
  const isHidden = mesh.listen.length === 0 && mesh.relays.length === 0
  const hidden = namer('reach').ok('mesh.listen and mesh.relays are empty: only peers that this one dials can ask it')
  return [...looked.map(({ finding }) => finding), ...(isHidden ? [hidden] : [])]
}

function runningFindings({ direct, relays }: Status['reach']): Finding[] {
  const { ok, fix } = namer('reach')
  const through = relays.map(({ peer_id, address, since, why }) =>
    since === null
      ? fix(`not through ${address}: ${why === '' ? 'it has not answered yet' : why}`)
      : ok(`through the relay ${peer_id} since ${since}`)
  )
  if (direct.reached) return [ok('directly: others have connected since the start'), ...through]
  const listens = 'not directly so far: nobody has connected since the start; if others should, check the firewall'
  return [ok(direct.addresses.length === 0 ? 'not directly: mesh.listen is empty' : listens), ...through]
}
