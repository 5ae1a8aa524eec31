/** What the stores say of the one LevelDB: its type, that of a part of it, and a line of a batch. */
import type { AbstractLevel, AbstractSublevel } from 'abstract-level'

/** The one LevelDB of a peer. */
export type Root = AbstractLevel<string | Buffer | Uint8Array, string, string>
/** A part of it with values of one type. */
export type Sublevel<V> = AbstractSublevel<Root, string | Buffer | Uint8Array, string, V>

/** One line of a batch; which value belongs to which sublevel is known where it is made. */
export type Operation =
  | { readonly type: 'put'; readonly sublevel: unknown; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly sublevel: unknown; readonly key: string }
