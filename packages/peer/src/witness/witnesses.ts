/** What others attest of this peer's log, and whether they saw more of it than there is: then it is not the one it was. */
import {
  addCosignature,
  type Clock,
  type Code,
  codeOf,
  keepCosignatures,
  type Message,
  type messages,
  openCheckpoint,
  type Signer,
  signCheckpoint,
  toHex
} from '@stimnet/protocol'
import type { PeerEvents } from '../events.ts'
import type { Permits } from '../federation/permits.ts'
import type { Database } from '../store/database.ts'
import type { Sublevel } from '../store/level.ts'
import { PrivacyLedger } from '../store/released/privacy-ledger.ts'
import { sizeIn, stateIn } from './conflicts.ts'

/** A proof that this log is not the one that a witness saw: kept until a steward has looked into it. */
export interface Regression {
  /** This peer itself where its records are not those that it signed. */
  readonly witness: string
  /** The checkpoint that this peer once signed. */
  readonly seen: string
  readonly foundAtMs: number
}

/** What a steward has looked into. */
interface Reconciled {
  /** Of the log, with the record that says so. */
  readonly logSize: number
  /** States of the log as witnesses had seen them, newest last. */
  readonly seen: readonly string[]
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
  /** Whose attestation counts now. */
  readonly permits: Permits
  readonly ask: (
    peerId: string,
    question: Parameters<typeof messages.WitnessAsk.encode>[0],
    signal: AbortSignal
  ) => Promise<Message<'WitnessAnswer'>>
  /** Between two rounds, ms. */
  readonly everyMs: number
}

const ASK_MS = 10_000
/** States that stewards have looked into; each is one restored copy. */
const RECONCILED_MAX = 64
/** Witnesses asked in one round: more signatures on a note prove nothing more. */
const WITNESSES_MAX = 32

/** The checkpoints of this peer's own log; one a peer. */
export class Witnesses {
  readonly #parts: WitnessParts
  readonly #kept: Sublevel<string>
  readonly #found: Sublevel<Regression>
  readonly #stopping = new AbortController()
  #regression: Regression | undefined
  /** The records are not those that this peer's tree was made over. */
  #isChanged = false
  #checked: Promise<void> = Promise.resolve()
  #work: Promise<unknown> = Promise.resolve()

  private constructor(parts: WitnessParts) {
    this.#parts = parts
    this.#kept = parts.database.json('checkpoint')
    this.#found = parts.database.json('regression')
  }

  static async open(parts: WitnessParts): Promise<Witnesses> {
    const witnesses = new Witnesses(parts)
    witnesses.#regression = await witnesses.#found.get('found')
    witnesses.#checked = witnesses.#checkRecords()
    void witnesses.#everyNowAndThen()
    return witnesses
  }

  /** Set where a witness saw a log that is not this one; releases with a budget stop until it is reconciled. */
  get regression(): Regression | undefined {
    return this.#regression
  }

  /** The newest checkpoint with its cosignatures; signed anew where there is none yet. */
  async checkpoint(): Promise<string> {
    const last = await this.#kept.get('last')
    return last === undefined ? this.#sign() : keepCosignatures(last, this.#parts.permits)
  }

  /** Signs the log as it stands and has it attested by every member that can be asked. One round at a time. */
  round(): Promise<readonly Attested[]> {
    const round = this.#work.then(() => this.#round())
    this.#work = round.catch(() => undefined)
    return round
  }

