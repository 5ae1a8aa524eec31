/** Preview of a request's cost at each institution, from the public description of its catalog. Reads no data. */
import type { Catalog } from '@stimnet/data'
import { isoOf, type PrivacyCost, type PrivacyPrice } from '@stimnet/api'
import type { Submission } from '@stimnet/gateway'
import { costOf, type DpCost, priceByDescription } from '@stimnet/privacy'
import {
  type CatalogDescriptor,
  type Clock,
  type Plan,
  type Program,
  type Signer,
  StimnetError
} from '@stimnet/protocol'
import { modelRuledOut, noiseWithin } from '@stimnet/statistics'
import { capsOf, type Spender, scopeOf } from '../jobs/release/charge.ts'
import { sitesPerPersonOf } from '../jobs/admit/noise.ts'
import { planRead } from '../jobs/admit/read-plan.ts'
import { type PrivacyLedger, rhoText } from '../store/released/privacy-ledger.ts'
import type { RequestStore } from '../store/requests.ts'
import type { Directory } from './directory.ts'
import type { Owner } from './submit.ts'

/** Dependencies of a preview. */
export interface PreviewParts {
  readonly self: string
  readonly directory: Pick<Directory, 'search' | 'get' | 'resolve'>
  readonly catalogs: ReadonlyMap<string, Catalog>
  readonly ledger: Pick<PrivacyLedger, 'left'>
  readonly requests: Pick<RequestStore, 'hasAskedAs' | 'refusals'>
  readonly clock: Clock
  /** Whether anybody may ask here. New keys are then free to make, and all keys share one cap. */
  readonly open: boolean
  /** The signer for an account without a key of its own. */
  readonly signerOf: (account: string) => Promise<Pick<Signer, 'id'>>
}

/** The cost at each target that offers the catalog, and the pooled cost. */
export async function previewCost(
  parts: PreviewParts,
  submission: Submission & { readonly key?: string },
  owner: Owner,
  signal: AbortSignal
): Promise<PrivacyCost> {
  const { targets, catalog } = submission
  const wanted = targets === '*' ? undefined : targets.map((name) => parts.directory.resolve(name))
  const query = { words: [], name: catalog, includePrivate: owner.mayUsePrivate }
  const found = await parts.directory.search(query, signal)
  const chosen = found.filter(({ peerId }) => wanted === undefined || wanted.includes(peerId))
  const broadcast = wanted === undefined || wanted.length > 1
  const { key } = submission
  // The amount that a key has spent is shown only to an account that has asked with this key here.
  const isOwn = key === undefined || (await parts.requests.hasAskedAs(owner.name, key))
  const issuer = key ?? (await parts.signerOf(owner.name)).id
  const prices: DpCost[] = []
  const counted = { owner: owner.name, issuer, catalog, project: submission.project }
  const told = await Promise.all(
    chosen.map(async ({ peerId }) => {
      const use = isOwn ? await parts.requests.refusals.of({ ...counted, peerId }, parts.clock.now()) : undefined
      return use ? { bits: use.bits, bits_max: use.bitsMax, at: isoOf(use.atMs) } : null
    })
  )
  const peers = chosen.map(({ peerId, descriptor }, i): PricedPeer => {
    const { nodeId = '', institution = '' } = parts.directory.get(peerId) ?? {}
    const { price, ...priced } = priceOf(submission, descriptor, broadcast)
    if (price) prices.push(price)
    const isTold = isOwn && submission.privacy.level === 'P2'
    return {
      peer_id: peerId,
      node_id: nodeId,
      institution,
      code: null,
      reason: null,
      information: null,
      ...priced,
      cost: price ? privacyPriceOf(price) : null,
      refusals: told[i] ?? null,
      left: isTold ? leftOf(parts, peerId, { ...submission, issuer }) : null
    }
  })
  return { data_catalog_name: catalog, peers, pooled: pooledOf(prices) }
}

type PricedPeer = PrivacyCost['peers'][number]

