/** Computations for a model ahead of its judgement. */
import type { Plan, Reduction } from '@stimnet/protocol'
import { gramIn, isInRounds, type Steps } from '@stimnet/statistics'
import type { PrivacySettings } from '../rules/settings.ts'
import { roundsNumbers } from './judge.ts'
import { type Answered, decimalsIn, matrixFrom } from './matrix.ts'
import { isOfCounts } from './questions.ts'
import { ownNumbers } from './rounds/rounds.ts'
import { weigh } from './weigh.ts'

/** A table that may have a model, with the answers to the questions behind it. */
export interface ToPrepare {
  readonly plan: Plan
  readonly reduction: Reduction
  readonly questions?: readonly Answered[] | undefined
}

/**
 * Computes in advance what the judgement of a model needs for each of its people, and caches the results for `disclose`, which then finds
 * them for the same rows. Does nothing for any other table, and does not change the judgement. `k` is the k of the judgement.
 */
export function* preparing(
  { plan, reduction, questions = [] }: ToPrepare,
  { settings, synthetic, k }: { readonly settings: PrivacySettings; readonly synthetic: boolean; readonly k: number }
): Steps<void> {
  const measure = gramIn(plan)
  const rows = measure && reduction.groups[0]?.grams?.get(measure.name)
  if (measure === undefined || rows === undefined || measure.random !== undefined || isOfCounts(measure)) return
  // Models that are refused whatever the data are.
  if (roundsNumbers(settings, measure) || (!synthetic && isInRounds(measure))) return
  const [matrix, decimals] = [matrixFrom(measure, questions), decimalsIn(measure, questions)]
  if (matrix === undefined || decimals === undefined) return
  const { isOfRows } = yield* weigh({ measure, rows, matrix, k })
  if (isOfRows && isInRounds(measure)) yield* ownNumbers({ measure, rows, matrix, decimals, k })
}
