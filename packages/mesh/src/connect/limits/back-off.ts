/** Randomised waits that grow with each failure, so that peers do not retry at the same time. */
import { type RandomSource, randomUnit } from '@stimnet/protocol'

/** A random wait, ms: between half and the whole of the smaller of `ms · 2^failures` and `msMax`. */
export function backOffMs(failures: number, bounds: { ms: number; msMax: number }, random: RandomSource): number {
  const wholeMs = Math.min(bounds.msMax, bounds.ms * 2 ** Math.min(failures, 30))
  return wholeMs * (0.5 + randomUnit(random) / 2)
}
