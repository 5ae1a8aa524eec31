/** The one sentence that says what a result promises, and what it does not. */
import type { DisclosureCard } from '@stimnet/protocol'

/** The claim of a result of that level. */
export function claimOf(level: DisclosureCard['level'], k: number, synthetic: boolean): string {
  const about = synthetic ? ' The data are synthetic.' : ''
  if (level === 'P1') {
    return (
      `Computed by the institution, not by the requester's code: every number rests on at least ${k} subjects, and no ` +
      `sums or differences of released counts and sums rest on fewer. It does not protect against somebody who already ` +
      `knows nearly all members of a group.${about}`
    )
  }
  return `Nobody read this code; no disclosure claim is made.${about}`
}
