/** People who log in at this peer's gateway: local accounts, people of login providers, and the API keys of both. */
import { type ApiKey, isoOf } from '@stimnet/api'
import type { Account, GatewayPeer, Role, SignOn } from '@stimnet/gateway'
import { type Clock, StimnetError } from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { accountNamed, type Logins, nameOf } from '../people/named.ts'
import { rolesOf } from '../policy/sign-on.ts'
import type { Accounts } from '../store/accounts/accounts.ts'
import { type ApiKeyRecord, type ApiKeys, isOf, type KeyOwner } from '../store/accounts/api-keys.ts'
import type { Database } from '../store/database.ts'
import type { EndedTokens } from '../store/accounts/ended-tokens.ts'
import type { SignedOnPeople } from '../store/accounts/signed-on.ts'

type PeopleMethods =
  | 'authenticate'
  | 'account'
  | 'isLocked'
  | 'signOn'
  | 'accountOfKey'
  | 'tokenEpoch'
  | 'endToken'
  | 'isTokenEnded'
  | 'apiKeys'
  | 'createApiKey'
  | 'revokeApiKey'
  | 'suspicious'

/** Dependencies of the methods for people. */
export interface PeopleParts {
  readonly clock: Clock
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
  readonly endedTokens: EndedTokens
  readonly signedOn: SignedOnPeople
  readonly logins: Logins
  readonly database: Database
  readonly events: PeerEvents
}

/** The gateway's methods for people. */
export function peopleMethods(parts: PeopleParts): Pick<GatewayPeer, PeopleMethods> {
  const { accounts, clock, database, events } = parts
  return {
    authenticate: async (name, password) => {
      const account = await accounts.authenticate(name, password)
      return account ? { name: account.name, roles: account.roles, generation: account.generation } : null
    },
    account: (name) => accountNamed(parts, name),
    isLocked: (shown) => isLocked(parts, shown),
    signOn: (person) => signOn(parts, person),
    suspicious: (event, actor) => {
      events.alert({ kind: event, actor })
      if (event !== 'login-failed') return
      // The rate limit bounds the number of records. The database reports a log that cannot be written.
      void database
        .commit((draft) => draft.audit({ kind: 'login-failed', actor: actor.slice(0, 80) }))
        .catch(() => undefined)
    },
    tokenEpoch: () => accounts.tokenEpoch + parts.endedTokens.epoch,
    isTokenEnded: (id) => parts.endedTokens.has(id),
    endToken: (account, { id, expiresAtMs }) =>
      database.commit((draft) => {
        parts.endedTokens.end(draft, { id, expiresAtMs, nowMs: clock.now() })
        draft.audit({ kind: 'signed-out', actor: account.name })
      }),
    accountOfKey: (text) => {
      const key = parts.apiKeys.find(text, clock.now())
      const account = key ? accountNamed(parts, key.owner) : null
      if (!key || !account || !isOf(key, account.generation ?? '')) return null
      // Roles that the account has lost since then are not given by the key either.
      const roles = account.roles.filter((role) => key.roles.includes(role))
      const holderAsks = account.roles.includes('researcher')
      return roles.length > 0 ? { ...account, roles, byKey: true, holderAsks } : null
    },
    apiKeys: (account) => parts.apiKeys.of(keyOwner(parts, account)).map(keyOf),
    createApiKey: (account, asked) => createKey(parts, account, asked),
    revokeApiKey: (account, id) => database.commit((draft) => parts.apiKeys.revoke(draft, account.name, id))
  }
}

function isLocked(parts: PeopleParts, shown: Parameters<GatewayPeer['isLocked']>[0]): boolean {
  const { accounts, apiKeys, clock } = parts
  const key = 'key' in shown ? apiKeys.find(shown.key, clock.now()) : undefined
  const holder = 'key' in shown ? key && { name: key.owner, generation: key.generation ?? '' } : shown
  if (!holder) return false
  const local = accounts.get(holder.name)
  return local ? local.locked && local.generation === holder.generation : accounts.isLockedOut(holder.name)
}

async function signOn(parts: PeopleParts, person: SignOn): Promise<Account | null> {
  const { accounts, signedOn, logins, database, clock } = parts
  const name = nameOf(person)
  const provider = logins.providers.get(person.provider)
  if (!provider) return null
  if (accounts.isLockedOut(name)) throw new StimnetError('ACCOUNT_LOCKED', `${name} logs in`)
  const roles = rolesOf(person.claims, provider.admit) as Role[]
  const { issuer } = provider
  const { name: called } = person.claims
  const title = typeof called === 'string' ? called.slice(0, 200) : ''
  await database.commit((draft) =>
    roles.length === 0
      ? signedOn.remove(draft, name)
      : signedOn.put(draft, { name, issuer, title, roles, identifiers: identifiersOf(person), seenAtMs: clock.now() })
  )
  return roles.length === 0 ? null : { name, roles }
}

/** Names by which a person may be known under another account. An unverified e-mail address could belong to anybody. */
function identifiersOf({ claims }: SignOn): string[] {
  const { preferred_username: username, email, email_verified: isVerified } = claims
  const told = [username, isVerified === true ? email : undefined]
  return told.filter((one) => typeof one === 'string').map((one) => one.slice(0, 200))
}

async function createKey(parts: PeopleParts, account: Account, asked: Parameters<GatewayPeer['createApiKey']>[1]) {
  const { apiKeys, clock, database } = parts
  const wanted: readonly Role[] = asked.roles ?? ['researcher']
  const missing = wanted.find((role) => !account.roles.includes(role))
  if (missing) {
    const reason = `Your account is no ${missing}: a key has some of its roles.`
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }
  const { label, days } = asked
  const made = await database.commit((draft) =>
    apiKeys.create(draft, { ...keyOwner(parts, account), label, roles: [...new Set(wanted)], days, nowMs: clock.now() })
  )
  return { ...keyOf(made.key), key: made.text }
}

/** The key owner with the current generation. People of login providers have no password here, and therefore no generation. */
function keyOwner({ accounts }: PeopleParts, { name }: Account): KeyOwner {
  return { owner: name, generation: accounts.get(name)?.generation ?? '' }
}

function keyOf({ id, label, roles, createdAtMs, expiresAtMs }: ApiKeyRecord): ApiKey {
  return { id, label, roles: roles as readonly Role[], created_at: isoOf(createdAtMs), expires_at: isoOf(expiresAtMs) }
}
