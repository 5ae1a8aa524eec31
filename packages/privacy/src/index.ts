/** Safe outputs: the only door out. */
export { type Admission, Partition } from './atoms.ts'
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
export { literalsOfPython, publicWordsOf } from './literals.ts'
export * from './presets.ts'
export { assertSafe, SafeOutput } from './safe-output.ts'
export * from './settings.ts'
