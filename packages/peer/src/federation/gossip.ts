/** Carries what is said about members to every member: at each connection, and at each change at once. */
import { federationExchange, type Mesh } from '@stimnet/mesh'
import { codeOf } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Federation } from './federation.ts'

const ASK_MS = 10_000

/** What gossip needs. */
export interface GossipParts {
  readonly federation: Federation
  readonly mesh: Mesh
  readonly events: PeerEvents
}

/** Called when a member connects: both know the same afterwards. */
export async function exchangeStatements({ federation, mesh, events }: GossipParts, peerId: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(ASK_MS)
    const question = { charter: federation.id, digest: federation.digest, statements: [] as string[] }
    const { digest, statements } = await mesh.ask(federationExchange, peerId, question, { signal })
    if (statements.length > 0) await federation.merge(statements)
    // It lacks something of ours: it asks back with all we have, since we cannot know what it lacks.
    if (digest !== federation.digest) {
      const answer = await federation.answer({ charter: federation.id, digest: '', statements: [] })
      await mesh.ask(federationExchange, peerId, { ...question, ...answer }, { signal })
    }
  } catch (error) {
    events.served({ exchange: federationExchange.id, from: peerId, ms: 0, code: codeOf(error) })
  }
}

/** From now on each new statement goes to everybody connected, and whoever is out is hung up on. */
export function spreadChanges({ federation, mesh, events }: GossipParts): void {
  federation.onChange((added) => {
    const connected = mesh.connected()
    // Those who are out are told too, before the connection goes: they should know.
    const told = connected.map((peerId) => tell({ federation, mesh, events }, peerId, added))
    void mesh.permitsChanged().catch((error) => events.unexpected(error, 'hanging up on whom the federation put out'))
    void Promise.allSettled(told)
  })
}

async function tell(
  { federation, mesh, events }: GossipParts,
  peerId: string,
  added: readonly string[]
): Promise<void> {
  try {
    const question = { charter: federation.id, digest: federation.digest, statements: [...added] }
    const signal = AbortSignal.timeout(ASK_MS)
    const { statements } = await mesh.ask(federationExchange, peerId, question, { signal })
    if (statements.length > 0) await federation.merge(statements)
  } catch (error) {
    events.served({ exchange: federationExchange.id, from: peerId, ms: 0, code: codeOf(error) })
  }
}
