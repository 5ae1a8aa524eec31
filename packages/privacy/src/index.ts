/** Safe outputs: the only door out. */
export * from './accounting/decimal.ts'
export * from './accounting/zcdp.ts'
export { type Admission, type Gone, Partition, type Passage, type RowOwners } from './atoms.ts'
export * from './cohort-gate.ts'
export { bitsOfContract } from './contract-bits.ts'
export {
  type Aggregate,
  type Disclosed,
  type DisclosureContext,
  disclose,
  discloseAgain,
  discloseNoisy,
  type VariableFacts,
  variableFacts
} from './disclose.ts'
export * from './dp/cost.ts'
export type { ColumnError } from './dp/error.ts'
export { largestFitting } from './dp/fitting.ts'
export { type DpCharge, type DpPlan, planNoise } from './dp/plan.ts'
export { NoisyTable, type ReleaseTerms, releaseNoisy } from './dp/release.ts'
export type { DpTerms } from './dp/terms.ts'
export { type Explanation, explain } from './explain.ts'
export * from './lattice.ts'
export type { Ledgers } from './ledgers.ts'
export { literalsOfPython, publicWordsOf } from './literals.ts'
export * from './mechanisms/discrete-gaussian.ts'
export * from './mechanisms/discrete-laplace.ts'
export * from './mechanisms/exact-bernoulli.ts'
export * from './mechanisms/group-selection.ts'
export * from './mechanisms/random-bits.ts'
export * from './presets.ts'
export { assertSafe, SafeOutput } from './safe-output.ts'
export * from './settings.ts'
