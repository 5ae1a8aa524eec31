/** The mark of a restored log: its ledgers may lack some releases, whether or not a witness can tell. */
import { type Signer, signCheckpoint } from '@stimnet/protocol'
import type { Database } from '../store/database.ts'
import { type ClosedGrants, closingGrants } from './grants.ts'
import type { Regression } from './witnesses.ts'

/** Whether this peer's log is behind, according to the database. For use before the witnesses are open. */
export async function isBehind(database: Database): Promise<boolean> {
  return (await database.json<Regression>('regression').get('found')) !== undefined
}

/**
 * Marks a restored database, with a record in its log, before any peer opens it. A regression that a witness found before
 * the backup is kept. Nothing about people is answered until a steward has run `stimnet audit reconcile`. Grants are closed, since the
 * backup does not know which were withdrawn.
 */
export async function noteRestored(
  database: Database,
  { signer, madeAtMs, atMs }: { signer: Signer; madeAtMs: number; atMs: number }
): Promise<ClosedGrants> {
  const found = database.json<Regression>('regression')
  const before = await found.get('found')
  const { size } = database.auditLog.head
  const seen = await signCheckpoint(database.auditLog.head, signer)
  const close = await closingGrants(database)
  return database.commit((draft) => {
    if (before === undefined) {
      draft.put(found, 'found', { witness: signer.id, seen, foundAtMs: atMs, restored: true })
    }
    const closed = close(draft)
    draft.audit({ kind: 'restore', actor: 'steward', detail: { log_size: size, made_at_ms: madeAtMs, ...closed } })
    return closed
  })
}
