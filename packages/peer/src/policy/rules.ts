/** The rules of this peer, in the order in which they are evaluated. */
import { catalogIsOffered, programIsPermitted } from './data.ts'
import type { Rule } from './decision.ts'
import { carrierBelongs, requesterIsListed } from './people.ts'
import { programShowsNothingRefused } from './programs.ts'
import { purposeFits } from './purposes.ts'
import { peopleDecide, peopleHaveRoom } from './reviews.ts'
import { imageIsListed, queueHasRoom, sandboxIsStrongEnough } from './settings.ts'
import { ledgersAreWhole, projectIsListed, refusalsAreLeft, scriptBitsAreLeft, shareIsLeft } from './usage.ts'

/** Rules evaluated before the content of a request is read, so that an unknown requester does not learn which catalogs exist. */
export const EARLY_RULES: readonly Rule[] = [carrierBelongs, requesterIsListed, catalogIsOffered]

/** Rules that must hold when a request is admitted, and still when its job runs. */
export const STANDING_RULES: readonly Rule[] = [
  ...EARLY_RULES,
  projectIsListed,
  purposeFits,
  programIsPermitted,
  programShowsNothingRefused,
  sandboxIsStrongEnough,
  imageIsListed,
  ledgersAreWhole,
  refusalsAreLeft,
  shareIsLeft,
  scriptBitsAreLeft,
  peopleDecide
]

/** Rules that must hold for a request to become a job. */
export const ADMISSION_RULES: readonly Rule[] = [...STANDING_RULES, queueHasRoom, peopleHaveRoom]
