/** Local accounts of the gateway: names, roles and scrypt hashes in one file that only the peer's user can read. */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { roleShape } from '@stimnet/api'
import { readPrivate, writePrivate } from '@stimnet/machine'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { hashOfNobody, hashPassword, isDated, PASSWORD_COST, type PasswordCost, passwordFits } from './passwords.ts'

/** The name of an account. */
export const accountNameShape = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'letters, digits and . _ @ - only, at most 64')

const accountSchema = z.strictObject({
  name: accountNameShape,
  roles: z.array(roleShape).min(1),
  password: z.string(),
  /**
   * The generation of the password. It changes with each new password; tokens and API keys of an earlier generation are
   * invalid.
   */
  generation: z.string().max(64).default(''),
  /** Whether the account is locked. A locked account is kept, but nobody can log in to it. */
  locked: z.boolean().default(false),
  /** Whether the account is removed. Its name stays reserved, because requests, keys and tokens refer to it. */
  removed: z.boolean().default(false)
})
/** An account as stored in the file. */
export type StoredAccount = z.output<typeof accountSchema>

const fileSchema = z.strictObject({
  accounts: z.array(accountSchema),
  /** Locked-out people of login providers, as provider:subject. */
  locked_people: z.array(z.string().max(200)).default([]),
  /** Part of the secret of access tokens. A new value invalidates all tokens. */
  token_epoch: z.string().max(64).default('')
})
type File = z.output<typeof fileSchema>

/** Maximum number of simultaneous password checks: each takes 128 MiB, and anybody can start one. */
const CHECKS_MAX = 2
const NO_ACCOUNTS: File = { accounts: [], locked_people: [], token_epoch: '' }

/** The accounts file. Every change writes the whole file. */
export class Accounts {
  readonly #file: string
  #accounts: Map<string, StoredAccount>
  #lockedPeople: Set<string>
  #tokenEpoch: string
  readonly #cost: PasswordCost
  readonly #nobody: string
  #checking = 0
  /** Modification time of the file when it was last read, ms. */
  #readMs = Number.NaN
  /** The last of the queued changes and reads, which run one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(
    file: string,
    { accounts, locked_people: lockedPeople, token_epoch: tokenEpoch }: File,
    cost: PasswordCost
  ) {
    this.#file = file
    this.#cost = cost
    this.#nobody = hashOfNobody(cost)
    this.#accounts = new Map(accounts.map((account) => [account.name, account]))
    this.#lockedPeople = new Set(lockedPeople)
    this.#tokenEpoch = tokenEpoch
  }

  /**
   * Opens the file; a missing file means no accounts. `cost` applies to new password hashes. Throws CONFIG_INVALID if the
   * file cannot be parsed or others can read it.
   */
  static async open(file: string, cost: PasswordCost = PASSWORD_COST): Promise<Accounts> {
    const text = await readPrivate(file)
    if (text === undefined) return new Accounts(file, NO_ACCOUNTS, cost)
    try {
      return new Accounts(file, fileSchema.parse(JSON.parse(text)), cost)
    } catch (cause) {
      throw new StimnetError('CONFIG_INVALID', `the accounts file ${file} cannot be read`, { cause })
    }
  }

  list(): readonly StoredAccount[] {
    return [...this.#accounts.values()].filter(({ removed }) => !removed)
  }

  /** All accounts, including removed accounts. */
  all(): readonly StoredAccount[] {
    return [...this.#accounts.values()]
  }

  get(name: string): StoredAccount | undefined {
    const account = this.#accounts.get(name)
    return account?.removed ? undefined : account
  }

  /** Whether a person of a login provider is locked out. */
  isLockedOut(person: string): boolean {
    return this.#lockedPeople.has(person)
  }

  /** Locks a person of a login provider out, even before their first login, or admits them again. */
  async setLockedOut(person: string, locked: boolean): Promise<void> {
    await this.#inTurn(async () => {
      if (locked) this.#lockedPeople.add(person)
      else this.#lockedPeople.delete(person)
      await this.#write()
    })
  }

