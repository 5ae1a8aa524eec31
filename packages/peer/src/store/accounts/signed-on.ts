/** People who logged in through a login provider: their roles and their last login. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** A person of a provider. */
export interface SignedOn {
  /** The name of the account: provider, colon, and subject. */
  readonly name: string
  /** The issuer that authenticated the person. Another issuer under the same provider name is a different person. */
  readonly issuer: string
  /** The person's name as given by the provider. */
  readonly title: string
  readonly roles: readonly string[]
  /**
   * Identifiers by which the person may be known under another account; absent in records of earlier versions until the next
   * login.
   */
  readonly identifiers?: readonly string[]
  readonly seenAtMs: number
}

/** The people of all providers, also kept in memory, because every request looks one up. */
export class SignedOnPeople {
  readonly #stored: Sublevel<SignedOn>
  readonly #people = new Map<string, SignedOn>()

  private constructor(database: Database) {
    this.#stored = database.json('signed-on')
  }

  static async open(database: Database): Promise<SignedOnPeople> {
    const people = new SignedOnPeople(database)
    for await (const [name, person] of people.#stored.iterator()) people.#people.set(name, person)
    return people
  }

  list(): SignedOn[] {
    return [...this.#people.values()]
  }

  get(name: string): SignedOn | undefined {
    return this.#people.get(name)
  }

  put(draft: Draft, person: SignedOn): void {
    const before = this.#people.get(person.name)
    draft.put(this.#stored, person.name, person)
    draft.audit({ kind: 'login', actor: person.name, detail: { roles: person.roles.join(' ') } })
    this.#people.set(person.name, person)
    draft.undo(() => void (before ? this.#people.set(person.name, before) : this.#people.delete(person.name)))
  }

  /** Removes a person whom no rule admits any more. */
  remove(draft: Draft, name: string): void {
    const before = this.#people.get(name)
    if (!before) return
    draft.del(this.#stored, name)
    this.#people.delete(name)
    draft.undo(() => void this.#people.set(name, before))
  }
}
