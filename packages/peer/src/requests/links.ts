/** The way to a peer: over the mesh, or to ourselves without it. What is asked and answered is the same. */
import type { Message } from '@stimnet/protocol'

/** The exchanges a request needs; one implementation for other peers, one for this one. */
export interface Link {
  /** The sealed Decision. Throws the mesh's codes. */
  job(sealedRequest: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  cancel(sealedCancel: Uint8Array, signal: AbortSignal): Promise<Message<'CancelAnswer'>>
  /** Sealed descriptors that match. */
  catalogs(query: { words: readonly string[]; name: string }, signal: AbortSignal): Promise<readonly Uint8Array[]>
  /** Keeps events coming until closed; asks anew, with what `ask` then says, after each interruption. */
  follow(
    ask: () => Promise<{ log: string; after: number; openJobs: string[] }>,
    onEvent: (event: Message<'FollowEvent'>) => Promise<void>
  ): { close(): void }
}

/** A link to any peer, ourselves included. */
export interface Links {
  readonly self: string
  to(peerId: string): Link
}
