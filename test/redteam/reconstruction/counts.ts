/** Counts of people with a level in groups, and the conclusions from them about each person. */
import type { Group } from './groups.ts'
import { boundsOf } from './integer-bounds.ts'
import { ridge, type Told } from './linear.ts'
import { FROM, numberOf, type Oracle, type ToldRow } from './oracle.ts'
import type { Population, Target } from './population.ts'
import type { Scene } from './scene.ts'
import type { Conclusion } from './score.ts'

/** The attacked categories: their variables, and the level in question. */
const LEVELS = {
  responder: { variable: 'response', level: 'responder', from: `${FROM} AND response IS NOT NULL` },
  adverse: { variable: 'adverse_event', level: 'yes', from: 'FROM subjects WHERE adverse_event IS NOT NULL' }
} as const

/** The category of a target. Throws for a number. */
export function categoryOf(target: Target): (typeof LEVELS)[keyof typeof LEVELS] {
  if (target === 'change') throw new TypeError('the change is a number')
  return LEVELS[target]
}

/** Asks how many people of each group have each level, until the refusals are exhausted. */
export async function askCounts(
  oracle: Oracle,
  target: Target,
  groups: readonly Group[],
  more: Readonly<Record<string, unknown>> = {}
): Promise<Told[]> {
  const { variable, from } = categoryOf(target)
  const told: Told[] = []
  for (const { where, members } of groups) {
    if (oracle.exhausted) break
    const condition = where === '' ? '' : ` AND ${where}`
    const text = `SELECT ${variable}, COUNT(DISTINCT subject_id) AS n ${from}${condition} GROUP BY ${variable}`
    const rows = await oracle.sql(text, more)
    const { countTolerance: tolerance } = oracle
    const value = rows === null ? null : havingOf(rows, { target, size: members.length, half: tolerance })
    if (value !== null) told.push({ members, value, tolerance })
  }
  return told
}

/** The number of people with the level: as disclosed, or the group's known size minus the counts of the other levels. */
function havingOf(
  rows: readonly ToldRow[],
  { target, size, half }: { target: Target; size: number; half: number }
): number | null {
  const { variable, level } = categoryOf(target)
  const own = numberOf(
    rows.find((row) => row[variable] === level),
    'n'
  )
  if (own !== null) return own
  const others = rows.map((row) => numberOf(row, 'n') ?? 0).reduce((sum, n) => sum + n, 0)
  const isComplete = rows.length === (target === 'responder' ? 2 : 1)
  return isComplete && half === 0 ? size - others : null
}

/** Conclusions: integer programs find what is certain, least squares estimate the rest. */
export async function concludeCounts(scene: Scene, told: readonly Told[]): Promise<Conclusion> {
  const { target, population, solverSeconds, now } = scene
  const options = { secondsEach: 5, secondsAll: solverSeconds, now }
  let bounds = await boundsOf(told, options)
  // Inconsistent counts must have been rounded without notice. Then each can be off by half of k.
  if (!bounds.feasible) {
    bounds = await boundsOf(
      told.map((each) => ({ ...each, tolerance: Math.max(each.tolerance, ROUNDED_BY) })),
      options
    )
  }
  const certain = new Map(bounds.certain)
  // A group for which an answer says that all or none have the level does not count as certain.
  const whole = told.filter(({ members, value, tolerance }) => tolerance === 0 && [0, members.length].includes(value))
  const allOrNone = new Set(whole.flatMap(({ members }) => members))
  for (const person of allOrNone) certain.delete(person)
  return {
    target,
    told: told.map(({ members }) => members),
    ...{ certain, allOrNone, exact: [] },
    likely: new Map(),
    fitted: fittedTo(population, target, told)
  }
}

const ROUNDED_BY = 2.5

/** Guesses by least squares: a person whose estimate is above one half has the level. */
function fittedTo({ people, truth }: Population, target: Target, told: readonly Told[]): ReadonlyMap<number, number> {
  const largest = told.reduce<Told | undefined>(
    (best, each) => ((best?.members.length ?? 0) < each.members.length ? each : best),
    undefined
  )
  if (!largest) return new Map()
  const share = largest.value / largest.members.length
  const guess = ridge(
    told,
    people.map(() => share)
  )
  return new Map(truth[target].flatMap((value, i) => (value === null ? [] : [[i, (guess[i] ?? 0) > 0.5 ? 1 : 0]])))
}
