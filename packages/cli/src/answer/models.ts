/** Fitted models as text for a terminal, as the SDK writes them, and one coefficient as a forest plot. */
import type { ModelResult } from '@stimnet/protocol'
import { type Broadcast, forestRows, modelText } from '@stimnet/sdk'
import { forestLines } from './forest.ts'
import { institutionIn } from './institution.ts'

/** The lines of the models; empty where none was asked for. */
export function modelLines(broadcast: Broadcast): string[] {
  return modelsIn(broadcast).flatMap((model) => ['\n', modelText(model, institutionIn(broadcast))])
}

/** A forest plot of one coefficient. Throws PARAMETER_INVALID for a term that a model does not have. */
export function modelForest(broadcast: Broadcast, term: string): string[] {
  return modelsIn(broadcast).flatMap((model) => forestLines(term, forestRows(model, term, institutionIn(broadcast))))
}

/** The pooled models, or those of the one institution that answered: its answer is not pooled. */
function modelsIn({ pooled, parts }: Broadcast): readonly ModelResult[] {
  if (pooled?.models) return pooled.models
  return parts.flatMap(({ output }) => (output?.kind === 'table' ? (output.models ?? []) : []))
}