/**
 * The noise of the pooled columns. Institutions draw independent noise, so where a column is a sum the variances add up. A coefficient
 * counts each institution by its people.
 */
function pooledOf(prices: readonly DpCost[]): PrivacyCost['pooled'] {
  const [first] = prices
  return (first?.columns ?? []).map(({ name }) => {
    const columns = prices.flatMap((price) => price.columns.filter((column) => column.name === name))
    const people = columns.reduce((sum, { assumesRows }) => sum + (assumesRows ?? 0), 0)
    const terms = columns.flatMap(({ kind, sd, adds, assumesRows }) => {
      if (adds !== undefined || kind !== 'gram' || sd === null || assumesRows === null) return adds ?? []
      const share = (sd * assumesRows) / people
      return [{ sd: share, step: share / 1000 }]
    })
    if (first === undefined || terms.length < prices.length) return { name, sd: null, error_95: null }
    return { name, sd: Math.hypot(...terms.map(({ sd }) => sd)), error_95: noiseWithin(first.mechanism, terms) }
  })
}

/** The price, or the reason why there is none. Both depend only on the request and the description. */
function priceOf(
  { program, privacy, where }: Submission,
  descriptor: CatalogDescriptor,
  broadcast: boolean
): { readonly price?: DpCost } & Partial<Pick<PricedPeer, 'code' | 'reason' | 'information'>> {
  try {
    if (privacy.level !== 'P2') {
      const plan = planOf(program, descriptor)
      const refused = modelRuledOut(plan, descriptor)
      if (refused !== undefined) throw StimnetError.told('PROGRAM_NOT_PERMITTED', refused)
      const information = priceByDescription(descriptor, { plan, where })
      return { information: information.map(({ max, ...told }) => ({ ...told, bits_max: max })) }
    }
    const sitesPerPerson = sitesPerPersonOf(broadcast, descriptor)
    return { price: costOf({ plan: planOf(program, descriptor), ask: privacy, descriptor, sitesPerPerson }) }
  } catch (error) {
    if (error instanceof StimnetError) return { code: error.code, reason: error.reason }
    // A malformed description of one institution must break only its own price.
    return { code: 'MALFORMED', reason: 'The description of this catalog is not well formed.' }
  }
}

function planOf(program: Program, descriptor: CatalogDescriptor): Plan {
  const plan = planRead(program, descriptor)
  if (plan) return plan
  const reason =
    'A price is for SQL and statistics: a script is charged the bits of the outputs that it promises, and P2 is not for scripts.'
  throw new StimnetError('PARAMETER_INVALID', 'previewing a cost', { reason })
}

function privacyPriceOf({ nanoRho, epsilonAtDelta, groupsPerSubject, ...price }: DpCost): PrivacyPrice {
  const { rowsPerSubject, sitesPerPerson, columns, ...plain } = price
  return {
    ...plain,
    nano_rho: String(nanoRho),
    epsilon_at_delta: epsilonAtDelta,
    groups_per_subject: groupsPerSubject,
    rows_per_subject: rowsPerSubject,
    sites_per_person: sitesPerPerson,
    columns: columns.map(({ error95, rankError95, assumesRows, adds: _, isUseless: __, ...column }) => ({
      ...column,
      error_95: error95,
      rank_error_95: rankError95,
      assumes_rows: assumesRows
    }))
  }
}

/** The remaining budget, for catalogs of this peer only. The ledgers of other institutions are not known here. */
function leftOf(
  { self, catalogs, ledger, open }: PreviewParts,
  peerId: string,
  { catalog: name, ...spender }: { readonly catalog: string } & Spender
): PricedPeer['left'] {
  const catalog = catalogs.get(name)
  if (peerId !== self || catalog === undefined) return null
  const scope = scopeOf(spender, { open, catalog })
  const { project, lifetime } = ledger.left({ catalog: name, scope, caps: capsOf(catalog) })
  return { project_rho: rhoText(project), lifetime_rho: rhoText(lifetime) }
}
