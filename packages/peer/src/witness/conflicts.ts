/** Logs of others that do not go on from what somebody attested: kept, alerted, and told to every member. */
import { bareCheckpoint, type Clock, type Message, type messages, StimnetError } from '@stimnet/protocol'
import type { Permits } from '../federation/permits.ts'
import type { PeerEvents } from '../events.ts'
import type { Database } from '../store/database.ts'
import type { Sublevel } from '../store/level.ts'

/** Two states of one log, both signed by its own peer, of which the second does not go on from the first. */
export interface LogConflict {
  /** Whose log it is. */
  readonly peer: string
  /** Who attested the first state and was shown the second: this peer, or a member that says so. */
  readonly witness: string
  readonly seen: string
  readonly shown: string
  readonly foundAtMs: number
}

/** What keeping them needs. */
export interface ConflictParts {
  readonly self: string
  readonly clock: Clock
  readonly database: Database
  readonly events: PeerEvents
  readonly permits: Permits
}

/** The way to the members, once there is one. */
export interface ConflictWay {
  readonly connected: () => readonly string[]
  readonly tell: (peerId: string, conflict: Parameters<typeof messages.LogConflict.encode>[0]) => Promise<unknown>
}

/** One for each log and each member that says so; past this a new one is an alert and no more. */
const KEPT_MAX = 1_024

/** One a peer. */
export class Conflicts {
  readonly #parts: ConflictParts
  readonly #kept: Sublevel<LogConflict>
  readonly #found = new Map<string, LogConflict>()
  #way: ConflictWay = { connected: () => [], tell: () => Promise.resolve() }

  private constructor(parts: ConflictParts) {
    this.#parts = parts
    this.#kept = parts.database.json('log-conflicts')
  }

  /** Alerts what an earlier life of this peer found: nobody has to remember it. */
  static async open(parts: ConflictParts): Promise<Conflicts> {
    const conflicts = new Conflicts(parts)
    for (const conflict of await conflicts.#kept.values().all()) {
      conflicts.#found.set(keyOf(conflict), conflict)
      conflicts.#alert(conflict)
    }
    return conflicts
  }

  connect(way: ConflictWay): void {
    this.#way = way
  }

  /** Who says that the log of this peer is not what it was. */
  witnessesAgainst(peer: string): string[] {
    return [...this.#found.values()].filter((one) => one.peer === peer).map(({ witness }) => witness)
  }

  /** This peer attested `seen` and was shown `shown`. Both notes hold; their cosignatures are left out. */
  async found({ peer, seen, shown }: Pick<LogConflict, 'peer' | 'seen' | 'shown'>): Promise<void> {
    const notes = { seen: await bareCheckpoint(seen, { peer }), shown: await bareCheckpoint(shown, { peer }) }
    const conflict = { peer, ...notes, witness: this.#parts.self, foundAtMs: this.#parts.clock.now() }
    if (!(await this.#keep(conflict))) return
    for (const member of this.#way.connected()) if (member !== peer) void this.#tell(member, conflict)
  }

  /**
   * A member says so. Only that peer can have signed the two states; that the one does not go on from the other is the
   * member's word, unless they are of one size. Throws MALFORMED, SIGNATURE_INVALID, PEER_NOT_PERMITTED.
   */
  async heard({ peer, seen, shown }: Message<'LogConflict'>, witness: string): Promise<void> {
    if (peer === witness) throw new StimnetError('MALFORMED', `${witness} reports its own log`)
    if (peer !== this.#parts.self && !this.#parts.permits(peer)) {
      throw new StimnetError('PEER_NOT_PERMITTED', `${witness} reports the log of ${peer.slice(0, 80)}`)
    }
    const notes = { seen: await bareCheckpoint(seen, { peer }), shown: await bareCheckpoint(shown, { peer }) }
    if (stateIn(notes.seen) === stateIn(notes.shown)) throw new StimnetError('MALFORMED', 'one state reported twice')
    await this.#keep({ peer, ...notes, witness, foundAtMs: this.#parts.clock.now() })
  }

  /** Tells a member that connects what this peer found itself. */
  async tellAll(member: string): Promise<void> {
    const own = [...this.#found.values()].filter(({ witness }) => witness === this.#parts.self)
    for (const conflict of own) if (conflict.peer !== member) await this.#tell(member, conflict)
  }

  async #tell(member: string, { peer, seen, shown }: LogConflict): Promise<void> {
    // One that cannot be told now is told when it connects again.
    await this.#way.tell(member, { peer, seen, shown }).catch(() => undefined)
  }

  /** False where it is known: a log that grows on after it was changed is not news each time it is shown. */
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

/** Whose log, its size and root: a note without its signatures. */
export function stateIn(note: string): string {
  return note.slice(0, note.indexOf('\n\n'))
}

/** The size that a note says, for records and logs; the note need not be sound. */
export function sizeIn(note: string): number {
  const size = Number(note.split('\n')[1])
  return Number.isSafeInteger(size) && size >= 0 ? size : 0
}

function keyOf({ peer, witness }: Pick<LogConflict, 'peer' | 'witness'>): string {
  return `${peer} ${witness}`
}
