/** The interface to a peer: over the mesh, or directly for this peer itself. Requests and answers are the same. */
import type { Message } from '@stimnet/protocol'

/** The exchanges that a request needs. One implementation serves other peers, another serves this peer. */
export interface Link {
  /** Returns the sealed Decision. Throws the codes of the mesh. */
  job(sealedRequest: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  cancel(sealedCancel: Uint8Array, signal: AbortSignal): Promise<Message<'CancelAnswer'>>
  /** Returns the sealed descriptors that match. */
  catalogs(query: { words: readonly string[]; name: string }, signal: AbortSignal): Promise<readonly Uint8Array[]>
  /** Delivers events until closed. After each interruption it sends the current result of `ask` again. */
  follow(
    ask: () => Promise<{ log: string; after: number; openJobs: string[] }>,
    onEvent: (event: Message<'FollowEvent'>) => Promise<void>
  ): { close(): Promise<void> }
}

/** Links to any peer, including this one. */
export interface Links {
  readonly self: string
  to(peerId: string): Link
}