  /**
   * Asks a member what it last saw of this log; called when one connects, before it is asked to attest anything. Where the
   * log does not go on from there, the member is shown it as it is: it alone can tell the others.
   */
  async compare(peerId: string): Promise<void> {
    try {
      const { seen } = await this.#ask(peerId, { note: '' })
      if (seen !== '' && !(await this.#goesOnFrom(peerId, seen))) await this.#confess(peerId, await this.#sign(), seen)
    } catch (error) {
      // A peer of an earlier version, or gone again: it is asked at the next round.
      this.#parts.events.refused({ code: codeOf(error), askedBy: peerId, cause: error })
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#checked
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

  /** Kept before anybody sees it, in a synced batch: a loss of power takes no record away that a witness has seen. */
  async #sign(): Promise<string> {
    const { database, signer } = this.#parts
    await this.#checked
    const { auditLog } = database
    const head = this.#isChanged ? await auditLog.recount(this.#stopping.signal) : auditLog.head
    const note = await signCheckpoint(head, signer)
    await database.commit((draft) => draft.put(this.#kept, 'signed', note))
    return note
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
      if (oldSize === undefined || this.#isChanged) {
        if (seen !== '') await this.#confess(witness, note, seen)
        return { witness, code: 'CHECKPOINT_CONFLICT', cosignature: '' }
      }
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

  async #goesOnFrom(witness: string, seen: string): Promise<boolean> {
    await this.#checked
    return (await this.#judge(witness, seen)) !== undefined && !this.#isChanged
  }

  /** Without a proof, for there is none: the witness keeps both states, alerts, and tells the other members. */
  async #confess(witness: string, note: string, seen: string): Promise<void> {
    await this.#ask(witness, { note, oldSize: sizeIn(seen), path: [] })
  }

  /** Once, at the start: a record that was changed on the disk leaves the tree that was kept beside it as it was. */
  async #checkRecords(): Promise<void> {
    const { database, events, clock, signer } = this.#parts
    try {
      const found = await database.auditLog.verify(this.#stopping.signal)
      if (found.ok) return
      this.#isChanged = true
      const detail = `record ${found.sequence} of its own log: ${found.why}`
      const reconciled = await database.json<Reconciled>('reconciled').get('last')
      if (this.#regression || found.sequence <= (reconciled?.logSize ?? 0)) {
        events.alert({ kind: 'log-regression', actor: this.#self, detail })
      } else {
        const seen = await signCheckpoint(database.auditLog.head, signer)
        await this.#keep({ witness: this.#self, seen, foundAtMs: clock.now() }, detail)
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) events.unexpected(error, 'walking the audit log')
    }
  }

  /** The size that the witness saw, where this log goes on from there; else undefined, and it is kept as a regression. */
  async #judge(witness: string, seen: string): Promise<number | undefined> {
    const { auditLog } = this.#parts.database
    // Only what this peer once signed itself counts: a witness cannot make up a longer log.
    const before = await openCheckpoint(seen, { peer: this.#self })
    const isOurs = before.size <= auditLog.head.size && toHex(await auditLog.rootAt(before.size)) === toHex(before.root)
    if (isOurs) return before.size
    if (await this.#isReconciled(seen, before.size)) return undefined
    if (!this.#regression) await this.#keep({ witness, seen, foundAtMs: this.#parts.clock.now() })
    return undefined
  }

  /**
   * Whether a steward has looked into this very state, or it is of a life before that: what this peer signed since is
   * longer than its log was then.
   */
  async #isReconciled(seen: string, size: number): Promise<boolean> {
    const reconciled = await this.#parts.database.json<Reconciled>('reconciled').get('last')
    if (reconciled === undefined) return false
    return size < reconciled.logSize || reconciled.seen.includes(stateIn(seen))
  }

  async #keep(regression: Regression, why?: string): Promise<void> {
    const { database, events, signer } = this.#parts
    this.#regression = regression
    events.alert({ kind: 'log-regression', actor: regression.witness, ...(why === undefined ? {} : { detail: why }) })
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

/**
 * Of a stopped peer: a steward has looked into it, and budgets may be spent again. Forgets the regression, in a record that
 * says so; undefined where there was none. The same one is not found again, though its witness goes on showing it.
 */
export async function reconcile(database: Database, actor: string): Promise<Regression | undefined> {
  const [found, kept] = [database.json<Regression>('regression'), database.json<Reconciled>('reconciled')]
  const regression = await found.get('found')
  if (regression === undefined) return undefined
  await (await PrivacyLedger.open(database)).loseUnanswered()
  const before = (await kept.get('last'))?.seen ?? []
  await database.commit((draft) => {
    const detail = { witness: regression.witness, seen: sizeIn(regression.seen) }
    const { sequence } = draft.audit({ kind: 'reconcile', actor, detail })
    const seen = [...before, stateIn(regression.seen)].slice(-RECONCILED_MAX)
    draft.put(kept, 'last', { logSize: sequence, seen })
    draft.del(found, 'found')
  })
  return regression
}

function codeIn(text: string): Code {
  return text === 'CHECKPOINT_CONFLICT' ? text : 'INTERNAL'
}
