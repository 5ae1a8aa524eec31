/** Distribution of statements about members: at each connection, and at once after each change. */
import { federationExchange, type Mesh } from '@stimnet/mesh'
import { codeOf } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Federation } from './federation.ts'

const ASK_MS = 10_000

/** Dependencies of the distribution. */
export interface GossipParts {
  readonly federation: Federation
  readonly mesh: Mesh
  readonly events: PeerEvents
  /** Called after the membership was counted again. */
  readonly membersChanged?: () => void
}

/** Exchanges statements with a member that connected. Afterwards both know the same statements. */
export async function exchangeStatements({ federation, mesh, events }: GossipParts, peerId: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(ASK_MS)
    const question = { charter: federation.id, digest: federation.digest, statements: [] as string[] }
    const { digest, statements } = await mesh.ask(federationExchange, peerId, question, { signal })
    if (statements.length > 0) await federation.merge(statements)
    // The digests differ, so the member lacks some of our statements. We send all that fit, because we cannot know which of
    // them it lacks.
    if (digest !== federation.digest) {
      const answer = await federation.answer({ charter: federation.id, digest: '', statements: [] })
      await mesh.ask(federationExchange, peerId, { ...question, ...answer }, { signal })
    }
  } catch (error) {
    events.served({ exchange: federationExchange.id, from: peerId, ms: 0, code: codeOf(error) })
  }
}

/** From now on, sends each new statement to all connected members, and closes the connections of revoked members. */
export function spreadChanges({ federation, mesh, events, membersChanged = () => undefined }: GossipParts): void {
  federation.onChange((added) => {
    membersChanged()
    const connected = mesh.connected()
    // Revoked peers also get the statement, before their connection is closed.
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
