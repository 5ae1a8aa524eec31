/** Stewards of this peer as they are now, counted by person: a yes counts for what its giver still is when it is used. */
import type { Clock } from '@stimnet/protocol'
import { accountNamed, type Logins, nameOf } from './people-view.ts'
import type { Accounts } from '../store/accounts/accounts.ts'
import type { SignedOnPeople } from '../store/accounts/signed-on.ts'

/** Who decides about requests. */
export interface Stewards {
  /** Whether the account may decide now: it is there, not locked, and has the role steward. */
  isSteward(account: string): boolean
  /** Whether two accounts are one person's, as far as a login provider or the configuration says so. */
  isSamePerson(one: string, other: string): boolean
}

interface StewardParts {
  readonly accounts: Accounts
  readonly signedOn: SignedOnPeople
  readonly logins: Logins
  readonly clock: Clock
}

/** By the accounts and logins of this peer. */
export function stewardsOf(parts: StewardParts): Stewards {
  return {
    isSteward: (account) => accountNamed(parts, account)?.roles.includes('steward') ?? false,
    isSamePerson: (one, other) => {
      const names = namesOf(parts, one)
      return [...namesOf(parts, other)].some((name) => names.has(name))
    }
  }
}

/** How many people are among these accounts, of those who may decide now. */
export function peopleIn(accounts: readonly string[], stewards: Stewards): number {
  return distinctIn(accounts, stewards).length
}

/** The first account of each person among those who may decide now. Who is the same as two others joins them. */
export function distinctIn(accounts: readonly string[], { isSteward, isSamePerson }: Stewards): string[] {
  let people: string[][] = []
  for (const account of accounts.filter(isSteward)) {
    const isTheirs = (person: readonly string[]) => person.some((known) => isSamePerson(known, account))
    const same = people.filter(isTheirs)
    people = [...people.filter((person) => !isTheirs(person)), [...same.flat(), account]]
  }
  return people.map(([first = '']) => first)
}

/**
 * Everything that an account's person is called: in lower case, for a mail address is. Two people of one name are taken for
 * one, which asks for one more steward; one person taken for two would need none.
 */
function namesOf({ signedOn, logins }: StewardParts, account: string): ReadonlySet<string> {
  const linked = [...logins.providers].flatMap(([provider, { people }]) => {
    const subject = Object.hasOwn(people, account) ? people[account] : undefined
    return subject === undefined ? [] : [nameOf({ provider, subject })]
  })
  // A subject is a name at its provider alone; it says something where it is the name of a local account too.
  const local = `local:${account.slice(account.indexOf(':') + 1)}`
  const names = [account, local, ...linked, ...(signedOn.get(account)?.identifiers ?? [])]
  return new Set(names.map((name) => name.toLowerCase()))
}
