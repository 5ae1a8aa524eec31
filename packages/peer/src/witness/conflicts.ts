/**
 * Conflicts of other peers' logs that do not continue an attested state: stored, raised as alerts, and reported to every
 * member.
 */
import { bareCheckpoint, type Clock, type Message, type messages, StimnetError } from '@stimnet/protocol'
import type { Permits } from '../federation/permits.ts'
import type { PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import type { Sublevel } from '../store/level/level.ts'

/** Two states of one log, both signed by its own peer, of which the second does not continue the first. */
export interface LogConflict {
  /** The peer that owns the log. */
  readonly peer: string
  /** The witness that attested the first state and was shown the second: this peer, or a member that reports the conflict. */
  readonly witness: string
  readonly seen: string
  readonly shown: string
  readonly foundAtMs: number
}

/** Dependencies of `Conflicts`. */
export interface ConflictParts {
  readonly self: string
  readonly clock: Clock
  readonly database: Database
  readonly events: PeerEvents
  readonly permits: Permits
  /** Members that receive reports, connected or not. */
  readonly members: () => readonly string[]
  readonly tell: (peerId: string, conflict: Parameters<typeof messages.LogConflict.encode>[0]) => Promise<unknown>
}

/** Maximum number of conflicts kept, one per log and reporting member. Above it, a new conflict only raises an alert. */
const KEPT_MAX = 1_024

/** The known conflicts of logs; one instance per peer. */
export class Conflicts {
  readonly #parts: ConflictParts
  readonly #kept: Sublevel<LogConflict>
  readonly #found = new Map<string, LogConflict>()

  private constructor(parts: ConflictParts) {
    this.#parts = parts
    this.#kept = parts.database.json('log-conflicts')
  }

  /** Loads the stored conflicts and raises their alerts again, so that nobody has to remember them. */
  static async open(parts: ConflictParts): Promise<Conflicts> {
    const conflicts = new Conflicts(parts)
    for (const conflict of await conflicts.#kept.values().all()) {
      conflicts.#found.set(keyOf(conflict), conflict)
      // A revoked peer needs nobody's attention any more. The stored evidence against it is kept.
      if (conflicts.#isOfConcern(conflict.peer)) conflicts.#alert(conflict)
    }
    return conflicts
  }

  /** The witnesses that report a conflict of the given peer's log. */
  witnessesAgainst(peer: string): string[] {
    return [...this.#found.values()].filter((one) => one.peer === peer).map(({ witness }) => witness)
  }

  /**
   * Records a conflict found by this peer, which attested `seen` and was shown `shown`, and reports it to the members. Both
   * notes must be validly signed; their cosignatures are dropped.
   */
  async found({ peer, seen, shown }: Pick<LogConflict, 'peer' | 'seen' | 'shown'>): Promise<void> {
    const notes = { seen: await bareCheckpoint(seen, { peer }), shown: await bareCheckpoint(shown, { peer }) }
    const conflict = { peer, ...notes, witness: this.#parts.self, foundAtMs: this.#parts.clock.now() }
    if (!(await this.#keep(conflict))) return
    for (const member of this.#parts.members()) if (member !== peer) void this.#tell(member, conflict)
  }

  /**
   * Records a conflict reported by a member. Only the log's own peer can have signed the two states. That the states
   * conflict is the member's claim, unless they have the same size. Throws MALFORMED, SIGNATURE_INVALID, PEER_NOT_PERMITTED.
   */
  async heard({ peer, seen, shown }: Message<'LogConflict'>, witness: string): Promise<void> {
    if (peer === witness) throw new StimnetError('MALFORMED', `${witness} reports its own log`)
    if (!this.#isOfConcern(peer)) {
      throw new StimnetError('PEER_NOT_PERMITTED', `${witness} reports the log of ${peer.slice(0, 80)}`)
    }
    const notes = { seen: await bareCheckpoint(seen, { peer }), shown: await bareCheckpoint(shown, { peer }) }
    if (stateIn(notes.seen) === stateIn(notes.shown)) throw new StimnetError('MALFORMED', 'one state reported twice')
    await this.#keep({ peer, ...notes, witness, foundAtMs: this.#parts.clock.now() })
  }

  /** Reports the conflicts that this peer itself found to a member that connects. */
  async tellAll(member: string): Promise<void> {
    const own = [...this.#found.values()].filter(({ witness }) => witness === this.#parts.self)
    for (const conflict of own)
      if (conflict.peer !== member && this.#isOfConcern(conflict.peer)) await this.#tell(member, conflict)
  }

  /** Whether a log is this peer's own, or that of a peer that may connect. */
  #isOfConcern(peer: string): boolean {
    return peer === this.#parts.self || this.#parts.permits(peer)
  }

  async #tell(member: string, { peer, seen, shown }: LogConflict): Promise<void> {
    // A member that cannot be reached now gets the report at its next connection.
    await this.#parts.tell(member, { peer, seen, shown }).catch(() => undefined)
  }

  /**
   * Stores a conflict. Returns false if it is known: a changed log that keeps growing is not a new conflict each time it is
   * shown.
   */
  async #keep(conflict: LogConflict): Promise<boolean> {
    const key = keyOf(conflict)
    const before = this.#found.get(key)
    if (before !== undefined && stateIn(before.seen) === stateIn(conflict.seen)) return false
    this.#alert(conflict)
    if (before === undefined && this.#found.size >= KEPT_MAX) return true
    this.#found.set(key, conflict)
    const { peer, witness, seen, shown } = conflict
    const said = witness === this.#parts.self ? {} : { witness }
    await this.#parts.database.commit((draft) => {
      draft.put(this.#kept, key, conflict)
      const detail = { shown: sizeIn(shown), seen: sizeIn(seen), ...said }
      draft.audit({ kind: 'witness', actor: peer, code: 'CHECKPOINT_CONFLICT', detail })
    })
    return true
  }

  #alert({ peer, witness, seen, shown }: LogConflict): void {
    const whose = witness === this.#parts.self ? 'this peer' : witness
    const detail = `its log of ${sizeIn(shown)} records does not go on from the ${sizeIn(seen)} that ${whose} attested`
    this.#parts.events.alert({ kind: 'log-conflict', actor: peer, detail })
  }
}

/** The state in a note without its signatures: the log's peer, size and root. */
export function stateIn(note: string): string {
  return note.slice(0, note.indexOf('\n\n'))
}

/** The size stated in a note, for records and log lines; 0 for a malformed note. The note is not verified. */
export function sizeIn(note: string): number {
  const size = Number(note.split('\n')[1])
  return Number.isSafeInteger(size) && size >= 0 ? size : 0
}

function keyOf({ peer, witness }: Pick<LogConflict, 'peer' | 'witness'>): string {
  return `${peer} ${witness}`
}
