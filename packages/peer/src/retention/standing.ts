/** Things that are deleted individually: the rows of superseded epochs, and locked accounts. */
import { type Catalog, deleteEpoch, storedEpochs } from '@stimnet/data'
import type { Accounts } from '../store/accounts/accounts.ts'
import type { ApiKeys } from '../store/accounts/api-keys.ts'
import { type Database, epochStore } from '../store/database.ts'
import type { LedgerStore } from '../store/released/ledgers.ts'
import { dueBefore } from './ages.ts'
import type { Since } from './since.ts'

/** Something that can be deleted, with its deletion function. */
export interface Deletable {
  readonly name: string
  delete(): Promise<void>
}

/** Dependencies. */
export interface StandingParts {
  readonly database: Database
  readonly catalogs: ReadonlyMap<string, Pick<Catalog, 'epoch' | 'newer'>>
  readonly ledgers: LedgerStore
  /** The folder of the snapshots. */
  readonly snapshots: string
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
}

/** Epochs on disk from which nothing is answered and that are not waiting to be accepted. */
export async function supersededEpochs(parts: StandingParts): Promise<Deletable[]> {
  const { database, catalogs, ledgers, snapshots: dataDir } = parts
  const served = epochStore(database)
  const found: Deletable[] = []
  for (const [catalog, { epoch: current, newer }] of catalogs) {
    const kept = [current, newer, await served.get(catalog)]
    for (const epoch of await storedEpochs({ catalog, dataDir })) {
      if (kept.includes(epoch)) continue
      const index = database.root.sublevel<string, string>(`index-${catalog}`, {}) as never
      found.push({
        name: `${catalog}!${epoch}`,
        delete: async () => {
          const hasLedger = await ledgers.hasReleased(catalog, epoch)
          await deleteEpoch({ catalog, dataDir }, { epoch, index, hasLedger })
        }
      })
    }
  }
  return found
}

/** Accounts that are locked. Their names stay reserved, because requests and the log refer to them. */
export function lockedAccounts({ accounts, apiKeys, database }: StandingParts): Deletable[] {
  return accounts
    .list()
    .filter(({ locked }) => locked)
    .map(({ name, generation }) => ({
      name,
      delete: async () => {
        const keys = apiKeys.of({ owner: name, generation })
        await database.commit((draft) => keys.forEach(({ id }) => void apiKeys.revoke(draft, name, id)))
        await accounts.remove(name)
      }
    }))
}

/**
 * The things of a kind that have been due for the given number of days. With `note`, new ones are recorded and others
 * forgotten.
 */
export async function dueOf(
  kind: 'epoch' | 'account',
  { all, days, since, nowMs, note }: { all: Deletable[]; days: number; since: Since; nowMs: number; note: boolean }
): Promise<Deletable[]> {
  const names = all.map(({ name }) => name)
  const known = await (note ? since.update(kind, names, nowMs) : since.of(kind, names))
  return all.filter(({ name }) => (known.get(name) ?? nowMs) <= dueBefore(days, nowMs))
}
