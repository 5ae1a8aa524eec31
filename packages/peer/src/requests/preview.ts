/** What a request would cost at each institution, from what each says about its catalog in public. Nothing is asked of data. */
import { type Catalog, parseSql } from '@stimnet/data'
import type { CostsView, CostView, Submission } from '@stimnet/gateway'
import { costOf, type DpCost, priceByDescription } from '@stimnet/privacy'
import { type CatalogDescriptor, type Plan, type Program, type Signer, StimnetError } from '@stimnet/protocol'
import { noiseWithin, planOfStatistic } from '@stimnet/statistics'
import { capsOf, type Spender, scopeOf } from '../jobs/release/charge.ts'
import { type PrivacyLedger, rhoText } from '../store/released/privacy-ledger.ts'
import type { RequestStore } from '../store/requests.ts'
import type { Directory } from './directory.ts'
import type { Owner } from './submit.ts'

/** What a preview needs. */
export interface PreviewParts {
  readonly self: string
  readonly directory: Pick<Directory, 'search' | 'get' | 'resolve'>
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly ledger: Pick<PrivacyLedger, 'left'>
  readonly requests: Pick<RequestStore, 'hasAskedAs'>
  /** Whether anybody may ask here: then a key costs nothing, and all share one cap. */
  readonly open: boolean
  /** The key that signs for an account without one of its own. */
  readonly signerOf: (account: string) => Promise<Pick<Signer, 'id'>>
}

/** One a peer that offers the catalog and is among the targets. */
export async function previewCost(
  parts: PreviewParts,
  submission: Submission & { readonly key?: string },
  owner: Owner,
  signal: AbortSignal
): Promise<CostsView> {
  const { targets, catalog } = submission
  const wanted = targets === '*' ? undefined : targets.map((name) => parts.directory.resolve(name))
  const query = { words: [], name: catalog, includePrivate: owner.mayUsePrivate }
  const found = await parts.directory.search(query, signal)
  const chosen = found.filter(({ peerId }) => wanted === undefined || wanted.includes(peerId))
  const broadcast = wanted === undefined || wanted.length > 1
  const { key } = submission
  // What a key has spent is its owner's affair: it is told to an account that has asked with it here.
  const isOwn = key === undefined || (await parts.requests.hasAskedAs(owner.name, key))
  const issuer = key ?? (await parts.signerOf(owner.name)).id
  const peers = chosen.map(({ peerId, descriptor }) => {
    const neighbour = parts.directory.get(peerId)
    return {
      peerId,
      nodeId: neighbour?.nodeId ?? '',
      institution: neighbour?.institution ?? '',
      ...priceOf(submission, descriptor, broadcast),
      ...(isOwn && submission.privacy.level === 'P2' ? leftOf(parts, peerId, { ...submission, issuer }) : {})
    }
  })
  return { peers, pooled: pooledOf(peers.flatMap((peer) => ('price' in peer ? [peer.price] : []))) }
}

/** Each institution draws its own noise, and where a column adds up that does as well. */
function pooledOf(prices: readonly DpCost[]): CostsView['pooled'] {
  const [first] = prices
  return (first?.columns ?? []).map(({ name }) => {
    const terms = prices.flatMap(({ columns }) => columns.find((column) => column.name === name)?.adds ?? [])
    if (first === undefined || terms.length < prices.length) return { name, sd: null, error95: null }
    return { name, sd: Math.hypot(...terms.map(({ sd }) => sd)), error95: noiseWithin(first.mechanism, terms) }
  })
}

/** The price, or why there is none: both about the request and the description. */
function priceOf(
  { program, privacy, where }: Submission,
  descriptor: CatalogDescriptor,
  broadcast: boolean
): { price: DpCost } | Pick<CostView, 'code' | 'reason' | 'information'> {
  try {
    if (privacy.level !== 'P2') {
      return { information: priceByDescription(descriptor, { plan: planOf(program, descriptor), where }) }
    }
    const sitesPerPerson = broadcast ? Math.max(1, descriptor.sitesPerPerson) : 1
    return { price: costOf({ plan: planOf(program, descriptor), ask: privacy, descriptor, sitesPerPerson }) }
  } catch (error) {
    if (error instanceof StimnetError) return { code: error.code, reason: error.reason }
    // A description from another institution can be anything; what it breaks is its own price.
    return { code: 'MALFORMED', reason: 'The description of this catalog is not well formed.' }
  }
}

function planOf(program: Program, descriptor: CatalogDescriptor): Plan {
  if (program.kind === 'sql') return parseSql(program.sql, descriptor)
  if (program.kind === 'statistic') return planOfStatistic(program.statistic, descriptor)
  const reason =
    'A price is for SQL and statistics: a script is charged the bits of the outputs that it promises, and P2 is not for scripts.'
  throw new StimnetError('PARAMETER_INVALID', 'previewing a cost', { reason })
}

/** Of the own catalog alone: another institution's ledger is its own affair. */
function leftOf(
  { self, catalogs, ledger, open }: PreviewParts,
  peerId: string,
  { catalog: name, ...spender }: { readonly catalog: string } & Spender
): Pick<CostView, 'left'> {
  const catalog = catalogs.get(name)
  if (peerId !== self || catalog === undefined) return {}
  const scope = scopeOf(spender, { open, catalog })
  const { project, lifetime } = ledger.left({ catalog: name, scope, caps: capsOf(catalog) })
  return { left: { project: rhoText(project), lifetime: rhoText(lifetime) } }
}
