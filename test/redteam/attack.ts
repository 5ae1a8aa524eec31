/** Attacks as data: their questions, their required outcome, and the permitted difference between the two worlds. */

import { CODES, isCode } from '@stimnet/protocol'
import type { SiteName } from './fixture.ts'
import type { Answer } from './observe.ts'
import type { World } from './world.ts'

/**
 * The outcome of an attack. REFUSE: only a code. SUPPRESS: an answer in which the cells in question are withheld. DEFAULT: a code
 * after a run. RELEASE: a number that the rules permit.
 */
export type Outcome = 'REFUSE' | 'SUPPRESS' | 'DEFAULT' | 'RELEASE'

/**
 * Differences between the worlds with and without the target that an outsider can observe, the weakest first. `numbers`: released
 * numbers, each about at least k people, differ by one person's share, which is unavoidable for exact numbers. `withheld`:
 * different cells are withheld. `refusal`: the question is refused in one world only.
 */
export const DIFFERENCES = ['none', 'numbers', 'withheld', 'refusal'] as const
/** One of DIFFERENCES. */
export type Difference = (typeof DIFFERENCES)[number]

/** The result of an attack in one world. */
export interface Observation {
  readonly outcome: Outcome
  /** All observations of the attacker, in order. */
  readonly seen: readonly unknown[]
}

/** One attack. */
export interface Attack {
  readonly id: string
  /** Description for the table. */
  readonly attack: string
  readonly expected: Outcome
  /** The site with its catalog. Default: the large site. */
  readonly site?: SiteName | 'all'
  /** A catalog that it shares with other attacks, none of which changes a ledger. Default: a catalog of its own. */
  readonly shares?: string
  /** Merged into the catalog's description. */
  readonly catalog?: object
  /** Whether there is a second catalog with copies of the same files, whose name ends in `_twin`. */
  readonly twin?: boolean
  /** A known difference, and why it remains. Without this, there must be no difference. */
  readonly remains?: { readonly difference: Difference; readonly why: string }
  /** A known open hole, with its reason. The attack is run and must still succeed. */
  readonly open?: string
  /** Runs the attack. Throws `Broken` if the attacker obtains something forbidden. */
  run(world: World, catalog: string): Promise<Observation>
}

/** Settings for attacks that obtain nothing: they share one catalog, whose refusals are practically unlimited. */
export const NOTHING_LEFT = { shares: 'static', catalog: { privacy: { refusal_bits_max: 10_000 } } } as const

/** The attack succeeded. The message states what it disclosed. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Throws `Broken` unless the condition holds. */
export function mustHold(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what)
}

/** An observation with the outcome of the decisive answer. */
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

/** The outcome of one answer. */
export function outcomeOf(answer: Answer): Outcome {
  const code = answer.code ?? ''
  // A failure of the node or the network says nothing about the attack.
  if (isCode(code) && ['node', 'network'].includes(CODES[code].fault))
    throw new Error(`the attack could not be carried out: ${code} ${answer.reason ?? ''}`)
  if (AFTER_A_RUN.has(code)) return 'DEFAULT'
  if (answer.status !== 'completed') return 'REFUSE'
  return answer.withheld > 0 ? 'SUPPRESS' : 'RELEASE'
}

/** The answer without the card's number of subjects, which is exact and is covered by another attack. */
export function besidesTheCard(answer: Answer): Observation {
  const text = JSON.stringify(answer).replace(/(\\?"subjects\\?":)\d+/g, '$1"as counted"')
  return { outcome: outcomeOf(answer), seen: [JSON.parse(text.replaceAll(':"as counted"', ':0'))] }
}

/** The observation with the worst outcome of several answers. */
export function worst(answers: readonly Answer[]): Observation {
  const order: readonly Outcome[] = ['DEFAULT', 'REFUSE', 'SUPPRESS', 'RELEASE']
  const outcomes = answers.map(outcomeOf)
  const outcome = order.findLast((each) => outcomes.includes(each)) ?? 'REFUSE'
  return { outcome, seen: answers }
}
