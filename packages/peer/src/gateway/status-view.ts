/** The state of this peer for its operator, as `stimnet status` shows it. */
import { isoOf, type NodeEvent, type Readiness, type Status } from '@stimnet/api'
import type { Catalog } from '@stimnet/data'
import type { GatewayPeer, Gateways, PeerFacts } from '@stimnet/gateway'
import type { Mesh } from '@stimnet/mesh'
import { assertAuditor } from './audit-view.ts'
import type { Approvals } from '../jobs/approve/approvals.ts'
import { usagesOf } from '../jobs/release/usage.ts'
import type { Runner } from '../jobs/run/runner.ts'
import type { Clocks } from '../monitor/clocks.ts'
import type { EventFeed } from '../monitor/feed.ts'
import { KINDS } from '../retention/ages.ts'
import type { Retention } from '../retention/retention.ts'
import { databaseUse, diskUseOf, type DiskUse } from '../store/disk-use.ts'
import type { Database } from '../store/database.ts'
import { membershipOf, type StewardshipParts, usageOf } from './stewardship-view.ts'

interface StatusParts extends StewardshipParts {
  readonly dataDir: string
  readonly facts: () => PeerFacts &
    Pick<Status['sandbox'], 'languages'> & { sandboxEngine: string; sandboxGrade: string }
  readonly checks: () => Promise<Readiness['checks']>
  readonly gateways: Pick<Gateways, 'list'>
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly database: Database
  readonly approvals: Pick<Approvals, 'waiting'>
  readonly runner: Pick<Runner, 'counts'>
  readonly clocks: Clocks
  readonly feed: EventFeed
  readonly retention: Pick<Retention, 'ages' | 'due'>
}

/** Maximum number of alerts that are read: all that the feed keeps. */
const ALERTS_MAX = 2_000

/** The gateway's method for the state of the node, for stewards, auditors and operators. */
export function statusMethods(parts: StatusParts): Pick<GatewayPeer, 'status'> {
  const diskUse = diskUseOf(parts.dataDir)
  return {
    status: async (account) => {
      assertAuditor(account)
      const { nodeId, institution, version, startedAtMs, endpointUrl, sandboxEngine, sandboxGrade, languages } =
        parts.facts()
      const catalogs = [...parts.catalogs.values()].map(({ descriptor, epoch, newer, note = '' }) => ({
        name: descriptor.name,
        epoch,
        newer_epoch: newer ?? null,
        note
      }))
      const { compared, differing, ownOffMs } = parts.clocks.verdict
      const { queued, running } = parts.runner.counts
      const used = [...usagesOf({ catalogs: parts.config.catalogs, ledger: parts.ledger, privacy: parts.privacy })]
      return {
        node_id: nodeId,
        institution,
        peer_id: parts.self,
        version,
        started_at: isoOf(startedAtMs),
        gateway_url: endpointUrl,
        gateways: parts.gateways.list().map(({ name, version, sinceMs, through }) => {
          return { name, version, since: isoOf(sinceMs), through }
        }),
        mesh_addresses: parts.mesh.addresses(),
        reach: reachOf(parts.mesh),
        checks: [...(await parts.checks())],
        sandbox: { engine: sandboxEngine, grade: sandboxGrade, languages: [...languages] },
        catalogs,
        ...membersOf(parts),
        clock: { compared, differing, own_off_ms: ownOffMs },
        jobs: { queued, running },
        waiting: {
          requests: parts.approvals.waiting().map(({ id }) => id),
          epochs: catalogs.filter((catalog) => catalog.newer_epoch !== null).map(({ name }) => name),
          statements: statementsOf(parts),
          alerts: alertsOf(parts.feed.recent({ limit: ALERTS_MAX, alertsOnly: true }))
        },
        disk: await diskOf(diskUse, parts),
        retention: await retentionOf(parts),
        usage: used.filter((usage) => usage.used > 0).map(usageOf)
      }
    }
  }
}

function reachOf(mesh: Mesh): Status['reach'] {
  const { direct, relays, relaying } = mesh.reach()
  return {
    direct: { addresses: [...direct.addresses], reached: direct.isReached },
    relays: relays.map(({ peerId, address, sinceMs, why }) => {
      return { peer_id: peerId, address, since: sinceMs === null ? null : isoOf(sinceMs), why }
    }),
    relaying
  }
}

function membersOf(parts: StatusParts): Pick<Status, 'federation' | 'members'> {
  const { clocks, mesh, directory } = parts
  const { federation, members } = membershipOf(parts)
  return {
    federation,
    members: members.map(({ peer_id, institution, connected, self }) => {
      const seenMs = mesh.lastSeen(peer_id)
      return {
        peer_id,
        connected,
        self,
        institution: institution || (directory.get(peer_id)?.institution ?? ''),
        last_seen: seenMs === null || self ? null : isoOf(seenMs),
        clock_offset_ms: clocks.offsetOf(peer_id) ?? null
      }
    })
  }
}

function statementsOf({ federation, self }: StatusParts): Status['waiting']['statements'] {
  return (federation?.unsignedBy(self) ?? []).map(({ says, peer, institution, signatures }) => ({
    says,
    peer_id: peer,
    institution,
    signatures,
    needed: federation?.charter.needed ?? 0
  }))
}

/**
 * The kinds of alerts since the start, each with their number and the latest alert. `newestFirst` is in the order of the
 * feed.
 */
function alertsOf(newestFirst: readonly NodeEvent[]): Status['waiting']['alerts'] {
  const kinds = new Map<string, Status['waiting']['alerts'][number]>()
  for (const { kind, at, actor, detail } of newestFirst) {
    const known = kinds.get(kind)
    const latest = known ?? { kind, count: 0, latest_at: at, actor, detail }
    kinds.set(kind, { ...latest, count: latest.count + 1 })
  }
  return [...kinds.values()]
}

async function diskOf(
  diskUse: () => Promise<DiskUse[]>,
  { database }: Pick<StatusParts, 'database'>
): Promise<Status['disk']> {
  const [use, within] = await Promise.all([diskUse(), databaseUse(database)])
  return use.flatMap((one) => (one.what === 'database' ? [one, ...within] : [one]))
}

async function retentionOf({ retention }: StatusParts): Promise<Status['retention']> {
  const due = await retention.due()
  return KINDS.map((what) => ({ what, days: retention.ages[what] ?? null, due: due[what] }))
}
