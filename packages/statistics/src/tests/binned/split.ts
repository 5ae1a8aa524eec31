/** The people of one group at a site, split into those with the event and those without it. */
import type { SurvivalTest } from '@stimnet/protocol'
import type { TestSite } from '../table.ts'
import type { MeasuredBins } from './counted.ts'

/** The bins of the people's times. Empty if there are none. */
export interface Split {
  readonly events: readonly MeasuredBins[]
  /** The bins of each other level. */
  readonly others: readonly MeasuredBins[]
}

/** The people of a site in the group with the given labels: the level of each column in `by`. */
export type SplitOf = (labels: readonly string[]) => Split | undefined

/** Undefined unless the site released all parts. A missing part counts as nobody only if nothing was withheld. */
export function splitsOf(site: TestSite, { of, by, event }: SurvivalTest): SplitOf {
  const columns = [...by, event.key]
  const rows = new Map(site.rows.map((row) => [JSON.stringify(columns.map((name) => row.keys[name] ?? null)), row]))
  const isWhole = site.isWhole(of)
  const partOf = (labels: readonly string[]): readonly MeasuredBins[] | undefined => {
    const row = rows.get(JSON.stringify(labels))
    if (row === undefined) return isWhole ? [] : undefined
    const bins = row.cells.get(of)?.bins
    return bins && [bins]
  }
  return (labels) => {
    const [events, ...others] = [event.level, ...event.others].map((level) => partOf([...labels, level]))
    if (events === undefined || others.includes(undefined)) return undefined
    return { events, others: others.flatMap((one) => one ?? []) }
  }
}

/** The combined parts of several splits. */
export function together(splits: readonly Split[]): Split {
  return { events: splits.flatMap(({ events }) => events), others: splits.flatMap(({ others }) => others) }
}
