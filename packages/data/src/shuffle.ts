/** An unbiased shuffle with a given random source. */
import type { RandomSource } from '@stimnet/protocol'

/** Shuffles with the algorithm of Fisher and Yates. The same seed gives the same order. */
export function shuffled<T>(items: readonly T[], random: RandomSource): T[] {
  const dealt = [...items]
  const chances = new DataView(random.bytes(dealt.length * 8).slice().buffer)
  for (let i = dealt.length - 1; i > 0; i--) {
    // 64 random bits for at most 2^32 positions: the bias is below 2^-32.
    const at = Number(chances.getBigUint64(i * 8) % BigInt(i + 1))
    const [here, there] = [dealt[i] as T, dealt[at] as T]
    dealt[i] = there
    dealt[at] = here
  }
  return dealt
}
