/** Upper bounds on the success of reconstruction attacks, except of those against which nothing is promised. */
import type { Result } from './run.ts'

/** Most percentage points by which guesses may be better than the groups' own shares. */
const GAIN_MAX = 5

/** Descriptions of everything in an attack's result that exceeds the bounds; empty if nothing does. */
export function breachesOf({ attack, study, target, certain, wrong, exact, gain }: Result): readonly string[] {
  const where = `${attack.id}, ${study}, ${target}`
  // A wrong claim is a fault of the attack itself, even if nothing is promised against it.
  const faults = wrong > 0 ? [`${where}: ${wrong} claims were wrong`] : []
  if (attack.notCovered !== undefined) return faults
  return [
    ...faults,
    ...(certain > 0 ? [`${where}: the value of ${certain} people is certain`] : []),
    ...(exact > 0 ? [`${where}: ${exact} rows are known exactly`] : []),
    ...(gain > GAIN_MAX ? [`${where}: guesses gain ${gain.toFixed(1)} points`] : [])
  ]
}
