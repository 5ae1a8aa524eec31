/** Several things measured in turn, A B C A B C, so that a noisy minute falls on all of them alike. */

export interface Turns {
  /** Rounds thrown away first: compilers and caches warm up. */
  readonly warmUps: number
  readonly rounds: number
  /** No round starts after so long, once three are counted: a busy machine gives fewer, not a longer wait. */
  readonly enoughMs?: number
  /** Told before each round, from 1 on; warm-ups are 0. */
  readonly onRound?: (round: number) => void
}

const ROUNDS_MIN = 3

/** Each side gives its own number each time; what comes back are all of the counted ones. */
export async function inTurn<Name extends string>(
  sides: Readonly<Record<Name, () => Promise<number>>>,
  { warmUps, rounds, enoughMs = Number.POSITIVE_INFINITY, onRound }: Turns
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[]
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  const began = performance.now()
  for (let round = 1 - warmUps; round <= rounds; round++) {
    if (round > ROUNDS_MIN && performance.now() - began > enoughMs) break
    onRound?.(Math.max(0, round))
    for (const name of names) {
      const value = await sides[name]()
      if (round > 0) found[name].push(value)
    }
  }
  return found
}

/** How long a piece of work takes, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle]
  if (upper === undefined || lower === undefined) throw new Error('the median of nothing')
  return (lower + upper) / 2
}

/** Quartiles in words: how far the median may be believed. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return `${short(at(0.25))}–${short(at(0.75))}`
}

/** Three significant digits, without exponent. */
export function short(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
