/** The federation of this peer: its charter, the statements about members, and the membership that follows from them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  BUILT_ON_MAX,
  type Charter,
  type Clock,
  charterId,
  codeOf,
  everMembersOf,
  isPast,
  type Member,
  type Message,
  membersOf,
  missingFounders,
  openStatement,
  type PendingStatement,
  pendingOf,
  revokedOf,
  type SignedStatement,
  type Signer,
  StimnetError,
  signedCharterSchema,
  signStatement,
  withdrawalsOf
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { keepStatement, readStatements, STATEMENT_CHARACTERS_MAX, STATEMENTS_MAX } from './statements.ts'

/** Dependencies of `Federation`. */
export interface FederationParts {
  /** File of the signed charter. */
  readonly charterFile: string
  /** Folder of the statements. */
  readonly folder: string
  readonly clock: Clock
  readonly events: PeerEvents
  /**
   * This peer's own signer. If its key is a founder's, it confirms each revocation that this peer counts. Without it nothing
   * is confirmed.
   */
  readonly signer?: Signer
}

/** Maximum number of statements kept per signer, so that no signer can fill the list alone. */
const OF_ONE_SIGNER_MAX = 256
/**
 * Number of invalid statements after which the rest of a peer's message is ignored: an honest peer passes on only verified
 * statements.
 */
const REFUSED_MAX = 8
/** Maximum number of characters of statements in one answer, with room for the rest of the frame. */
const TOLD_CHARACTERS_MAX = 900 * 1024

/** The federation as this peer knows it; one instance per peer. */
export class Federation {
  readonly charter: Charter
  /** Hash of the charter, in hex. */
  readonly id: string
  readonly #parts: FederationParts
  /** Statements by content: a repeated statement adds nothing. */
  readonly #statements = new Map<string, SignedStatement>()
  /** Statements without effect at present, so that a file of the folder is not verified again every few seconds. */
  readonly #ignored = new Set<string>()
  #members = new Map<string, Member>()
  #revoked: ReadonlySet<string> = new Set()
  #withdrawals: ReturnType<typeof withdrawalsOf> = () => undefined
  #onChange: (added: readonly string[]) => void = () => undefined
  #work: Promise<unknown> = Promise.resolve()

  private constructor(charter: Charter, id: string, parts: FederationParts) {
    this.charter = charter
    this.id = id
    this.#parts = parts
  }

  /** Opens the federation. Throws CONFIG_INVALID for an invalid charter, and for a charter that not every founder has signed. */
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

  /** Whether a peer was revoked. A revoked peer may not connect, whatever the lists of this peer contain. */
  isRevoked(peer: string): boolean {
    return this.#revoked.has(peer)
  }

  /** Time up to which affiliations of an institution for a key do not count, ms; undefined if the institution withdrew none. */
  withdrawnAtMs(institution: string, key: string): number | undefined {
    return this.#withdrawals(institution, key)
  }

