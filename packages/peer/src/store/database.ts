/** The only database of a peer: sublevels for its stores, and a single writer with group commit. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { closeFolder, makePrivately } from '@stimnet/machine'
import { codeOf, StimnetError } from '@stimnet/protocol'
import { Level } from 'level'
import { MemoryLevel } from 'memory-level'
import { CheckedLevel, damageText, type Inner, keysIn, type StoreFinding, walkClosed } from './level/checked-level.ts'
import { RESTORING } from './folders.ts'
import { bringUp } from './format/bring-up.ts'
import { FORMAT } from './level/marker.ts'
import type { Operation, Root, Sublevel } from './level/level.ts'
import { withCopy } from './level/level-copy.ts'
import { type Appended, type AuditEvent, type AuditFinding, AuditLog } from './log/audit-log.ts'

/** The location: a directory, or memory for tests. */
type Where = { readonly directory: string } | { readonly memory: true }

/** The writes of one change: either all of them are written in one batch, or none. */
export interface Draft {
  put<V>(sublevel: Sublevel<V>, key: string, value: V): void
  del<V>(sublevel: Sublevel<V>, key: string): void
  /**
   * Registers a function that restores the state in memory if the rest of the change throws. The functions are called in
   * reverse order.
   */
  undo(restore: () => void): void
  /** Appends to the audit log. Returns the record's sequence number and hash at once, so that a receipt can contain them. */
  audit(event: AuditEvent): Appended
}

interface Waiting {
  readonly prepare: (draft: Draft) => unknown
  readonly sync: boolean
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** Maximum number of changes written in one batch. The limit keeps the wait of the first change short. */
const GROUP_MAX = 256

/** The database and its single writer. */
export class Database {
  readonly root: Root
  readonly #checked: CheckedLevel
  readonly auditLog: AuditLog
  readonly #now: () => number
  readonly #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #broken: StimnetError | undefined
  #closed = false

  private constructor(checked: CheckedLevel, auditLog: AuditLog, now: () => number) {
    this.#checked = checked
    this.root = checked as unknown as Root
    this.auditLog = auditLog
    this.#now = now
  }

  /**
   * Opens the database in a directory, which is made inaccessible to other users, or in memory for tests. Throws
   * STORE_UNAVAILABLE if another process has it open, it cannot be read or a needed record is damaged; AUDIT_BROKEN if the
   * audit log does not end where the last batch left it. A database of an older format is upgraded; a database of a newer
   * format is refused.
   */
  static async open(where: Where, now: () => number): Promise<Database> {
    let root: CheckedLevel
    // The check runs before opening, so that no empty database is made, and again after opening, because a restore may have
    // begun in the meantime: a restore marks the folder first, and then checks whether the database is open.
    assertNotRestoring(where)
    try {
      root = await openRoot(where)
    } catch (cause) {
      throw new StimnetError('STORE_UNAVAILABLE', `opening ${'directory' in where ? where.directory : 'memory'}`, {
        cause
      })
    }
    try {
      assertNotRestoring(where)
      const from = await bringUp(root as unknown as Root)
      const database = new Database(root, await AuditLog.open(root as unknown as Root), now)
      if (from !== undefined) {
        await database.commit((draft) => draft.audit({ kind: 'format', actor: 'node', detail: { from, to: FORMAT } }))
      }
      return database
    } catch (error) {
      await root.close()
      if (error instanceof StimnetError) throw error
      throw new StimnetError('STORE_UNAVAILABLE', 'reading the end of the audit log', { cause: error })
    }
  }

  /**
   * Reads and verifies every value of a database that is not open. Throws STORE_UNAVAILABLE if a process has it open, or it
   * cannot be opened.
   */
  static async walk(directory: string): Promise<StoreFinding> {
    try {
      return await walkClosed(() => innerOf({ directory }), directory)
    } catch (cause) {
      throw new StimnetError('STORE_UNAVAILABLE', `opening ${directory}`, { cause })
    }
  }

  /**
   * Like `walk`, but leaves the folder unchanged: LevelDB writes whenever it opens. Also returns the keys of one sublevel,
   * if nothing is damaged. Undefined if the folder changed in the meantime, because a process has it open. Throws
   * STORE_UNAVAILABLE.
   */
  static async lookInto(
    directory: string,
    sublevel: string
  ): Promise<(StoreFinding & { readonly keys: readonly string[] }) | undefined> {
    try {
      return await withCopy(directory, async (copy) => {
        const open = () => innerOf({ directory: copy })
        const found = await walkClosed(open, copy)
        return { ...found, keys: found.damaged.length > 0 ? [] : await keysIn(open(), sublevel) }
      })
    } catch (cause) {
      throw new StimnetError('STORE_UNAVAILABLE', `reading ${directory}`, { cause })
    }
  }

