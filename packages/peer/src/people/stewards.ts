/**
 * The current stewards of this peer, counted by person. An approval counts only if its author is still a steward when
 * it is used.
 */
import { accountNamed, nameOf, type PeopleHere } from './named.ts'

/** The people who decide about requests. */
export interface Stewards {
  /** Whether the account may decide now: it exists, is not locked, and has the role steward. */
  isSteward(account: string): boolean
  /** Whether two accounts belong to one person, according to a login provider or the configuration. */
  isSamePerson(one: string, other: string): boolean
}

/** The stewards among the accounts and logins of this peer. */
export function stewardsOf(parts: PeopleHere): Stewards {
  return {
    isSteward: (account) => accountNamed(parts, account)?.roles.includes('steward') ?? false,
    isSamePerson: (one, other) => {
      const names = namesOf(parts, one)
      return [...namesOf(parts, other)].some((name) => names.has(name))
    }
  }
}

/** Number of distinct people behind these accounts, counting only those who may decide now. */
export function peopleIn(accounts: readonly string[], stewards: Stewards): number {
  return distinctIn(accounts, stewards).length
}

/** The first account of each person among those who may decide now. An account that matches two people merges them into one. */
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
 * All names of an account's person, in lower case, because e-mail addresses ignore case. Two people with one name count as
 * one person, which only requires one more steward; one person counted as two could approve alone.
 */
function namesOf({ signedOn, logins }: PeopleHere, account: string): ReadonlySet<string> {
  const linked = [...logins.providers].flatMap(([provider, { people }]) => {
    const subject = Object.hasOwn(people, account) ? people[account] : undefined
    return subject === undefined ? [] : [nameOf({ provider, subject })]
  })
  // A subject is unique only at its provider. It counts here if a local account has the same name.
  const local = `local:${account.slice(account.indexOf(':') + 1)}`
  const names = [account, local, ...linked, ...(signedOn.get(account)?.identifiers ?? [])]
  return new Set(names.map((name) => name.toLowerCase()))
}
