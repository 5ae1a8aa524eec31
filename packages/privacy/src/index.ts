/** Safe outputs: the only door out. */
export * from './accounting/decimal.ts'
export * from './accounting/zcdp.ts'
export { type Admission, Partition, type RowOwners } from './atoms.ts'
export * from './cohort-gate.ts'
export {
  type Aggregate,
  type Disclosed,
  type DisclosureContext,
  disclose,
  type VariableFacts,
  variableFacts
} from './disclose.ts'
export * from './lattice.ts'
export type { Ledgers } from './ledgers.ts'
export { literalsOfPython, publicWordsOf } from './literals.ts'
export * from './mechanisms/discrete-gaussian.ts'
export * from './mechanisms/discrete-laplace.ts'
export * from './mechanisms/exact-bernoulli.ts'
export * from './mechanisms/group-selection.ts'
export * from './mechanisms/permute-and-flip.ts'
export * from './mechanisms/random-bits.ts'
export * from './presets.ts'
export { assertSafe, SafeOutput } from './safe-output.ts'
export * from './settings.ts'
