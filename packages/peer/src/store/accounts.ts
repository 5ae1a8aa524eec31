/** Local accounts of the gateway: names, roles and scrypt hashes in one file that only the peer reads. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StimnetError } from '@stimnet/protocol'
import { z } from 'zod'

/** What an account may be. */
export const ROLES = ['researcher', 'steward', 'auditor', 'operator'] as const

const accountSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'letters, digits and . _ @ - only, at most 64'),
  roles: z.array(z.enum(ROLES)).min(1),
  password: z.string(),
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
  locked_people: z.array(z.string().max(200)).default([])
})
type File = z.output<typeof fileSchema>

/** scrypt parameters: 32 MiB and about 0.1 s for one guess (RFC 7914; N = 2^15, r = 8, p = 1). */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const HASH_BYTES = 32

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Whether a password gives the stored hash; in constant time. */
export async function passwordFits(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt = '', hash = ''] = stored.split('$')
  const expected = Buffer.from(hash, 'base64url')
  if (scheme !== 'scrypt' || expected.length !== HASH_BYTES) return false
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: COST.maxmem }
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), cost), expected)
}

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** Guesses at the same time: each takes 32 MiB, and strangers start them. */
const CHECKS_MAX = 4

/** The accounts file, read once and written whole. */
export class Accounts {
  readonly #file: string
  #accounts: Map<string, StoredAccount>
  #lockedPeople: Set<string>
  /** Somebody's hash to compare with where there is no such account, so that time does not tell. */
  readonly #nobody: Promise<string>
  #checking = 0
  /** The file's time when it was last read, ms. */
  #readMs = Number.NaN
  /** The last of the changes and readings that wait, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(file: string, { accounts, locked_people: lockedPeople }: File) {
    this.#file = file
    this.#accounts = new Map(accounts.map((account) => [account.name, account]))
    this.#lockedPeople = new Set(lockedPeople)
    this.#nobody = hashPassword(randomBytes(16).toString('hex'))
  }

  /** No file is no accounts. Throws CONFIG_INVALID for one that cannot be read. */
  static async open(file: string): Promise<Accounts> {
    try {
      return new Accounts(file, fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        return new Accounts(file, { accounts: [], locked_people: [] })
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
      this.#readMs = mtimeMs
    } catch {
      this.#accounts = new Map()
      this.#readMs = Number.NaN
    }
  }

  /** Throws RATE_LIMITED where too many passwords are being checked at once; ACCOUNT_LOCKED to whoever knows the password. */
  async authenticate(name: string, password: string): Promise<StoredAccount | null> {
    if (this.#checking >= CHECKS_MAX) throw new StimnetError('RATE_LIMITED', 'checking a password')
    this.#checking += 1
    try {
      const account = this.get(name)
      const fits = await passwordFits(password, account?.password ?? (await this.#nobody))
      if (fits && account?.locked) throw new StimnetError('ACCOUNT_LOCKED', `${name} logs in`)
      return fits && account ? account : null
    } finally {
      this.#checking -= 1
    }
  }

  /**
   * Adds an account, or gives one that there is another password and roles; a lock stays. Throws PARAMETER_INVALID for a name
   * or role that is none, and for the name of an account that was removed unless `again` says that it is the same person's.
   */
  async put(account: { name: string; roles: readonly string[]; password: string; again?: boolean }): Promise<void> {
    const { name, roles, again = false } = account
    this.#assertFree(name, again)
    const parsed = accountSchema.safeParse({ name, roles, password: await hashPassword(account.password) })
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
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
    const text = `${JSON.stringify({ accounts: [...this.#accounts.values()], locked_people: this.lockedOut }, null, 2)}\n`
    // Whole or not at all: a crash must not leave half a file. Under a name of its own: another process may write too.
    const fresh = `${this.#file}.${randomBytes(6).toString('hex')}.new`
    try {
      await writeFile(fresh, text, { mode: 0o600, flag: 'wx' })
      await rename(fresh, this.#file)
    } catch (error) {
      await rm(fresh, { force: true })
      throw error
    }
    this.#readMs = (await stat(this.#file)).mtimeMs
  }
}
