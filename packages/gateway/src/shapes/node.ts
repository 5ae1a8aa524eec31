/** A node for the wire, and the nodes it knows. */
import { isoOf, type Health, type Node, type Readiness, type ServiceInfo } from '@stimnet/api'
import type { Activity, Check, NodeView, PeerFacts } from '../peer.ts'

/** Health for the wire. */
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
    peers: tens(activity.connectedPeers)
  }
}

/** One request more or less is nobody's business who has no account. */
function tens(count: number): number {
  return Math.floor(count / 10) * 10
}

/** Ready when every check is ok. */
export function readinessOf(checks: readonly Check[]): Readiness {
  return {
    ready: checks.every((check) => check.ok),
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail }))
  }
}

/** A node for the wire. */
export function nodeOf(view: NodeView): Node {
  return {
    id: view.number,
    node_id: view.nodeId,
    name: view.nodeId,
    institution: view.institution,
    endpoint_url: view.endpointUrl,
    is_active: view.connected,
    last_seen: isoOf(view.lastSeenMs),
    peer_id: view.peerId,
    sandbox: view.sandbox,
    sandbox_engine: view.sandboxEngine,
    sandbox_grade: view.sandboxGrade,
    languages: view.languages
  }
}

/** Service info for the wire. */
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
