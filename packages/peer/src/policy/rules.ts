/** The rules of this peer, in the order in which they are asked. */
import { catalogIsOffered, programIsPermitted } from './data.ts'
import type { Rule } from './decision.ts'
import { requesterIsListed } from './people.ts'
import { queueHasRoom } from './settings.ts'

/** Asked from first to last. */
export const RULES: readonly Rule[] = [catalogIsOffered, requesterIsListed, programIsPermitted, queueHasRoom]
