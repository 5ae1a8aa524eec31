/** The gateway's interface to this peer. */

import type { Catalog } from '@stimnet/data'
import { isoOf, type Node, type Readiness } from '@stimnet/api'
import type { Account, GatewayPeer, OwnRequest } from '@stimnet/gateway'
import type { Mesh } from '@stimnet/mesh'
import type { Clock, Signer } from '@stimnet/protocol'
import type { EngineFound, Sandbox } from '@stimnet/sandbox'
import { analysisMethods } from './analyses.ts'
import { assertAuditor, auditMethods } from './audit-view.ts'
import { catalogOf, foundCatalogOf } from './catalog-view.ts'
import type { PeerConfig } from '../config/config.ts'
import type { PeerEvents } from '../events.ts'
import type { Federation } from '../federation/federation.ts'
import type { Approvals } from '../jobs/approve/approvals.ts'
import type { JobFiles } from '../jobs/run/files.ts'
import type { CatalogPrivacies } from '../jobs/release/privacy.ts'
import type { Runner } from '../jobs/run/runner.ts'
import type { EventFeed } from '../monitor/feed.ts'
import { peopleMethods } from './people-view.ts'
import type { Logins } from '../people/named.ts'
import { cancelRequest } from '../requests/cancel.ts'
import type { Directory, Neighbour } from '../requests/directory.ts'
import type { Links } from '../requests/links.ts'
import { type PreviewParts, previewCost } from '../requests/preview.ts'
import type { Owner, Submitter } from '../requests/submit.ts'
import { stateOf, type Views } from '../requests/view.ts'
import { sandboxMethods } from './sandbox-view.ts'
import type { SelfTests } from '../self-test/self-tests.ts'
import type { Stewards } from '../people/stewards.ts'
import { stewardshipMethods } from './stewardship-view.ts'
import type { Accounts } from '../store/accounts/accounts.ts'
import type { ApiKeys } from '../store/accounts/api-keys.ts'
import type { Database } from '../store/database.ts'
import type { EndedTokens } from '../store/accounts/ended-tokens.ts'
import type { JobStore } from '../store/jobs.ts'
import type { PrivacyLedger } from '../store/released/privacy-ledger.ts'
import type { RequestRecord, RequestStore } from '../store/requests.ts'
import type { SignedOnPeople } from '../store/accounts/signed-on.ts'
import type { StandingApprovals } from '../store/standing.ts'
import type { UploadStore } from '../store/uploads.ts'
import { uploadMethods } from './upload-view.ts'
import type { Conflicts } from '../witness/conflicts.ts'
import type { Witnesses } from '../witness/witnesses.ts'

/** The parts of a peer that the gateway uses. */
export interface GatewayPeerParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly facts: GatewayPeer['facts']
  readonly database: Database
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly mesh: Mesh
  readonly directory: Directory
  readonly links: Links
  readonly requests: RequestStore
  readonly views: Views
  readonly submitter: Submitter
  readonly runner: Runner
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
  readonly endedTokens: EndedTokens
  readonly signedOn: SignedOnPeople
  readonly logins: Logins
  readonly ledger: PrivacyLedger
  readonly witnesses: Witnesses
  readonly conflicts: Conflicts
  readonly jobs: JobStore
  readonly approvals: Approvals
  readonly stewards: Stewards
  readonly standing: StandingApprovals
  readonly uploads: UploadStore
  readonly files: Pick<JobFiles, 'read'>
  /** The key that signs for an account without a key of its own. */
  readonly signerOf: PreviewParts['signerOf']
  readonly checks: () => Promise<Readiness['checks']>
  readonly events: PeerEvents
  readonly feed: EventFeed
  readonly config: PeerConfig
  readonly privacy: CatalogPrivacies
  readonly federation: Federation | undefined
  readonly sandbox: Sandbox | undefined
  readonly selfTests: SelfTests
  /** Sandbox engines of this machine, as found at the start. */
  readonly around: readonly EngineFound[]
}

/** Whether an account may see more than its own: private catalogs and every request. */
const isStaff = (account: Account | null): boolean =>
  account?.roles.some((role) => role === 'steward' || role === 'operator') ?? false

const ownerOf = (account: Account): Owner => ({ name: account.name, mayUsePrivate: isStaff(account) })

/** Builds the gateway's methods from the parts of the peer. */
export function createGatewayPeer(parts: GatewayPeerParts): GatewayPeer {
  return {
    ...aboutThePeer(parts),
    ...aboutRequests(parts),
    ...peopleMethods(parts),
    ...auditMethods(parts),
    ...eventMethods(parts),
    ...sandboxMethods(parts),
    ...stewardshipMethods({ ...parts, self: parts.signer.id }),
    ...aboutAnalyses(parts),
    ...uploadMethods(parts)
  }
}

function aboutAnalyses(parts: GatewayPeerParts) {
  return analysisMethods({ ...parts, self: parts.signer.id, nodeId: parts.facts().nodeId, ownerOf })
}

