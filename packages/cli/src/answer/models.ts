/** Fitted models as text for a terminal, in the SDK's format, and a forest plot of one coefficient. */
import type { ModelResult } from '@stimnet/protocol'
import { type Broadcast, forestRows, modelText } from '@stimnet/sdk'
import { forestLines } from './forest.ts'
import { institutionIn } from './institution.ts'

/** The text of the models; empty if the answer has none. */
export function modelLines(broadcast: Broadcast): string[] {
  return modelsIn(broadcast).flatMap((model) => ['\n', modelText(model, institutionIn(broadcast))])
}

/** A forest plot of one coefficient. Throws PARAMETER_INVALID for a term that a model does not have. */
export function modelForest(broadcast: Broadcast, term: string): string[] {
  return modelsIn(broadcast).flatMap((model) => forestLines(term, forestRows(model, term, institutionIn(broadcast))))
}

/** The pooled models, or those of the institution if only one answered, since such an answer is not pooled. */
function modelsIn({ pooled, parts }: Broadcast): readonly ModelResult[] {
  if (pooled?.models) return pooled.models
  return parts.flatMap(({ output }) => (output?.kind === 'table' ? (output.models ?? []) : []))
}
