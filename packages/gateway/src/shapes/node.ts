/** The node's description of itself: health and service info. */
import type { Health, ServiceInfo } from '@stimnet/api'
import type { Activity, PeerFacts } from '../peer.ts'

/** The health of the node in the REST API. */
export function healthOf(facts: PeerFacts, activity: Activity, nowMs: number): Health {
  return {
    status: 'healthy',
    node_id: facts.nodeId,
    version: facts.version,
    uptime: Math.max(0, nowMs - facts.startedAtMs) / 1_000,
    active_jobs: tens(activity.activeJobs),
    total_jobs: tens(activity.totalJobs),
    institution: facts.institution,
    peer_id: facts.peerId,
    // Absent below ten, because 0 would mean that nobody is connected. The other counts must be numbers for older clients.
    ...(activity.connectedPeers < 10 ? {} : { peers: tens(activity.connectedPeers) })
  }
}

/** A count rounded down to tens, since callers without an account must not observe single requests. */
function tens(count: number): number {
  return Math.floor(count / 10) * 10
}

/** Service info in the REST API. */
export function serviceInfoOf(facts: PeerFacts): ServiceInfo {
  return {
    id: `org.stimnet.${facts.nodeId}`,
    name: `StimNet at ${facts.institution}`,
    type: { group: 'org.stimnet', artifact: 'federated-analysis', version: '1.0.0' },
    description: 'Runs signed analyses where the data lie and releases privacy-filtered aggregates.',
    organization: { name: facts.institution, url: facts.endpointUrl },
    documentationUrl: `${facts.endpointUrl}/docs`,
    version: facts.version
  }
}
