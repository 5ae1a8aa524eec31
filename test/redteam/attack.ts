/** An attack as data: what is tried, how it must end, and what may differ between the worlds with and without the target. */

import { CODES, isCode } from '@stimnet/protocol'
import type { SiteName } from './fixture.ts'
import type { Answer } from './observe.ts'
import type { World } from './world.ts'

/** REFUSE: a code and nothing else. SUPPRESS: an answer with the cells in question withheld. DEFAULT: a closed code after
 * a run. RELEASE: a number, by rule. */
export type Outcome = 'REFUSE' | 'SUPPRESS' | 'DEFAULT' | 'RELEASE'

/**
 * What an outsider can see differ between the worlds, weakest first. `numbers`: released numbers, each resting on at least
 * k people, differ by one person's share, as exact numbers must. `withheld`: what is withheld differs. `refusal`: one
 * world is refused and the other is not.
 */
export const DIFFERENCES = ['none', 'numbers', 'withheld', 'refusal'] as const
/** One of DIFFERENCES. */
export type Difference = (typeof DIFFERENCES)[number]

/** What an attack brought in one world. */
export interface Observation {
  readonly outcome: Outcome
  /** Everything the attacker was shown, in order. */
  readonly seen: readonly unknown[]
}

/** One attack. */
export interface Attack {
  readonly id: string
  /** In words, for the table. */
  readonly attack: string
  readonly expected: Outcome
  /** Where its catalog lies. Default: at the large site. */
  readonly site?: SiteName | 'all'
  /** A catalog that it has together with others, none of which leaves anything in a ledger. Default: one of its own. */
  readonly shares?: string
  /** Merged over the catalog's description. */
  readonly catalog?: object
  /** A second catalog of the same people, its files copied, named with `_twin` behind. */
  readonly twin?: boolean
  /** A known difference, and why it remains; without it there must be none. */
  readonly remains?: { readonly difference: Difference; readonly why: string }
  /** A hole that is open: why, and who was told. The attack is run, and must still succeed. */
  readonly open?: string
  /** Throws `Broken` where the attacker got what must not be had. */
  run(world: World, catalog: string): Promise<Observation>
}

/** For attacks that get nothing: their catalog is the same, and does not tire of refusing. */
export const NOTHING_LEFT = { shares: 'static', catalog: { privacy: { refusal_bits_max: 10_000 } } } as const

/** The attacker won: what was learnt. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Throws `Broken` unless it holds. */
export function mustHold(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what)
}

/** The outcome of the answer that decides, and all answers as seen. */
export function observed(decisive: Answer, seen: readonly unknown[] = [decisive]): Observation {
  return { outcome: outcomeOf(decisive), seen }
}

const AFTER_A_RUN: ReadonlySet<string> = new Set([
  'PROGRAM_FAILED',
  'TIME_LIMIT',
  'MEMORY_LIMIT',
  'OUTPUT_LIMIT',
  'CANCELLED'
])

/** How one answer ended, as an attacker counts it. */
export function outcomeOf(answer: Answer): Outcome {
  const code = answer.code ?? ''
  // A node that broke or was not reached says nothing about the attack.
  if (isCode(code) && ['node', 'network'].includes(CODES[code].fault))
    throw new Error(`the attack could not be carried out: ${code} ${answer.reason ?? ''}`)
  if (AFTER_A_RUN.has(code)) return 'DEFAULT'
  if (answer.status !== 'completed') return 'REFUSE'
  return answer.withheld > 0 ? 'SUPPRESS' : 'RELEASE'
}

/** All of an answer but the card's number of subjects, which is exact and has a row of its own in the table. */
export function besidesTheCard(answer: Answer): Observation {
  const text = JSON.stringify(answer).replace(/(\\?"subjects\\?":)\d+/g, '$1"as counted"')
  return { outcome: outcomeOf(answer), seen: [JSON.parse(text.replaceAll(':"as counted"', ':0'))] }
}

/** Of several answers the one that gave most away. */
export function worst(answers: readonly Answer[]): Observation {
  const order: readonly Outcome[] = ['DEFAULT', 'REFUSE', 'SUPPRESS', 'RELEASE']
  const outcomes = answers.map(outcomeOf)
  const outcome = order.findLast((each) => outcomes.includes(each)) ?? 'REFUSE'
  return { outcome, seen: answers }
}
