/** Notes about the origin of time for a model in which intercepts and slopes do not correlate. */
import type { SiteGram } from '../regression.ts'
import { timesIn } from './visits.ts'

/**
 * A note for a model with `||` whose time is not zero within the visits. The correlation is assumed to be zero at time 0, so another origin
 * gives another model. Empty for other models.
 */
export function originNotes(sites: readonly SiteGram[]): string[] {
  const clusters = sites[0]?.gram.clusters
  const times = sites[0] && timesIn(sites[0].gram)
  if (clusters?.time === undefined || clusters.correlated !== false || times === undefined) return []
  const seen = new Set(sites.flatMap(({ gram }) => (gram.clusters?.sizes ?? []).flatMap(({ visits = [] }) => visits)))
  const units = [...seen].flatMap((at) => times.units[at] ?? []).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [first = 0n, last = 0n] = [units[0], units.at(-1)]
  if (units.length < 2 || (first < 0n && last > 0n)) return []
  const middle = floored(first + last)
  const texts = (some: readonly bigint[]) => some.map((one) => textOf(one, times.decimals)).join(', ')
  return [
    `The correlation of intercepts and slopes is taken to be zero where ${clusters.time} is 0, which is not between the first and the last of the visits (${texts(units)}): another origin of time makes another model. Take | in place of ||, or a time with 0 in the middle of the visits, such as ${texts(units.map((one) => one - middle))}.`
  ]
}

/** Half of a sum, rounded down. */
function floored(sum: bigint): bigint {
  return (sum - (((sum % 2n) + 2n) % 2n)) / 2n
}

/** A time as a decimal number. */
function textOf(unit: bigint, decimals: number): string {
  return String(Number(unit) / 10 ** decimals)
}
