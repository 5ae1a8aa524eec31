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

/**
 * Undefined unless the site told all of it. A part that it does not have counts as nobody only where nothing was withheld.
 * `labels`: the level of each column in `by`.
 */
export function splitOf(site: TestSite, { of, by, event }: SurvivalTest, labels: readonly string[]): Split | undefined {
  const partOf = (level: string): readonly MeasuredBins[] | undefined => {
    const row = site.rows.find(({ keys }) => keys[event.key] === level && by.every((key, i) => keys[key] === labels[i]))
    if (row === undefined) return site.isWhole(of) ? [] : undefined
    const bins = row.cells.get(of)?.bins
    return bins && [bins]
  }
  const [events, ...others] = [event.level, ...event.others].map(partOf)
  if (events === undefined || others.includes(undefined)) return undefined
  return { events, others: others.flatMap((one) => one ?? []) }
}

/** The parts of several splits together. */
export function together(splits: readonly Split[]): Split {
  return { events: splits.flatMap(({ events }) => events), others: splits.flatMap(({ others }) => others) }
}
