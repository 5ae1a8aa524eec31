/** The federation of this peer: its charter, everything said about members, and who belongs by that. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  BUILT_ON_MAX,
  type Charter,
  type Clock,
  charterId,
  codeOf,
  everMembersOf,
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
  signStatement
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import { keepStatement, readStatements, STATEMENT_CHARACTERS_MAX, STATEMENTS_MAX } from './statements.ts'

/** What a federation needs. */
export interface FederationParts {
  /** The signed charter. */
  readonly charterFile: string
  /** Where statements are kept. */
  readonly folder: string
  readonly clock: Clock
  readonly events: PeerEvents
  /** This peer's own key: a founder's confirms each revocation that it counts. Nothing is confirmed without it. */
  readonly signer?: Signer
}

/** Statements of one signer: nobody fills everybody's list alone. */
const OF_ONE_SIGNER_MAX = 256
/** An honest peer passes on what it has checked itself; one that sends more than this that does not hold is not heard out. */
const REFUSED_MAX = 8
/** Told at once, with room for the rest of the frame. */
const TOLD_CHARACTERS_MAX = 900 * 1024

/** One a peer. */
export class Federation {
  readonly charter: Charter
  /** Hash of the charter, hex. */
  readonly id: string
  readonly #parts: FederationParts
  /** By what they say: saying it again adds nothing. */
  readonly #statements = new Map<string, SignedStatement>()
  /** Of no use as things stand: a file of the folder is not checked again every few seconds. */
  readonly #ignored = new Set<string>()
  #members = new Map<string, Member>()
  #revoked: ReadonlySet<string> = new Set()
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

  /** Whether it was put out: then no list of this peer lets it in. */
  isRevoked(peer: string): boolean {
    return this.#revoked.has(peer)
  }

  /** What a statement signed now builds on. */
  revoked(): string[] {
    return [...this.#revoked].slice(-BUILT_ON_MAX)
  }

  /** What waits for more signatures. */
  pending(): PendingStatement[] {
    return pendingOf(this.charter, [...this.#statements.values()])
  }

  /** Over all statements, whatever their order. */
  get digest(): string {
    const hash = createHash('sha256').update(this.id)
    for (const said of [...this.#statements.keys()].sort()) hash.update(said).update('\n')
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
    if (ask.statements.length > 0) await this.merge(ask.statements)
    const { digest } = this
    return { digest, statements: ask.digest === digest ? [] : this.#told() }
  }

  /** What fits into an answer; each signer in turn, so that whoever said much does not keep out who said little. */
  #told(): string[] {
    const bySigner = new Map<string, string[]>()
    const isRevocation = ({ says }: SignedStatement) => (says.says === 'revoke' ? 0 : 1)
    for (const { signedBy, jws } of [...this.#statements.values()].sort((a, b) => isRevocation(a) - isRevocation(b))) {
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

  /** Of those who belong, or belonged once, alone: a key costs nothing, and a full list would leave no room for a revocation. */
  async #learn(statements: readonly string[], { keep }: { keep: boolean }): Promise<string[]> {
    const heard = await this.#opened(statements.filter((jws) => keep || !this.#ignored.has(jws)))
    const isEver = everMembersOf(this.charter, [...this.#statements.values(), ...heard])
    const added: string[] = []
    for (const statement of heard) {
      const { jws, says, signedBy } = statement
      if (!isEver.has(signedBy) || this.#statements.has(whatIsSaid(statement)) || !this.#hasRoom(statement, isEver)) {
        if (this.#ignored.size < STATEMENTS_MAX) this.#ignored.add(jws)
        continue
      }
      // It counts also where it cannot be kept: a full disk must not hold a revocation up. Others tell it again.
      if (keep) await this.#keep(jws)
      this.#statements.set(whatIsSaid({ says, signedBy }), statement)
      added.push(jws)
    }
    if (added.length === 0) return added
    this.#ignored.clear()
    this.#count()
    return [...added, ...(await this.#confirm(isEver))]
  }

  /** Says what it has counted while it is fresh: whoever is out then cannot claim later to have been first. */
  async #confirm(isEver: ReadonlySet<string>): Promise<string[]> {
    const { signer, clock } = this.#parts
    const isFounder = this.charter.founders.some(({ peer }) => peer === signer?.id)
    if (!signer || !isFounder || !this.isMember(signer.id)) return []
    const own = [...this.#statements.values()].filter(({ signedBy }) => signedBy === signer.id)
    const said = new Set(own.filter(({ says }) => says.says !== 'admit').map(({ says }) => says.peer))
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

  /** Those that are new and hold. */
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

  /** That somebody who belongs is put out always has room, but for signers who said too much. */
  #hasRoom({ says, signedBy }: SignedStatement, isEver: ReadonlySet<string>): boolean {
    if (this.#saidBy(signedBy) >= OF_ONE_SIGNER_MAX) return false
    // Of no weight: keys that were put out must leave room for those who are to be admitted.
    const isIdle = says.says === 'confirm' || this.#revoked.has(signedBy)
    if (isIdle) return this.#statements.size < STATEMENTS_MAX / 2
    return this.#statements.size < STATEMENTS_MAX || (says.says === 'revoke' && isEver.has(says.peer))
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
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }
}

/** Why somebody was revoked changes nothing; under which name somebody was admitted may, and what it builds on. */
function whatIsSaid({ signedBy, says }: Pick<SignedStatement, 'signedBy' | 'says'>): string {
  const institution = says.says === 'admit' ? says.institution : ''
  return JSON.stringify([signedBy, says.says, says.peer, institution, ...[...(says.on ?? [])].sort()])
}

/** Throws CONFIG_INVALID, saying what is missing. */
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
