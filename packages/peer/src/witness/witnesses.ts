/**
 * Attestations of this peer's log by others. A witness that saw more than the log contains proves that the log was changed
 * or restored.
 */
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
import type { Sublevel } from '../store/level/level.ts'
import { PrivacyLedger } from '../store/released/privacy-ledger.ts'
import { sizeIn, stateIn } from './conflicts.ts'
import { closingGrants } from './grants.ts'

/** A proof that this log differs from the log that a witness saw. It is kept until a steward has reconciled it. */
export interface Regression {
  /** The witness; this peer itself if its records differ from the records that it signed. */
  readonly witness: string
  /** The checkpoint that this peer once signed. */
  readonly seen: string
  readonly foundAtMs: number
  /** Whether this peer was restored from a backup, or got a new key, and nobody has yet shown that it signed more than `seen`. */
  readonly restored?: true
  /** Whether this peer got a new key. */
  readonly replaced?: true
}

/** The last reconciliation by a steward. */
interface Reconciled {
  /** The size of the log, including the record of the reconciliation. */
  readonly logSize: number
  /** States of the log as witnesses had seen them, newest last. */
  readonly seen: readonly string[]
}

/** The answer of a witness to a checkpoint. */
export interface Attested {
  readonly witness: string
  /** Absent if the witness attested the checkpoint. */
  readonly code?: Code
}

/** Dependencies of `Witnesses`. */
export interface WitnessParts {
  readonly clock: Clock
  readonly signer: Signer
  readonly database: Database
  readonly events: PeerEvents
  /** Members that can be asked now. */
  readonly connected: () => readonly string[]
  /** The peers whose attestations count now. */
  readonly permits: Permits
  readonly ask: (
    peerId: string,
    question: Parameters<typeof messages.WitnessAsk.encode>[0],
    signal: AbortSignal
  ) => Promise<Message<'WitnessAnswer'>>
  /** Time between two rounds, ms. */
  readonly everyMs: number
}

const ASK_MS = 10_000
/** Maximum number of reconciled states that are kept; each stands for one restored copy. */
const RECONCILED_MAX = 64
/** Maximum number of witnesses asked per round: more signatures on a note prove nothing more. */
const WITNESSES_MAX = 32

/** The checkpoints of this peer's own log; one instance per peer. */
export class Witnesses {
  readonly #parts: WitnessParts
  readonly #kept: Sublevel<string>
  readonly #found: Sublevel<Regression>
  readonly #stopping = new AbortController()
  #regression: Regression | undefined
  /** Whether the records differ from the records over which this peer's tree was made. */
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
    if (witnesses.#regression?.restored) {
      const { replaced, seen } = witnesses.#regression
      const detail = `${replaced ? 'a new key' : 'restored'} with ${sizeIn(seen)} records, and not reconciled`
      parts.events.alert({ kind: 'log-regression', actor: parts.signer.id, detail })
    }
    witnesses.#checked = witnesses.#checkRecords()
    void witnesses.#everyNowAndThen()
    return witnesses
  }

  /** Set if a witness saw a log that differs from this log. No privacy budget is spent until it is reconciled. */
  get regression(): Regression | undefined {
    return this.#regression
  }

  /** The newest checkpoint with its cosignatures; newly signed if there is none yet. */
  async checkpoint(): Promise<string> {
    const last = await this.#kept.get('last')
    return last === undefined ? this.#sign() : keepCosignatures(last, this.#parts.permits)
  }

  /** Signs the current log and asks every connected member, up to a limit, to attest it. Only one round runs at a time. */
  round(): Promise<readonly Attested[]> {
    const round = this.#work.then(() => this.#round())
    this.#work = round.catch(() => undefined)
    return round
  }

  /**
   * Asks a member for the state of this log that it last saw. Called when the member connects, before it is asked to attest
   * anything. If the log does not continue that state, the member is shown the current state: only the member can inform the
   * others.
   */
  async compare(peerId: string): Promise<void> {
    try {
      const { seen } = await this.#ask(peerId, { note: '' })
      if (seen !== '' && !(await this.#goesOnFrom(peerId, seen))) await this.#confess(peerId, await this.#sign(), seen)
    } catch (error) {
      // The peer has an earlier version or has disconnected again. It is asked in the next round.
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

  /**
   * Signs the current log. The note is stored in a synced batch before anybody sees it, so that a loss of power removes no
   * record that a witness has seen.
   */
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

  /**
   * Asks one witness to attest the note. The cosignature is verified before it is kept, so that an invalid cosignature does
   * not spoil the note.
   */
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

  /**
   * Shows a witness the current log without a consistency proof, because none exists. The witness then keeps both states,
   * raises an alert and informs the other members.
   */
  async #confess(witness: string, note: string, seen: string): Promise<void> {
    await this.#ask(witness, { note, oldSize: sizeIn(seen), path: [] })
  }

  /** Verifies the records once, at the start: a record that was changed on the disk leaves the stored tree unchanged. */
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

  /**
   * The size that the witness saw, if this log continues from that state. Otherwise undefined, and the state is kept as a
   * regression.
   */
  async #judge(witness: string, seen: string): Promise<number | undefined> {
    const { auditLog } = this.#parts.database
    // Only a state that this peer itself signed counts, so that a witness cannot invent a longer log.
    const before = await openCheckpoint(seen, { peer: this.#self })
    const isOurs = before.size <= auditLog.head.size && toHex(await auditLog.rootAt(before.size)) === toHex(before.root)
    if (isOurs) return before.size
    if (await this.#isReconciled(seen, before.size)) return undefined
    // The evidence of a witness is stronger than the mark that the log was restored.
    if (!this.#regression || this.#regression.restored)
      await this.#keep({ witness, seen, foundAtMs: this.#parts.clock.now() })
    return undefined
  }

  /**
   * Whether a steward has reconciled exactly this state, or the state is older than the last reconciliation: every state
   * that this peer signed since is longer than its log was then.
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
 * Reconciles a regression of a stopped peer for its steward, so that budgets may be spent again. The regression is removed,
 * with a record in the audit log; undefined if there was none. Grants from before it was found are closed. The same state is not
 * reported again, although its witness still shows it.
 */
export async function reconcile(database: Database, actor: string): Promise<Regression | undefined> {
  const [found, kept] = [database.json<Regression>('regression'), database.json<Reconciled>('reconciled')]
  const regression = await found.get('found')
  if (regression === undefined) return undefined
  await (await PrivacyLedger.open(database)).loseUnanswered()
  const before = (await kept.get('last'))?.seen ?? []
  // A restore closes grants itself. Without a restore, this reconciliation is the first statement that the database is an older copy.
  const close = regression.restored ? undefined : await closingGrants(database, regression.foundAtMs)
  await database.commit((draft) => {
    const detail = { witness: regression.witness, seen: sizeIn(regression.seen), ...close?.(draft) }
    const { sequence } = draft.audit({ kind: 'reconcile', actor, detail })
    // After a restore about which no witness has reported, states that a witness shows later do not count as reconciled.
    if (!regression.restored) {
      const seen = [...before, stateIn(regression.seen)].slice(-RECONCILED_MAX)
      draft.put(kept, 'last', { logSize: sequence, seen })
    }
    draft.del(found, 'found')
  })
  return regression
}

function codeIn(text: string): Code {
  return text === 'CHECKPOINT_CONFLICT' ? text : 'INTERNAL'
}
