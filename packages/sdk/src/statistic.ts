/** The text form of a statistic. */
import type { StatisticCall } from '@stimnet/protocol'

/** The JSON of a statistic's call, for `script_content`. */
export function statisticText(call: Partial<StatisticCall> & { readonly name: string }): string {
  return JSON.stringify(call)
}
