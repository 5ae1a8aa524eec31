/** Types of the LevelDB that the stores share: the whole, a part of it, and a line of a batch. */
import type { AbstractLevel, AbstractSublevel } from 'abstract-level'

/** The only LevelDB of a peer. */
export type Root = AbstractLevel<string | Buffer | Uint8Array, string, string>
/** A part of the database with values of one type. */
export type Sublevel<V> = AbstractSublevel<Root, string | Buffer | Uint8Array, string, V>

/** One line of a batch. The value's type is checked where the line is made. */
export type Operation =
  | { readonly type: 'put'; readonly sublevel: unknown; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly sublevel: unknown; readonly key: string }
