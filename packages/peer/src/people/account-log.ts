/**
 * The audit records of account changes. `stimnet account` writes the file, and the peer records the changes that it finds in
 * the file.
 */
import type { Accounts, StoredAccount } from '../store/accounts/accounts.ts'
import type { Database, Draft } from '../store/database.ts'
import type { Sublevel } from '../store/level/level.ts'

/** An account, or a person of a login provider, in its last recorded state. */
interface Seen {
  /** Roles joined with spaces; empty for a person of a provider, whose roles the provider gives. */
  readonly roles: string
  readonly locked: boolean
  readonly removed: boolean
  /** Generation of the password: it changes with each new password. */
  readonly generation: string
}

type Change = 'added' | 'roles' | 'password' | 'locked' | 'unlocked' | 'removed'

/** The states of the accounts in earlier records; one instance per peer. */
export class AccountLog {
  readonly #accounts: Accounts
  readonly #database: Database
  readonly #stored: Sublevel<Seen>
  readonly #seen: Map<string, Seen>

  private constructor(accounts: Accounts, database: Database, stored: Sublevel<Seen>, seen: Map<string, Seen>) {
    this.#accounts = accounts
    this.#database = database
    this.#stored = stored
    this.#seen = seen
  }

  static async open(accounts: Accounts, database: Database): Promise<AccountLog> {
    const stored = database.json<Seen>('accounts-seen')
    return new AccountLog(accounts, database, stored, new Map(await stored.iterator().all()))
  }

  /** Records everything that has changed since the last call, including changes while the peer was stopped. */
  async record(): Promise<void> {
    const changed = this.#changed()
    if (changed.length === 0) return
    await this.#database.commit((draft) => {
      for (const { name, now, changes } of changed) {
        for (const change of changes)
          draft.audit({ kind: 'account', actor: 'node', detail: detailOf(name, now, change) })
        this.#keep(draft, name, now)
      }
    })
  }

  #changed() {
    return this.#now().flatMap(([name, now]) => {
      const changes = changesIn(this.#seen.get(name), now)
      return changes.length === 0 ? [] : [{ name, now, changes }]
    })
  }

  /** Current accounts and locked people, and people who were locked before. */
  #now(): [string, Seen][] {
    const { lockedOut } = this.#accounts
    const accounts = this.#accounts.all().map((account): [string, Seen] => [account.name, seenOf(account)])
    const people = new Set([...lockedOut, ...[...this.#seen.keys()].filter((name) => name.includes(':'))])
    return [...accounts, ...[...people].map((name): [string, Seen] => [name, personOf(lockedOut.includes(name))])]
  }

  #keep(draft: Draft, name: string, now: Seen): void {
    const before = this.#seen.get(name)
    draft.put(this.#stored, name, now)
    this.#seen.set(name, now)
    draft.undo(() => void (before ? this.#seen.set(name, before) : this.#seen.delete(name)))
  }
}

function seenOf({ roles, locked, removed, generation }: StoredAccount): Seen {
  return { roles: roles.join(' '), locked, removed, generation }
}

function personOf(locked: boolean): Seen {
  return { roles: '', locked, removed: false, generation: '' }
}

function changesIn(before: Seen | undefined, now: Seen): Change[] {
  if (before === undefined || (before.removed && !now.removed)) {
    // A person of a login provider is not added here, only locked.
    const isAccount = now.roles !== ''
    return [...ifSo(isAccount, 'added'), ...ifSo(now.locked, 'locked'), ...ifSo(now.removed, 'removed')]
  }
  return [
    ...ifSo(now.roles !== before.roles, 'roles'),
    ...ifSo(now.generation !== before.generation, 'password'),
    ...ifSo(now.locked && !before.locked, 'locked'),
    ...ifSo(!now.locked && before.locked, 'unlocked'),
    ...ifSo(now.removed && !before.removed, 'removed')
  ]
}

function ifSo(isSo: boolean, change: Change): Change[] {
  return isSo ? [change] : []
}

function detailOf(account: string, { roles }: Seen, change: Change) {
  return { account, change, ...(change === 'added' || change === 'roles' ? { roles } : {}) }
}
