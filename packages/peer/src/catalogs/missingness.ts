/**
 * Missingness of a catalog: the share of missing values per variable, released once per epoch as the first entry of
 * every ledger.
 */
import type { Catalog } from '@stimnet/data'
import type {
  CatalogDescriptor,
  Measure,
  OutputRow,
  Plan,
  Reduction,
  TableDescriptor,
  VariableDescriptor,
  VariableRef
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { CatalogPrivacies, CatalogPrivacy } from '../jobs/release/privacy.ts'
import type { Database, Draft } from '../store/database.ts'
import type { LedgerStore } from '../store/released/ledgers.ts'
import type { Sublevel } from '../store/level/level.ts'
import { isBehind } from '../witness/restored.ts'

/** The share of rows without a value, 0 to 1, by `table.variable`. Variables whose share cannot be released are absent. */
export type MissingShares = Readonly<Record<VariableRef, number>>

interface MissingnessParts {
  readonly database: Database
  readonly ledgers: LedgerStore
  readonly privacy: CatalogPrivacies
  readonly events: Pick<PeerEvents, 'missingnessUntold' | 'unexpected'>
}

/** Maximum number of variables counted by one plan: each keeps a set of subjects in memory while it is judged. */
const VARIABLES_AT_ONCE = 16
/**
 * Number of steps of a share: shares have two decimal places, because 1 % of a hundred rows is one row, and nobody needs
 * more to choose a catalog.
 */
const PLACES = 100
/**
 * Minimum size of the parts that the release distinguishes, so that later questions can still be answered: this many times
 * k, and one of this many equal parts of all subjects.
 */
const PARTS_TIMES_K = 10
const PARTS_MAX = 50

/**
 * The catalogs, with missingness in the descriptions of catalogs that release it. A catalog whose missingness cannot be
 * counted is served without it, and nothing is written.
 */
export async function withMissingness(
  catalogs: ReadonlyMap<string, Catalog>,
  parts: MissingnessParts
): Promise<ReadonlyMap<string, Catalog>> {
  const described = new Map<string, Catalog>()
  for (const [name, catalog] of catalogs) {
    const shares = await sharesOf(catalog, parts).catch((error: unknown) => {
      parts.events.unexpected(error, `missingness of ${name}: it stays undisclosed`)
      return undefined
    })
    described.set(name, shares ? { ...catalog, descriptor: describedWith(catalog.descriptor, shares) } : catalog)
  }
  return described
}

/**
 * The shares that were released for this epoch before, or are released now. Undefined if they should not, or no longer can,
 * be released.
 */
async function sharesOf(catalog: Catalog, parts: MissingnessParts): Promise<MissingShares | undefined> {
  if (catalog.config.missingness !== 'told') return undefined
  const { name } = catalog.descriptor
  const told = toldIn(parts.database)
  const wasAnswered = await parts.ledgers.hasReleased(name, catalog.epoch)
  const before = await told.get(keyOf(name, catalog.epoch))
  // Without a ledger that contains the release, the shares must be released and charged again.
  if (before !== undefined && (wasAnswered || Object.keys(before).length === 0)) return before
  const privacy = parts.privacy.of(name)
  // A project's ledger begins with the content of the shared ledger. A ledger that has already begun would not contain this
  // release.
  const isTooLate = privacy.settings.scope !== 'global' && wasAnswered
  const isDoubted = !catalog.descriptor.synthetic && (await isBehind(parts.database))
  if (isTooLate || isDoubted || (await told.get(keyOf(name, STOPPED))) !== undefined) {
    parts.events.missingnessUntold(name)
    return undefined
  }
  return release(catalog, privacy, parts)
}

/** Marks, in place of an epoch, that the next epoch does not release missingness automatically. */
const STOPPED = 'stopped'

function toldIn(database: Database): Sublevel<MissingShares> {
  return database.json<MissingShares>('missingness')
}

const keyOf = (catalog: string, epoch: string): string => `${catalog}!${epoch}`

/** Removes the shares of a previous epoch, in the batch that moves or deletes its ledger. */
export function leaveMissingness(draft: Draft, database: Database, left: { catalog: string; epoch: string }): void {
  draft.del(toldIn(database), keyOf(left.catalog, left.epoch))
}

/**
 * Like `leaveMissingness`, for ledgers that begin empty. Requesters know the earlier shares, and together with new shares
 * these could identify people who were added in between. So the next shares are not released unless `again` states that this
 * is harmless. `stops` in the result states whether they are withheld.
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

/** The variables that have a value for everybody who has a row. */
function completeIn({ groups }: Reduction): ReadonlySet<VariableRef> {
  const columns = groups.flatMap(({ rows, columns: all }) =>
    [...all].map(([variable, column]) => ({ variable, column, rows }))
  )
  return new Set(columns.filter(({ column, rows }) => column.rows === rows).map(({ variable }) => variable))
}

interface Prepared {
  readonly plan: Plan
  readonly door: Awaited<ReturnType<CatalogPrivacy['prepare']>>
}

/** Releases the shares in one synced batch with the ledgers and the audit record. Only released shares are charged. */
async function release(catalog: Catalog, privacy: CatalogPrivacy, { database }: MissingnessParts) {
  const { descriptor, epoch } = catalog
  const cohort = await catalog.cohort(undefined)
  const partsMin = Math.max(PARTS_TIMES_K * privacy.settings.k, Math.ceil(cohort.size / PARTS_MAX))
  const prepare = async (plan: Plan): Promise<Prepared> => {
    // No people are left out of this release, because it is about the people without a value.
    const reduction = await catalog.reduce(plan, cohort)
    const complete = completeIn(reduction)
    const aggregate = { kind: 'table', plan, reduction, defining: [], complete } as const
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

/** The shares that would be released. Nothing is written. */
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

/** Plans that count, for each table, its rows and the rows with a value of each variable. Free text is not counted. */
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

/** A rounded share. 0 and 1 appear only if they are exact, as far as the catalog's rounding of counts shows. */
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
