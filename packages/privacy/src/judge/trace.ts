/**
 * The trace of withheld numbers. A withheld number discloses that fewer than k people of a group have a level. If nothing
 * were recorded, the same question with one more known person, who brings the group to k, would be answered and show that
 * this person has the level. So the sets over which a question is asked are recorded whatever the outcome is, and the second
 * question is refused because it differs from the first by one person. The recorded sets are those over which an answer
 * would have been asked, and those of numbers that an answer leaves out, such as a bin that was joined with another bin. The
 * members of a group whom others do not know are not recorded: their number was not released, and a later refusal would
 * disclose who they are.
 */
import {
  type Measure,
  type Plan,
  type ReducedGroup,
  type Reduction,
  type SubjectSet,
  type VariableRef,
  variablesOf
} from '@stimnet/protocol'
import { type Entry, type Ledgers, LedgersDraft } from '../ledgers.ts'
import { wholeOf } from './defining.ts'
import type { FactsOf } from './facts.ts'
import { conditionsOf, having, type KnownValues } from './known.ts'
import { askedOver, type SolvedSet } from './numbers.ts'
import { namesOf, type Possible, setsAsked } from './possible.ts'
import { RowSets } from './row-sets.ts'
import { type RareGroups, type Unsaid, unsaidOf } from './unsaid.ts'

/** A question that was asked of the data. */
export interface TracedQuestion extends Unsaid {
  readonly plan: Plan
  readonly reduction: Reduction
  /** The groups about which others know less. */
  readonly rare?: RareGroups | undefined
  /** The values of the measured variables that others are assumed to know. */
  readonly known?: KnownValues | undefined
  /** The variables that have a value for everybody in the catalog. */
  readonly complete?: ReadonlySet<VariableRef> | undefined
  /** For a plan with a model: the questions behind the model, over the people who have a value of each of its variables. */
  readonly questions?: readonly TracedQuestion[] | undefined
}

interface Rules {
  readonly facts: FactsOf
  readonly k: number
}

/**
 * The ledgers, extended by the sets over which a question was asked. Sets that would single out fewer than k people are not
 * recorded.
 */
export function withTrace(question: TracedQuestion, ledgers: Ledgers, rules: Rules): Ledgers {
  const { plan, complete, questions = [] } = question
  const { universe } = ledgers.subjects
  const isPart = plan.measures.flatMap(variablesOf).some((variable) => complete?.has(variable) !== true)
  const behind = questions.flatMap((one) => new Tracing(one, universe, { ...rules, isPart }).all())
  return recorded([...new Tracing(question, universe, { ...rules, isPart: false }).all(), ...behind], ledgers, rules.k)
}

/**
 * The ledgers, extended by the trace of a refused script: everybody who could be in its cohort as far as others can tell,
 * under the name of each variable that defines the cohort, because a script can ask about each of these variables.
 */
export function withScriptTrace(possible: Possible | undefined, ledgers: Ledgers, k: number): Ledgers {
  if (possible === undefined) return ledgers
  const entries = possible.sets.flatMap(({ row, people }) => {
    const names = new Set([...namesOf(possible, { row, measured: [] }), ...possible.unknown])
    return [...names].map((name) => askedAs(name, { subjects: people }))
  })
  return { ...ledgers, ...recorded(entries, ledgers, k) }
}

type Asked = Pick<Entry, 'number' | 'about' | 'aboutPeople'>

function askedAs(name: string, of: SolvedSet): Asked {
  return { number: askedOver(name, of), about: [], aboutPeople: [] }
}

function recorded(entries: readonly Asked[], ledgers: Ledgers, k: number): Ledgers {
  const draft = new LedgersDraft(ledgers)
  const done = new Map<string, SubjectSet[]>()
  for (const entry of entries) {
    const { quantity, of } = entry.number
    const set = of.rows ?? of.subjects
    const before = done.get(quantity) ?? []
    // Most cells of a table are asked over the same people.
    if (of.subjects.size < k || before.some((one) => one.universe === set.universe && one.equals(set))) continue
    draft.tell([entry], k)
    done.set(quantity, [...before, set])
  }
  return draft.result()
}

class Tracing {
  readonly #asked: TracedQuestion
  readonly #rules: Rules & { readonly isPart: boolean }
  readonly #rowSets: RowSets | undefined

