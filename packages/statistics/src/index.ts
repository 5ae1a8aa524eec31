/** Sufficient statistics that add across sites, and functions that pool them. Pure arithmetic, which also runs in a browser. */
export { oneRowEach, rowsNote } from './asked-tests.ts'
export { lnGamma, pOfChiSquared, pOfF, pOfT, tOfP } from './distributions.ts'
export { gramIn, modelFault, receiptsAsked } from './models/ask.ts'
export {
  columnsFitted,
  columnsOfModel,
  columnsSummed,
  type DesignColumn,
  type EntrySum,
  entryOf,
  formulaOf,
  hasIntercept,
  namesIn,
  timeIn,
  timesIn
} from './models/design.ts'
export { type Formula, type FormulaName, type FormulaRandom, parseFormula } from './models/formula/formula.ts'
export { FormulaError, type FormulaFault } from './models/formula/formula-fault.ts'
export {
  isInRounds,
  isOfExactCounts,
  knownNumbers,
  knownReason,
  modelRuledOut,
  ROUNDS_REASON,
  roundedReason,
  repeatedValueAdvice,
  severalRowsAdvice
} from './models/ruled-out.ts'
export { upperOf } from './models/gram.ts'
export { fitModel, fitOwnModel, isModelPart } from './models/fit.ts'
export { noisyFault } from './models/noisy/fault.ts'
export { cellsOfSums, type ModelSums, sumsOfModel } from './models/noisy/sums.ts'
export { upperAt } from './models/rounds/information.ts'
export { centred, latestFirst, type SeenUntil } from './models/rounds/hazards.ts'
export type { Observed } from './models/rounds/likelihood.ts'
export { atOnce, type Steps } from './models/rounds/compensated.ts'
export {
  type OwnRound,
  ownRound,
  ownRoundInSteps,
  type RoundStep,
  type RoundSums,
  stepAfter
} from './models/rounds/next.ts'
export type { SiteGram } from './models/regression.ts'
export { independentIn, type IntegerMatrix, partAt, solveExactly } from './models/solve.ts'
export {
  type ExactPairSums,
  type ExactPowers,
  type ExactSums,
  correlationOf,
  covarianceOf,
  crossDeviationsOf,
  deviationsOf,
  exactSum,
  higherDeviationsOf,
  kurtosisOf,
  meanOf,
  poolMoments,
  sdOf,
  sidesOf,
  skewnessOf,
  sumOf,
  sumText,
  valueOfMoments,
  varianceOf
} from './moments.ts'
export { STATISTICS, type StatisticArgument, type StatisticDescription, planOfStatistic } from './named.ts'
export { type NoiseKind, type NoiseTerm, noiseWithin } from './noise.ts'
export { momentsOfNoisy, noiseOfNoisy } from './noisy-moments.ts'
export type { AskedProgram } from './pool/answers.ts'
export { type SitePart, pool } from './pool/pool.ts'
export { poolCells } from './pool/pool-cell.ts'
export { OPEN_END, edgesOfIntegers, layBins, poolBins, quantileOf, risingBins } from './quantile.ts'
export { fractionOf, integerRoot, ratioToNumber, rootOfRatioToNumber } from './rational.ts'
export { type TableOne, type TableOneNumber, type TableOneRow, type TableOneShare, tableOneOf } from './table-one.ts'
export {
  type Counts,
  EXACT,
  META_METHODS,
  type MetaMethod,
  anovaOf,
  chiSquaredOf,
  estimateName,
  fisherOf,
  holm,
  metaOf,
  testAsked,
  testName,
  testOf,
  testSite,
  testSubject,
  testsOfOutput,
  welchOf
} from './tests.ts'
export { type SurvivalSpan, survivalSpans } from './tests/binned/spans.ts'
