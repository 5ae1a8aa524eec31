/** Sufficient statistics that add across sites, and how to pool them. Pure arithmetic: runs in a browser. */
export { oneRowEach, rowsNote } from './asked-tests.ts'
export * from './distributions.ts'
export { gramIn, modelFault, receiptsAsked } from './models/ask.ts'
export {
  columnsOfModel,
  type DesignColumn,
  type EntrySum,
  entryOf,
  formulaOf,
  hasIntercept,
  namesIn
} from './models/design.ts'
export { type Formula, type FormulaName, parseFormula } from './models/formula.ts'
export { FormulaError, type FormulaFault } from './models/formula-fault.ts'
export {
  isInRounds,
  isOfExactCounts,
  knownNumbers,
  knownReason,
  modelRuledOut,
  ROUNDS_REASON,
  roundedReason,
  severalRowsAdvice
} from './models/ruled-out.ts'
export { upperOf } from './models/gram.ts'
export { fitModel, fitOwnModel, isModelPart } from './models/fit.ts'
export { upperAt } from './models/rounds/information.ts'
export type { Observed } from './models/rounds/likelihood.ts'
export { type OwnRound, ownRound, type RoundStep, type RoundSums, stepAfter } from './models/rounds/next.ts'
export type { SiteGram } from './models/regression.ts'
export { independentIn, type IntegerMatrix, partAt, solveExactly } from './models/solve.ts'
export * from './moments.ts'
export * from './named.ts'
export { type NoiseKind, type NoiseTerm, noiseWithin } from './noise.ts'
export * from './noisy-moments.ts'
export * from './pool.ts'
export { poolCells } from './pool-cell.ts'
export * from './pool-typed.ts'
export * from './quantile.ts'
export * from './rational.ts'
export { type TableOne, type TableOneNumber, type TableOneRow, type TableOneShare, tableOneOf } from './table-one.ts'
export * from './tests.ts'
