/** The subject index in LevelDB: for each epoch and variable, the subjects who have each level or bin, and the subjects without a value. */
import { StimnetError, SubjectSet } from '@stimnet/protocol'
import type { AbstractLevel } from 'abstract-level'
import type { StrayRows } from '../sources/strays.ts'

/** The store of the subject index: any sublevel with text keys. */
export type IndexLevel = AbstractLevel<string | Buffer | Uint8Array, string, string>

/** The description of an epoch. The manifest is written last, so that an epoch with a manifest is complete. */
export interface Manifest {
  readonly subjects: number
  readonly snapshotAtMs: number
  readonly tables: readonly {
    readonly name: string
    readonly file: string
    readonly sha256: string
    readonly rows: number
  }[]
  /** Absent in manifests of versions that did not look for stray rows. */
  readonly strays?: readonly StrayRows[]
}

/** The name of a set of one variable: a cell number, or `missing`. */
export type SetName = number | 'missing'

const BYTES = { valueEncoding: 'view' } as const

/** The part of the index that belongs to one catalog. */
export class SubjectIndex {
  readonly #level: IndexLevel
  readonly #catalog: string

  constructor(level: IndexLevel, catalog: string) {
    this.#level = level
    this.#catalog = catalog
  }

  async manifest(epoch: string): Promise<Manifest | null> {
    const text = await this.#level.get(this.#key(epoch, 'manifest'))
    return text === undefined ? null : (JSON.parse(text) as Manifest)
  }

  async writeManifest(epoch: string, manifest: Manifest): Promise<void> {
    await this.#level.put(this.#key(epoch, 'manifest'), JSON.stringify(manifest))
  }

  /** The configuration with which an epoch was last served; null if there is none. */
  async config(epoch: string): Promise<unknown> {
    const text = await this.#level.get(this.#key(epoch, 'config'))
    return text === undefined ? null : JSON.parse(text)
  }

  async writeConfig(epoch: string, config: object): Promise<void> {
    await this.#level.put(this.#key(epoch, 'config'), JSON.stringify(config))
  }

  /** A stored secret, by name. The secret of an epoch determines the positions of its subjects. `make` is called only once. */
  async salt(epoch: string, make: () => string): Promise<string> {
    const key = this.#key(epoch, 'salt')
    const known = await this.#level.get(key)
    if (known !== undefined) return known
    const salt = make()
    await this.#level.put(key, salt)
    return salt
  }

  /** The stored hash of a file, if the file's fingerprint has not changed; otherwise null. */
  async sourceHash(path: string, fingerprint: string): Promise<string | null> {
    const text = await this.#level.get(this.#key('source', path))
    const [print, hash] = (text ?? '').split(' ')
    return print === fingerprint && hash ? hash : null
  }

  async noteSourceHash(path: string, fingerprint: string, hash: string): Promise<void> {
    await this.#level.put(this.#key('source', path), `${fingerprint} ${hash}`)
  }

  /**
   * The owners of the items that earlier epochs had and this epoch lacks, for people or for a table; empty if the ledgers of no earlier
   * epoch were carried over.
   */
  goneOwners(epoch: string, items: string): Promise<Uint32Array> {
    return this.#numbers(this.#key(epoch, 'gone', items))
  }

  writeGoneOwners(epoch: string, items: string, owners: Uint32Array): Promise<void> {
    return this.#writeNumbers(this.#key(epoch, 'gone', items), owners)
  }

  /** The values of a variable, or the rows of a table, that came with a later epoch than their subject; see `late.ts`. */
  late(epoch: string, name: string): Promise<Uint32Array> {
    return this.#numbers(this.#key(epoch, 'gone', `late ${name}`))
  }

  writeLate(epoch: string, name: string, numbers: Uint32Array): Promise<void> {
    return this.#writeNumbers(this.#key(epoch, 'gone', `late ${name}`), numbers)
  }

  async writeSets(epoch: string, ref: string, sets: ReadonlyMap<SetName, SubjectSet>): Promise<void> {
    const puts = Array.from(sets, ([name, set]) => ({
      type: 'put' as const,
      key: this.#key(epoch, 'set', ref, String(name)),
      value: set.toBytes()
    }))
    await this.#level.batch(puts, BYTES)
  }

  /** The subjects in one set of a variable. Throws NODE_ERROR if the index does not have the set. */
  async set(epoch: string, universe: number, ref: string, name: SetName): Promise<SubjectSet> {
    const bytes = await this.#level.get(this.#key(epoch, 'set', ref, String(name)), BYTES)
    if (bytes === undefined) throw new StimnetError('NODE_ERROR', `the index has no set ${ref} ${name}`)
    return SubjectSet.fromBytes(universe, bytes as unknown as Uint8Array)
  }

  /** The single set stored under a name; undefined until it is written. */
  async storedSet(epoch: string, universe: number, ref: string): Promise<SubjectSet | undefined> {
    const bytes = await this.#level.get(this.#key(epoch, 'set', ref, '0'), BYTES)
    return bytes === undefined ? undefined : SubjectSet.fromBytes(universe, bytes as unknown as Uint8Array)
  }

  /**
   * Deletes the stored data of an epoch, beginning with the manifest. The secret stays. `withGone` also deletes the owners of gone items.
   */
  async deleteEpoch(epoch: string, { withGone }: { withGone: boolean }): Promise<void> {
    for (const name of ['manifest', 'config']) await this.#level.del(this.#key(epoch, name))
    for (const name of ['set', ...(withGone ? ['gone'] : [])]) {
      await this.#level.clear({ gt: `${this.#key(epoch, name)}/`, lt: `${this.#key(epoch, name)}0` })
    }
  }

  async #numbers(key: string): Promise<Uint32Array> {
    const bytes = (await this.#level.get(key, BYTES)) as Uint8Array | undefined
    if (bytes === undefined) return new Uint32Array()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getUint32(i * 4, true))
  }

  async #writeNumbers(key: string, numbers: Uint32Array): Promise<void> {
    const bytes = new Uint8Array(numbers.length * 4)
    const view = new DataView(bytes.buffer)
    for (const [i, number] of numbers.entries()) view.setUint32(i * 4, number, true)
    await this.#level.batch([{ type: 'put', key, value: bytes as never }], BYTES)
  }

  #key(...parts: string[]): string {
    return [this.#catalog, ...parts].join('/')
  }
}
