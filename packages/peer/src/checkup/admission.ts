/** Check of who may connect and ask: charter, membership, lists, and list entries that name a revoked key. */
import { join, resolve } from 'node:path'
import { counted, systemClock } from '@stimnet/protocol'
import type { LoadedConfig } from '../config/config.ts'
import { entriesOf, peerIdsIn } from '../config/entries.ts'
import { createEvents } from '../events.ts'
import { Federation } from '../federation/federation.ts'
import { type Membership, membershipOf, type Permits, permitsOf } from '../federation/permits.ts'
import { type Finding, messageOf, namer } from './finding.ts'

/** The findings about who may connect and ask, with the rule that decides which other peers are probed. */
export interface Admission {
  readonly findings: Finding[]
  readonly permits: Permits
  readonly isRevoked: (peerId: string) => boolean
}

/** The keys of this peer. */
export interface OwnKeys {
  /** The current PeerId; undefined if there is no key. */
  readonly peerId: string | undefined
  /** The replaced PeerIds, as far as the database can be read. */
  readonly replaced: readonly string[]
}

/** Checks charter, lists and membership. */
export async function admissionOf(loaded: LoadedConfig, dataDir: string, own: OwnKeys): Promise<Admission> {
  const { config } = loaded
  const { ok, fix } = namer('admission')
  let federation: Federation | undefined
  try {
    federation = await federationOf(loaded, dataDir)
  } catch (error) {
    const findings = [namer('federation').fix(messageOf(error))]
    return { findings, permits: () => false, isRevoked: () => false }
  }
  const membership = membershipOf(federation, new Set(own.replaced))
  const { isRevoked } = membership
  const permits = permitsOf(config.mesh, membership)
  const standing = federation ? [membershipFinding(federation, own, config.institution)] : []
  const stale = revokedFindings(config, membership, own)
  if (config.mesh.open) {
    const open = fix('mesh.open lets everybody connect and ask: only for demonstrations')
    return { findings: [open, ...stale], permits, isRevoked }
  }
  const others = new Set(
    [...config.mesh.peers, ...(federation?.members() ?? []).map(({ peer }) => peer)].filter(
      (id) => id !== own.peerId && permits(id)
    )
  )
  // A peer without catalogs answers nothing, and a catalog may have its own list or grants that decide about access.
  const unasked = config.catalogs.filter(
    (one) => config.requesters.length === 0 && !one.requesters?.length && !one.controlled_access
  )
  const isOnlyMember = others.size === 0 && own.peerId !== undefined && (federation?.isMember(own.peerId) ?? false)
  const nobody =
    others.size === 0 && !isOnlyMember
      ? [fix('no other peer may connect yet: list PeerIds in mesh.peers, or join a federation')]
      : []
  const noRequester = unasked.map(({ name }) => fix(`nobody may ask about ${name} yet: list keys in requesters`))
  const missing = [...nobody, ...noRequester]
  const peers = isOnlyMember
    ? 'this peer is the only member so far (stimnet invite lets another in)'
    : `${counted(others.size, 'peer')} may connect`
  const fine = ok(`${peers}, ${counted(config.requesters.length, 'requester')} may ask`)
  return { findings: [...standing, ...(missing.length > 0 ? missing : [fine]), ...stale], permits, isRevoked }
}

async function federationOf({ config, baseDir }: LoadedConfig, dataDir: string): Promise<Federation | undefined> {
  const { charter } = config.federation
  if (charter === undefined) return undefined
  const events = createEvents({ level: 'silent', nodeId: config.node_id })
  const folder = join(dataDir, 'federation')
  return Federation.open({ charterFile: resolve(baseDir, charter), folder, clock: systemClock, events })
}

function membershipFinding(federation: Federation, own: OwnKeys, institution: string): Finding {
  const { ok, fix } = namer('federation')
  const { name, needed } = federation.charter
  const { peerId } = own
  if (peerId === undefined) return ok(`${name}: this peer has no key yet`)
  if (federation.isRevoked(peerId))
    return fix(
      `${name} has revoked this peer: its key can never be a member again. stimnet identity replace makes another`
    )
  if (federation.isMember(peerId))
    return ok(`${name}: this peer is one of ${counted(federation.members().length, 'member')}`)
  const signed = federation.pending().find(({ says, peer }) => says === 'admit' && peer === peerId)?.signatures ?? 0
  const standing = `${name}: this peer is no member yet (${signed} of ${needed} signed`
  const from = keyBefore(federation, { ...own, peerId }, institution)
  if (from === undefined) return fix(`${standing}): members run stimnet federation admit ${peerId}`)
  // Nobody connects to the new key before it is a member, so this peer does not learn what members sign.
  return fix(
    `${standing}, as far as this peer knows): its key was replaced. Members that have not signed run stimnet federation replace ${from} ${peerId}`
  )
}

/** The key under which the members know this institution; undefined for a newcomer. */
function keyBefore(federation: Federation, own: OwnKeys & { peerId: string }, institution: string): string | undefined {
  const known = [...federation.members(), ...federation.charter.founders].filter(({ peer }) => peer !== own.peerId)
  const replaced = known.find(({ peer }) => own.replaced.includes(peer))
  // The database of a running peer cannot be read from another process. The institution's name is used instead, because
  // nobody else may have it.
  return (replaced ?? known.find((one) => one.institution === institution))?.peer
}

/** Entries of the configuration that name a revoked or replaced key. */
function revokedFindings(config: LoadedConfig['config'], { isRevoked }: Membership, own: OwnKeys): Finding[] {
  const { fix } = namer('admission')
  return entriesOf(config).flatMap(({ key, value }) =>
    peerIdsIn(value)
      .filter((peer) => peer !== own.peerId && isRevoked(peer))
      .map((peer) =>
        fix(`${key} names ${value}, whose PeerId ${whyVoid(peer, own)}: put the present one there, or take it out`)
      )
  )
}

function whyVoid(peer: string, { replaced }: OwnKeys): string {
  return replaced.includes(peer) ? 'this peer had before its present key' : 'was revoked'
}
