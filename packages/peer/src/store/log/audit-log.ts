/**
 * The append-only audit log of requests, decisions, runs and releases. It is kept as a Merkle tree that proves any part of
 * it.
 */
import { hash as hashOf } from 'node:crypto'
import {
  type AuditRecord,
  auditCommitmentInput,
  auditEntry,
  canonicalJson,
  codeOf,
  consistencyRanges,
  cryptographicRandom,
  inclusionRanges,
  messages,
  type RandomSource,
  StimnetError,
  type TreeHead,
  toHex
} from '@stimnet/protocol'
import type { Operation, Root, Sublevel } from '../level/level.ts'
import { AuditNodes, EMPTY_TREE, grown, leafHashOf, pathOfNext, rootOf, type TreeState } from './audit-tree.ts'

/** Whether the audit log is intact; if not, where it first breaks. */
export type AuditFinding =
  | { readonly ok: true; readonly records: number; readonly head: string }
  | { readonly ok: false; readonly sequence: number; readonly why: string }

/** The kinds of audit events. */
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
  | 'login'
  | 'login-failed'
  | 'signed-out'
  | 'account'
  | 'key'
  | 'alert'
  | 'epoch'
  | 'missingness'
  | 'approval'
  | 'denial'
  | 'permit'
  | 'witness'
  | 'regression'
  | 'reconcile'
  | 'backup'
  | 'restore'
  | 'identity'
  | 'spend'
  | 'upload'
  | 'retention'
  | 'format'
  | 'self-test'

/** An event to be recorded. */
export interface AuditEvent {
  readonly kind: AuditKind
  /** Key id, PeerId or account. */
  readonly actor: string
  readonly jobId?: string
  readonly code?: string
  /** Recorded time, Unix ms, if the actual time would disclose something. Default: now. */
  readonly atMs?: number
  /** Fixed fields only; never a value from the data. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

/** The end of the log. It is stored separately from the records, so that a removed last record is noticed. */
interface Head {
  readonly sequence: number
  /** The root of the tree, in hex. */
  readonly root: string
  /**
   * Number of the last record that states the number of charges; absent if an earlier version wrote the head, or if there is
   * no such record.
   */
  readonly counted?: number
}

/** The kinds of records that state the number of charges. */
const COUNTING: readonly AuditKind[] = ['start', 'spend']

/** A record's position in the log, and its proof. */
export interface Appended {
  /** The sequence number, beginning with 1. */
  readonly sequence: number
  /** Hash of the leaf, in hex. */
  readonly hash: string
  /** The proof against the log that ends with this record. `opened` includes the record itself in addition to its commitment. */
  proof(options: { opened: boolean }): AuditProofFields
}

/** The proof in the form in which a receipt carries it. */
export interface AuditProofFields {
  readonly entry: Uint8Array
  readonly index: number
  readonly size: number
  readonly path: Uint8Array[]
  readonly root: Uint8Array
  readonly record: Uint8Array
}

const SALT_BYTES = 16
/** Number of records walked at once: a millisecond or two of work. */
const PIECE = 200

/** A record of a walk: its key and its bytes, or no bytes if they are damaged. */
type Walked = readonly [key: string, bytes: Uint8Array | undefined]
const EMPTY_ROOT = toHex(rootOf(EMPTY_TREE))

/** Sixteen digits sort like numbers up to 2^53. */
const keyOf = (sequence: number): string => String(sequence).padStart(16, '0')

/** The audit log. Only the single writer appends; anybody may read. */
export class AuditLog {
  readonly #records: Sublevel<Uint8Array>
  readonly #meta: Sublevel<Head>
  readonly #nodes: AuditNodes
  readonly #random: RandomSource
  #tree: TreeState = EMPTY_TREE
  /** The tree after the last batch on disk. Only this state is proved to others. */
  #stored: TreeState = EMPTY_TREE
  #pending: Operation[] = []
  #counted: number | undefined

