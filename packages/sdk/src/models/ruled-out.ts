/** Reasons against a model that follow from public descriptions, before it is requested. */
import type { FoundCatalog } from '@stimnet/api'
import { type Filter, StimnetError } from '@stimnet/protocol'
import { gramIn, modelRuledOut, noisyFault, planOfStatistic, severalRowsAdvice } from '@stimnet/statistics'
import { descriptorOf } from '../schema.ts'
import { type ModelAsked, modelCall } from './families.ts'

/** A reason against the model, in one or more sentences, with the institutions that it concerns. */
export interface ModelHint {
  readonly institutions: readonly string[]
  /** PeerIds of the institutions. */
  readonly sites: readonly string[]
  readonly text: string
  /**
   * Whether these institutions certainly refuse the model by their rules. Otherwise they refuse it unless each person has only one row
   * in a table that may have several.
   */
  readonly isRefused: boolean
}

/**
 * The reasons against a model that follow from the descriptions of the catalogs, without duplicates. Catalogs that the formula does not fit
 * are left out; see `checkModel`. With `set`, the analysis set may leave one row per person, so no reason states that a person has several
 * rows. `noisy`: the model is requested with noise (P2), which needs no exact sums.
 */
export function modelHints(
  catalogs: readonly FoundCatalog[],
  {
    where,
    set,
    noisy = false,
    ...asked
  }: ModelAsked & {
    readonly where?: Filter | undefined
    readonly set?: string | undefined
    readonly noisy?: boolean
  }
): ModelHint[] {
  const told = catalogs.flatMap((catalog) => {
    const institution = catalog.institution || catalog.node_id || catalog.peer_id
    return hintsAt(catalog, { ...asked, where, set, noisy }).map((hint) => ({
      ...hint,
      institution,
      site: catalog.peer_id
    }))
  })
  return [...Map.groupBy(told, ({ text }) => text)].map(([text, all]) => ({
    text,
    institutions: all.map(({ institution }) => institution),
    sites: all.map(({ site }) => site),
    isRefused: all.every(({ isRefused }) => isRefused)
  }))
}

function hintsAt(
  catalog: FoundCatalog,
  {
    where,
    set,
    noisy,
    ...asked
  }: ModelAsked & { readonly where: Filter | undefined; readonly set: string | undefined; readonly noisy: boolean }
): { readonly text: string; readonly isRefused: boolean }[] {
  const descriptor = descriptorOf(catalog)
  try {
    const plan = planOfStatistic(modelCall(asked), descriptor)
    const measure = gramIn(plan)
    const refused = noisy ? measure && noisyFault(measure) : modelRuledOut(plan, descriptor)
    const several = set === undefined ? severalRowsAdvice(plan, { descriptor, filters: [where] }) : undefined
    return [
      ...(refused === undefined ? [] : [{ text: refused, isRefused: true }]),
      ...(several === undefined ? [] : [{ text: several, isRefused: false }])
    ]
  } catch (error) {
    if (error instanceof StimnetError) return []
    throw error
  }
}
