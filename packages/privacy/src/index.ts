/** Public interface of disclosure control: its safe outputs are the only results that may leave an institution. */
export { decimalText, nanoRhoOf, ratioOfDecimal } from './accounting/decimal.ts'
export { deltaOf, epsilonOf } from './accounting/zcdp.ts'
export { gateCohort } from './rules/cohort-gate.ts'
export { bitsOfContract } from './script/contract-bits.ts'
export {
  type Aggregate,
  type Disclosed,
  type DisclosureContext,
  disclose,
  discloseAgain,
  discloseNoisy,
  leaveOut
} from './disclose.ts'
export { type DpCost, costOf, deltaFor } from './dp/cost.ts'
export type { ColumnError } from './dp/error.ts'
export { largestFitting } from './dp/fitting.ts'
export { type DpCharge, type DpPlan, planNoise } from './dp/plan.ts'
export { NoisyTable, type ReleaseTerms, releaseNoisy } from './dp/release.ts'
export type { DpTerms } from './dp/terms.ts'
export { type Explanation, explain } from './rules/explain.ts'
export { usedUpTo } from './rules/held-back.ts'
export { type CountedAt, type Defining, type Hidden, type Relaxed, relaxedBy } from './judge/defining.ts'
export { decided } from './judge/filters.ts'
export type { RareGroups } from './judge/unsaid.ts'
export { type KnownValues, type KnownVariable, powersIn } from './judge/known.ts'
export { type Possible, possibleBy } from './judge/possible.ts'
export {
  isPresence,
  type FactsOf,
  factsIn,
  unknownFacts,
  type VariableFacts,
  type VariableSource,
  variableFacts
} from './judge/facts.ts'
export { bitsMaxOf } from './judge/information.ts'
export { variablesWeighed, type Weighing, type Weights } from './judge/cells/weighing.ts'
export type { LeftOut } from './judge/left-out.ts'
export type { ShownFact } from './shown-facts.ts'
export { spacingOf } from './judge/precision.ts'
export { assertLatticeHolds, assertOnLattice, isOfWholeCells } from './rules/lattice.ts'
export { preparing, type ToPrepare } from './model/ahead.ts'
export { roundsNumbers, tellsDigits } from './model/judge.ts'
export type { JudgedPart } from './model/judged.ts'
export { fewestFor, fewestOfSize, sizesOf } from './judge/model-people.ts'
export { questionsIn, rowsOfEverybody } from './model/questions.ts'
export { carryLedger, type Items, ledgerFromBytes, ledgerToBytes, needsGone, type Passage } from './ledger/form.ts'
export { LedgerDraft, startLedger } from './ledger/draft.ts'
export { SpanLedger } from './ledger/span-ledger.ts'
export { type Ledgers, type RowLedger, type ScriptCohort, tellEverything } from './ledgers.ts'
export { literalsOfPython, publicWordsOf } from './script/literals.ts'
export { discreteGaussian } from './mechanisms/discrete-gaussian.ts'
export { discreteLaplace } from './mechanisms/discrete-laplace.ts'
export { type Ratio, bernoulliExp } from './mechanisms/exact-bernoulli.ts'
export { RandomBits } from './mechanisms/random-bits.ts'
export { type DisclosureRules, PRESETS, PRESET_SOURCES, type PresetName, isPreset } from './rules/presets.ts'
export { type InformationPrice, priceByDescription } from './price.ts'
export { assertSafe, SafeOutput } from './safe-output.ts'
export {
  type LedgerScope,
  type Overrides,
  type Precision,
  type PrivacySettings,
  REFUSALS_WINDOW_MS,
  REFUSAL_BITS_MAX_DEFAULT,
  RULES,
  both,
  effectiveSettings,
  laxerThan,
  policyHash
} from './rules/settings.ts'
