/** The claim of a result: it states what the result promises and what it does not promise. */
import type { DisclosureCard, DpCard } from '@stimnet/protocol'
import type { LedgerScope } from './settings.ts'

/** The claim of a result of level P1. For any other level, the claim states that nobody read the code. */
export function claimOf(level: DisclosureCard['level'], k: number, synthetic: boolean): string {
  const about = synthetic ? ' The data are synthetic.' : ''
  if (level === 'P1') {
    return (
      `Computed by the institution, not by the requester's code: every number rests on at least ${k} subjects, no sums or ` +
      `differences of disclosed numbers of one quantity rest on fewer, and of each variable that others are not assumed to ` +
      `know, at most half of the information that would describe each person is released by numbers over groups that others ` +
      `know, and at most as much by numbers over groups that they do not know. It does not protect against ` +
      `somebody who already knows nearly all members of a group, or who has results of scripts about the same people.${about}`
    )
  }
  return `Nobody has read this code. No disclosure claim is made.${about}`
}

/** Minimum number of reviewers for P0, because a single reader can overlook something (decision 034). */
const REVIEWERS_P0 = 2

/**
 * The level and claim of a script's result, from the number of people who read the script and whether the request declared
 * its outputs.
 */
export function claimOfScript(facts: {
  readonly reviewers: number
  readonly isTyped: boolean
  readonly synthetic: boolean
}): { level: 'P0' | 'unreviewed'; claim: string } {
  const { reviewers, isTyped, synthetic } = facts
  const level = isTyped && reviewers >= REVIEWERS_P0 ? 'P0' : 'unreviewed'
  const contract = isTyped
    ? 'The outputs fit the typed contract of the request, which limits how much they can disclose. '
    : ''
  return { level, claim: contract + readingOf(reviewers, level, synthetic) }
}

function readingOf(reviewers: number, level: 'P0' | 'unreviewed', synthetic: boolean): string {
  if (reviewers === 0) return claimOf('unreviewed', 0, synthetic)
  const who = reviewers === 1 ? 'One steward' : `${reviewers} stewards`
  const limits =
    level === 'P0'
      ? 'This prevents the export of many rows. A single fact about one person can be hidden in any output.'
      : 'No disclosure claim is made.'
  return `${who} of the institution read this code and approved it, with these parameters and for this cohort. ${limits}${synthetic ? ' The data are synthetic.' : ''}`
}

/**
 * The limitation of the claim for a ledger scope narrower than global; empty for global. It is on the card because the
 * reader must know it.
 */
export function claimOfScope(scope: LedgerScope): string {
  if (scope === 'global') return ''
  return (
    ' Only earlier releases to this project are counted. Combined with releases to other projects, numbers may rest on ' +
    'fewer subjects.'
  )
}

/** The claim of a differentially private release. */
export function claimOfNoise(dp: DpCard, synthetic: boolean): string {
  const amount = dp.epsilon === null ? `ρ = ${dp.rho}` : `ε = ${dp.epsilon}`
  const kind = dp.epsilon === null ? 'zero-concentrated differential privacy' : 'differential privacy'
  const sites =
    dp.sites_per_person === 1
      ? ''
      : ` For a person who is in the data of up to ${dp.sites_per_person} of the institutions, this amount counts at most ${dp.sites_per_person} times.`
  const where =
    dp.mode === 'dp'
      ? ' All releases of this catalog are counted in one ledger.'
      : ' The promise covers this release only: this catalog also releases exact numbers, which are outside of it.'
  const about = synthetic ? ' The data are synthetic.' : ''
  return (
    `Computed by the institution with noise in every number: ${kind} with ${amount}. Whether one person's rows are in the ` +
    `data changes the probability of any answer only a little, whatever else is known.${sites}${where}${about}`
  )
}
