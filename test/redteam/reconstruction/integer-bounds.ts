/** Integer programs over membership patterns, which find the people whose level follows from counts of overlapping groups. */
import highs from 'highs'
import { patternsOf, type Told } from './linear.ts'

// The package's types describe a CommonJS module, but `import` loads an ES module.
const load = highs as unknown as typeof highs.default

/** Time limits of the integer programs. */
export interface BoundsOptions {
  /** Time for each program, seconds. */
  readonly secondsEach: number
  /** Time for all programs together, seconds. Patterns that are not examined in time count as uncertain. */
  readonly secondsAll: number
  /** A monotonic clock, ms. */
  readonly now: () => number
}

/** Who must have the level, who cannot have it, and whether the counts are consistent. */
export interface Bounds {
  readonly certain: ReadonlyMap<number, number>
  readonly feasible: boolean
  /** Number of patterns that were not examined for lack of time. */
  readonly unjudged: number
}

/** Examines for each pattern whether anybody in it can have the level, and whether anybody can lack it. */
export async function boundsOf(counts: readonly Told[], options: BoundsOptions): Promise<Bounds> {
  const solver = await load()
  const { patterns, matrix } = patternsOf(counts.map(({ members }) => members))
  const rows = counts.flatMap(({ value, tolerance }, at) => {
    const sum = (matrix[at] ?? []).flatMap((weight, i) => (weight === 0 ? [] : [`x${i}`])).join(' + ')
    if (sum === '') return []
    const [low, high] = [Math.ceil(value - tolerance - 1e-9), Math.floor(value + tolerance + 1e-9)]
    return low === high ? [` ${sum} = ${low}`] : [` ${sum} >= ${low}`, ` ${sum} <= ${high}`]
  })
  const names = patterns.map((_, i) => `x${i}`)
  const program = (more: string) =>
    [
      'Minimize',
      ` obj: 0 ${names[0] ?? 'x0'}`,
      'Subject To',
      ...rows,
      more,
      'Bounds',
      ...patterns.map(({ length }, i) => ` 0 <= x${i} <= ${length}`),
      'General',
      ` ${names.join(' ')}`,
      'End'
    ].join('\n')
  const isPossible = (more: string): boolean | null => {
    const { Status } = solver.solve(program(more), { time_limit: options.secondsEach, output_flag: false })
    if (Status === 'Infeasible') return false
    return Status === 'Optimal' ? true : null
  }
  const certain = new Map<number, number>()
  if (rows.length === 0) return { certain, feasible: true, unjudged: 0 }
  if (isPossible('') === false) return { certain, feasible: false, unjudged: 0 }
  const began = options.now()
  let unjudged = 0
  for (const [i, members] of patterns.entries()) {
    if (options.now() - began > options.secondsAll * 1_000) {
      unjudged += 1
      continue
    }
    // The institution may run in this process, and must be able to serve its connections between programs.
    await new Promise((resolve) => setImmediate(resolve))
    if (isPossible(` x${i} >= 1`) === false) for (const person of members) certain.set(person, 0)
    else if (isPossible(` x${i} <= ${members.length - 1}`) === false) {
      for (const person of members) certain.set(person, 1)
    }
  }
  return { certain, feasible: true, unjudged }
}
