/** Inputs of a differentially private request: its plan, its privacy parameters, and the public description of the catalog. */
import type { CatalogDescriptor, Plan, PrivacyAsk, VariableRef } from '@stimnet/protocol'

/** Everything that determines a charge and its noise. Nothing in it depends on data. */
export interface DpTerms {
  readonly plan: Plan
  readonly ask: PrivacyAsk
  readonly descriptor: CatalogDescriptor
  /**
   * Number of decimal places in which a variable is stored, if known. For a variable of another institution it is not known;
   * then six places are assumed for a number, which has no effect on anything that is shown.
   */
  readonly decimalsOf?: (variable: VariableRef) => number
  /**
   * The largest number of the queried institutions that may have data of the same person; 1 if a single institution is
   * queried.
   */
  readonly sitesPerPerson: number
}
