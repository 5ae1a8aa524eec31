/** Types of the LevelDB that the stores share: the database, a part of it, and one operation of a batch. */
import type { AbstractLevel, AbstractSublevel } from 'abstract-level'

/** The only LevelDB of a peer. */
export type Root = AbstractLevel<string | Buffer | Uint8Array, string, string>
/** A part of the database with values of one type. */
export type Sublevel<V> = AbstractSublevel<Root, string | Buffer | Uint8Array, string, V>

/** One operation of a batch. The value's type is checked where the operation is made. */
export type Operation =
  | { readonly type: 'put'; readonly sublevel: unknown; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly sublevel: unknown; readonly key: string }