  get lockedOut(): readonly string[] {
    return [...this.#lockedPeople]
  }

  /** The value in the accounts file from which, together with the peer's key, the secret of access tokens is made. */
  get tokenEpoch(): string {
    return this.#tokenEpoch
  }

  /** Invalidates every access token. */
  async rotateTokens(): Promise<void> {
    await this.#inTurn(async () => {
      this.#tokenEpoch = randomBytes(16).toString('hex')
      await this.#write()
    })
  }

  /**
   * Reads the file again if it has changed, for example by `stimnet account remove`. While it cannot be read, no local
   * account works.
   */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#readAgain())
  }

  async #readAgain(): Promise<void> {
    try {
      const { mtimeMs } = await stat(this.#file)
      if (mtimeMs === this.#readMs) return
      const read = await Accounts.open(this.#file, this.#cost)
      this.#accounts = read.#accounts
      this.#lockedPeople = read.#lockedPeople
      this.#tokenEpoch = read.#tokenEpoch
      this.#readMs = mtimeMs
    } catch {
      this.#accounts = new Map()
      this.#readMs = Number.NaN
    }
  }

  /**
   * Checks a password; null if it is wrong or there is no such account. A hash with outdated parameters is replaced. Throws
   * RATE_LIMITED if too many passwords are being checked at once, and ACCOUNT_LOCKED if the password of a locked account is
   * right.
   */
  async authenticate(name: string, password: string): Promise<StoredAccount | null> {
    if (this.#checking >= CHECKS_MAX) throw new StimnetError('RATE_LIMITED', 'checking a password')
    this.#checking += 1
    try {
      const account = this.get(name)
      const stored = account?.password ?? this.#nobody
      // The new hash is computed in parallel with the check, so that an outdated hash takes as long as a current one whether
      // the password is right or not.
      const [fits, fresh] = await Promise.all([
        passwordFits(password, stored),
        isDated(stored, this.#cost) ? hashPassword(password, this.#cost) : undefined
      ])
      if (!fits || !account) return null
      if (account.locked) throw new StimnetError('ACCOUNT_LOCKED', `${name} logs in`)
      if (fresh !== undefined) await this.#rehash(name, { stored, fresh })
      return account
    } finally {
      this.#checking -= 1
    }
  }

  /**
   * Adds an account, or changes the password and roles of an existing account; a lock stays. A new password invalidates
   * tokens and API keys. Throws PARAMETER_INVALID for an invalid name or role, and for the name of a removed account unless
   * `again` states that it belongs to the same person.
   */
  async put(account: { name: string; roles: readonly string[]; password: string; again?: boolean }): Promise<void> {
    const { name, roles, again = false } = account
    this.#assertFree(name, again)
    const before = this.get(name)
    const isSame = before !== undefined && (await passwordFits(account.password, before.password))
    const secret = isSame
      ? { password: before.password, generation: before.generation }
      : { password: await hashPassword(account.password, this.#cost), generation: randomBytes(16).toString('hex') }
    const parsed = accountSchema.safeParse({ name, roles, ...secret })
    if (!parsed.success) {
      const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
      throw StimnetError.told('PARAMETER_INVALID', reason)
    }
    await this.#inTurn(async () => {
      this.#assertFree(name, again)
      this.#accounts.set(name, { ...parsed.data, locked: this.#accounts.get(name)?.locked ?? false })
      await this.#write()
    })
  }

  #assertFree(name: string, again: boolean): void {
    if (again || !this.#accounts.get(name)?.removed) return
    const reason = `There was an account ${name} before, and its requests and keys are known by that name. Choose another name.`
    throw StimnetError.told('PARAMETER_INVALID', reason)
  }

  /** Locks or unlocks an account. Returns false if there is no such account. */
  setLocked(name: string, locked: boolean): Promise<boolean> {
    return this.#replace(name, (account) => ({ ...account, locked }))
  }

  /** Removes an account. Returns false if there is no such account. */
  remove(name: string): Promise<boolean> {
    // The hash is removed too, so that nobody can log in even with an older version that does not know `removed`.
    return this.#replace(name, (account) => ({ ...account, password: 'removed', removed: true }))
  }

  /**
   * Stores a new hash of the password that was just checked, unless the password changed in the meantime. A failed write is
   * repeated at the next login.
   */
  async #rehash(name: string, { stored, fresh }: { stored: string; fresh: string }): Promise<void> {
    await this.#inTurn(async () => {
      await this.#readAgain()
      const account = this.get(name)
      if (account?.password !== stored) return
      this.#accounts.set(name, { ...account, password: fresh })
      await this.#write().catch(() => undefined)
    })
  }

  #replace(name: string, change: (account: StoredAccount) => StoredAccount): Promise<boolean> {
    return this.#inTurn(async () => {
      const account = this.get(name)
      if (!account) return false
      this.#accounts.set(name, change(account))
      await this.#write()
      return true
    })
  }

  /**
   * Runs changes and reads one after the other. A read between a change and its write would lose the change, and so would
   * two concurrent writes.
   */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #write(): Promise<void> {
    const file: File = {
      accounts: [...this.#accounts.values()],
      locked_people: [...this.#lockedPeople],
      token_epoch: this.#tokenEpoch
    }
    await writePrivate(this.#file, `${JSON.stringify(file, null, 2)}\n`)
    this.#readMs = (await stat(this.#file)).mtimeMs
  }
}
