/** Names of tests, for display. */
import type { TestResult } from '@stimnet/protocol'

const NAMES: Readonly<Record<TestResult['kind'], string>> = {
  welch: 'Welch’s t',
  anova: 'One-way analysis of variance',
  chi_squared: 'Pearson’s χ²'
}

const ADJUSTED: Readonly<Record<TestResult['kind'], string>> = {
  welch: 'Welch’s t within institutions',
  anova: 'Analysis of variance with the institution as a factor',
  chi_squared: 'Cochran–Mantel–Haenszel χ²'
}

/** The name of the test behind a result. A test that is adjusted for the site is another test, with another name. */
export function testName({ kind, adjusted_for: adjusted }: TestResult): string {
  return (adjusted ? ADJUSTED : NAMES)[kind]
}
