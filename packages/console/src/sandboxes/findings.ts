/** The findings of a self-test in words. */
import type { SandboxAttack, SandboxFindings } from '@stimnet/sdk'
import type { Tone } from '../words/state.ts'

type Outcome = SandboxAttack['outcome']

/** The outcomes, from harmless to serious. */
export const OUTCOMES: Readonly<Record<Outcome, { readonly word: string; readonly meaning: string }>> = {
  contained: { word: 'contained', meaning: 'It got nothing.' },
  bounded: {
    word: 'bounded',
    meaning:
      'A limit stopped it, which is named: it could use up its own time or memory, and no more. Which attacks may be bounded is published for each grade; any other is marked and counts as open.'
  },
  open: { word: 'OPEN', meaning: 'It got something that it must not have.' },
  unjudged: { word: 'unjudged', meaning: 'There is no verdict. It counts as open.' }
}

/** The colour of an attack's outcome; the word beside it has the same meaning. */
export function toneOf({ outcome, admitted }: SandboxAttack): Tone {
  if (!admitted) return 'bad'
  return outcome === 'contained' ? 'good' : 'calm'
}

/** "170 contained, 2 bounded, 0 OPEN"; the number of unjudged attacks is added if it is not 0. */
function countsIn({ counts }: SandboxFindings): string {
  const { contained, bounded, open, unjudged } = counts
  const rest = unjudged === 0 ? '' : `, ${unjudged} unjudged`
  return `${contained} contained, ${bounded} bounded, ${open} OPEN${rest}`
}

/** The result of an engine in one sentence. */
export function sumOf(findings: SandboxFindings): string {
  const { grade, here, why, how_to: howTo, clean, left_behind: left } = findings
  if (!here) return `${grade} could not be opened (${why}). ${howTo}`
  const behind = left.length === 0 ? '' : ` Left behind: ${left.join(', ')}.`
  return `${grade}: ${countsIn(findings)}.${behind} It ${clean ? 'holds' : 'does not hold'} what its grade promises.`
}

/** What stopped the attack, or what it gained. */
export function heldBy({ outcome, by, admitted }: SandboxAttack): string {
  return outcome === 'bounded' && !admitted ? `${by} (not permitted for its grade)` : by
}

/** The attacks in their order, optionally without those that were contained. */
export function shownOf(attacks: readonly SandboxAttack[], only: { notContained: boolean }): readonly SandboxAttack[] {
  return only.notContained ? attacks.filter(({ outcome }) => outcome !== 'contained') : attacks
}
