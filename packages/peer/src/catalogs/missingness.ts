/** How much of each variable is missing: told once an epoch, as the first release of everybody's ledger. */
import type { Catalog } from '@stimnet/data'
import type {
  CatalogDescriptor,
  Measure,
  OutputRow,
  Plan,
  TableDescriptor,
  VariableDescriptor,
  VariableRef
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { CatalogPrivacies, CatalogPrivacy } from '../jobs/release/privacy.ts'
import type { Database, Draft } from '../store/database.ts'
import type { LedgerStore } from '../store/released/ledgers.ts'
import type { Sublevel } from '../store/level.ts'

/** Share of the rows without a value, 0 to 1, by `table.variable`; what cannot be told is not in it. */
export type MissingShares = Readonly<Record<VariableRef, number>>

interface MissingnessParts {
  readonly database: Database
  readonly ledgers: LedgerStore
  readonly privacy: CatalogPrivacies
  readonly events: Pick<PeerEvents, 'missingnessUntold' | 'unexpected'>
}

/** A plan counts so many variables at once: each keeps a set of subjects while it is judged. */
const VARIABLES_AT_ONCE = 16
/** Two places: 1 % of a hundred rows is one row, and more exact than that nobody chooses a catalog. */
const PLACES = 100
/** What it tells apart stays large, so that questions can still be asked: so many times k, and so much of everybody. */
const PARTS_TIMES_K = 10
const PARTS_MAX = 50

/**
 * The same catalogs, those that tell it with what is missing in their descriptions. One that cannot be counted serves
 * untold: nothing of it is written then.
 */
export async function withMissingness(
  catalogs: ReadonlyMap<string, Catalog>,
  parts: MissingnessParts
): Promise<ReadonlyMap<string, Catalog>> {
  const described = new Map<string, Catalog>()
  for (const [name, catalog] of catalogs) {
    const shares = await sharesOf(catalog, parts).catch((error: unknown) => {
      parts.events.unexpected(error, `missingness of ${name}: it stays untold`)
      return undefined
    })
    described.set(name, shares ? { ...catalog, descriptor: describedWith(catalog.descriptor, shares) } : catalog)
  }
  return described
}

/** As it was told of this epoch before; undefined where it is not to be told, or cannot be any more. */
async function sharesOf(catalog: Catalog, parts: MissingnessParts): Promise<MissingShares | undefined> {
  if (catalog.config.missingness !== 'told') return undefined
  const { name } = catalog.descriptor
  const told = toldIn(parts.database)
  const wasAnswered = await parts.ledgers.hasReleased(name, catalog.epoch)
  const before = await told.get(keyOf(name, catalog.epoch))
  // Of a ledger that is gone nothing is told for nothing.
  if (before !== undefined && (wasAnswered || Object.keys(before).length === 0)) return before
  const privacy = parts.privacy.of(name)
  // A project's ledger begins as everybody's; one that has begun would not know of what is told now.
  const isTooLate = privacy.settings.scope !== 'global' && wasAnswered
  if (isTooLate || (await told.get(keyOf(name, STOPPED))) !== undefined) {
    parts.events.missingnessUntold(name)
    return undefined
  }
  return release(catalog, privacy, parts)
}

/** In the place of an epoch: the next one is not told by itself. */
const STOPPED = 'stopped'

function toldIn(database: Database): Sublevel<MissingShares> {
  return database.json<MissingShares>('missingness')
}

const keyOf = (catalog: string, epoch: string): string => `${catalog}!${epoch}`

/** A ledger leaves an epoch: what was told of it is told no more. In the batch that moves or forgets the ledger. */
export function leaveMissingness(draft: Draft, database: Database, left: { catalog: string; epoch: string }): void {
  draft.del(toldIn(database), keyOf(left.catalog, left.epoch))
}

/**
 * As `leaveMissingness`, where ledgers begin empty: everybody has the shares that were told, and the next ones beside them
 * would tell of whoever came. So they stay untold unless `again` says that this harms nobody. Gives whether they do.
 */
export async function stopMissingness(
  database: Database,
  left: { catalog: string; epoch: string },
  { again }: { readonly again: boolean }
): Promise<{ readonly stops: boolean; write(draft: Draft): void }> {
  const told = toldIn(database)
  const shares = await told.get(keyOf(left.catalog, left.epoch))
  const wasStopped = (await told.get(keyOf(left.catalog, STOPPED))) !== undefined
  const stops = !again && (wasStopped || (shares !== undefined && Object.keys(shares).length > 0))
  return {
    stops,
    write: (draft) => {
      leaveMissingness(draft, database, left)
      if (stops) draft.put(told, keyOf(left.catalog, STOPPED), {})
      else draft.del(told, keyOf(left.catalog, STOPPED))
    }
  }
}

interface Prepared {
  readonly plan: Plan
  readonly door: Awaited<ReturnType<CatalogPrivacy['prepare']>>
}

/** In one synced batch: the shares, what they tell apart, and the audit record. Only what is told is paid for. */
async function release(catalog: Catalog, privacy: CatalogPrivacy, { database }: MissingnessParts) {
  const { descriptor, epoch } = catalog
  const cohort = await catalog.cohort(undefined)
  const partsMin = Math.max(PARTS_TIMES_K * privacy.settings.k, Math.ceil(cohort.size / PARTS_MAX))
  const prepare = async (plan: Plan): Promise<Prepared> => {
    // Nobody is left out of it: it says how many have no value.
    const aggregate = { kind: 'table', plan, reduction: await catalog.reduce(plan, cohort), defining: [] } as const
    const { sourceOf } = catalog
    const facts = {
      aggregate,
      cohort,
      filter: undefined,
      codeHash: '',
      image: '',
      described: descriptor,
      sourceOf,
      partsMin
    }
    return { plan, door: await privacy.prepare(facts) }
  }
  const all: Prepared[] = []
  for (const plan of plansOf(descriptor)) all.push(await prepare(plan))
  const wanted = new Set(Object.keys(await tried(database, all)))
  const paid: Prepared[] = []
  for (const one of all) {
    const measures = one.plan.measures.filter(({ kind, name }) => kind === 'rows' || wanted.has(name))
    if (measures.length === one.plan.measures.length) paid.push(one)
    else if (measures.length > 1) paid.push(await prepare({ ...one.plan, measures }))
  }
  return database.commit((draft) => {
    const shares = disclosed(draft, paid)
    draft.put(toldIn(database), keyOf(descriptor.name, epoch), shares)
    const told = Object.keys(shares).length
    const detail = { catalog: descriptor.name, epoch, policy: privacy.policyHash, told }
    draft.audit({ kind: 'missingness', actor: 'node', detail })
    return shares
  })
}

/** What would be told; nothing of it is written. */
async function tried(database: Database, prepared: readonly Prepared[]): Promise<MissingShares> {
  let shares: MissingShares = {}
  const undone = new Error('only tried')
  const trial = database.commit((draft) => {
    shares = disclosed(draft, prepared)
    throw undone
  })
  await trial.catch((error: unknown) => {
    if (error !== undone) throw error
  })
  return shares
}

function disclosed(draft: Draft, prepared: readonly Prepared[]): Record<VariableRef, number> {
  const shares: Record<VariableRef, number> = {}
  for (const { plan, door } of prepared) {
    const released = door.disclose(draft)
    const { output } = released.ok ? released.output : { output: undefined }
    if (output?.kind === 'table') Object.assign(shares, sharesIn(output.rows, plan))
  }
  return shares
}

/** For each table how many rows it has and how many of them have a value. Free text is not counted. */
function plansOf({ tables }: CatalogDescriptor): Plan[] {
  return tables.flatMap((table) => {
    const counted = table.variables.filter(({ type }) => type !== 'text')
    const parts = Math.ceil(counted.length / VARIABLES_AT_ONCE)
    return Array.from({ length: parts }, (_, i) =>
      planOf(table, counted.slice(i * VARIABLES_AT_ONCE, (i + 1) * VARIABLES_AT_ONCE))
    )
  })
}

function planOf(table: TableDescriptor, variables: readonly VariableDescriptor[]): Plan {
  const counts = variables.map((variable): Measure => {
    const ref = refOf(table, variable)
    return { kind: 'count', name: ref, variable: ref }
  })
  return {
    tables: [table.name],
    groupBy: [],
    measures: [{ kind: 'rows', name: 'rows' }, ...counts]
  }
}

function sharesIn(rows: readonly OutputRow[], { measures }: Plan): MissingShares {
  const [of, ...having] = rows[0]?.values ?? []
  const shares = measures.slice(1).flatMap(({ name }, i) => {
    const count = having[i]
    if (typeof of !== 'number' || typeof count !== 'number' || of === 0) return []
    return [[name, shareOf(of - count, of)] as const]
  })
  return Object.fromEntries(shares)
}

/** Nothing and everything are said only where they are so, as far as the rounding of the catalog's counts tells. */
function shareOf(missing: number, of: number): number {
  if (missing <= 0) return 0
  if (missing >= of) return 1
  return Math.min(Math.max(Math.round((missing / of) * PLACES), 1), PLACES - 1) / PLACES
}

function describedWith(descriptor: CatalogDescriptor, shares: MissingShares): CatalogDescriptor {
  const tables = descriptor.tables.map((table) => ({
    ...table,
    variables: table.variables.map((variable) => {
      const share = shares[refOf(table, variable)]
      return share === undefined ? variable : { ...variable, missingShare: share, missingTold: true }
    })
  }))
  return { ...descriptor, tables }
}

function refOf({ name: table }: TableDescriptor, { name }: VariableDescriptor): VariableRef {
  return `${table}.${name}`
}
