/** The id of a request, by which its client and the log of the node name it. */
import { type RandomSource, toHex } from '@stimnet/protocol'

/** Returns a generator of ids of 8 random bytes. 512 ids are drawn at once, since a draw per request takes longer than routing it. */
export function idsFrom(random: RandomSource): () => string {
  let drawn = ''
  let at = 0
  return () => {
    if (at >= drawn.length) {
      drawn = toHex(random.bytes(4_096))
      at = 0
    }
    at += 16
    return drawn.slice(at - 16, at)
  }
}

/** The id that the client gave, if it can be one, or a new one. */
export function requestIdOf(given: string | undefined, ids: () => string): string {
  return given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : ids()
}
