/**
 * Acceptance of a newer epoch of a catalog. Its ledgers are carried over, so that the difference between old and new answers
 * is still judged.
 */
import { join } from 'node:path'
import { type Carried, type CarriedItems, type CatalogConfig, carryEpoch, openCatalog } from '@stimnet/data'
import { carryLedger, ledgerFromBytes, needsGone, type SpanLedger } from '@stimnet/privacy'
import { cryptographicRandom, LIMITS, StimnetError, systemClock } from '@stimnet/protocol'
import { environment } from '../config/environment.ts'
import { leaveMissingness } from './missingness.ts'
import { forgetAnswered } from '../store/released/answered.ts'
import { type Database, epochStore } from '../store/database.ts'
import { LedgerStore } from '../store/released/ledgers.ts'

/** A catalog of a stopped peer, and the peer's folders and database. */
export interface AcceptOptions {
  readonly config: CatalogConfig
  readonly baseDir: string
  readonly dataDir: string
  readonly database: Database
  /** The epoch from which the catalog answers. */
  readonly from: string
}

/** The accepted epoch, or the reason, for the steward, why it was not accepted. Nothing is changed in that case. */
export type Accepted =
  | {
      readonly ok: true
      readonly epoch: string
      readonly arrived: number
      readonly left: number
      /** Number of subjects for whom a value is present that was missing before. */
      readonly filled: number
    }
  | { readonly ok: false; readonly why: string }

/**
 * Accepts the epoch of the current files. Throws SOURCE_INVALID for files that do not fit their description, and NODE_ERROR
 * for a ledger that cannot be read.
 */
export async function acceptEpoch(options: AcceptOptions): Promise<Accepted> {
  const { config, database, from } = options
  const { name } = config
  const store = new LedgerStore(database)
  const to = await snapshotOf(options)
  if (to === from) return { ok: false, why: 'its files make the epoch that it answers from' }
  if (await store.hasReleased(name, to)) {
    return {
      ok: false,
      why: 'its files are those of an earlier epoch, which answered questions and has its own ledger'
    }
  }
  const carried = await carryEpoch({ config, dataDir: snapshotsIn(options), index: indexOf(options), from, to })
  if (!carried.ok) return carried
  const ledgers = (await store.ledgers(name, from)).map(
    ([ledger, bytes]) => [ledger, carriedLedger(bytes, itemsOf(ledger, carried))] as const
  )
  if (carried.filled > 0 && ledgers.some(([, ledger]) => ledger.parts.everywhere.length > 0))
    return { ok: false, why: FILLED_AFTER_SCRIPTS }
  const forget = await forgetAnswered(database, name)
  await database.commit((draft) => {
    forget(draft)
    for (const [ledger, next] of ledgers) store.move(draft, { catalog: name, name: ledger, from, to, next })
    leaveMissingness(draft, database, { catalog: name, epoch: from })
    draft.put(epochStore(database), name, to)
    const detail = { catalog: name, left: from, epoch: to, ledgers: ledgers.length }
    draft.audit({ kind: 'epoch', actor: 'steward', detail })
  })
  const { arrived, left, filled } = carried
  return { ok: true, epoch: to, arrived, left, filled }
}

/**
 * The disclosures of a script are recorded by the people in its cohort, so running the same script again would disclose a
 * single new value by the difference.
 */
const FILLED_AFTER_SCRIPTS =
  'missing values were filled in, and a script was answered before: a second run would disclose the new values'

/** Makes the snapshot of the current files, if there is none yet, and returns its epoch. */
async function snapshotOf(options: AcceptOptions): Promise<string> {
  const catalog = await openCatalog(options.config, {
    baseDir: options.baseDir,
    environment: environment(),
    dataDir: snapshotsIn(options),
    index: indexOf(options),
    clock: systemClock,
    random: cryptographicRandom,
    cohortSizeMin: LIMITS.cohortSizeFloor,
    programs: []
  })
  await catalog.close()
  return catalog.epoch
}

function snapshotsIn({ dataDir }: AcceptOptions): string {
  return join(dataDir, 'snapshots')
}

function indexOf({ database, config }: AcceptOptions) {
  return database.root.sublevel<string, string>(`index-${config.name}`, {}) as never
}

/** The items of a ledger. Its name is `subjects` or `rows!TABLE`, prefixed with the project for a project's ledger. */
function itemsOf(ledger: string, carried: Extract<Carried, { ok: true }>): CarriedItems {
  if (ledger === 'subjects' || ledger.endsWith('!subjects')) return carried.people
  const table = /(?:^|!)rows!([^!]+)$/.exec(ledger)?.[1] ?? ''
  const items = carried.rows.get(table)
  if (items) return items
  throw new StimnetError('NODE_ERROR', `no items of the ledger ${ledger}`)
}

function carriedLedger(bytes: Uint8Array, { before, after, to }: CarriedItems): SpanLedger {
  const [owners, goneOwners] = parted(before.owners, before.items)
  const gone = { items: before.gone, ...(goneOwners === undefined ? {} : { owners: goneOwners }) }
  // A ledger that began in a carried epoch contains no items that were already gone.
  const ledger = ledgerFromBytes(bytes, { universe: before.items, owners, gone: needsGone(bytes) ? gone : undefined })
  const [nextOwners, nextGoneOwners] = parted(after.owners, after.items)
  return carryLedger(ledger, {
    universe: after.items,
    gone: { items: after.gone, ...(nextGoneOwners === undefined ? {} : { owners: nextGoneOwners }) },
    to,
    ...(nextOwners === undefined ? {} : { owners: nextOwners })
  })
}

function parted(owners: Uint32Array | undefined, items: number) {
  return [owners?.slice(0, items), owners?.slice(items)] as const
}
