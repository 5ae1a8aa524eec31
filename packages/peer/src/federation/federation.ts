/** The federation of this peer: its charter, everything said about members, and who belongs by that. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  type Charter,
  type Clock,
  charterId,
  codeOf,
  type Member,
  type Message,
  membersOf,
  missingFounders,
  openStatement,
  type SignedStatement,
  StimnetError,
  signedCharterSchema
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { keepStatement, readStatements, STATEMENTS_MAX } from './statements.ts'

/** What a federation needs. */
export interface FederationParts {
  /** The signed charter. */
  readonly charterFile: string
  /** Where statements are kept. */
  readonly folder: string
  readonly clock: Clock
  readonly events: PeerEvents
}

/** Statements of one signer: nobody fills everybody's list alone. */
const OF_ONE_SIGNER_MAX = 256

/** One a peer. */
export class Federation {
  readonly charter: Charter
  /** Hash of the charter, hex. */
  readonly id: string
  readonly #parts: FederationParts
  readonly #statements = new Map<string, SignedStatement>()
  #members = new Map<string, Member>()
  #onChange: (added: readonly string[]) => void = () => undefined
  #work: Promise<unknown> = Promise.resolve()

  private constructor(charter: Charter, id: string, parts: FederationParts) {
    this.charter = charter
    this.id = id
    this.#parts = parts
  }

  /** Throws CONFIG_INVALID for a charter that is none or that not every founder has signed. */
  static async open(parts: FederationParts): Promise<Federation> {
    const charter = await readCharter(parts.charterFile, parts.clock)
    const federation = new Federation(charter, await charterId(charter), parts)
    federation.#count()
    await federation.refresh()
    return federation
  }

  isMember(peer: string): boolean {
    return this.#members.has(peer)
  }

  members(): Member[] {
    return [...this.#members.values()]
  }

  /** Over all statements, whatever their order. */
  get digest(): string {
    const hash = createHash('sha256').update(this.id)
    for (const jws of [...this.#statements.keys()].sort()) hash.update(jws).update('\n')
    return hash.digest('hex')
  }

  /** Called with statements that are new, after members were counted anew. */
  onChange(call: (added: readonly string[]) => void): void {
    this.#onChange = call
  }

  /** Takes up files that were put into the folder, as `stimnet federation` does. */
  refresh(): Promise<void> {
    return this.#alone(async () => {
      const added = await this.#learn(await readStatements(this.#parts.folder), { keep: false })
      if (added.length > 0) this.#onChange(added)
    })
  }

  /** What another member knows. Statements that do not hold are left out: one liar does not keep the others' word away. */
  merge(statements: readonly string[]): Promise<void> {
    return this.#alone(async () => {
      const added = await this.#learn(statements.slice(0, STATEMENTS_MAX), { keep: true })
      if (added.length > 0) this.#onChange(added)
    })
  }

  /** Answers another member. Throws TYPE_MISMATCH for one of another federation. */
  async answer(ask: Message<'FederationAsk'>): Promise<{ digest: string; statements: string[] }> {
    if (ask.charter !== this.id) throw new StimnetError('TYPE_MISMATCH', 'asked about another federation')
    const before = this.digest
    if (ask.statements.length > 0) await this.merge(ask.statements)
    return { digest: this.digest, statements: ask.digest === before ? [] : [...this.#statements.keys()] }
  }

  async #learn(statements: readonly string[], { keep }: { keep: boolean }): Promise<string[]> {
    const added: string[] = []
    for (const jws of statements) {
      if (this.#statements.has(jws) || this.#statements.size >= STATEMENTS_MAX) continue
      try {
        const statement = await openStatement(jws, { charter: this.id, clock: this.#parts.clock })
        if (this.#saidBy(statement.signedBy) >= OF_ONE_SIGNER_MAX) continue
        if (keep) await keepStatement(this.#parts.folder, jws)
        this.#statements.set(jws, statement)
        added.push(jws)
      } catch (error) {
        this.#parts.events.suspicious('statement-refused', codeOf(error))
      }
    }
    if (added.length > 0) this.#count()
    return added
  }

  #saidBy(signer: string): number {
    let count = 0
    for (const { signedBy } of this.#statements.values()) if (signedBy === signer) count += 1
    return count
  }

  #count(): void {
    const members = membersOf(this.charter, [...this.#statements.values()])
    this.#members = new Map(members.map((member) => [member.peer, member]))
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }
}

/** Throws CONFIG_INVALID, saying what is missing. */
export async function readCharter(file: string, clock: Clock): Promise<Charter> {
  const signed = await readSignedCharter(file)
  const missing = await missingFounders(signed, clock).catch((cause) => {
    throw new StimnetError('CONFIG_INVALID', `federation.charter: a signature in ${file} does not hold`, { cause })
  })
  if (missing.length === 0) return signed.charter
  const names = missing.map(({ institution }) => institution).join(', ')
  throw new StimnetError(
    'CONFIG_INVALID',
    `federation.charter: ${file} is not signed by ${names} yet: each founder runs stimnet federation sign`
  )
}

/** A charter file as it is, signed by whom it may be. Throws CONFIG_INVALID. */
export async function readSignedCharter(file: string) {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new StimnetError('CONFIG_INVALID', `federation.charter: ${file} cannot be read`, { cause })
  }
  const parsed = signedCharterSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const what = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`
  throw new StimnetError('CONFIG_INVALID', `federation.charter: ${file} is no charter (${what})`)
}
