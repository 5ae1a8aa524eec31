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
import type { PeerEvents } from './events.ts'
import type { CatalogPrivacies, CatalogPrivacy } from './jobs/privacy.ts'
import type { AtomStore } from './store/atoms.ts'
import type { Database } from './store/database.ts'

/** Share of the rows without a value, 0 to 1, by `table.variable`; what cannot be told is not in it. */
export type MissingShares = Readonly<Record<VariableRef, number>>

interface MissingnessParts {
  readonly database: Database
  readonly atoms: AtomStore
  readonly privacy: CatalogPrivacies
  readonly events: Pick<PeerEvents, 'missingnessUntold'>
}

/** A plan counts so many variables at once: each keeps a set of subjects while it is judged. */
const VARIABLES_AT_ONCE = 16
/** Two places: 1 % of a hundred rows is one row, and more exact than that nobody chooses a catalog. */
const PLACES = 100

/**
 * The same catalogs, those that tell it with what is missing in their descriptions. Throws NODE_ERROR and what a plan may
 * throw; then nothing was told.
 */
export async function withMissingness(
  catalogs: ReadonlyMap<string, Catalog>,
  parts: MissingnessParts
): Promise<ReadonlyMap<string, Catalog>> {
  const described = new Map<string, Catalog>()
  for (const [name, catalog] of catalogs) {
    const shares = catalog.config.missingness === 'told' ? await sharesOf(catalog, parts) : undefined
    described.set(name, shares ? { ...catalog, descriptor: describedWith(catalog.descriptor, shares) } : catalog)
  }
  return described
}

/** As it was told of this epoch before; undefined where it cannot be told any more. */
async function sharesOf(catalog: Catalog, parts: MissingnessParts): Promise<MissingShares | undefined> {
  const { name } = catalog.descriptor
  const told = parts.database.json<MissingShares>('missingness')
  const before = await told.get(`${name}!${catalog.epoch}`)
  if (before !== undefined) return before
  const privacy = parts.privacy.of(name)
  // A project's ledger begins as everybody's; one that has begun would not know of what is told now.
  if (privacy.settings.scope !== 'global' && (await parts.atoms.hasReleased(name, catalog.epoch))) {
    parts.events.missingnessUntold(name)
    return undefined
  }
  return release(catalog, privacy, parts)
}

/** In one synced batch: the shares, what they tell apart, and the audit record. */
async function release(catalog: Catalog, privacy: CatalogPrivacy, { database }: MissingnessParts) {
  const { descriptor, epoch } = catalog
  const cohort = await catalog.cohort(undefined)
  const prepared: {
    plan: Plan
    release: Awaited<ReturnType<CatalogPrivacy['prepare']>>
  }[] = []
  for (const plan of plansOf(descriptor)) {
    const aggregate = {
      kind: 'table',
      plan,
      reduction: await catalog.reduce(plan, cohort)
    } as const
    const facts = {
      aggregate,
      cohort,
      filter: undefined,
      codeHash: '',
      image: '',
      described: descriptor
    }
    prepared.push({ plan, release: await privacy.prepare(facts) })
  }
  return database.commit((draft) => {
    const shares: Record<VariableRef, number> = {}
    for (const { plan, release } of prepared) {
      const disclosed = release.disclose(draft)
      const { output } = disclosed.ok ? disclosed.output : { output: undefined }
      if (output?.kind === 'table') Object.assign(shares, sharesIn(output.rows, plan))
    }
    draft.put(database.json<MissingShares>('missingness'), `${descriptor.name}!${epoch}`, shares)
    const detail = {
      catalog: descriptor.name,
      epoch,
      policy: privacy.policyHash,
      told: Object.keys(shares).length
    }
    draft.audit({ kind: 'missingness', actor: 'node', detail })
    return shares
  })
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

/** Nothing and everything are said only where they are so. */
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
