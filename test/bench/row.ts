/** The types of benchmark rows and of their results. */

/** A target for the ratio to the floor, or for the measured value itself if the target is absolute. */
export interface Target {
  readonly of: 'ratio' | 'ours'
  readonly bound: 'at most' | 'at least' | 'below'
  readonly value: number
}

/** One line of the table. */
export interface Line {
  readonly name: string
  readonly unit: 'ms' | '/s' | 'MB'
  /** Median of the measured values. */
  readonly ours: number
  /** Median of the floor, which is measured alternately with ours. Absent if nothing is comparable. */
  readonly floor?: number
  /** A short description of the floor. */
  readonly floorIs?: string
  /** The target. Absent: the line is only reported. */
  readonly target?: Target
  /** Parts, spread, and other information that is needed to understand the line. */
  readonly note?: string
}

/** Functions for a row: to report its progress, and to register clean-up, which runs in reverse order. */
export interface Context {
  readonly progress: (text: string) => void
  after(take: () => unknown): void
}

/** One measurement. It runs in a process of its own, so that memory and timers of other rows do not affect it. */
export interface Row {
  readonly name: string
  readonly says: string
  /** Time limit, ms. After it, the row is ended and reported as not run. */
  readonly withinMs: number
  measure(context: Context): Promise<readonly Line[]>
}

/** The ratio of ours to the floor; undefined without a floor. */
export function ratioOf({ ours, floor }: Line): number | undefined {
  return floor === undefined || floor === 0 ? undefined : ours / floor
}

/** Whether a line meets its target; undefined if it has none. */
export function isMet(line: Line): boolean | undefined {
  const { target } = line
  if (target === undefined) return undefined
  const value = target.of === 'ours' ? line.ours : ratioOf(line)
  if (value === undefined) return false
  if (target.bound === 'at least') return value >= target.value
  return target.bound === 'below' ? value < target.value : value <= target.value
}