  /** Reads and verifies every value. */
  walk(): Promise<StoreFinding> {
    return this.#checked.walk()
  }

  /** Reads every value, then recomputes the tree of the audit log. `sequence` 0 stands for damage outside the log. */
  async verify(): Promise<AuditFinding> {
    const why = damageText(await this.walk())
    return why === undefined ? this.auditLog.verify() : { ok: false, sequence: 0, why }
  }

  /** The approximate number of bytes on disk of some sublevels, without the most recent writes; undefined in memory. */
  bytesOf(names: readonly string[]): Promise<number | undefined> {
    return this.#checked.bytesOf(names)
  }

  json<V>(name: string): Sublevel<V> {
    return this.root.sublevel<string, V>(name, { valueEncoding: 'json' }) as unknown as Sublevel<V>
  }

  /**
   * The only way to write. `prepare` runs after all earlier changes have been prepared, and decides by the state that it
   * then finds. All waiting changes are written in one batch. With `sync` (the default) the promise resolves when the batch
   * is on disk; without it, the change becomes durable with the next synced change. If `prepare` throws, nothing of the
   * change is written. A batch that cannot be written stops the writer, because the state in memory is then ahead of the
   * disk.
   */
  commit<T>(prepare: (draft: Draft) => T | Promise<T>, options: { sync?: boolean } = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new StimnetError('STORE_UNAVAILABLE', 'the database is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ prepare, sync: options.sync ?? true, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  /** The error that stopped the writer; undefined while it works. */
  get failure(): StimnetError | undefined {
    return this.#broken
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.root.close()
  }

  async #write(): Promise<void> {
    // Waits for one turn of the event loop, so that changes that arrive together are written together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0, GROUP_MAX))
    this.#writing = undefined
  }

  async #writeGroup(group: Waiting[]): Promise<void> {
    const operations: Operation[] = []
    const done: (() => void)[] = []
    const prepared: Waiting[] = []
    for (const waiting of group) {
      if (this.#broken) {
        waiting.reject(this.#broken)
        continue
      }
      const mark = this.auditLog.mark()
      const own: Operation[] = []
      const undo: (() => void)[] = []
      try {
        const value = await waiting.prepare(this.#draft(own, undo))
        operations.push(...own)
        prepared.push(waiting)
        done.push(() => waiting.resolve(value as never))
      } catch (error) {
        this.auditLog.rewind(mark)
        for (const restore of undo.reverse()) restore()
        waiting.reject(error)
      }
    }
    const records = this.auditLog.takePending()
    if (operations.length === 0 && records.operations.length === 0) return done.forEach((resolve) => void resolve())
    try {
      await this.root.batch(
        [...operations, ...records.operations] as never,
        { sync: prepared.some((w) => w.sync) } as never
      )
      records.stored()
      for (const resolve of done) resolve()
    } catch (cause) {
      this.#broken = new StimnetError('STORE_UNAVAILABLE', `writing failed (${codeOf(cause)})`, { cause })
      for (const waiting of prepared) waiting.reject(this.#broken)
    }
  }

  #draft(operations: Operation[], undo: (() => void)[]): Draft {
    return {
      undo: (restore) => void undo.push(restore),
      put: (sublevel, key, value) => {
        operations.push({ type: 'put', sublevel, key, value })
      },
      del: (sublevel, key) => {
        operations.push({ type: 'del', sublevel, key })
      },
      audit: (event) => this.auditLog.append(event, this.#now())
    }
  }
}

/**
 * Throws STORE_UNAVAILABLE if the peer's folder is in the middle of a restore, so that it holds neither the previous nor the
 * restored state.
 */
function assertNotRestoring(where: Where): void {
  if ('memory' in where || !existsSync(join(dirname(where.directory), RESTORING))) return
  const reason =
    `${dirname(where.directory)} is being restored, or a restore was cut short there. If none is at work, ` +
    'run stimnet restore again, with --replace'
  throw StimnetError.told('STORE_UNAVAILABLE', reason)
}

async function openRoot(where: Where): Promise<CheckedLevel> {
  if ('directory' in where) {
    makePrivately()
    await closeFolder(where.directory)
  }
  const root = new CheckedLevel(innerOf(where), 'directory' in where ? where.directory : undefined)
  await root.open()
  return root
}

function innerOf(where: Where): Inner {
  return ('directory' in where ? new Level(where.directory) : new MemoryLevel()) as unknown as Inner
}

/** The store of the epoch from which each catalog is served, by name. */
export function epochStore(database: Database) {
  return database.json<string>('epochs')
}
