/** The stewards of this peer, from its accounts and from logins through providers. */
import type { Clock } from '@stimnet/protocol'
import type { Stewards } from '../jobs/approve/stewards.ts'
import { accountNamed, type Logins, nameOf } from './people-view.ts'
import type { Accounts } from '../store/accounts/accounts.ts'
import type { SignedOnPeople } from '../store/accounts/signed-on.ts'

interface StewardParts {
  readonly accounts: Accounts
  readonly signedOn: SignedOnPeople
  readonly logins: Logins
  readonly clock: Clock
}

/** The stewards among the accounts and logins of this peer. */
export function stewardsOf(parts: StewardParts): Stewards {
  return {
    isSteward: (account) => accountNamed(parts, account)?.roles.includes('steward') ?? false,
    isSamePerson: (one, other) => {
      const names = namesOf(parts, one)
      return [...namesOf(parts, other)].some((name) => names.has(name))
    }
  }
}

/**
 * All names of an account's person, in lower case, as e-mail addresses ignore case. Two people with one name count as
 * one, which only
 * demands one steward more; one person counted as two could approve alone.
 */
function namesOf({ signedOn, logins }: StewardParts, account: string): ReadonlySet<string> {
  const linked = [...logins.providers].flatMap(([provider, { people }]) => {
    const subject = Object.hasOwn(people, account) ? people[account] : undefined
    return subject === undefined ? [] : [nameOf({ provider, subject })]
  })
  // A subject is unique only at its provider. It counts here where a local account has the same name.
  const local = `local:${account.slice(account.indexOf(':') + 1)}`
  const names = [account, local, ...linked, ...(signedOn.get(account)?.identifiers ?? [])]
  return new Set(names.map((name) => name.toLowerCase()))
}
