/**
 * The current stewards of a peer, counted by person. An approval counts only if its author is still a steward when
 * it is used.
 */

/** The people who decide about requests. */
export interface Stewards {
  /** Whether the account may decide now: it exists, is not locked, and has the role steward. */
  isSteward(account: string): boolean
  /** Whether two accounts belong to one person, as far as a login provider or the configuration says so. */
  isSamePerson(one: string, other: string): boolean
}

/** Number of distinct people behind these accounts, of those who may decide now. */
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
