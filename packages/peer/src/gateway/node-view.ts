/** The node in the types of the API: its facts, its catalogs, and the nodes that it knows. */
import { isoOf, type Node } from '@stimnet/api'
import type { Catalog } from '@stimnet/data'
import type { GatewayPeer } from '@stimnet/gateway'
import type { Mesh } from '@stimnet/mesh'
import type { Clock } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Runner } from '../jobs/run/runner.ts'
import { isStaff } from '../people/named.ts'
import type { Directory, Neighbour } from '../requests/directory.ts'
import type { RequestStore } from '../store/requests.ts'
import { catalogOf, foundCatalogOf } from './catalog-view.ts'

type NodeMethod =
  | 'facts'
  | 'activity'
  | 'checks'
  | 'catalogs'
  | 'nodes'
  | 'searchMesh'
  | 'metrics'
  | 'answered'
  | 'unexpected'

/** Dependencies of the methods for the node. */
export interface NodeParts extends Pick<GatewayPeer, 'facts' | 'checks'> {
  readonly clock: Clock
  readonly self: string
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly mesh: Mesh
  readonly directory: Directory
  readonly runner: Pick<Runner, 'counts'>
  readonly requests: Pick<RequestStore, 'total'>
  readonly events: Pick<PeerEvents, 'metrics' | 'answered' | 'unexpected'>
}

/** The gateway's methods for the node itself: its facts, its catalogs, and the other nodes that it knows. */
export function nodeMethods(parts: NodeParts): Pick<GatewayPeer, NodeMethod> {
  const { mesh, runner, requests, directory } = parts
  // A description never changes: another epoch has another description.
  const catalogs = [...parts.catalogs.values()].map(({ descriptor }, at) => catalogOf(at + 1, descriptor))
  return {
    facts: parts.facts,
    activity: () => {
      const { queued, running } = runner.counts
      return { activeJobs: queued + running, totalJobs: requests.total, connectedPeers: mesh.connected().length }
    },
    checks: parts.checks,
    catalogs: (account) => catalogs.filter((catalog) => catalog.access_level !== 'private' || isStaff(account)),
    nodes: () => {
      return directory.neighbours().map((neighbour) => nodeOf(parts, neighbour))
    },
    searchMesh: async (words, signal) => {
      const found = await directory.search({ words, name: '', includePrivate: false }, signal)
      return found.map(({ peerId, descriptor }) => foundCatalogOf(peerId, directory.get(peerId), descriptor))
    },
    metrics: () => parts.events.metrics(),
    answered: (facts) => parts.events.answered(facts),
    unexpected: (error, incident) => parts.events.unexpected(error, incident)
  }
}

function nodeOf(parts: NodeParts, neighbour: Neighbour): Node {
  const {
    number,
    nodeId,
    institution,
    peerId,
    sandbox,
    sandboxEngine = '',
    sandboxGrade = '',
    languages = []
  } = neighbour
  const self = peerId === parts.self
  return {
    id: number,
    node_id: nodeId,
    name: nodeId,
    institution,
    // The address of another peer's gateway is not known here, because the peer is reached through the mesh.
    endpoint_url: self ? parts.facts().endpointUrl : `/p2p/${peerId}`,
    is_active: self || parts.mesh.isReachable(peerId),
    last_seen: isoOf(self ? parts.clock.now() : (parts.mesh.lastSeen(peerId) ?? neighbour.lastSeenMs)),
    peer_id: peerId,
    sandbox,
    sandbox_engine: sandboxEngine,
    sandbox_grade: sandboxGrade,
    languages
  }
}
