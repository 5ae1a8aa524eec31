/**
 * The trace of what was withheld. That fewer than k people of a group have a level is disclosed by its number being withheld. If nothing
 * were recorded, the same question with one known person more, who brings the group to k, would be answered, and show that the person
 * has the level. So the sets over which a question is asked are recorded whatever comes of it, and the second question is refused
 * because it differs from the first by one person.
 */
import { type Plan, type Reduction, type SubjectSet, type VariableRef, variablesOf } from '@stimnet/protocol'
import { gramIn } from '@stimnet/statistics'
import { type Ledgers, LedgersDraft } from '../ledgers.ts'
import type { FactsOf } from './facts.ts'
import { askedOver, type CellNumber } from './numbers.ts'
import { type Possible, setsAsked } from './possible.ts'
import type { RareGroups } from './unsaid.ts'

/** A question that was put to the data. */
export interface TracedQuestion {
  readonly plan: Plan
  readonly reduction: Reduction
  /** Everybody who could be in the groups as far as others can tell; absent where others know every condition. */
  readonly possible?: Possible | undefined
  /** The same for the groups of which others know less. */
  readonly rare?: Pick<RareGroups, 'possible'> | undefined
}

/** The ledgers with the sets over which a question was asked. Sets that would single out fewer than k people are not recorded. */
export function withTrace(
  question: TracedQuestion,
  ledgers: Ledgers,
  { facts, k }: { facts: FactsOf; k: number }
): Ledgers {
  const draft = new LedgersDraft(ledgers)
  for (const number of askedIn(question, { facts, k })) draft.tell([{ number, about: [], aboutPeople: [] }], k)
  return draft.result()
}

function askedIn(
  { plan, reduction, possible, rare }: TracedQuestion,
  { facts, k }: { readonly facts: FactsOf; readonly k: number }
): CellNumber[] {
  // Of a group that others know, only a variable's values can be too few. A model of it is refused for much else.
  const known = gramIn(plan) === undefined ? reduction.groups.filter(({ support }) => support.size >= k) : []
  return plan.measures.flatMap((measure) => {
    const unknown = variablesOf(measure).filter((variable) => !facts(variable).identifying)
    const measured = [...new Set(unknown.map((variable) => facts(variable).own))]
    const numbers = [possible, rare?.possible].flatMap((of) => (of === undefined ? [] : couldBe(of, measured)))
    if (numbers.length > 0) return numbers
    return known.flatMap(({ support }) => measured.map((name) => askedOver(name, { subjects: support })))
  })
}

function couldBe(possible: Possible, measured: readonly VariableRef[]): CellNumber[] {
  return possible.sets.flatMap((set) =>
    setsAsked(possible, set, measured).flatMap(({ name, people }) =>
      groupsOf(people, possible).map((subjects) => askedOver(name, { subjects }))
    )
  )
}

/** Those of the people who are in each group of the known keys. */
function groupsOf(people: SubjectSet, { groups }: Possible): SubjectSet[] {
  return groups.length === 0 ? [people] : groups.map((group) => people.and(group.people))
}