function eventMethods({ feed }: GatewayPeerParts) {
  return {
    events: (account: Account, options: { limit: number; alertsOnly: boolean }) => {
      assertAuditor(account)
      return feed.recent(options)
    },
    watchEvents: (account: Account, after: string, signal: AbortSignal) => {
      assertAuditor(account)
      return feed.watch(after, signal)
    }
  }
}

function aboutThePeer(parts: GatewayPeerParts) {
  const { mesh, runner, requests, directory } = parts
  // A description never changes: another epoch has another one.
  const catalogs = [...parts.catalogs.values()].map(({ descriptor }, at) => catalogOf(at + 1, descriptor))
  return {
    facts: parts.facts,
    activity: () => {
      const { queued, running } = runner.counts
      return { activeJobs: queued + running, totalJobs: requests.total, connectedPeers: mesh.connected().length }
    },
    checks: parts.checks,
    catalogs: (account: Account | null) =>
      catalogs.filter((catalog) => catalog.access_level !== 'private' || isStaff(account)),
    nodes: (): Node[] => {
      const connected = new Set(mesh.connected())
      return directory.neighbours().map((neighbour) => nodeOf(parts, neighbour, connected))
    },
    searchMesh: async (words: readonly string[], signal: AbortSignal) => {
      const found = await directory.search({ words, name: '', includePrivate: false }, signal)
      return found.map(({ peerId, descriptor }) => foundCatalogOf(peerId, directory.get(peerId), descriptor))
    },
    metrics: () => parts.events.metrics(),
    unexpected: (error: unknown, incident: string) => parts.events.unexpected(error, incident)
  }
}

function nodeOf(parts: GatewayPeerParts, neighbour: Neighbour, connected: ReadonlySet<string>): Node {
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
  const self = peerId === parts.signer.id
  return {
    id: number,
    node_id: nodeId,
    name: nodeId,
    institution,
    // The address of another peer's gateway is not known here; the peer is reached through the mesh.
    endpoint_url: self ? parts.facts().endpointUrl : `/p2p/${peerId}`,
    is_active: self || connected.has(peerId),
    last_seen: isoOf(self ? parts.clock.now() : (parts.mesh.lastSeen(peerId) ?? neighbour.lastSeenMs)),
    peer_id: peerId,
    sandbox,
    sandbox_engine: sandboxEngine,
    sandbox_grade: sandboxGrade,
    languages
  }
}

function aboutRequests(parts: GatewayPeerParts) {
  const { requests, submitter, views } = parts
  const view = (record: RequestRecord) => views.of(record)
  const own = async (named: string, account: Account): Promise<RequestRecord | null> => {
    // Existing clients may name a job by its number.
    const id = /^\d{1,15}$/.test(named) ? await requests.idOf(account.name, Number(named)) : named
    const record = id === undefined ? undefined : await requests.get(id)
    return record?.owner === account.name ? record : null
  }
  return {
    submit: async (submission: Parameters<GatewayPeer['submit']>[0], account: Account) =>
      view(await submitter.submit(submission, ownerOf(account))),
    submitSigned: async (submission: Parameters<GatewayPeer['submitSigned']>[0], account: Account) =>
      view(await submitter.submitSigned(submission, ownerOf(account))),
    privacyCost: (question: Parameters<GatewayPeer['privacyCost']>[0], account: Account, signal: AbortSignal) =>
      previewCost(
        { ...parts, self: parts.signer.id, open: parts.config.mesh.open },
        question,
        ownerOf(account),
        signal
      ),
    requests: async (account: Account, options: Parameters<GatewayPeer['requests']>[1]) => {
      const records = await requests.list(
        account.name,
        options.limit,
        (record) =>
          (!options.broadcastsOnly || record.broadcast) &&
          (options.state === undefined || stateOf(record) === options.state),
        options.before
      )
      return Promise.all(records.map(view))
    },
    request: async (id: string, account: Account) => {
      const record = await own(id, account)
      return record ? view(record) : null
    },
    cancel: async (id: string, account: Account) => {
      const record = await own(id, account)
      return record ? view(await cancelRequest(parts, record)) : null
    },
    watch: (id: string, account: Account, signal: AbortSignal) => watch(parts, id, account, signal)
  }
}

/** Yields the view now and after each change, until the end. A slow watcher sees the latest view, not every one. */
async function* watch(
  parts: GatewayPeerParts,
  id: string,
  account: Account,
  signal: AbortSignal
): AsyncGenerator<OwnRequest> {
  let changed = Promise.withResolvers<void>()
  const wake = () => changed.resolve()
  const unwatch = parts.requests.watch(id, wake)
  signal.addEventListener('abort', wake, { once: true })
  try {
    while (!signal.aborted) {
      const record = await parts.requests.get(id)
      if (record?.owner !== account.name) return
      yield await parts.views.of(record)
      if (record.endedAtMs !== undefined) return
      await changed.promise
      changed = Promise.withResolvers()
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', wake)
  }
}
