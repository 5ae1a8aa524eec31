/** Nodes and catalogs, of this node and of the mesh. */
import { type Catalog, catalogShape, discoveryShape, foundCatalogShape, type Node, nodeShape } from '@stimnet/api'
import { ACCESS_LEVELS, StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { settled } from '../http/answer.ts'
import { deadline } from '../http/deadline.ts'
import { etagOf, etagOnce } from '../http/etag.ts'
import { GATEWAY_LIMITS } from '../http/limits.ts'
import type { Account } from '../peer.ts'
import { InvalidInput } from '../http/problem.ts'
import type { Room } from '../room.ts'
import { type Route, route } from '../http/route.ts'

const WORDS_MAX = 8

const levelQuery = z.strictObject({ access_level: z.enum(ACCESS_LEVELS).optional() })
const searchQuery = z.strictObject({ q: z.string().max(256).default('') })

/** Routes for discovery, nodes, catalogs and the search of the mesh. */
export function catalogRoutes({ peer, clock }: Room): Route[] {
  const tag = 'Catalogs'
  const nodes = () => [...peer.nodes()].sort((a, b) => a.id - b.id)
  const lists: (readonly Catalog[])[] = []
  const catalogs = (account: Account | null) => visibleTo(account, peer.catalogs(account))
  return [
    route({
      method: 'GET',
      path: '/api/v1/discovery',
      id: 'discovery',
      tag,
      summary: 'Node capabilities: the nodes it knows and the catalogs it offers',
      access: 'anyone',
      answer: discoveryShape,
      handle: ({ account }) => ({ nodes: nodes(), data_catalogs: catalogs(account) })
    }),
    route({
      method: 'GET',
      path: '/api/v1/nodes',
      id: 'nodes',
      tag,
      summary: 'Known nodes, this one first',
      access: 'anyone',
      answer: z.array(nodeShape),
      // A connected node was always last seen now, so that time is left out of the tag.
      etag: (known: readonly Node[]) =>
        etagOf(JSON.stringify(known.map((node) => (node.is_active ? { ...node, last_seen: '' } : node)))),
      kept: true,
      handle: nodes
    }),
    route({
      method: 'GET',
      path: '/api/v1/data-catalogs',
      id: 'catalogs',
      tag,
      summary: 'Available datasets of this node',
      access: 'anyone',
      query: levelQuery,
      answer: z.array(catalogShape),
      etag: etagOnce,
      kept: true,
      handle: ({ account, query }) =>
        listedOnce(
          lists,
          catalogs(account).filter((one) => !query.access_level || one.access_level === query.access_level)
        )
    }),
    route({
      method: 'GET',
      path: '/api/v1/data-catalogs/{id}',
      id: 'catalog',
      tag,
      summary: 'One dataset, by number or name',
      access: 'anyone',
      answer: catalogShape,
      etag: etagOnce,
      kept: true,
      handle: ({ account, param }) => {
        const id = param('id')
        const found = catalogs(account).find((one) => String(one.id) === id || one.name === id)
        // The same answer for a hidden catalog and for a missing one.
        if (!found) throw new StimnetError('CATALOG_UNKNOWN', 'reading a catalog')
        return settled(found)
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/mesh/catalogs',
      id: 'meshCatalogs',
      tag,
      summary: 'Search the catalogs of the whole mesh: all words must match',
      access: 'account',
      query: searchQuery,
      answer: z.array(foundCatalogShape),
      handle: async ({ query, request, closing }) => {
        const within = deadline(clock, GATEWAY_LIMITS.searchMsMax, [request.signal, closing])
        try {
          return await peer.searchMesh(wordsOf(query.q), within.signal)
        } finally {
          within.clear()
        }
      }
    })
  ]
}

/** The catalogs that the account may see. Without an account, only public ones, whatever the peer would show. */
function visibleTo(account: Account | null, catalogs: readonly Catalog[]): readonly Catalog[] {
  return account ? catalogs : catalogs.filter((one) => one.access_level === 'public')
}

/** Maximum number of cached lists. There are a few, by access level and by role. */
const LISTS_MAX = 8

/** The cached list with the same catalogs, so that its text and tag are created once. Catalogs never change while the node runs. */
function listedOnce(lists: (readonly Catalog[])[], catalogs: readonly Catalog[]): readonly Catalog[] {
  const before = lists.find((list) => list.length === catalogs.length && list.every((one, at) => one === catalogs[at]))
  if (before) return before
  lists.unshift(settled(catalogs))
  lists.length = Math.min(lists.length, LISTS_MAX)
  return catalogs
}

function wordsOf(text: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  if (words.length <= WORDS_MAX) return words
  throw new InvalidInput('PARAMETER_INVALID', [{ field: 'q', message: `At most ${WORDS_MAX} words.` }])
}
