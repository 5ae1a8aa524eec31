/**
 * Closing of the grants in a database that is an older copy: grants that were withdrawn after the copy was made would be in force again, so
 * all grants are closed.
 */
import type { ApiKeyRecord } from '../store/accounts/api-keys.ts'
import { endAllTokens } from '../store/accounts/ended-tokens.ts'
import type { SignedOn } from '../store/accounts/signed-on.ts'
import type { DataPermit } from '../store/data-permits.ts'
import type { Database, Draft } from '../store/database.ts'
import type { StandingApproval } from '../store/standing.ts'

/** Numbers of closed grants, as recorded in the audit log. */
export type ClosedGrants = Readonly<Record<'permits' | 'standing' | 'api_keys', number>>

/**
 * Closes all grants of a database that is open for nobody else: data permits wait until a steward confirms each of them; standing approvals
 * and API keys end, since those who have them can get new ones. Grants made or confirmed from `sinceMs` on stay. All access tokens end, and
 * people of login providers have no roles until they log in again. Returns the change.
 */
export async function closingGrants(
  database: Database,
  sinceMs = Number.POSITIVE_INFINITY
): Promise<(draft: Draft) => ClosedGrants> {
  const permits = database.json<DataPermit>('data-permits')
  const standing = database.json<StandingApproval>('standing-approvals')
  const keys = database.json<ApiKeyRecord>('api-keys')
  const doubted = (await permits.iterator().all()).filter(
    ([, permit]) => permit.revoked === undefined && (permit.confirmed?.atMs ?? permit.grantedAtMs) < sinceMs
  )
  const given = (await standing.iterator().all()).filter(([, { approvals }]) =>
    approvals.every(({ atMs }) => atMs < sinceMs)
  )
  const people = database.json<SignedOn>('signed-on')
  const seen = (await people.iterator().all()).filter(([, { seenAtMs }]) => seenAtMs < sinceMs)
  const made = (await keys.iterator().all()).filter(([, { createdAtMs }]) => createdAtMs < sinceMs)
  return (draft) => {
    for (const [id, { confirmed: _, ...permit }] of doubted) draft.put(permits, id, { ...permit, doubted: true })
    for (const [id] of given) draft.del(standing, id)
    for (const [id] of made) draft.del(keys, id)
    for (const [name] of seen) draft.del(people, name)
    endAllTokens(database, draft)
    return { permits: doubted.length, standing: given.length, api_keys: made.length }
  }
}