  private constructor(root: Root, random: RandomSource) {
    this.#random = random
    this.#records = root.sublevel<string, Uint8Array>('audit', {
      valueEncoding: 'view'
    }) as unknown as Sublevel<Uint8Array>
    this.#meta = root.sublevel<string, Head>('audit-head', { valueEncoding: 'json' }) as unknown as Sublevel<Head>
    this.#nodes = new AuditNodes(root, async (index) => Uint8Array.from((await this.#record(index + 1)).hash))
  }

  /** Opens the log. Throws AUDIT_BROKEN if its last record or its root does not match its head. */
  static async open(root: Root, random: RandomSource = cryptographicRandom): Promise<AuditLog> {
    const log = new AuditLog(root, random)
    const head = await log.#head()
    const [last] = await log.#records.keys({ reverse: true, limit: 1 }).all()
    if (keyOf(head.sequence) !== (last ?? keyOf(0))) {
      throw new StimnetError('AUDIT_BROKEN', `the log ends at ${last ?? 0}, its head says ${head.sequence}`)
    }
    log.#tree = await log.#nodes.load(head.sequence)
    log.#stored = log.#tree
    log.#counted = head.counted
    if (toHex(rootOf(log.#tree)) !== head.root) throw new StimnetError('AUDIT_BROKEN', 'the tree has another root')
    return log
  }

  /** The size and root of the log on disk. */
  get head(): TreeHead {
    return { size: this.#stored.size, root: rootOf(this.#stored) }
  }

  /** Appends an event. For the single writer only. */
  append(event: AuditEvent, atMs: number): Appended {
    const record: AuditRecord = {
      sequence: this.#tree.size + 1,
      atMs: event.atMs ?? atMs,
      kind: event.kind,
      actor: event.actor,
      jobId: event.jobId ?? '',
      code: event.code ?? '',
      detailJson: event.detail === undefined ? '' : canonicalJson(event.detail),
      hash: new Uint8Array(),
      salt: this.#random.bytes(SALT_BYTES)
    }
    const entry = entryOf(record)
    const leaf = leafHashOf(entry)
    const before = this.#tree
    const { tree, nodes } = grown(before, leaf)
    this.#tree = tree
    const bytes = messages.AuditRecord.encode({ ...record, hash: leaf })
    this.#pending.push({ type: 'put', sublevel: this.#records, key: keyOf(record.sequence), value: bytes })
    for (const node of nodes) this.#pending.push(this.#nodes.put(node))
    if (COUNTING.includes(event.kind)) this.#counted = record.sequence
    return {
      sequence: record.sequence,
      hash: toHex(leaf),
      proof: ({ opened }) => ({
        entry,
        index: before.size,
        size: tree.size,
        path: pathOfNext(before),
        root: rootOf(tree),
        record: opened ? messages.AuditRecord.encode(record) : new Uint8Array()
      })
    }
  }

  /** The state of the log before a change is prepared, to which `rewind` returns if the change throws. */
  mark(): { tree: TreeState; pending: number; counted: number | undefined } {
    return {
      tree: this.#tree,
      pending: this.#pending.length,
      counted: this.#counted
    }
  }

  rewind(mark: ReturnType<AuditLog['mark']>): void {
    this.#tree = mark.tree
    this.#counted = mark.counted
    this.#pending.length = mark.pending
  }

  /** The operations that the next batch must write, with the new head. `stored` is called when they are on disk. */
  takePending(): { operations: Operation[]; stored: () => void } {
    const operations = this.#pending
    this.#pending = []
    const tree = this.#tree
    if (operations.length > 0) {
      const counted = this.#counted === undefined ? {} : { counted: this.#counted }
      const head: Head = { sequence: tree.size, root: toHex(rootOf(tree)), ...counted }
      operations.push({ type: 'put', sublevel: this.#meta, key: 'head', value: head })
    }
    return {
      operations,
      stored: () => {
        this.#stored = tree
      }
    }
  }

  /** The sequence number of the last record that states the number of charges; undefined if it is not known. */
  get counted(): number | undefined {
    return this.#counted
  }

  /** Records, newest first, with sequence numbers below `before`. */
  async read(options: { limit: number; before?: number }): Promise<AuditRecord[]> {
    const range = options.before === undefined ? {} : { lt: keyOf(options.before) }
    const values = await this.#records.values({ ...range, reverse: true, limit: options.limit }).all()
    return values.map((bytes) => messages.AuditRecord.decode(bytes))
  }

  /** The matching records, oldest first, at most `limit` of them. Reads the log from its beginning. */
  async select(
    fits: (record: AuditRecord) => boolean,
    options: { limit: number; signal: AbortSignal }
  ): Promise<AuditRecord[]> {
    const found: AuditRecord[] = []
    for await (const bytes of this.#records.values()) {
      options.signal.throwIfAborted()
      const record = messages.AuditRecord.decode(bytes)
      if (fits(record)) found.push(record)
      if (found.length >= options.limit) break
    }
    return found
  }

  /**
   * Proves record `sequence` against the first `size` records. Throws RangeError if these do not contain it, and
   * AUDIT_BROKEN.
   */
  async prove(
    sequence: number,
    { size, isOpened }: { size: number; isOpened: (detailJson: string) => boolean }
  ): Promise<AuditProofFields> {
    if (size > this.#stored.size) throw new RangeError('the log is not that long')
    const ranges = inclusionRanges(sequence - 1, size)
    const record = await this.#record(sequence)
    return {
      entry: entryOf(record),
      index: sequence - 1,
      size,
      path: await Promise.all(ranges.map((range) => this.#nodes.rootOfRange(range))),
      root: await this.rootAt(size),
      record: isOpened(record.detailJson)
        ? messages.AuditRecord.encode({ ...record, hash: new Uint8Array() })
        : new Uint8Array()
    }
  }

  /**
   * Proves that the log of `size` records continues the log of `oldSize` records; both at least 1. Throws RangeError or
   * AUDIT_BROKEN.
   */
  async proveConsistency({ oldSize, size }: { oldSize: number; size: number }): Promise<Uint8Array[]> {
    if (size > this.#stored.size) throw new RangeError('the log is not that long')
    return Promise.all(consistencyRanges(oldSize, size).map((range) => this.#nodes.rootOfRange(range)))
  }

  /** The root of the first `size` records. Throws RangeError or AUDIT_BROKEN. */
  async rootAt(size: number): Promise<Uint8Array> {
    if (size > this.#stored.size) throw new RangeError('the log is not that long')
    return size === 0 ? rootOf(EMPTY_TREE) : this.#nodes.rootOfRange({ from: 0, to: size })
  }

  /**
   * Recomputes the tree over the current records, without the stored nodes. If the log was changed, the root differs from
   * the signed root. A record that cannot be read is hashed as stored bytes or, if damaged, by its key.
   */
  async recount(signal?: AbortSignal): Promise<TreeHead> {
    let tree = EMPTY_TREE
    for await (const piece of this.#walk()) {
      signal?.throwIfAborted()
      for (const [key, bytes] of piece) {
        tree = grown(tree, leafHashOf(bytes === undefined ? Buffer.from(key) : entryIn(bytes))).tree
      }
    }
    return { size: tree.size, root: rootOf(tree) }
  }

  /** Reads all records and recomputes the tree. Reports the first record that does not match, and the reason. */
  async verify(signal?: AbortSignal): Promise<AuditFinding> {
    // The head is read first, because the log may grow during the walk.
    const end = await this.#head()
    let tree = EMPTY_TREE
    let rootAtEnd = EMPTY_ROOT
    for await (const piece of this.#walk()) {
      signal?.throwIfAborted()
      for (const [key, bytes] of piece) {
        const sequence = tree.size + 1
        const broken = (why: string) => ({ ok: false as const, sequence, why })
        if (bytes === undefined) return broken('the record is damaged')
        let record: AuditRecord
        try {
          record = messages.AuditRecord.decode(bytes)
        } catch {
          return broken('the record cannot be read')
        }
        if (key !== keyOf(sequence) || record.sequence !== sequence)
          return broken('a record is missing or out of order')
        const leaf = leafHashOf(entryOf(record))
        if (toHex(record.hash) !== toHex(leaf)) return broken('the record was changed')
        tree = grown(tree, leaf).tree
        if (tree.size === end.sequence) rootAtEnd = toHex(rootOf(tree))
      }
    }
    if (end.sequence > tree.size) return { ok: false, sequence: tree.size + 1, why: 'the last records are missing' }
    if (end.root !== rootAtEnd || (await this.#head()).sequence < tree.size) {
      return { ok: false, sequence: end.sequence + 1, why: 'the records are not those that the head was made over' }
    }
    return { ok: true, records: tree.size, head: toHex(rootOf(tree)) }
  }

  /**
   * Yields all records in order, in pieces. Records with a wrong checksum come without bytes. Between two pieces everything else that waits
   * is served: a walk over a million records takes seconds, and the peer is verified while it answers.
   */
  async *#walk(): AsyncGenerator<readonly Walked[]> {
    for (let after = ''; ; ) {
      const records = this.#records.iterator({ gt: after })
      try {
        for (;;) {
          const piece = await records.nextv(PIECE)
          if (piece.length === 0) return
          after = piece.at(-1)?.[0] ?? after
          yield piece
          await new Promise((resolve) => setImmediate(resolve))
        }
      } catch (error) {
        if (codeOf(error) !== 'STORE_UNAVAILABLE') throw error
        const piece = await this.#oneByOne(after)
        if (piece.length === 0) throw error
        after = piece.at(-1)?.[0] ?? after
        yield piece
      } finally {
        await records.close()
      }
    }
  }

  /** The next piece of records, each read by itself, since one of them is damaged. */
  async #oneByOne(after: string): Promise<Walked[]> {
    const keys = await this.#records.keys({ gt: after, limit: PIECE }).all()
    const read = async (key: string) => {
      try {
        return await this.#records.get(key)
      } catch (error) {
        if (codeOf(error) === 'STORE_UNAVAILABLE') return undefined
        throw error
      }
    }
    return Promise.all(keys.map(async (key): Promise<Walked> => [key, await read(key)]))
  }

  async #head(): Promise<Head> {
    const head = (await this.#meta.get('head')) ?? { sequence: 0, root: EMPTY_ROOT }
    if (head.root === undefined) throw new StimnetError('AUDIT_BROKEN', 'the log is of a version before its tree')
    return head
  }

  async #record(sequence: number): Promise<AuditRecord> {
    const bytes = await this.#records.get(keyOf(sequence))
    if (bytes === undefined) throw new StimnetError('AUDIT_BROKEN', `record ${sequence} is missing`)
    return messages.AuditRecord.decode(bytes)
  }
}

function entryOf(record: AuditRecord): Uint8Array {
  return auditEntry(record, hashOf('sha256', auditCommitmentInput(record), 'hex'))
}

function entryIn(bytes: Uint8Array): Uint8Array {
  try {
    return entryOf(messages.AuditRecord.decode(bytes))
  } catch {
    return bytes
  }
}