  /**
   * `isPart`: others do not know who is in the groups of the question, even without its conditions, because some people lack
   * a value. Then only the people who could be in the groups are recorded. Other entries would hold the people who have all
   * values, and a model of other variables would be refused.
   */
  constructor(asked: TracedQuestion, universe: number, rules: Rules & { readonly isPart: boolean }) {
    this.#asked = asked
    this.#rules = rules
    const { items } = asked.reduction
    this.#rowSets = items && new RowSets(items, universe)
  }

  all(): Asked[] {
    const { plan, possible, rare, reduction } = this.#asked
    const could = [possible, rare?.possible].flatMap((of) => (of === undefined ? [] : this.#couldBe(of)))
    if (this.#rules.isPart) return could
    return [
      ...could,
      ...this.#keys().flatMap((group) => this.#rowsAsked(group)),
      ...reduction.groups.flatMap((group) => plan.measures.flatMap((measure) => this.#measured(group, measure)))
    ]
  }

  /** Everybody who could be in a group, and those of them with each known value that a measure counts; see `Judging`. */
  #couldBe(possible: Possible): Asked[] {
    return this.#asked.plan.measures.flatMap((measure) =>
      possible.sets.flatMap((set) => {
        const joint = setsAsked(possible, set, this.#unknownIn(measure)).flatMap(({ name, people }) =>
          groupsOf(people, possible).flatMap((whole) => {
            const parts = possible.unknown.length === 0 ? [] : this.#knownParts(measure, whole)
            return [whole, ...parts].map((subjects) => askedAs(name, { subjects }))
          })
        )
        // A variable is compared under its own name, whatever other variables are asked about together with it.
        const single = groupsOf(set.people, possible).flatMap((subjects) =>
          possible.unknown.map((name) => askedAs(name, { subjects }))
        )
        return [...joint, ...single]
      })
    )
  }

  /**
   * For each value of a known variable that the measure counts: the people of the given set who have that value. For a
   * numeric variable: the people between declared edges.
   */
  #knownParts(measure: Measure, people: SubjectSet): SubjectSet[] {
    const { known, reduction } = this.#asked
    return variablesOf(measure).flatMap((variable) => {
      const values = this.#rules.facts(variable).identifying ? known?.get(variable) : undefined
      if (values === undefined) return []
      const bins = reduction.groups.flatMap(({ columns }) => columns.get(variable)?.bins ?? [])
      const declared = [...new Map(bins.map((bin) => [bin.from, bin])).values()]
      return conditionsOf(measure, values, declared).map((isIt) => having(people, values.values, isIt))
    })
  }

  /** The groups of the question, and the groups that would not be empty without one of the question's conditions. */
  #keys(): Pick<ReducedGroup, 'key'>[] {
    const { reduction, defining, rare } = this.#asked
    const without = [...defining, ...(rare?.defining ?? [])].flatMap((one) => one.without?.groups ?? [])
    return [...new Map([...reduction.groups, ...without].map((group) => [JSON.stringify(group.key), group])).values()]
  }

  /**
   * The rows for which a variable that others do not know decides whether they are in a group. With two such variables,
   * others do not know these rows either. They are not recorded, because a known set that differs from them by few would be
   * refused, which would disclose who they are.
   */
  #rowsAsked(group: Pick<ReducedGroup, 'key'>): Asked[] {
    const { plan, reduction } = this.#asked
    const [one, ...others] = unsaidOf(group, plan, this.#asked).defining
    if (one === undefined || others.length > 0) return []
    const of = wholeOf(group, one, 'group', { plan, reduction, rowSets: this.#rowSets })
    return of === undefined ? [] : [askedAs(this.#rules.facts(one.variable).own, of)]
  }

  /** For each measured variable: the people of a group that others know. Too few of these people may have a value. */
  #measured(group: ReducedGroup, measure: Measure): Asked[] {
    if (unsaidOf(group, this.#asked.plan, this.#asked).defining.length > 0) return []
    const { rowSet, support } = group
    const of = rowSet === undefined ? undefined : this.#rowSets?.solved(rowSet)
    return this.#unknownIn(measure).map((name) => askedAs(name, of ?? { subjects: support }))
  }

  #unknownIn(measure: Measure): VariableRef[] {
    const { facts } = this.#rules
    const unknown = variablesOf(measure).filter((variable) => !facts(variable).identifying)
    return [...new Set(unknown.map((variable) => facts(variable).own))]
  }
}

/** For each group of the known keys: those of the given people who are in it. */
function groupsOf(people: SubjectSet, { groups }: Possible): SubjectSet[] {
  return groups.length === 0 ? [people] : groups.map((group) => people.and(group.people))
}
