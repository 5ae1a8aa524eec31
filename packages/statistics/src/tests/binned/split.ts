/** The people of one group at a site, split into those who had the event and those who had not. */
import type { SurvivalTest } from '@stimnet/protocol'
import type { TestSite } from '../table.ts'
import type { MeasuredBins } from './counted.ts'

/** The bins of their times. Empty where there are none. */
export interface Split {
  readonly events: readonly MeasuredBins[]
  /** Of each other level. */
  readonly others: readonly MeasuredBins[]
}

/** The people of a site in the group with some labels: the level of each column in `by`. */
export type SplitOf = (labels: readonly string[]) => Split | undefined

/** Undefined unless the site told all of it. A part that it does not have counts as nobody only where nothing was withheld. */
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

/** The parts of several splits together. */
export function together(splits: readonly Split[]): Split {
  return { events: splits.flatMap(({ events }) => events), others: splits.flatMap(({ others }) => others) }
}
