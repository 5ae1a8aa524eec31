/** The ceiling that attacks must stay under, except those against which nothing is promised. */
import type { Result } from './run.ts'

/** Percentage points by which guesses may beat the groups' own shares.. */
const GAIN_MAX = 5

/** What of an attack is above the ceiling, in words; nothing where it holds. */
export function breachesOf({ attack, study, target, certain, wrong, exact, gain }: Result): readonly string[] {
  const where = `${attack.id}, ${study}, ${target}`
  // A wrong claim is a fault of the attack, whether anything is promised or not.
  const faults = wrong > 0 ? [`${where}: ${wrong} claims were wrong`] : []
  if (attack.notCovered !== undefined) return faults
  return [
    ...faults,
    ...(certain > 0 ? [`${where}: the value of ${certain} people is certain`] : []),
    ...(exact > 0 ? [`${where}: ${exact} rows are known exactly`] : []),
    ...(gain > GAIN_MAX ? [`${where}: guesses gain ${gain.toFixed(1)} points`] : [])
  ]
}
