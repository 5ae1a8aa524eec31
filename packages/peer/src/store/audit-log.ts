/** The append-only, hash-chained log of what was asked, decided, run and released. */
import { createHash } from 'node:crypto'
import { canonicalJson, type Message, messages, StimnetError, toHex } from '@stimnet/protocol'
import type { Operation, Root, Sublevel } from './level.ts'

/** What can happen, in one word each. */
export type AuditKind =
  | 'start'
  | 'request'
  | 'decision'
  | 'refusal'
  | 'run'
  | 'release'
  | 'end'
  | 'ask'
  | 'cancel'
  | 'login-failed'
  | 'connection-refused'
  | 'epoch'

/** What is to be recorded. */
export interface AuditEvent {
  readonly kind: AuditKind
  /** Key id, PeerId or account. */
  readonly actor: string
  readonly jobId?: string
  readonly code?: string
  /** Closed fields only; never a value from the data. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

/** A record as it stands in the log. */
export type AuditRecord = Message<'AuditRecord'>

/** Where the log ends: kept beside the records, so that a dropped last record is noticed. */
interface Head {
  readonly sequence: number
  readonly hash: string
}

const EMPTY: Head = { sequence: 0, hash: '0'.repeat(64) }

/** Sixteen digits sort like numbers up to 2^53. */
const keyOf = (sequence: number): string => String(sequence).padStart(16, '0')

/** Appended to by the single writer, read by anybody. */
export class AuditLog {
  readonly #records: Sublevel<Uint8Array>
  readonly #meta: Sublevel<Head>
  #head: Head
  #pending: AuditRecord[] = []

  private constructor(records: Sublevel<Uint8Array>, meta: Sublevel<Head>, head: Head) {
    this.#records = records
    this.#meta = meta
    this.#head = head
  }

  /** Throws AUDIT_BROKEN where the log does not end at its head. */
  static async open(root: Root): Promise<AuditLog> {
    const records = root.sublevel<string, Uint8Array>('audit', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
    const meta = root.sublevel<string, Head>('audit-head', { valueEncoding: 'json' }) as unknown as Sublevel<Head>
    const head = (await meta.get('head')) ?? EMPTY
    const [last] = await records.values({ reverse: true, limit: 1 }).all()
    const end = last === undefined ? EMPTY : headOf(messages.AuditRecord.decode(last))
    if (end.sequence !== head.sequence || end.hash !== head.hash) {
      throw new StimnetError('AUDIT_BROKEN', `the log ends at ${end.sequence}, its head says ${head.sequence}`)
    }
    return new AuditLog(records, meta, head)
  }

  get head(): Head {
    return this.#head
  }

  /** For the single writer alone. */
  append(event: AuditEvent, atMs: number): { sequence: number; hash: string } {
    const record: AuditRecord = {
      sequence: this.#head.sequence + 1,
      atMs,
      kind: event.kind,
      actor: event.actor,
      jobId: event.jobId ?? '',
      code: event.code ?? '',
      detailJson: event.detail === undefined ? '' : canonicalJson(event.detail),
      previous: Uint8Array.from(Buffer.from(this.#head.hash, 'hex')),
      hash: new Uint8Array()
    }
    record.hash = hashOf(record)
    this.#pending.push(record)
    this.#head = headOf(record)
    return this.#head
  }

  /** Where the log stands before a change is prepared, and back to it when the change throws. */
  mark(): { head: Head; pending: number } {
    return { head: this.#head, pending: this.#pending.length }
  }

  rewind(mark: { head: Head; pending: number }): void {
    this.#head = mark.head
    this.#pending.length = mark.pending
  }

  /** What the next batch must write; the head goes with it. */
  takePending(): Operation[] {
    const records = this.#pending
    this.#pending = []
    if (records.length === 0) return []
    return [
      ...records.map((record) => ({
        type: 'put' as const,
        sublevel: this.#records,
        key: keyOf(record.sequence),
        value: messages.AuditRecord.encode(record)
      })),
      { type: 'put', sublevel: this.#meta, key: 'head', value: this.#head }
    ]
  }

  /** Newest first, below `before`. */
  async read(options: { limit: number; before?: number }): Promise<AuditRecord[]> {
    const range = options.before === undefined ? {} : { lt: keyOf(options.before) }
    const values = await this.#records.values({ ...range, reverse: true, limit: options.limit }).all()
    return values.map((bytes) => messages.AuditRecord.decode(bytes))
  }

  /** Walks the whole chain; says where it first breaks and how. */
  async verify(): Promise<{ ok: true; records: number; head: string } | { ok: false; sequence: number; why: string }> {
    let head = EMPTY
    for await (const [key, bytes] of this.#records.iterator()) {
      const sequence = head.sequence + 1
      const broken = (why: string) => ({ ok: false as const, sequence, why })
      let record: AuditRecord
      try {
        record = messages.AuditRecord.decode(bytes)
      } catch {
        return broken('the record cannot be read')
      }
      if (key !== keyOf(sequence) || record.sequence !== sequence) return broken('a record is missing or out of order')
      if (toHex(record.previous) !== head.hash) return broken('the record does not follow the one before')
      if (toHex(record.hash) !== toHex(hashOf(record))) return broken('the record was changed')
      head = headOf(record)
    }
    const end = (await this.#meta.get('head')) ?? EMPTY
    if (end.sequence !== head.sequence || end.hash !== head.hash) {
      return { ok: false, sequence: head.sequence + 1, why: 'the last records are missing' }
    }
    return { ok: true, records: head.sequence, head: head.hash }
  }
}

function headOf(record: AuditRecord): Head {
  return { sequence: record.sequence, hash: toHex(record.hash) }
}

/** SHA-256 over the record's bytes without its own hash. */
function hashOf(record: AuditRecord): Uint8Array {
  const bytes = messages.AuditRecord.encode({ ...record, hash: new Uint8Array() })
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
