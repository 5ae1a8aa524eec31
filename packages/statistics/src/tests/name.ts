/** The name of a test as people read it. */
import type { MetaTest, TestEstimate, TestResult } from '@stimnet/protocol'

const NAMES: Readonly<Record<TestResult['kind'], string>> = {
  welch: 'Welch’s t',
  anova: 'One-way analysis of variance',
  chi_squared: 'Pearson’s χ²',
  meta: 'Meta-analysis',
  mean_interval: '95 % interval of the mean',
  share_interval: '95 % interval of the share (Wilson)',
  correlation_interval: '95 % interval of the correlation (Fisher’s z)',
  one_sample: 'One-sample t',
  paired: 'Paired t',
  two_by_two: 'Odds and risks of two groups',
  mcnemar: 'McNemar’s χ²',
  fisher: 'Fisher’s exact test',
  partial_correlation: 'Partial correlation',
  pairwise: 'Pairwise Welch’s t, p after Holm',
  quantile_interval: '95 % interval of the quantile (order statistics)',
  kaplan_meier: 'Survival (Kaplan and Meier)',
  log_rank: 'Log-rank test',
  cox: 'Proportional hazards (Cox)',
  mann_whitney: 'Mann, Whitney and Wilcoxon’s test'
}

/** With adjustment for the site, the test is a different test with a different name. */
const ADJUSTED: Readonly<Partial<Record<TestResult['kind'], string>>> = {
  welch: 'Welch’s t within institutions',
  anova: 'Analysis of variance with the institution as a factor',
  chi_squared: 'Cochran–Mantel–Haenszel χ²',
  two_by_two: 'Mantel–Haenszel odds and risks of two groups',
  fisher: 'Exact test within institutions',
  pairwise: 'Pairwise Welch’s t within institutions, p after Holm',
  log_rank: 'Log-rank test within institutions',
  cox: 'Proportional hazards (Cox) within institutions'
}

const EFFECTS: Readonly<Record<MetaTest['effect'], string>> = {
  mean: 'means',
  difference: 'mean differences',
  proportion: 'shares',
  odds_ratio: 'odds ratios',
  correlation: 'correlations'
}

const METHODS: Readonly<Record<MetaTest['method'], string>> = {
  reml: 'random effects, REML',
  dl: 'random effects, DerSimonian and Laird',
  pm: 'random effects, Paule and Mandel',
  fixed: 'fixed effect'
}

/** The name of a test in a heading. */
export function testName({ kind, meta, adjusted_for: adjusted }: TestResult): string {
  if (meta !== undefined) return `Meta-analysis of ${EFFECTS[meta.effect]} (${METHODS[meta.method]})`
  return (adjusted && ADJUSTED[kind]) || NAMES[kind]
}

/** The subject of a test: its column and keys, or its variables. */
export function testSubject({ kind, of, by, groups }: Pick<TestResult, 'kind' | 'of' | 'by' | 'groups'>): string {
  const [x, y, z] = groups.map(({ name }) => name)
  if (kind === 'partial_correlation') return `${x} and ${y} given ${z}`
  // The column of the spread carries the moments of the tested mean.
  return [of.replace(/^sd_/, ''), by.join(', ')].filter((part) => part !== '').join(' by ')
}

/** The label of an estimate: a ratio, or the row of the answer. */
export function estimateName({
  measure,
  groups,
  column,
  among
}: Pick<TestEstimate, 'measure' | 'groups' | 'column' | 'among'>): string {
  const labels = groups.map((label) => label ?? 'missing')
  if (measure === 'difference') return labels.join(' − ')
  if (measure === 'superiority') return `P(${labels.join(' > ')})`
  if (measure === 'hazard_ratio')
    return `hazard ratio of ${labels.join(' to ')}${column === undefined ? '' : ` (${column})`}`
  if (measure === 'hazard_ratio_factor') {
    const others = `${among?.groups.join(' to ')} (${among?.column})`
    return `ratio of the hazard ratios of ${labels.join(' to ')} (${column}): ${others}`
  }
  if (OF_ROWS.includes(measure)) return labels.join(', ') || 'all'
  return measure.replace('_', ' ')
}

const OF_ROWS: readonly TestEstimate['measure'][] = ['mean', 'share', 'correlation', 'quantile']
