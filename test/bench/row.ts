/** What a row of the benchmark is, and what it has to say. */

/** What a row is held to: its ratio to the floor, or the measured value itself where the aim is absolute. */
export interface Target {
  readonly of: 'ratio' | 'ours'
  readonly bound: 'at most' | 'at least' | 'below'
  readonly value: number
}

/** One line of the table. */
export interface Line {
  readonly name: string
  readonly unit: 'ms' | '/s' | 'MB'
  /** Median. */
  readonly ours: number
  /** Median of the floor, measured in turn with ours; absent where nothing comparable exists. */
  readonly floor?: number
  /** What the floor is, in a few words. */
  readonly floorIs?: string
  /** Absent: reported only. */
  readonly target?: Target
  /** Parts, spread, and whatever one must know to read the line. */
  readonly note?: string
}

/** Where a row says how far it is, and what must be taken down after it, the last first. */
export interface Context {
  readonly progress: (text: string) => void
  after(take: () => unknown): void
}

/** One measurement, run in a process of its own so that no other leaves it memory or timers. */
export interface Row {
  readonly name: string
  readonly says: string
  /** Past it the row is ended and reported as not run. */
  readonly withinMs: number
  measure(context: Context): Promise<readonly Line[]>
}

/** Ours over the floor; undefined without a floor. */
export function ratioOf({ ours, floor }: Line): number | undefined {
  return floor === undefined || floor === 0 ? undefined : ours / floor
}

/** Whether a line is within its target; undefined where it has none. */
export function isMet(line: Line): boolean | undefined {
  const { target } = line
  if (target === undefined) return undefined
  const value = target.of === 'ours' ? line.ours : ratioOf(line)
  if (value === undefined) return false
  if (target.bound === 'at least') return value >= target.value
  return target.bound === 'below' ? value < target.value : value <= target.value
}
