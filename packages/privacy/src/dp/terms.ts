/** What a differentially private request is made of: its plan, what it asks for, and the public description it is held against. */
import type { CatalogDescriptor, Plan, PrivacyAsk, VariableRef } from '@stimnet/protocol'

/** Everything that a charge and its noise follow from; nothing in it depends on data. */
export interface DpTerms {
  readonly plan: Plan
  readonly ask: PrivacyAsk
  readonly descriptor: CatalogDescriptor
  /**
   * Decimal places in which a variable is kept, where they are known. Another institution's are not: six for a number
   * then, which matters to nothing that is shown.
   */
  readonly decimalsOf?: (variable: VariableRef) => number
  /** At how many of the institutions asked somebody may be; 1 where one alone is asked. */
  readonly sitesPerPerson: number
}
