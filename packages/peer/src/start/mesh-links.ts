/** Links over the mesh to other peers, and direct calls of this peer's own exchanges. */
import { cancelExchange, catalogExchange, jobExchange, type Mesh } from '@stimnet/mesh'
import type { Exchanges } from './exchanges.ts'
import type { Link, Links } from '../requests/links.ts'

/** Wait before this peer's own follow stream is opened again after a failure, ms. */
const OWN_REOPEN_MS = 250

/** Links to other peers over `mesh`, and to this peer over `own`. */
export function meshLinks(mesh: Mesh, own: Exchanges): Links {
  return { self: mesh.peerId, to: (peerId) => (peerId === mesh.peerId ? ownLink(own, peerId) : meshLink(mesh, peerId)) }
}

function meshLink(mesh: Mesh, peerId: string): Link {
  return {
    job: async (request, signal) => (await mesh.ask(jobExchange, peerId, { request }, { signal })).decision,
    cancel: (cancel, signal) => mesh.ask(cancelExchange, peerId, { cancel }, { signal }),
    catalogs: async ({ words, name }, signal) =>
      (await mesh.ask(catalogExchange, peerId, { words: [...words], name }, { signal })).catalogs,
    follow: (ask, onEvent) => {
      const follower = mesh.follow(peerId, { ask, onEvent })
      return { close: () => follower.close() }
    }
  }
}

function ownLink(own: Exchanges, self: string): Link {
  return {
    job: (request) => own.job(request, self),
    cancel: (cancel) => own.cancel(cancel, self),
    catalogs: (query) => own.catalogs(query, self),
    follow: (ask, onEvent) => {
      const closing = new AbortController()
      const following = followOwn(own, self, { ask, onEvent }, closing.signal)
      return {
        close: () => {
          closing.abort()
          return following
        }
      }
    }
  }
}

async function followOwn(
  own: Exchanges,
  self: string,
  options: Parameters<Link['follow']> extends [infer A, infer E] ? { ask: A; onEvent: E } : never,
  signal: AbortSignal
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of own.follow(await options.ask(), self, signal)) await options.onEvent(event)
    } catch {
      // The loop continues after the last event seen. The store reports its own failures.
      await new Promise((resolve) => setTimeout(resolve, OWN_REOPEN_MS).unref())
    }
  }
}
