/** Local accounts of the gateway: names, roles and scrypt hashes in one file that only the peer reads. */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'
import { readPrivate, writePrivate } from '../../start/private.ts'
import { hashOfNobody, hashPassword, isDated, passwordFits } from './passwords.ts'

/** What an account may be. */
export const ROLES = ['researcher', 'steward', 'auditor', 'operator'] as const

const accountSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'letters, digits and . _ @ - only, at most 64'),
  roles: z.array(z.enum(ROLES)).min(1),
  password: z.string(),
  /** Another one with each new password: tokens and API keys made under an earlier one are over. */
  generation: z.string().max(64).default(''),
  /** Kept, but nobody comes in by it. */
  locked: z.boolean().default(false),
  /** Gone; the name stays taken, because requests, keys and tokens are known by it. */
  removed: z.boolean().default(false)
})
/** An account as the file holds it. */
export type StoredAccount = z.output<typeof accountSchema>

const fileSchema = z.strictObject({
  accounts: z.array(accountSchema),
  /** People of login providers who may not come in, as provider:subject. */
  locked_people: z.array(z.string().max(200)).default([]),
  /** Another one makes another secret for access tokens: all that were given out are over. */
  token_epoch: z.string().max(64).default('')
})
type File = z.output<typeof fileSchema>

/** Guesses at the same time: each takes 128 MiB, and strangers start them. */
const CHECKS_MAX = 2
const NO_ACCOUNTS: File = { accounts: [], locked_people: [], token_epoch: '' }

/** The accounts file, read once and written whole. */
export class Accounts {
  readonly #file: string
  #accounts: Map<string, StoredAccount>
  #lockedPeople: Set<string>
  #tokenEpoch: string
  readonly #nobody = hashOfNobody()
  #checking = 0
  /** The file's time when it was last read, ms. */
  #readMs = Number.NaN
  /** The last of the changes and readings that wait, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(file: string, { accounts, locked_people: lockedPeople, token_epoch: tokenEpoch }: File) {
    this.#file = file
    this.#accounts = new Map(accounts.map((account) => [account.name, account]))
    this.#lockedPeople = new Set(lockedPeople)
    this.#tokenEpoch = tokenEpoch
  }

  /** No file is no accounts. Throws CONFIG_INVALID for one that cannot be read, or that others can read. */
  static async open(file: string): Promise<Accounts> {
    const text = await readPrivate(file)
    if (text === undefined) return new Accounts(file, NO_ACCOUNTS)
    try {
      return new Accounts(file, fileSchema.parse(JSON.parse(text)))
    } catch (cause) {
      throw new StimnetError('CONFIG_INVALID', `the accounts file ${file} cannot be read`, { cause })
    }
  }

  list(): readonly StoredAccount[] {
    return [...this.#accounts.values()].filter(({ removed }) => !removed)
  }

  get(name: string): StoredAccount | undefined {
    const account = this.#accounts.get(name)
    return account?.removed ? undefined : account
  }

  /** Whether somebody of a login provider was locked out here. */
  isLockedOut(person: string): boolean {
    return this.#lockedPeople.has(person)
  }

  /** Locks somebody of a login provider out, whether known here yet or not; or lets them in again. */
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

  /** Part of the secret that signs access tokens. */
  get tokenEpoch(): string {
    return this.#tokenEpoch
  }

  /** Ends every access token that was given out. */
  async rotateTokens(): Promise<void> {
    await this.#inTurn(async () => {
      this.#tokenEpoch = randomBytes(16).toString('hex')
      await this.#write()
    })
  }

  /**
   * Reads the file again where it has changed, as after `stimnet account remove`. A file that cannot be read closes
   * every account until it can.
   */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#readAgain())
  }

  async #readAgain(): Promise<void> {
    try {
      const { mtimeMs } = await stat(this.#file)
      if (mtimeMs === this.#readMs) return
      const read = await Accounts.open(this.#file)
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
   * A hash made with earlier parameters is made anew. Throws RATE_LIMITED where too many passwords are being checked at once;
   * ACCOUNT_LOCKED to whoever knows the password.
   */
  async authenticate(name: string, password: string): Promise<StoredAccount | null> {
    if (this.#checking >= CHECKS_MAX) throw new StimnetError('RATE_LIMITED', 'checking a password')
    this.#checking += 1
    try {
      const account = this.get(name)
      const stored = account?.password ?? this.#nobody
      // Beside the check and not after it: an earlier hash, too, is judged in the time of a new one, fitting or not.
      const [fits, fresh] = await Promise.all([
        passwordFits(password, stored),
        isDated(stored) ? hashPassword(password) : undefined
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
   * Adds an account, or gives one that there is another password and roles; a lock stays. With another password, tokens and API
   * keys are over. Throws PARAMETER_INVALID for a name
   * or role that is none, and for the name of an account that was removed unless `again` says that it is the same person's.
   */
  async put(account: { name: string; roles: readonly string[]; password: string; again?: boolean }): Promise<void> {
    const { name, roles, again = false } = account
    this.#assertFree(name, again)
    const before = this.get(name)
    const isSame = before !== undefined && (await passwordFits(account.password, before.password))
    const secret = isSame
      ? { password: before.password, generation: before.generation }
      : { password: await hashPassword(account.password), generation: randomBytes(16).toString('hex') }
    const parsed = accountSchema.safeParse({ name, roles, ...secret })
    if (!parsed.success) {
      const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
      throw new StimnetError('PARAMETER_INVALID', reason, { reason })
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
    throw new StimnetError('PARAMETER_INVALID', reason, { reason })
  }

  /** Locks an account or opens it again. False where there is none. */
  setLocked(name: string, locked: boolean): Promise<boolean> {
    return this.#replace(name, (account) => ({ ...account, locked }))
  }

  /** False where there is no such account. */
  remove(name: string): Promise<boolean> {
    // Without its hash: nobody comes in by it, also not by an older program that does not know what removed means.
    return this.#replace(name, (account) => ({ ...account, password: 'removed', removed: true }))
  }

  /** By the password that has just fitted, unless it was changed meanwhile. What cannot be written is tried at the next login. */
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

  /** A reading between a change and its writing would lose the change, and so would two writings that cross. */
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
