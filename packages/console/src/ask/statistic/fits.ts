/** The fields of the form that each statistic uses. */

/** Statistics of categories only. */
export const OF_CATEGORIES: readonly string[] = ['table', 'chi_squared', 'share', 'two_by_two', 'mcnemar', 'fisher']
/** Statistics of numbers and categories. */
export const OF_BOTH: readonly string[] = ['meta', 'table_one']
/** Statistics without a field for groups: their variables define the groups, or they have none. */
export const UNGROUPED: readonly string[] = [
  'table',
  'histogram',
  'chi_squared',
  'mcnemar',
  'fisher',
  'one_sample',
  'paired',
  'partial_correlation',
  'pca',
  'combat'
]
/** Statistics with at most one grouping variable. */
export const ONE_GROUPING: readonly string[] = ['compare', 'anova', 'two_by_two', 'mann_whitney', 'meta', 'table_one']
/** Statistics that need a grouping variable. */
export const NEEDS_GROUPING: readonly string[] = ['compare', 'anova', 'two_by_two', 'mann_whitney']
/** Statistics that can have confidence intervals. */
export const WITH_INTERVAL: readonly string[] = ['mean', 'share', 'correlation', 'quantile']

/** Statistics about one level of a category. */
export const OF_LEVEL: readonly string[] = ['share', 'two_by_two']

/** The number with which a mean is compared, as typed; an empty text is 0. */
export function readValue(text: string): number {
  const written = text.trim().replace(',', '.')
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(written) ? Number(written) : written === '' ? 0 : Number.NaN
}
