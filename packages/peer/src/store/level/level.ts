/** The LevelDB that the stores share: types of the database, of a part of it and of one operation, and reading the newest values that fit. */
import type { AbstractLevel, AbstractSublevel } from 'abstract-level'

/** The only LevelDB of a peer. */
export type Root = AbstractLevel<string | Buffer | Uint8Array, string, string>
/** A part of the database with values of one type. */
export type Sublevel<V> = AbstractSublevel<Root, string | Buffer | Uint8Array, string, V>

/** One operation of a batch. The value's type is checked where the operation is made. */
export type Operation =
  | { readonly type: 'put'; readonly sublevel: unknown; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly sublevel: unknown; readonly key: string }

/** Values read at once beyond the first. */
const PIECE = 500

/** The values to look for, and where to look. */
interface Wanted<V> {
  /** Limits the search to keys between these two. */
  readonly gt?: string
  readonly lt?: string
  /** The maximum number of values that are returned, and the maximum number that are read. */
  readonly limit: number
  readonly lookedAtMax: number
  fits(value: V): boolean
}

/**
 * The matching values with the greatest keys, greatest first. Values are read in pieces, because a call for each value would take most of
 * the time.
 */
export async function newestFitting<V>(sublevel: Sublevel<V>, wanted: Wanted<V>): Promise<V[]> {
  const { limit, lookedAtMax, fits, gt, lt } = wanted
  const range = { ...(gt === undefined ? {} : { gt }), ...(lt === undefined ? {} : { lt }) }
  const values = sublevel.values({ ...range, reverse: true, limit: lookedAtMax })
  const found: V[] = []
  try {
    for (let size = limit; found.length < limit; size = PIECE) {
      const piece = await values.nextv(size)
      if (piece.length === 0) break
      for (const value of piece) if (found.length < limit && fits(value)) found.push(value)
    }
  } finally {
    await values.close()
  }
  return found
}
