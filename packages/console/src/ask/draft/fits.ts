/** What each statistic by name takes on the form. */

/** These are of categories alone. */
export const OF_CATEGORIES: readonly string[] = ['table', 'chi_squared', 'share', 'two_by_two', 'mcnemar', 'fisher']
/** These are of numbers and of categories. */
export const OF_BOTH: readonly string[] = ['meta', 'table_one']
/** These take their groups from the variables themselves, or have none. */
export const UNGROUPED: readonly string[] = [
  'table',
  'histogram',
  'chi_squared',
  'mcnemar',
  'fisher',
  'one_sample',
  'paired',
  'partial_correlation'
]
/** These have the groups of one variable at most. */
export const ONE_GROUPING: readonly string[] = ['compare', 'anova', 'two_by_two', 'mann_whitney', 'meta', 'table_one']
/** These need that one. */
export const NEEDS_GROUPING: readonly string[] = ['compare', 'anova', 'two_by_two', 'mann_whitney']
/** These can have confidence intervals beside their numbers. */
export const WITH_INTERVAL: readonly string[] = ['mean', 'share', 'correlation', 'quantile']

/** These are of one level of a category. */
export const OF_LEVEL: readonly string[] = ['share', 'two_by_two']

/** The number that a mean is compared with, as somebody types it; nothing written is 0. */
export function readValue(text: string): number {
  const written = text.trim().replace(',', '.')
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(written) ? Number(written) : written === '' ? 0 : Number.NaN
}
