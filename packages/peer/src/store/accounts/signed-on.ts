/** People who came in by a login provider: what they were let in as, and when they last were. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level.ts'

/** Somebody of a provider. */
export interface SignedOn {
  /** The account's name: provider, colon, and who it is there. */
  readonly name: string
  /** Who vouched for it: another provider under the same name is somebody else. */
  readonly issuer: string
  /** As the provider calls the person. */
  readonly title: string
  readonly roles: readonly string[]
  /** By which the person may be known under another account; absent until they log in again. */
  readonly identifiers?: readonly string[]
  readonly seenAtMs: number
}

/** In memory too: every request asks. */
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

  /** Whoever the provider no longer lets in as anybody. */
  remove(draft: Draft, name: string): void {
    const before = this.#people.get(name)
    if (!before) return
    draft.del(this.#stored, name)
    this.#people.delete(name)
    draft.undo(() => void this.#people.set(name, before))
  }
}
