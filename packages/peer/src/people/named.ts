/** The accounts that people have here, by name: local accounts, and those of login providers. */
import { createHash } from 'node:crypto'
import type { Account, Role, SignOn } from '@stimnet/gateway'
import type { Clock } from '@stimnet/protocol'
import type { AdmitRule } from '../policy/sign-on.ts'
import type { Accounts } from '../store/accounts/accounts.ts'
import type { SignedOnPeople } from '../store/accounts/signed-on.ts'

/** The configuration of one provider. */
interface LoginsOfProvider {
  readonly issuer: string
  readonly admit: readonly AdmitRule[]
  /** Local accounts of the provider's people, as account to subject. */
  readonly people: Readonly<Record<string, string>>
}

/** The admission of people of login providers. */
export interface Logins {
  /** The providers by name, with the issuer and the rules that give roles. */
  readonly providers: ReadonlyMap<string, LoginsOfProvider>
  /** Time for which a person stays known after a login, ms. People who left the institution cannot log in again. */
  readonly rememberMs: number
}

/** The sources of the accounts. */
export interface PeopleHere {
  readonly accounts: Accounts
  readonly signedOn: SignedOnPeople
  readonly logins: Logins
  readonly clock: Clock
}

/** The account of that name; null for an account that is removed, locked or has not logged in for too long. */
export function accountNamed({ accounts, signedOn, logins, clock }: PeopleHere, name: string): Account | null {
  const local = accounts.get(name)
  if (local) return local.locked ? null : { name: local.name, roles: local.roles, generation: local.generation }
  const person = signedOn.get(name)
  if (!person || accounts.isLockedOut(name) || person.seenAtMs + logins.rememberMs <= clock.now()) return null
  // A provider that is no longer configured, or now has another issuer, admits nobody.
  const provider = logins.providers.get(name.slice(0, name.indexOf(':')))
  if (provider?.issuer !== person.issuer) return null
  // Roles that no rule gives any more come from an earlier configuration.
  const given = new Set(provider.admit.flatMap(({ roles }) => roles))
  const roles = person.roles.filter((role) => given.has(role)) as Role[]
  return roles.length > 0 ? { name, roles } : null
}

/** Whether an account may see more than its own data: private catalogs and every request. */
export function isStaff(account: Account | null): boolean {
  return account?.roles.some((role) => role === 'steward' || role === 'operator') ?? false
}

/**
 * The account name of a provider's person. Local accounts have no colon in their names. An unreadable subject is
 * replaced by its hash.
 */
export function nameOf({ provider, subject }: Pick<SignOn, 'provider' | 'subject'>): string {
  const isReadable = /^(?!sha256-)[A-Za-z0-9._@-]{1,48}$/.test(subject)
  return `${provider}:${isReadable ? subject : `sha256-${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`}`
}
