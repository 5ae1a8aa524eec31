/** Waits that grow, and are never the same for two peers. */
import { type RandomSource, randomUnit } from '@stimnet/protocol'

/** Between half and the whole of `ms · 2^failures`, at most `msMax`. */
export function backOffMs(failures: number, bounds: { ms: number; msMax: number }, random: RandomSource): number {
  const wholeMs = Math.min(bounds.msMax, bounds.ms * 2 ** Math.min(failures, 30))
  return wholeMs * (0.5 + randomUnit(random) / 2)
}
