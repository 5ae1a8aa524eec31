/** Measurement of several things in turn (A B C A B C), so that disturbances affect all of them alike. */

/** Settings of a measurement. */

export interface Turns {
  /** Number of first rounds that are discarded, in which compilers and caches warm up. */
  readonly warmUps: number
  readonly rounds: number
  /** Time after which no new round starts if three are counted, ms: a busy machine has fewer rounds instead of a longer run. */
  readonly enoughMs?: number
  /** Called before each round with its number from 1 on; 0 for warm-ups. */
  readonly onRound?: (round: number) => void
}

const ROUNDS_MIN = 3

/** Runs the sides in turn. Each returns one number per round; the result contains the numbers of all counted rounds. */
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

/** The duration of a piece of work, ms. */
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

/** The quartiles as text, which show how reliable the median is. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return `${short(at(0.25))}–${short(at(0.75))}`
}

/** The number with three significant digits, without exponent. */
export function short(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
