/** Bits disclosed by the scripts of each ledger scope. The number never decreases. */
import type { Database, Draft } from '../database.ts'
import type { Sublevel } from '../level/level.ts'

/** Bits by scope, in memory and stored. */
export class ScriptBitStore {
  readonly #stored: Sublevel<number>
  readonly #bits: Map<string, number>

  private constructor(stored: Sublevel<number>, bits: Map<string, number>) {
    this.#stored = stored
    this.#bits = bits
  }

  static async open(database: Database): Promise<ScriptBitStore> {
    const stored = database.json<number>('script-bits')
    return new ScriptBitStore(stored, new Map(await stored.iterator().all()))
  }

  /** The bits of a scope after the last prepared change. */
  told(scope: string): number {
    return this.#bits.get(scope) ?? 0
  }

  /** Adds bits, in the batch of the end that discloses them. */
  spend(draft: Draft, scope: string, bits: number): void {
    const before = this.told(scope)
    const told = before + bits
    draft.undo(() => void this.#bits.set(scope, before))
    draft.put(this.#stored, scope, told)
    this.#bits.set(scope, told)
  }
}