  /** The revocations on which a statement signed now builds. */
  revoked(): string[] {
    return [...this.#revoked].slice(-BUILT_ON_MAX)
  }

  /** The statements that wait for more signatures. */
  pending(): PendingStatement[] {
    return pendingOf(this.charter, [...this.#statements.values()])
  }

  /** The waiting statements that a member has not signed; none for a peer that is not a member. */
  unsignedBy(member: string): PendingStatement[] {
    if (!this.isMember(member)) return []
    const signed = [...this.#statements.values()].filter(({ signedBy }) => signedBy === member)
    return this.pending().filter(
      ({ says, peer }) => peer !== member && !signed.some((one) => one.says.says === says && one.says.peer === peer)
    )
  }

  /** A hash of all statements, independent of their order. */
  get digest(): string {
    const hash = createHash('sha256').update(this.id)
    for (const said of [...this.#statements.keys()].sort()) hash.update(said).update('\n')
    return hash.digest('hex')
  }

  /** Registers the function that is called with new statements after the membership was counted again. */
  onChange(call: (added: readonly string[]) => void): void {
    this.#onChange = call
  }

  /** Reads statements that were written to the folder, for example by `stimnet federation`. */
  refresh(): Promise<void> {
    return this.#alone(async () => {
      this.#forgetPast()
      const added = await this.#learn(await readStatements(this.#parts.folder), { keep: false })
      if (added.length > 0) this.#onChange(added)
    })
  }

  /**
   * Adds the statements of another member. Invalid statements are left out, so that one bad statement does not suppress the
   * others.
   */
  merge(statements: readonly string[]): Promise<void> {
    return this.#alone(async () => {
      const added = await this.#learn(statements.slice(0, STATEMENTS_MAX), { keep: true })
      if (added.length > 0) this.#onChange(added)
    })
  }

  /** Answers another member. Throws TYPE_MISMATCH for a member of another federation. */
  async answer(ask: Message<'FederationAsk'>): Promise<{ digest: string; statements: string[] }> {
    if (ask.charter !== this.id) throw new StimnetError('TYPE_MISMATCH', 'asked about another federation')
    if (ask.statements.length > 0) await this.merge(ask.statements)
    const { digest } = this
    return { digest, statements: ask.digest === digest ? [] : this.#told() }
  }

  /**
   * The statements that fit into an answer. Signers take turns, each with its revocations first, so that a signer with many
   * statements does not crowd out others.
   */
  #told(): string[] {
    const bySigner = new Map<string, string[]>()
    const rank = ({ says }: SignedStatement) => (says.says === 'revoke' ? 0 : says.says === 'withdraw' ? 1 : 2)
    for (const { signedBy, jws } of [...this.#statements.values()].sort((a, b) => rank(a) - rank(b))) {
      bySigner.set(signedBy, [...(bySigner.get(signedBy) ?? []), jws])
    }
    const told: string[] = []
    let room = TOLD_CHARACTERS_MAX
    for (let turn = 0; turn < OF_ONE_SIGNER_MAX; turn++) {
      for (const said of bySigner.values()) {
        const jws = said[turn]
        if (jws === undefined || jws.length > room) continue
        room -= jws.length
        told.push(jws)
      }
    }
    return told
  }

  /**
   * Adds statements of present and past members only. Keys are free to make, and a list filled by others would leave no room
   * for a revocation.
   */
  async #learn(statements: readonly string[], { keep }: { keep: boolean }): Promise<string[]> {
    const heard = await this.#opened(statements.filter((jws) => keep || !this.#ignored.has(jws)))
    const isEver = everMembersOf(this.charter, [...this.#statements.values(), ...heard])
    const added: string[] = []
    for (const statement of heard) {
      const { jws, signedBy } = statement
      const isKnown = isPast(statement, this.#parts.clock.now()) || this.#statements.has(whatIsSaid(statement))
      if (!isEver.has(signedBy) || isKnown || !this.#hasRoom(statement, isEver)) {
        if (this.#ignored.size < STATEMENTS_MAX) this.#ignored.add(jws)
        continue
      }
      // A statement counts even if it cannot be stored: a full disk must not delay a revocation. Others will send it again.
      if (keep) await this.#keep(jws)
      this.#statements.set(whatIsSaid(statement), statement)
      added.push(jws)
    }
    if (added.length === 0) return added
    this.#ignored.clear()
    this.#count()
    return [...added, ...(await this.#confirm(isEver))]
  }

  /** Confirms each counted revocation, so that a revoked peer cannot claim later that it revoked first. */
  async #confirm(isEver: ReadonlySet<string>): Promise<string[]> {
    const { signer, clock } = this.#parts
    const isFounder = this.charter.founders.some(({ peer }) => peer === signer?.id)
    if (!signer || !isFounder || !this.isMember(signer.id)) return []
    const own = [...this.#statements.values()].filter(({ signedBy }) => signedBy === signer.id)
    const said = new Set(
      own.filter(({ says }) => says.says === 'revoke' || says.says === 'confirm').map(({ says }) => says.peer)
    )
    const confirmed: string[] = []
    for (const peer of this.#revoked) {
      if (said.has(peer) || !isEver.has(peer)) continue
      const jws = await signStatement({ says: 'confirm', charter: this.id, peer }, { signer, clock })
      const statement = await openStatement(jws, { charter: this.id, clock })
      if (!this.#hasRoom(statement, isEver)) break
      await this.#keep(jws)
      this.#statements.set(whatIsSaid(statement), statement)
      confirmed.push(jws)
    }
    if (confirmed.length > 0) this.#count()
    return confirmed
  }

  #keep(jws: string): Promise<void> {
    const { folder, events } = this.#parts
    return keepStatement(folder, jws).catch((error) => events.unexpected(error, 'keeping a statement about a member'))
  }

  /** The statements that are new and valid. */
  async #opened(statements: readonly string[]): Promise<SignedStatement[]> {
    const known = new Set([...this.#statements.values()].map(({ jws }) => jws))
    const heard: SignedStatement[] = []
    let refused = 0
    for (const jws of new Set(statements)) {
      if (known.has(jws)) continue
      try {
        if (jws.length > STATEMENT_CHARACTERS_MAX) throw new StimnetError('TOO_LARGE', 'a statement about a member')
        heard.push(await openStatement(jws, { charter: this.id, clock: this.#parts.clock }))
      } catch (error) {
        this.#parts.events.alert({ kind: 'statement-refused', actor: '', detail: codeOf(error) })
        if (jws.length <= STATEMENT_CHARACTERS_MAX && this.#ignored.size < STATEMENTS_MAX) this.#ignored.add(jws)
        refused += 1
        if (refused >= REFUSED_MAX) break
      }
    }
    return heard
  }

  /**
   * Whether there is room for a statement. The revocation of a present or past member and a withdrawal always have room,
   * unless their signer has reached the limit.
   */
  #hasRoom({ says, signedBy }: SignedStatement, isEver: ReadonlySet<string>): boolean {
    if (this.#saidBy(signedBy) >= OF_ONE_SIGNER_MAX) return false
    // Statements without weight may use half of the room, so that revoked keys leave room for admissions.
    const isIdle = says.says === 'confirm' || this.#revoked.has(signedBy)
    if (isIdle) return this.#statements.size < STATEMENTS_MAX / 2
    const isUrgent = says.says === 'withdraw' || (says.says === 'revoke' && isEver.has(says.peer))
    return this.#statements.size < STATEMENTS_MAX || isUrgent
  }

  #saidBy(signer: string): number {
    let count = 0
    for (const { signedBy } of this.#statements.values()) if (signedBy === signer) count += 1
    return count
  }

  #count(): void {
    const statements = [...this.#statements.values()]
    this.#revoked = revokedOf(this.charter, statements)
    const members = membersOf(this.charter, statements, this.#revoked)
    this.#members = new Map(members.map((member) => [member.peer, member]))
    this.#withdrawals = withdrawalsOf(statements)
  }

  /** Removes withdrawals for which every affected credential has expired. */
  #forgetPast(): void {
    const now = this.#parts.clock.now()
    for (const [said, statement] of this.#statements) if (isPast(statement, now)) this.#statements.delete(said)
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }
}

/**
 * The content that identifies a statement. It includes the name in an admission, the time of a withdrawal, and the
 * revocations that the statement builds on, but not the reason of a revocation.
 */
function whatIsSaid({ signedBy, says, issuedAtMs }: SignedStatement): string {
  if (says.says === 'withdraw') return JSON.stringify([signedBy, says.says, says.peer, issuedAtMs])
  const institution = says.says === 'admit' ? says.institution : ''
  return JSON.stringify([signedBy, says.says, says.peer, institution, ...[...(says.on ?? [])].sort()])
}

/** Reads the charter. Throws CONFIG_INVALID naming the founders whose signatures are missing. */
async function readCharter(file: string, clock: Clock): Promise<Charter> {
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

/** Reads a charter file, even if not every founder has signed it yet. Throws CONFIG_INVALID. */
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
