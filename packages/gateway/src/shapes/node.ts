/** What a node says about itself and the nodes it knows. */
import { z } from 'zod'
import type { Activity, Check, NodeView, PeerFacts } from '../peer.ts'
import { isoOf, output, timestamp } from './named.ts'

/** Health as answered. */
export const healthShape = output(
  'Health',
  z.object({
    status: z.literal('healthy'),
    node_id: z.string(),
    version: z.string(),
    uptime: z.number().describe('Seconds'),
    active_jobs: z.number().int().describe('Rounded down to tens, as all counts here: anybody may ask'),
    total_jobs: z.number().int(),
    institution: z.string(),
    peer_id: z.string(),
    peers: z.number().int().describe('Peers connected now')
  })
)

/** Health for the wire. */
export function healthOf(facts: PeerFacts, activity: Activity, nowMs: number): z.output<typeof healthShape> {
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

/** Readiness as answered. */
export const readinessShape = output(
  'Readiness',
  z.object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() }))
  })
)

/** Ready when every check is ok. */
export function readinessOf(checks: readonly Check[]): z.output<typeof readinessShape> {
  return {
    ready: checks.every((check) => check.ok),
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail }))
  }
}

/** A node as answered. */
export const nodeShape = output(
  'Node',
  z.object({
    id: z.number().int(),
    node_id: z.string(),
    name: z.string(),
    institution: z.string(),
    endpoint_url: z.string(),
    is_active: z.boolean(),
    last_seen: timestamp,
    peer_id: z.string(),
    sandbox: z.string().describe('Engine and isolation grade, in its own words'),
    sandbox_engine: z.string().describe('wasm, docker or none'),
    sandbox_grade: z.string().describe('Isolation, from weak to strong: none, wasm, wasm+bwrap, docker, docker+gvisor'),
    languages: z.array(z.string()).describe('Scripts that run there')
  })
)

/** A node as answered. */
export type NodeShape = z.output<typeof nodeShape>

/** A node for the wire. */
export function nodeOf(view: NodeView): z.output<typeof nodeShape> {
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
    languages: [...view.languages]
  }
}

/** GA4GH service-info 1.0. */
export const serviceInfoShape = output(
  'ServiceInfo',
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.object({ group: z.string(), artifact: z.string(), version: z.string() }),
    description: z.string(),
    organization: z.object({ name: z.string(), url: z.string() }),
    documentationUrl: z.string(),
    version: z.string()
  })
)

/** Service info for the wire. */
export function serviceInfoOf(facts: PeerFacts): z.output<typeof serviceInfoShape> {
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
