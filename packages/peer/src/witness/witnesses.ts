/** What others attest of this peer's log, and whether they saw more of it than there is: then it is not the one it was. */
import {
  addCosignature,
  type Clock,
  type Code,
  codeOf,
  type Message,
  type messages,
  openCheckpoint,
  type Signer,
  signCheckpoint,
  toHex
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import type { Sublevel } from '../store/level.ts'
import { sizeIn } from './attest.ts'

/** A proof that this log is not the one that a witness saw: kept until a steward has looked into it. */
export interface Regression {
  readonly witness: string
  /** The checkpoint that this peer once signed. */
  readonly seen: string
  readonly foundAtMs: number
}

/** What a witness did with a checkpoint. */
export interface Attested {
  readonly witness: string
  /** Absent where it attested. */
  readonly code?: Code
}

/** What gathering needs. */
export interface WitnessParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly events: PeerEvents
  /** Members that can be asked now. */
  readonly connected: () => readonly string[]
  readonly ask: (
    peerId: string,
    question: Parameters<typeof messages.WitnessAsk.encode>[0],
    signal: AbortSignal
  ) => Promise<Message<'WitnessAnswer'>>
  /** Between two rounds, ms. */
  readonly everyMs: number
}

const ASK_MS = 10_000
/** Witnesses asked in one round: more signatures on a note prove nothing more. */
const WITNESSES_MAX = 32

/** The checkpoints of this peer's own log; one a peer. */
export class Witnesses {
  readonly #parts: WitnessParts
  readonly #kept: Sublevel<string>
  readonly #found: Sublevel<Regression>
  readonly #stopping = new AbortController()
  #regression: Regression | undefined
  #work: Promise<unknown> = Promise.resolve()

  private constructor(parts: WitnessParts) {
    this.#parts = parts
    this.#kept = parts.database.json('checkpoint')
    this.#found = parts.database.json('regression')
  }

  static async open(parts: WitnessParts): Promise<Witnesses> {
    const witnesses = new Witnesses(parts)
    witnesses.#regression = await witnesses.#found.get('found')
    void witnesses.#everyNowAndThen()
    return witnesses
  }

  /** Set where a witness saw a log that is not this one; releases with a budget stop until it is reconciled. */
  get regression(): Regression | undefined {
    return this.#regression
  }

  /** The newest checkpoint with its cosignatures; signed anew where there is none yet. */
  async checkpoint(): Promise<string> {
    return (await this.#kept.get('last')) ?? this.#sign()
  }

  /** Signs the log as it stands and has it attested by every member that can be asked. One round at a time. */
  round(): Promise<readonly Attested[]> {
    const round = this.#work.then(() => this.#round())
    this.#work = round.catch(() => undefined)
    return round
  }

  /** Asks a member what it last saw of this log; called when one connects, before it is asked to attest anything. */
  async compare(peerId: string): Promise<void> {
    try {
      const { seen } = await this.#ask(peerId, { note: '' })
      if (seen !== '') await this.#judge(peerId, seen)
    } catch (error) {
      // A peer of an earlier version, or gone again: it is asked at the next round.
      this.#parts.events.refused({ code: codeOf(error), askedBy: peerId, cause: error })
    }
  }

  /** A steward has looked into it: budgets may be spent again. The decision stands in the log. */
  async reconcile(actor: string): Promise<void> {
    await reconcile(this.#parts.database, actor)
    this.#regression = undefined
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  async #everyNowAndThen(): Promise<void> {
    const { clock, everyMs, events } = this.#parts
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal).catch(() => undefined)
      if (signal.aborted) return
      await this.round().catch((error) => events.unexpected(error, 'gathering witnesses'))
    }
  }

  async #sign(): Promise<string> {
    return signCheckpoint(this.#parts.database.auditLog.head, this.#parts.signer)
  }

  async #round(): Promise<readonly Attested[]> {
    let note = await this.#sign()
    const attested = await Promise.all(
      this.#parts
        .connected()
        .slice(0, WITNESSES_MAX)
        .map((peerId) => this.#haveAttested(peerId, note))
    )
    for (const { cosignature } of attested) if (cosignature !== '') note = addCosignature(note, cosignature)
    await this.#parts.database.commit((draft) => draft.put(this.#kept, 'last', note))
    return attested.map(({ witness, code }) => ({ witness, ...(code === undefined ? {} : { code }) }))
  }

  /** The line is checked before it is kept: a witness that signs something else does not spoil the note. */
  async #haveAttested(witness: string, note: string): Promise<Attested & { cosignature: string }> {
    try {
      const { seen } = await this.#ask(witness, { note: '' })
      const oldSize = seen === '' ? 0 : await this.#judge(witness, seen)
      if (oldSize === undefined) return { witness, code: 'CHECKPOINT_CONFLICT', cosignature: '' }
      const size = sizeIn(note)
      const path = oldSize === 0 ? [] : await this.#parts.database.auditLog.proveConsistency({ oldSize, size })
      const answer = await this.#ask(witness, { note, oldSize, path })
      if (answer.code !== '') return { witness, code: codeIn(answer.code), cosignature: '' }
      const { witnesses } = await openCheckpoint(addCosignature(note, answer.cosignature), { peer: this.#self })
      const isIts = witnesses.some(({ peer }) => peer === witness)
      return isIts
        ? { witness, cosignature: answer.cosignature }
        : { witness, code: 'SIGNATURE_INVALID', cosignature: '' }
    } catch (error) {
      return { witness, code: codeOf(error), cosignature: '' }
    }
  }

  /** The size that the witness saw, where this log goes on from there; else undefined, and it is kept as a regression. */
  async #judge(witness: string, seen: string): Promise<number | undefined> {
    const { auditLog } = this.#parts.database
    // Only what this peer once signed itself counts: a witness cannot make up a longer log.
    const before = await openCheckpoint(seen, { peer: this.#self })
    const isOurs = before.size <= auditLog.head.size && toHex(await auditLog.rootAt(before.size)) === toHex(before.root)
    if (isOurs) return before.size
    if (!this.#regression) await this.#keep({ witness, seen, foundAtMs: this.#parts.clock.now() })
    return undefined
  }

  async #keep(regression: Regression): Promise<void> {
    const { database, events, signer } = this.#parts
    this.#regression = regression
    events.suspicious('log-regression', regression.witness)
    const detail = { witness: regression.witness, seen: sizeIn(regression.seen) }
    await database.commit((draft) => {
      draft.put(this.#found, 'found', regression)
      draft.audit({ kind: 'regression', actor: signer.id, code: 'CHECKPOINT_CONFLICT', detail })
    })
  }

  get #self(): string {
    return this.#parts.signer.id
  }

  #ask(peerId: string, question: Parameters<WitnessParts['ask']>[1]): Promise<Message<'WitnessAnswer'>> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ASK_MS)])
    return this.#parts.ask(peerId, question, signal)
  }
}

/** Forgets a regression, in a record that says so; undefined where there was none. */
export async function reconcile(database: Database, actor: string): Promise<Regression | undefined> {
  const found = database.json<Regression>('regression')
  const regression = await found.get('found')
  if (regression === undefined) return undefined
  await database.commit((draft) => {
    const detail = { witness: regression.witness, seen: sizeIn(regression.seen) }
    draft.audit({ kind: 'reconcile', actor, detail })
    draft.del(found, 'found')
  })
  return regression
}

function codeIn(text: string): Code {
  return text === 'CHECKPOINT_CONFLICT' ? text : 'INTERNAL'
}
